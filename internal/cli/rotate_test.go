package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

const (
	pathA = "repos/octo/a/actions/secrets/GHCR_TOKEN"
	pathB = "repos/octo/b/actions/secrets/GHCR_TOKEN"
)

// withSecrets is a world where the stored token is in two secrets.
func withSecrets(t *testing.T) *ciWorld {
	w := newCIWorld(t)
	w.see(words("secret set --repo octo/a --repo octo/b"), 0)
	return w
}

func (w *ciWorld) holds(path, token string) bool {
	s, _ := w.actions.Secret(path)
	return s.Value == token
}

func (w *ciWorld) rotationIsOver() bool {
	_, err := os.Stat(filepath.Join(w.env["XDG_CONFIG_HOME"], "docker-credential-ghcr", "rotate.json"))
	return errors.Is(err, os.ErrNotExist)
}

func TestRotate(t *testing.T) {
	w := withSecrets(t)
	w.see(words("rotate"), 0,
		"https://github.com/settings/tokens/new?scopes=write:packages", "that was set from here (2)",
		"✓ the new token of mona is stored: write:packages",
		"✓ GHCR_TOKEN is set in octo/a", "✓ GHCR_TOKEN is set in octo/b",
		"✓ GitHub accepts it: mona, write:packages", "Now revoke the old token:  https://github.com/settings/tokens")
	if w.vault.token != newToken || !w.holds(pathA, newToken) || !w.holds(pathB, newToken) || !w.rotationIsOver() {
		t.Error("the new token is not everywhere")
	}
	w.see(words("secret check"), 0, "octo/a: GHCR_TOKEN holds the stored token")
}

func TestRotateFromStdin(t *testing.T) {
	w := newCIWorld(t)
	w.stdin = newToken + "\n"
	w.ask = func(context.Context) (string, error) { t.Error("it asked"); return "", nil }
	delete(w.env, "GH_TOKEN") // not needed where no secret was set
	w.see(words("rotate --with-token"), 0, "Now revoke the old token")
	w.see(words("rotate --with-token --auth-token-stdin"), 2, "cannot both read stdin")
}

// Half-done work goes on where it stopped, and asks for no other token.
func TestRotateGoesOn(t *testing.T) {
	w := withSecrets(t)
	const put = "/repos/octo/a/actions/secrets/public-key"
	w.broken[put] = 503
	w.see(words("rotate"), 1, "✗ GHCR_TOKEN is not set in octo/a", "503", "✓ GHCR_TOKEN is set in octo/b", "1 of 2 secrets still hold the old token", "run again to go on")
	if w.vault.token != newToken || !w.holds(pathA, registryToken) || !w.holds(pathB, newToken) {
		t.Error("half-done work is not as it was said")
	}
	w.see(words("secret check"), 1, "✗ octo/a", "✓ octo/b")
	delete(w.broken, put)
	w.ask = func(context.Context) (string, error) { t.Error("it asked again"); return "", nil }
	w.see(words("rotate"), 0, "the new token is stored", "✓ GHCR_TOKEN is set in octo/a", "✓ GHCR_TOKEN holds it already in octo/b", "Now revoke")
	if !w.holds(pathA, newToken) || !w.rotationIsOver() {
		t.Error("it did not go on")
	}
}

func TestRotateRefuses(t *testing.T) {
	other := ghcrtest.SampleToken("ghp_", "other")
	paste := func(token string) func(*ciWorld) {
		return func(w *ciWorld) { w.ask = func(context.Context) (string, error) { return token, nil } }
	}
	tests := []struct {
		name string
		set  func(*ciWorld)
		want []string
	}{
		{"the same token", paste(registryToken), []string{"is stored already", "hint: make a new one"}},
		{"a token that GitHub does not know", paste(other), []string{"GitHub does not accept the token"}},
		{"fewer rights", func(w *ciWorld) { w.tokens[newToken].Scopes = []string{"read:packages"} }, []string{"the token lacks write:packages"}},
		{"nobody there", func(w *ciWorld) {
			w.ask = func(context.Context) (string, error) { return "", errors.New("no terminal") }
		}, []string{"no terminal"}},
		{"token of the environment", func(w *ciWorld) { w.vault.source = helper.FromToken }, []string{"comes from GHCR_TOKEN"}},
		{"secrets out of reach", func(w *ciWorld) { w.tokens[repoToken].Scopes = nil }, []string{"lacks the scope repo"}},
		{"store fails", func(w *ciWorld) { w.vault.storeErr = &helper.Failure{Cause: "the keyring is locked"} }, []string{"the keyring is locked"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := withSecrets(t)
			tt.set(w)
			w.see(words("rotate"), 1, tt.want...)
			if w.vault.token != registryToken || !w.holds(pathA, registryToken) || !w.rotationIsOver() {
				t.Error("something was changed")
			}
		})
	}
}

// What is gone must not hold up the rotation for good.
func TestRotateLeavesAloneWhatIsGone(t *testing.T) {
	w := withSecrets(t)
	w.broken["/repos/octo/a/actions/secrets"] = 404
	w.see(words("rotate"), 0, "! GHCR_TOKEN in octo/a is out of reach", "✓ GHCR_TOKEN is set in octo/b", "Now revoke")
	if !w.rotationIsOver() {
		t.Error("the rotation is not over")
	}

	w = withSecrets(t)
	w.actions.Remove(pathA)
	w.see(words("rotate"), 0, "! GHCR_TOKEN was deleted in octo/a", "✓ GHCR_TOKEN is set in octo/b")
	if _, found := w.actions.Secret(pathA); found {
		t.Error("a deleted secret was made again")
	}
	if w.run("secret", "check"); strings.Contains(w.out.String(), "octo/a") {
		t.Error("the deleted secret is not forgotten")
	}
}

func TestRotateWarnsOfAnotherAccount(t *testing.T) {
	w := newCIWorld(t)
	w.tokens[newToken].Login = "hubot"
	w.see(words("rotate"), 0, "warning: the new token is one of hubot, the old one of mona")
}

// An expired token is what rotation is for.
func TestRotateDeadToken(t *testing.T) {
	w := withSecrets(t)
	w.tokens[registryToken].Dead = true
	w.see(words("rotate"), 0, "the new token of mona is stored")
}
