//go:build linux

package faults

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github/githubtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// leakHome is a home where every step is told (GHCR_DEBUG), with another
// helper and a gh that note the command lines and environments of themselves
// and of who calls them. newHome looks at all that is left behind.
func leakHome(t *testing.T) *home {
	h := newHome(t)
	h.setenv("GHCR_DEBUG", "1")
	check(t, os.Mkdir(h.path("bin"), 0o700))
	h.setenv("PATH", h.path("bin")+":"+filepath.Dir(built("program"))+":"+os.Getenv("PATH"))
	return h
}

// note is what the scripts below write down of /proc.
const note = `for pid in $$ $PPID; do cat /proc/$pid/cmdline /proc/$pid/environ; done >>"$HOME/processes" 2>&1` + "\n"

// script puts a program on the PATH.
func (h *home) script(name, text string) {
	h.t.Helper()
	check(h.t, os.WriteFile(h.path("bin/"+name), []byte("#!/bin/sh\n"+note+text), 0o700))
}

// TestLeaksOfCommands runs everything there is to run, well and badly, and with
// a token in every place where somebody might put one by mistake. No output may
// hold a part of it; watch looks at each.
func TestLeaksOfCommands(t *testing.T) {
	h := leakHome(t)
	token, reader, fresh := h.token(), h.tokenAt("", "read:packages"), h.token()
	for _, prefix := range []string{"github_pat_", "ghr_", "ghs_", "gho_", ""} {
		value := ghcrtest.SampleToken(prefix, t.Name())
		world.SetToken(ghcrtest.Token{Value: value, Login: "mona", Scopes: []string{"write:packages", "repo"}})
		h.tokens = append(h.tokens, value)
	}
	ofGH := h.tokens[6]
	h.script("gh", `cat "$HOME/gh-token"`)
	secret := h.path("gh-token")
	check(t, os.WriteFile(secret, []byte(ofGH), 0o600))
	actions.Change(func() {
		actions.Blobs = "https://evil.example"
		actions.Runs = []*githubtest.Run{{ID: 7, Repo: "o/app", Name: "CI", Branch: "main", Event: "push", Number: 7, Attempt: 1,
			Status: "completed", Conclusion: "failure", Jobs: []githubtest.Job{{ID: 71, Name: "push", Status: "completed", Conclusion: "failure"}}}}
	})

	run := func(stdin string, args ...string) {
		t.Helper()
		r := h.run(stdin, args...)
		t.Logf("%d %s", r.code, strings.ReplaceAll(strings.Join(args, " "), token, "TOKEN"))
	}
	verbs := func() {
		for _, engine := range []string{"docker push ghcr.io/o/app", "docker pull ghcr.io/o/app", "docker login ghcr.io", "docker x"} {
			h.get(engine)
		}
		run("ghcr.io", "erase")
	}
	for _, value := range h.tokens {
		run(login("ghcr.io", value), "store")
		verbs()
		run(value, "login", "--with-token", "--force")
		verbs()
	}
	// A token where something else belongs.
	for _, stdin := range []string{token, "https://mona:" + token + "@ghcr.io", "ghcr.io/" + token, token + ".example", `{"ServerURL":"ghcr.io","Secret":"` + token,
		`{"ServerURL":"` + token + `","Username":"mona","Secret":"x"}`, `{"ServerURL":"ghcr.io","Username":"` + token + `","Secret":"` + token + `"}`,
		`{"ServerURL":"ghcr.io","Username":"mona","Secret":["` + token + `"]}`, `{"ServerURL":"ghcr.io","Username":"mona","Secret":"` + token + `\n\u0000"}`} {
		for _, verb := range []string{"get", "store", "erase"} {
			run(stdin, verb)
		}
	}
	for _, command := range []string{"", "login", "logout", "configure", "unconfigure", "migrate", "status", "doctor", "explain", "completion"} {
		run("", strings.Fields(command+" "+token)...)
	}
	run("", "login", "--storage", token)
	run("", "login", "--storage", "helper:"+token)
	run("denied: "+token+" https://mona:"+token+"@ghcr.io/v2/ Authorization: Basic "+base64.StdEncoding.EncodeToString([]byte("mona:"+token)), "explain")

	// The day's work.
	run(token, "login", "--with-token")
	run("", "login", "--from-gh")
	for _, command := range []string{"configure", "status", "status --json", "status --check", "list", "version", "doctor", "doctor --json ghcr.io/o/app", "verify ghcr.io/o/app",
		"secret set --repo o/app", "secret list --repo o/app", "secret check --repo o/app", "rerun --repo o/app"} {
		run("", strings.Fields(command)...)
	}
	run(fresh, "rotate", "--with-token")
	plain := base64.StdEncoding.EncodeToString([]byte("mona:" + token))
	run("", "logout")
	check(t, os.WriteFile(h.path(".docker/config.json"), fmt.Appendf(nil, `{"auths":{"ghcr.io":{"auth":%q}}}`, plain), 0o600))
	run("", "configure", "--dry-run")
	run("", "status")
	run("", "doctor")
	run("", "migrate")
	run("", "unconfigure")

	// Tokens from the environment, and a run of GitHub Actions.
	h.setenv("GITHUB_ACTIONS", "true")
	h.setenv("GITHUB_STEP_SUMMARY", h.path("summary.md"))
	for _, value := range []string{token, reader, h.tokens[3]} {
		h.setenv("GHCR_TOKEN", value)
		verbs()
		run("", "status")
		run("", "doctor", "ghcr.io/o/app")
	}
	h.env = h.env[:len(h.env)-3]
	check(t, os.Remove(secret))
}

// TestLeaksOfServers has GitHub and the registry repeat the token in what they
// answer, as a proxy's error page may.
func TestLeaksOfServers(t *testing.T) {
	h := leakHome(t)
	token := h.token()
	h.keep("ghcr.io", token)
	words := "no " + token + " and no " + base64.StdEncoding.EncodeToString([]byte("mona:"+token)) + " here"
	all := func() {
		for _, engine := range []string{"docker push ghcr.io/o/app", "docker pull ghcr.io/o/app"} {
			h.get(engine)
		}
		h.run(login("ghcr.io", token), "store")
		h.run(token, "login", "--with-token")
		h.run("", "doctor", "ghcr.io/o/app")
		h.run("", "doctor", "--json", "ghcr.io/o/app")
		h.run("", "verify", "ghcr.io/o/app")
	}
	for _, status := range []int{200, 401, 403, 404, 500} {
		for _, side := range []ghcrtest.Side{ghcrtest.API, ghcrtest.Registry} {
			f := said(status, words, "X-Oauth-Scopes", token, "Github-Authentication-Token-Expiration", token)
			f.Side = side
			if side == ghcrtest.Registry {
				f.Body = fmt.Sprintf(`{"errors":[{"code":"DENIED","message":%q}]}`, words)
			}
			world.SetFault(f)
			all()
			f.Redirect = "https://evil.example/" + token
			f.Status = 302
			world.SetFault(f)
			all()
		}
	}
	world.SetFault(nil)
	world.SetRepo("o/app", ghcrtest.Repo{Deny: words, DenyRead: words})
	defer world.SetRepo("o/app", ghcrtest.Repo{Writers: []string{"mona"}})
	all()
}

// TestLeaksOfHelpers keeps the record in another helper, which repeats it where
// it can.
func TestLeaksOfHelpers(t *testing.T) {
	h := leakHome(t)
	token := h.token()
	record := `{"username":"mona","token":"` + token + `","stored_at":"2026-11-24T05:00:00Z","v":1}`
	for name, text := range map[string]string{
		"honest":  `case $1 in get) printf '{"ServerURL":"ghcr.io","Username":"mona","Secret":"%s"}' "$(sed 's/"/\\"/g' "$SECRET")";; *) cat >/dev/null;; esac`,
		"echoes":  `cat "$SECRET" >&2; cat "$SECRET"; cat; exit 1`,
		"garbage": `cat "$SECRET"; cat`,
		"stderr":  `cat "$SECRET" >&2; exit 1`,
		"base64":  `base64 -w0 "$SECRET"; exit 1`,
	} {
		t.Run(name, func(t *testing.T) {
			file := h.path("record")
			check(t, os.WriteFile(file, []byte(record), 0o600))
			h.script("docker-credential-"+name, "SECRET="+file+"\n"+text)
			h.index("ghcr.io", keyring.HelperPlace(name), time.Now())
			r := h.get("docker push ghcr.io/o/app")
			if name == "honest" {
				r.gives(t, token)
			} else {
				r.fails(t, "docker-credential-"+name)
			}
			h.run(login("ghcr.io", token), "store")
			h.run(token, "login", "--with-token", "--storage", "helper:"+name)
			h.run("", "status")
			h.run("", "doctor")
			h.run("ghcr.io", "erase")
			check(t, os.Remove(file))
		})
	}
}
