package helper

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
)

// tokenFile writes a token to a file as echo does.
func (m *machine) tokenFile(token string, mode os.FileMode) string {
	m.t.Helper()
	path := filepath.Join(m.t.TempDir(), "ghcr-token")
	if err := os.WriteFile(path, []byte(token+"\n"), 0o600); err != nil {
		m.t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		m.t.Fatal(err)
	}
	return path
}

// Each source beats those after it.
func TestSourcesInOrder(t *testing.T) {
	m := newMachine(t)
	actions := m.classic("write:packages")
	m.env["GITHUB_TOKEN"] = actions
	warned(t, m.findsNothing(), "") // outside Actions it is not ours to take
	m.env["GITHUB_ACTIONS"] = "true"
	m.gets("mona", actions)

	stored := m.stored("write:packages")
	m.gets("mona", stored)

	systemd := m.classic("write:packages")
	m.env["CREDENTIALS_DIRECTORY"] = t.TempDir()
	m.gets("mona", stored) // a unit with other credentials
	m.env["CREDENTIALS_DIRECTORY"] = filepath.Dir(m.tokenFile(systemd, 0o440))
	m.gets("mona", systemd)

	file := m.classic("write:packages")
	m.env["GHCR_TOKEN_FILE"] = m.tokenFile(file, 0o600)
	m.gets("mona", file)

	token := m.classic("write:packages")
	m.env["GHCR_TOKEN"] = " " + token + "\n"
	m.gets("mona", token)

	// All of them are of github.com, and go to no other server.
	world.Reset()
	if r := m.call("get", "containers.octo.ghe.com"); r.code != 1 || len(world.Requests()) > 0 {
		t.Errorf("%+v", r)
	}
}

func TestUserOfEnvironment(t *testing.T) {
	m := newMachine(t)
	token := m.classic("write:packages")
	m.env["GHCR_TOKEN"] = token
	m.gets("mona", token) // as GitHub says
	m.gets("mona", token)
	if n := world.Count("api.github.com", "/user"); n != 1 {
		t.Errorf("GitHub was asked %d times whose token it is", n)
	}
	m.env["GITHUB_ACTOR"] = "lisa"
	m.gets("lisa", token)
	m.env["GHCR_USERNAME"] = "octo"
	m.gets("octo", token)
	for _, bad := range []string{"a\nb", "a:b", "<token>", "a\x00", strings.Repeat("a", 300)} {
		m.env["GHCR_USERNAME"] = bad
		m.fails("get", "ghcr.io", "GHCR_USERNAME is not the name of an account", "set it to")
	}
	if r := m.call("list", ""); r.stdout != `{"ghcr.io":"x-access-token"}`+"\n" {
		t.Errorf("list = %s", r.stdout)
	}
	delete(m.env, "GHCR_USERNAME")
	delete(m.env, "GITHUB_ACTOR")
	m.gets("mona", token) // not what the environment said meanwhile
}

// Set but empty is the classic of workflows of forks: no silent fall-back.
func TestEmptySources(t *testing.T) {
	m := newMachine(t)
	m.stored("write:packages")
	for _, value := range []string{"", " \n"} {
		m.env["GHCR_TOKEN"] = value
		m.fails("get", "ghcr.io", "GHCR_TOKEN is set but empty", "secrets are empty in workflows of forks")
	}
	m.intent = engine.Login
	warned(t, m.findsNothing(), "GHCR_TOKEN is set but empty")
	m.intent = engine.Unknown
	delete(m.env, "GHCR_TOKEN")

	m.env["GHCR_TOKEN_FILE"] = ""
	m.fails("get", "ghcr.io", "GHCR_TOKEN_FILE is set but empty", "unset GHCR_TOKEN_FILE")
	m.env["GHCR_TOKEN_FILE"] = m.tokenFile("", 0o600)
	m.fails("get", "ghcr.io", "GHCR_TOKEN_FILE names an empty file", "unset GHCR_TOKEN_FILE")
	delete(m.env, "GHCR_TOKEN_FILE")

	m.env["CREDENTIALS_DIRECTORY"] = filepath.Dir(m.tokenFile("", 0o600))
	m.fails("get", "ghcr.io", "$CREDENTIALS_DIRECTORY/ghcr-token is empty", "systemd unit")
	m.asked(0)
	// The stored one is listed, and nothing twice.
	if r := m.call("list", ""); r.stdout != `{"ghcr.io":"mona"}`+"\n" {
		t.Errorf("list = %s", r.stdout)
	}
}

func TestTokenFiles(t *testing.T) {
	m := newMachine(t)
	token := m.classic("write:packages")
	for _, mode := range []os.FileMode{0o644, 0o640, 0o604, 0o660, 0o606} {
		m.env["GHCR_TOKEN_FILE"] = m.tokenFile(token, mode)
		m.fails("get", "ghcr.io", "the token in GHCR_TOKEN_FILE cannot be used: other users may read the file", "chmod 600")
	}
	m.env["GHCR_TOKEN_FILE"] = filepath.Join(t.TempDir(), "none")
	m.fails("get", "ghcr.io", "the token in GHCR_TOKEN_FILE cannot be used: there is no such file", "")
	m.env["GHCR_TOKEN_FILE"] = t.TempDir()
	m.fails("get", "ghcr.io", "the token in GHCR_TOKEN_FILE cannot be used: it is not a file", "")
	m.env["GHCR_TOKEN_FILE"] = "/dev/zero"
	m.fails("get", "ghcr.io", "it is not a file", "")
	m.env["GHCR_TOKEN_FILE"] = m.tokenFile(token, 0o400)
	m.gets("mona", token)

	// A link, as Kubernetes makes them.
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(m.env["GHCR_TOKEN_FILE"], link); err != nil {
		t.Fatal(err)
	}
	m.env["GHCR_TOKEN_FILE"] = link
	m.gets("mona", token)

	// systemd shows the ACL of a service as a right of the group.
	m.env["GHCR_TOKEN_FILE"] = m.tokenFile(token, 0o440)
	m.env["CREDENTIALS_DIRECTORY"] = filepath.Dir(m.env["GHCR_TOKEN_FILE"]) + "/"
	m.gets("mona", token)
	delete(m.env, "GHCR_TOKEN_FILE")
	m.gets("mona", token)
	if err := os.Chmod(filepath.Join(m.env["CREDENTIALS_DIRECTORY"], "ghcr-token"), 0o444); err != nil {
		t.Fatal(err)
	}
	m.fails("get", "ghcr.io", "the token in $CREDENTIALS_DIRECTORY/ghcr-token cannot be used: other users may read the file", "")
}

// Messages name the place where the token is to be mended.
func TestSourceIsNamed(t *testing.T) {
	m := newMachine(t)
	token := m.classic("read:packages")
	m.intent = engine.Push
	m.env["GHCR_TOKEN"] = token
	m.fails("get", "ghcr.io", "the token of mona in GHCR_TOKEN can pull from ghcr.io but not push", "put another token into GHCR_TOKEN")
	m.env = map[string]string{"GHCR_TOKEN_FILE": m.tokenFile(token, 0o600)}
	m.fails("get", "ghcr.io", "the token of mona in GHCR_TOKEN_FILE can pull", "put another token into GHCR_TOKEN_FILE")
	m.env = map[string]string{"CREDENTIALS_DIRECTORY": filepath.Dir(m.tokenFile(token, 0o400))}
	m.fails("get", "ghcr.io", "the token of mona in $CREDENTIALS_DIRECTORY/ghcr-token can pull", "tick write:packages")
	m.env = map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_TOKEN": token}
	m.fails("get", "ghcr.io", "the token of mona in GITHUB_TOKEN can pull", "put another token into GHCR_TOKEN")
}

func TestActionsRegistry(t *testing.T) {
	for server, want := range map[string]string{
		"": "ghcr.io", "https://github.com": "ghcr.io", "https://octo.ghe.com": "containers.octo.ghe.com",
		"https://git.example.com/": "containers.git.example.com", "https://git.example.com:8443": "", "nonsense": "", "https://a b": "",
	} {
		if got := actionsRegistry(server); got != want {
			t.Errorf("%q: %q, want %q", server, got, want)
		}
	}
}

// What the environment holds is not written to the disk by docker login.
func TestStoreOfEnvironment(t *testing.T) {
	m := newMachine(t)
	token := m.classic("write:packages")
	for name, env := range map[string]map[string]string{
		"GHCR_TOKEN":                        {"GHCR_TOKEN": token},
		"GHCR_TOKEN_FILE":                   {"GHCR_TOKEN_FILE": m.tokenFile(token, 0o600)},
		"$CREDENTIALS_DIRECTORY/ghcr-token": {"CREDENTIALS_DIRECTORY": filepath.Dir(m.tokenFile(token, 0o600))},
		"GITHUB_TOKEN":                      {"GITHUB_ACTIONS": "true", "GITHUB_TOKEN": token},
	} {
		m.env = env
		m.storesOK("mona", token, "not stored: it is the token in "+name+", which is used as long as it is set")
		if entries := m.configEntries(); len(entries) > 0 {
			t.Errorf("%s: %q is in the config folder", name, entries)
		}
	}
	// Another token is stored, and the person is told that it is not used.
	other := m.classic("write:packages")
	m.env = map[string]string{"GHCR_TOKEN": token, "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
	m.storesOK("mona", other, noKeyring, "the token in GHCR_TOKEN is used instead of the stored one")
	m.gets("mona", token)
	// In Actions the stored one comes first, so a login replaces it.
	m.env = map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_TOKEN": token}
	m.gets("mona", other)
	m.storesOK("mona", token)
	m.gets("mona", token)
}

// HOME may be unset, as in services and cron: what needs no folder still works.
func TestNoHome(t *testing.T) {
	m := newMachine(t)
	token := m.classic("write:packages")
	m.noHome = true
	if r := m.call("list", ""); r.code != 0 || r.stdout != "{}\n" {
		t.Errorf("list: %+v", r)
	}
	if r := m.call("get", "docker.io"); r.code != 1 || r.stdout != "credentials not found in native keychain\n" || r.stderr != "" {
		t.Errorf("get of an unknown host: %+v", r)
	}
	m.fails("get", "ghcr.io", "no place for stored tokens: no config folder", "set HOME")
	m.fails("store", m.credentials("ghcr.io", "mona", token), "no place for stored tokens", "set HOME")
	if r := m.call("erase", "ghcr.io"); r.code != 0 || r.stdout != "" || !strings.Contains(r.stderr, "no place for stored tokens") {
		t.Errorf("erase: %+v", r)
	}
	if err := m.helper(&buffer{}).alone(func() error { t.Error("alone without a folder"); return nil }); err == nil {
		t.Error("no error")
	}
	if here, _ := os.Getwd(); exists(filepath.Join(here, "store.lock")) {
		t.Error("the lock is in the current folder")
	}
	m.env["GITHUB_ACTIONS"], m.env["GITHUB_TOKEN"] = "true", token
	warned(t, m.gets("mona", token), "")
	m.env = map[string]string{"GHCR_TOKEN": token}
	warned(t, m.gets("mona", token), "")
	r := m.call("list", "")
	if r.stdout != `{"ghcr.io":"x-access-token"}`+"\n" {
		t.Errorf("list: %+v", r)
	}
	warned(t, r, "")
	if list, err := m.helper(&buffer{}).Status(); err != nil || len(list) != 1 {
		t.Errorf("Status: %+v, %v", list, err)
	}
}

func TestConfigDirOfEnvironment(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("HOME", "")
	t.Setenv("AppData", "")
	if h := New(t.Context(), Options{}); h.dirErr == nil {
		t.Error("a config folder without a home")
	}
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	if h := New(t.Context(), Options{}); h.dirErr != nil || filepath.Dir(h.dir) != os.Getenv("XDG_CONFIG_HOME") {
		t.Errorf("%q, %v", h.dir, h.dirErr)
	}
}

// A token from outside is for ghcr.io, or for the one registry that GHCR_HOST names.
func TestGHCRHost(t *testing.T) {
	m := newMachine(t)
	token := m.classic("write:packages")
	m.env["GHCR_TOKEN"] = token
	for name, want := range map[string]string{
		"": "ghcr.io", "ghcr.io": "ghcr.io", "https://GHCR.io/": "ghcr.io",
		"containers.octo.ghe.com": "containers.octo.ghe.com", "evil.example.com": "", "ghcr.io@evil.example.com": "",
	} {
		m.env["GHCR_HOST"] = name
		list := "{}\n"
		if want != "" {
			list = `{"` + want + `":"x-access-token"}` + "\n"
		}
		if r := m.call("list", ""); r.stdout != list {
			t.Errorf("GHCR_HOST=%s: list = %s, want %s", name, r.stdout, list)
		}
		if want != "ghcr.io" {
			m.findsNothing()
		}
	}
}

func TestBare(t *testing.T) {
	for text, want := range map[string]string{
		"abc": "abc", " a\tb\nc \n": "abc", `"abc"`: "abc", "'abc'\n": "abc", `" abc "`: "abc",
		`"abc`: `"abc`, `"abc'`: `"abc'`, `"`: `"`, `""`: "", "": "",
	} {
		if got := Bare(text); got != want {
			t.Errorf("Bare(%q) = %q, want %q", text, got, want)
		}
	}
	m := newMachine(t)
	token := m.classic("write:packages")
	m.env["GHCR_TOKEN"] = `"` + token + `"`
	m.gets("mona", token)
	delete(m.env, "GHCR_TOKEN")
	m.put("ghcr.io", "'"+token+"'")
	m.gets("mona", token)
}
