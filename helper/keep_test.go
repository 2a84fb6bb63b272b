package helper

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
)

// configuredPodman is a machine where configure has set up podman, after a
// reboot: its file of the session, whose path is returned, is gone.
func configuredPodman(t *testing.T) (m *machine, session string) {
	m = newMachine(t)
	run := filepath.Join(m.home, "run")
	m.env["XDG_RUNTIME_DIR"], m.env["XDG_CONFIG_HOME"] = run, filepath.Join(m.home, "config")
	must(os.Mkdir(run, 0o700))
	plan, err := engine.PlanConfigure(t.Context(), engine.Env{
		Dir: m.configDir(), Getenv: func(name string) string { return m.env[name] },
	}, []engine.Engine{engine.Podman}, "ghcr.io")
	must(err)
	_, err = plan.Apply(t.Context())
	must(err)
	session = filepath.Join(run, "containers", "auth.json")
	if !strings.Contains(read(session), `"ghcr.io": "ghcr"`) {
		t.Fatalf("configure made %q", read(session))
	}
	must(os.RemoveAll(filepath.Dir(session)))
	return m, session
}

func read(path string) string {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return ""
	}
	must(err)
	return string(text)
}

// Podman login asks for credentials, and then reads the file that says where to
// store some: by then it must be there, whatever the answer was.
func TestLoginAfterReboot(t *testing.T) {
	for name, c := range map[string]struct {
		intent engine.Intent
		argv   string
		scopes []string // of the stored token; nil is none
		want   bool
	}{
		"podman":                   {engine.Login, "podman login ghcr.io", nil, true},
		"podman, over a token":     {engine.Login, "podman login ghcr.io", []string{"write:packages"}, true},
		"podman, over a poor one":  {engine.Login, "podman login ghcr.io", []string{"repo"}, true},
		"skopeo's logout":          {engine.Login, "skopeo logout ghcr.io", nil, true},
		"docker":                   {engine.Login, "docker login ghcr.io", nil, false},
		"a pull":                   {engine.Pull, "podman pull ghcr.io/o/app", []string{"write:packages"}, false},
		"an engine nobody can see": {engine.Unknown, "", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			m, session := configuredPodman(t)
			token := ""
			if c.scopes != nil {
				token = m.stored(c.scopes...)
			}
			m.intent, m.argv = c.intent, strings.Fields(c.argv)
			if len(c.scopes) > 0 && c.scopes[0] != "repo" {
				m.gets("mona", token)
			} else {
				m.findsNothing()
			}
			if found := strings.Contains(read(session), `"ghcr.io": "ghcr"`); found != c.want {
				t.Errorf("podman's file of the session is %q", read(session))
			}
		})
	}
}

// What cannot be written keeps nobody from logging in, and is not spoken of.
func TestLoginGoesOn(t *testing.T) {
	for name, spoil := range map[string]func(m *machine, session string){
		"no place for it": func(_ *machine, session string) { must(os.WriteFile(filepath.Dir(session), nil, 0o600)) },
		"a damaged record": func(m *machine, _ string) {
			must(os.WriteFile(filepath.Join(m.configDir(), "configured.json"), []byte("{"), 0o600))
		},
		"a record of nothing": func(m *machine, session string) {
			text := `{"v":1,"files":[{"path":"` + session + `","engines":["podman"],"steps":[{"registry":"ghcr.io","path":[],"after":"x"}]}]}`
			must(os.WriteFile(filepath.Join(m.configDir(), "configured.json"), []byte(text), 0o600))
		},
		"no config folder": func(m *machine, _ string) { m.noHome = true; m.env["GHCR_TOKEN"] = m.classic("write:packages") },
	} {
		t.Run(name, func(t *testing.T) {
			m, session := configuredPodman(t)
			spoil(m, session)
			m.intent, m.argv = engine.Login, []string{"podman", "login", "ghcr.io"}
			r := m.call("get", "ghcr.io")
			isAnswer := r.code == 0 && len(m.tokens) > 0 || r.stdout == "credentials not found in native keychain\n"
			if !isAnswer || r.stderr != "" {
				t.Errorf("exit code %d, stderr %q", r.code, r.stderr)
			}
			m.env["GHCR_DEBUG"] = "1"
			if r := m.call("get", "ghcr.io"); !strings.Contains(r.stderr, "podman's file of the session: ") {
				t.Errorf("the trace does not tell: %q", r.stderr)
			}
		})
	}
}
