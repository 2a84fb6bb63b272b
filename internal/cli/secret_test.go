package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github/githubtest"
)

func TestSecretSet(t *testing.T) {
	tests := []struct {
		args string
		path string
	}{
		{"--repo octo/app", "repos/octo/app/actions/secrets/GHCR_TOKEN"},
		{"--repo octo/app --name CR_PAT", "repos/octo/app/actions/secrets/CR_PAT"},
		{"--repo octo/app --env production", "repos/octo/app/environments/production/secrets/GHCR_TOKEN"},
		{"--repo octo/app --app dependabot", "repos/octo/app/dependabot/secrets/GHCR_TOKEN"},
		{"--org octo", "orgs/octo/actions/secrets/GHCR_TOKEN"},
	}
	for _, tt := range tests {
		w := newCIWorld(t)
		w.tokens[repoToken].Scopes = []string{"repo", "admin:org"}
		w.see(words("secret set "+tt.args), 0, "✓ ", " is set in octo", "${{ secrets.")
		if got, _ := w.actions.Secret(tt.path); got.Value != registryToken {
			t.Errorf("%s: GitHub did not get the stored token", tt.args)
		}
		text, err := os.ReadFile(filepath.Join(w.env["XDG_CONFIG_HOME"], "docker-credential-ghcr", "secrets.json"))
		if err != nil || bytes.Contains(text, []byte(registryToken[4:16])) || !json.Valid(text) {
			t.Errorf("%s: secrets.json: %v, or it holds the token", tt.args, err)
		}
	}
}

// What would go wrong is said before anything is sent.
func TestSecretSetRefuses(t *testing.T) {
	lacking := ghcrtest.SampleToken("ghp_", "lacking")
	tests := []struct {
		name string
		args string
		set  func(*ciWorld)
		code int
		want []string
	}{
		{"no place", "", nil, 2, []string{"say where: --repo OWNER/NAME"}},
		{"bad repository", "--repo app", nil, 2, []string{"OWNER/NAME"}},
		{"bad name", "--repo octo/app --name GITHUB_X", nil, 2, []string{"GITHUB_ for itself"}},
		{"bad app", "--repo octo/app --app npm", nil, 2, []string{"actions or dependabot"}},
		{"visibility of a repository", "--repo octo/app --visibility all", nil, 2, []string{"organization"}},
		{"selected none", "--org octo --visibility selected", nil, 2, []string{"go together"}},
		{"bad host", "--repo octo/app --host docker.io", nil, 2, []string{"--host"}},
		{"nothing stored", "--repo octo/app", func(w *ciWorld) { w.vault.err = errors.New("no token is stored") }, 1, []string{"no token is stored"}},
		{"token of a job", "--repo octo/app", func(w *ciWorld) { w.vault.source = helper.FromActions }, 1, []string{"ends with its job", "hint: store a personal access token"}},
		{"dead value", "--repo octo/app", func(w *ciWorld) { w.tokens[registryToken].Dead = true }, 1, []string{"expired or revoked: nothing is set"}},
		{"useless value", "--repo octo/app", func(w *ciWorld) { w.tokens[registryToken].Scopes = []string{"gist"} }, 1, []string{"neither pull nor push (no packages scope)"}},
		{"no token for Actions", "--repo octo/app", func(w *ciWorld) { delete(w.env, "GH_TOKEN") }, 1, []string{"no token that may reach repositories on github.com", "gh auth login -h github.com", "tokens/new?scopes=repo"}},
		{"empty stdin", "--repo octo/app --auth-token-stdin", nil, 1, []string{"no token came on stdin"}},
		{"lacks repo", "--repo octo/app", func(w *ciWorld) {
			w.tokens[lacking] = &ghcrtest.Token{Value: lacking, Login: "mona", Scopes: []string{"write:packages"}}
			w.env["GH_TOKEN"] = lacking
		}, 1, []string{"the token from GH_TOKEN lacks the scope repo", "tokens/new?scopes=repo", "leave the registry's token as it is"}},
		{"gh lacks admin:org", "--org octo", nil, 1, []string{"lacks the scope admin:org", "gh auth refresh -h github.com -s admin:org"}},
		{"dead token for Actions", "--repo octo/app", func(w *ciWorld) { w.tokens[repoToken].Dead = true }, 1, []string{"does not accept the token from GH_TOKEN"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("PATH", t.TempDir()) // no gh
			w := newCIWorld(t)
			if tt.set != nil {
				tt.set(w)
			}
			w.see(words("secret set "+tt.args), tt.code, tt.want...)
			for _, call := range w.calls {
				if strings.Contains(call, "secrets") {
					t.Errorf("GitHub was asked: %s", call)
				}
			}
		})
	}
}

// A repository that is not there is GitHub's to know.
func TestSecretSetNotFound(t *testing.T) {
	w := newCIWorld(t)
	w.broken["/repos/octo/app/actions/secrets/public-key"] = 404
	w.see(words("secret set --repo octo/app"), 1, "octo/app is not there, or not for the token from GH_TOKEN", "hint: check the name")
	w.broken["/repos/octo/app/actions/secrets/public-key"] = 503
	w.see(words("secret set --repo octo/app"), 1, "is in trouble: it answered 503")
}

// The token of the registry must never be the one that reaches repositories.
func TestWhichTokenAsks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("gh is a shell script here")
	}
	bin := t.TempDir()
	script := "#!/bin/sh\n[ \"$*\" = 'auth token -h github.com' ] && cat \"$FAKE_GH\"\n"
	if err := os.WriteFile(filepath.Join(bin, "gh"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(bin, "token")
	if err := os.WriteFile(file, []byte(repoToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":/usr/bin:/bin")
	t.Setenv("FAKE_GH", file)
	other := ghcrtest.SampleToken("ghp_", "other")
	tests := []struct {
		name, args, stdin, env, login string
	}{
		{"gh", "", "", "", "mona"},
		{"variable before gh", "", "", other, "hubot"},
		{"stdin before all", "--auth-token-stdin", other + "\n", repoToken, "hubot"},
	}
	for _, tt := range tests {
		w := newCIWorld(t)
		w.tokens[other] = &ghcrtest.Token{Value: other, Login: "hubot", Scopes: []string{"repo"}}
		w.tokens[registryToken].Login = "registry"
		w.env["GH_TOKEN"], w.stdin = tt.env, tt.stdin
		w.see(words("secret set --repo octo/app "+tt.args), 0)
		for _, call := range w.calls {
			if strings.Contains(call, "secrets") && !strings.HasSuffix(call, " "+tt.login) {
				t.Errorf("%s: %s", tt.name, call)
			}
		}
	}
}

// GH_TOKEN is for github.com: it must not reach an Enterprise Server.
func TestTokenStaysWithItsGitHub(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	w := newCIWorld(t)
	w.see(words("secret list --repo octo/app --host containers.git.example.com"), 1, "no token that may reach repositories on git.example.com", "GH_ENTERPRISE_TOKEN")
	w.see(words("secret list --repo octo/app --host containers.octo.ghe.com"), 0) // ghe.com uses GH_TOKEN, as gh does
	w.env["GH_ENTERPRISE_TOKEN"] = repoToken
	w.see(words("secret list --repo octo/app --host containers.git.example.com"), 0)
}

func TestSecretList(t *testing.T) {
	w := newCIWorld(t)
	w.see(words("secret list --repo octo/app"), 0, "octo/app has no secrets: https://github.com/octo/app/settings/secrets/actions")
	w.actions.SetSecret("repos/octo/app/actions/secrets/GHCR_TOKEN", githubtest.Secret{Updated: w.now.Add(-80 * time.Hour)})
	w.actions.SetSecret("repos/octo/app/actions/secrets/NPM", githubtest.Secret{Updated: w.now.Add(-5 * time.Minute)})
	w.see(words("secret list --repo octo/app"), 0, "3 days ago", "5 min ago", "GHCR_TOKEN")
}

func TestSecretCheck(t *testing.T) {
	const path = "repos/octo/app/actions/secrets/GHCR_TOKEN"
	set := func(w *ciWorld) { w.see(words("secret set --repo octo/app"), 0) }
	later := func(w *ciWorld) { w.now = w.now.Add(72 * time.Hour) }
	renew := func(w *ciWorld) { w.vault.token, w.vault.at = newToken, w.now }
	tests := []struct {
		name string
		args string
		do   []func(*ciWorld)
		code int
		want string
	}{
		{"nothing set", "", nil, 0, "No secret was set from this machine"},
		{"same", "", []func(*ciWorld){set, later}, 0, "✓ octo/app: GHCR_TOKEN holds the stored token, set 3 days ago"},
		{"renewed", "", []func(*ciWorld){set, later, renew}, 1, "✗ octo/app: GHCR_TOKEN is older (3 days ago) than the stored token (just now)"},
		{"renewed, set, gone back", "", []func(*ciWorld){set, later, renew, set, func(w *ciWorld) { w.vault.token, w.vault.at = registryToken, time.Time{} }}, 1, "✗ octo/app: GHCR_TOKEN holds another token"},
		{"changed elsewhere", "", []func(*ciWorld){set, later, func(w *ciWorld) { w.actions.SetSecret(path, githubtest.Secret{Updated: w.now}) }}, 0, "! octo/app: GHCR_TOKEN was changed elsewhere"},
		{"deleted", "--repo octo/app --name OTHER", []func(*ciWorld){set}, 1, "✗ octo/app: OTHER is not there any more"},
		{"named, old", "--repo octo/app", []func(*ciWorld){func(w *ciWorld) { w.actions.SetSecret(path, githubtest.Secret{Updated: w.now.Add(-240 * time.Hour)}) }}, 1, "✗ octo/app: GHCR_TOKEN is older (10 days ago)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newCIWorld(t)
			for _, do := range tt.do {
				do(w)
			}
			w.see(words("secret check "+tt.args), tt.code, tt.want)
		})
	}
}

func TestDamagedLedgerIsLeftAlone(t *testing.T) {
	for _, text := range []string{"{", `{"v":2,"secrets":[]}`} {
		w := newCIWorld(t)
		dir := filepath.Join(w.env["XDG_CONFIG_HOME"], "docker-credential-ghcr")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "secrets.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		w.see(words("secret check"), 1, path)
		w.see(words("secret set --repo octo/app"), 1, path)
		if got, _ := os.ReadFile(path); string(got) != text {
			t.Errorf("it was %q and is %q", text, got)
		}
	}
}

func TestLedgerKeepsSecretsOfManyAtOnce(t *testing.T) {
	l := ledger{t.TempDir()}
	done := make(chan error)
	const n = 20
	for i := range n {
		go func() {
			done <- l.put(t.Context(), placed{Registry: "ghcr.io", Name: fmt.Sprintf("S%d", i)})
		}()
	}
	for range n {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	list, err := l.secrets("ghcr.io")
	if err != nil || len(list) != n {
		t.Errorf("%d secrets, %v; want %d", len(list), err, n)
	}
	if info, err := os.Stat(filepath.Join(l.dir, "secrets.json")); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("secrets.json: %v, %v", info, err)
	}
}

func TestCIWordsInChinese(t *testing.T) {
	w := newCIWorld(t)
	w.env["LANG"] = "zh_CN.UTF-8"
	w.see(words("secret set --repo octo/app"), 0, "✓ GHCR_TOKEN 已设置：octo/app", "在工作流中：")
}
