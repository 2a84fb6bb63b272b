package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
)

// Engines that use another login are not judged by what the helper has; what
// concerns them too is told.
func TestNotJudged(t *testing.T) {
	tests := []struct {
		name        string
		check       string
		found       outcome
		code        int
		cause, text string
	}{
		{"no token", "storage", outcome{mark: markBad, stops: pulling, inferred: true, remedy: &remedy{Cause: "no token"}}, exitOK, "clear text", "docker, podman: a token in clear text is used, not this helper"},
		{"denied", "access", outcome{mark: markBad, stops: pulling, remedy: &remedy{Cause: "denied"}}, exitOK, "clear text", "not judged"},
		{"no network", "registry", outcome{mark: markBad, stops: pulling, remedy: &remedy{Cause: "no network"}}, exitCannotPull, "no network", "a pull would fail"},
	}
	for _, tt := range tests {
		x := patient(t, nil)
		r := x.report([]result{
			{check: "engines", found: []outcome{{mark: markWarn, aside: []string{"docker", "podman"}, remedy: &remedy{Cause: "clear text"}}}},
			{check: tt.check, found: []outcome{tt.found}},
		})
		x.conclude(r)
		if said := x.out.(*bytes.Buffer).String(); r.exitCode() != tt.code || r.Cause.Cause != tt.cause || !strings.Contains(said, tt.text) {
			t.Errorf("%s: exit code %d, cause %q, said %q", tt.name, r.exitCode(), r.Cause.Cause, said)
		}
	}
}

// Where secrets on GitHub hold the token, login alone would leave them behind.
func TestRenewalThinksOfSecrets(t *testing.T) {
	x := patient(t, map[string]string{"XDG_CONFIG_HOME": t.TempDir(), "APPDATA": t.TempDir(), "HOME": t.TempDir()})
	x.token, x.checked.Source = ghcrtest.SampleToken("ghp_", "renewal"), helper.FromStore
	book, err := openLedger(x.getenv)
	if err != nil {
		t.Fatal(err)
	}
	fix := func() string {
		r := &remedy{Fix: "login"}
		x.renewEverywhere(r)
		return r.Fix
	}
	put := func(name, token string) {
		p := placed{Registry: host.DefaultRegistry, Name: name, TokenHash: hashOf(token)}
		if err := book.put(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	put("OTHER", "another token")
	if got := fix(); got != "login" {
		t.Errorf("no secret holds it: %s", got)
	}
	put("GHCR_TOKEN", x.token)
	if got := fix(); got != "make a new token and store it here and in the secret on GitHub that holds it: docker-credential-ghcr rotate" {
		t.Errorf("one secret: %s", got)
	}
	put("SECOND", x.token)
	if got := fix(); !strings.Contains(got, "2 secrets") {
		t.Errorf("two secrets: %s", got)
	}
	x.checked.Source = helper.FromToken
	if got := fix(); got != "login" {
		t.Errorf("a token in a variable: %s", got)
	}
}

func TestShownWrong(t *testing.T) {
	token := ghcrtest.SampleToken("ghp_", "pasted")
	for image, want := range map[string]string{
		"mona/app": "mona/app", "ghcr.io/mona/" + token + "/.": "This", strings.Repeat("a/", 200): "This",
	} {
		if got := patient(t, nil, image).shownWrong(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
