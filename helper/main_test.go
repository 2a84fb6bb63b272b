package helper

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// world is GitHub for all tests of this process: a process reads its proxy and
// its certificates once. Tests that use it do not run in parallel.
var world *ghcrtest.World

// testDir is a folder for the whole run.
var testDir string

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	var err error
	testDir, err = os.MkdirTemp("", "helper-test-")
	must(err)
	defer func() { _ = os.RemoveAll(testDir) }()
	world, err = ghcrtest.New(ghcrtest.Options{})
	must(err)
	defer func() { _ = world.Close() }()
	ca := filepath.Join(testDir, "ca.pem")
	must(world.WriteCABundle(ca, false))
	for _, pair := range os.Environ() { // whoever runs the tests may have a token and a keyring
		name, _, _ := strings.Cut(pair, "=")
		if ofSession.MatchString(name) && name != "GHCR_TEST_REQUIRE" {
			must(os.Unsetenv(name))
		}
	}
	for _, pair := range world.Env(ca) {
		name, value, _ := strings.Cut(pair, "=")
		must(os.Setenv(name, value))
	}
	return m.Run()
}

var ofSession = regexp.MustCompile(`^(GHCR|GITHUB|SUDO|SSH|DBUS|XDG|WSL)_|^CREDENTIALS_DIRECTORY$|DISPLAY$`)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// patience replaces the deadlines where no test is about them: the machine that
// runs the tests may be busy.
const patience = "60s"

// machine is a computer with a person, an engine and no keyring: its session
// bus is none, so tokens rest in the encrypted file.
type machine struct {
	t      *testing.T
	env    map[string]string
	home   string
	runDir string
	intent engine.Intent
	run    string // of the engine; "" is one that cannot be known
	argv   []string
	now    time.Time
	tokens []string // none of them may show
	noHome bool
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		t.Skip("programs take no certificates from SSL_CERT_FILE here")
	}
	world.SetFault(nil)
	world.RateLimitDisabled(false)
	world.Reset()
	m := &machine{
		t: t, home: t.TempDir(), runDir: t.TempDir(), now: time.Now(),
		env: map[string]string{"DBUS_SESSION_BUS_ADDRESS": "disabled:"},
	}
	t.Cleanup(func() { world.SetFault(nil); m.noTokenOnDisk() })
	return m
}

func (m *machine) configDir() string { return filepath.Join(m.home, Name) }

// helper makes the helper as a new process would have it.
func (m *machine) helper(stderr *buffer) *Helper {
	h := New(m.t.Context(), Options{Stderr: stderr})
	h.env = func(name string) (string, bool) {
		value, set := m.env[name]
		if (name == "GHCR_TIMEOUT" || name == "GHCR_KEYRING_TIMEOUT") && !set {
			return patience, true
		}
		return value, set
	}
	h.dir, h.dirErr = m.configDir(), nil
	if m.noHome {
		h.dir, h.dirErr = keyring.ConfigDir(func(string) string { return "" })
	}
	h.runDir = func() string { return m.runDir }
	h.parent = func() engine.Parent { return engine.Parent{Argv: m.argv, Run: m.run} }
	h.intentOf = func([]string, string) engine.Intent { return m.intent }
	h.now = func() time.Time { return m.now }
	if h.isSet("GHCR_DEBUG") {
		h.warn = &lockedWriter{w: stderr}
		h.trace = &trace{start: time.Now(), w: h.warn}
	}
	return h
}

// result is what an engine sees of one call.
type result struct {
	code           int
	stdout, stderr string
}

// call runs a verb of the protocol and holds its output to the rules that are
// the same for all.
func (m *machine) call(verb, stdin string) result {
	m.t.Helper()
	var stdout bytes.Buffer
	var stderr buffer
	code := m.helper(&stderr).serve(verb, strings.NewReader(stdin), &stdout)
	r := result{code, stdout.String(), stderr.String()}
	checkOutput(m.t, r, m.env["GHCR_DEBUG"] != "", m.tokens...)
	return r
}

func (m *machine) noTokenOnDisk() {
	for _, dir := range []string{m.home, m.runDir} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			noLeak(m.t, string(text), m.tokens...)
			if info, err := d.Info(); err == nil && info.Mode().Perm()&0o077 != 0 {
				m.t.Errorf("others may read %s", path)
			}
			return nil
		})
		if err != nil && !os.IsNotExist(err) {
			m.t.Error(err)
		}
	}
}

// token makes a token that GitHub does not know.
func (m *machine) token(prefix string) string {
	value := ghcrtest.SampleToken(prefix, fmt.Sprint(m.t.Name(), len(m.tokens)))
	m.tokens = append(m.tokens, value)
	return value
}

// classic makes a classic PAT of mona with scopes.
func (m *machine) classic(scopes ...string) string {
	value := m.token("ghp_")
	world.SetToken(ghcrtest.Token{Value: value, Login: "mona", Scopes: scopes})
	return value
}

func (m *machine) tick(token string, scopes ...string) {
	world.SetToken(ghcrtest.Token{Value: token, Login: "mona", Scopes: scopes})
}

// stored is classic, stored by mona on this machine. The request log and the
// notes of what was said start afresh.
func (m *machine) stored(scopes ...string) string {
	m.t.Helper()
	token := m.classic(scopes...)
	m.put("ghcr.io", token)
	return token
}

func (m *machine) put(registry, token string) {
	m.t.Helper()
	if r := m.call("store", m.credentials(registry, "mona", token)); r.code != 0 || r.stdout != "" {
		m.t.Fatalf("store: %d, %q, %q", r.code, r.stdout, r.stderr)
	}
	world.Reset()
}

// credentials is what docker login writes to store.
func (m *machine) credentials(server, user, secret string) string {
	text, err := json.Marshal(struct{ ServerURL, Username, Secret string }{server, user, secret})
	if err != nil {
		m.t.Fatal(err)
	}
	return string(text) + "\n"
}

// gets asks for credentials and expects these.
func (m *machine) gets(user, token string) result {
	m.t.Helper()
	r := m.call("get", "ghcr.io")
	want := m.credentials("ghcr.io", user, token)
	if r.code != 0 || r.stdout != want {
		m.t.Fatalf("get: exit code %d, not the credentials of %s: %s", r.code, user, withoutSecrets(r.stdout, m.tokens))
	}
	return r
}

// finds nothing: the engine goes on anonymously.
func (m *machine) findsNothing() result {
	m.t.Helper()
	r := m.call("get", "ghcr.io")
	if r.code != 1 || r.stdout != "credentials not found in native keychain\n" {
		m.t.Fatalf("get: exit code %d, want not found: %s", r.code, withoutSecrets(r.stdout, m.tokens))
	}
	return r
}

// fails expects an error whose one line holds some words, and the same line and
// a hint on stderr.
func (m *machine) fails(verb, stdin, cause, hint string) result {
	m.t.Helper()
	r := m.call(verb, stdin)
	first, second, _ := strings.Cut(r.stderr, "\n")
	if r.code != 1 || !strings.HasPrefix(r.stdout, Name+": error: ") || first+"\n" != r.stdout {
		m.t.Fatalf("%s: exit code %d, want a failure on both: stdout %q, stderr %q", verb, r.code, withoutSecrets(r.stdout, m.tokens), r.stderr)
	}
	if !strings.Contains(r.stdout, cause) || !strings.Contains(second, hint) || !strings.HasPrefix(second, Name+": hint: ") {
		m.t.Errorf("%s: said %q; want %q in the first line, %q in the second", verb, r.stderr, cause, hint)
	}
	return r
}

// asked expects how often GitHub was asked what a token may do.
func (m *machine) asked(want int) {
	m.t.Helper()
	if got := world.Count("api.github.com", "/rate_limit"); got != want {
		m.t.Errorf("GitHub was asked %d times, want %d", got, want)
	}
}

func (m *machine) accounts() map[string]keyring.Account {
	m.t.Helper()
	accounts, err := m.helper(&buffer{}).Accounts()
	if err != nil {
		m.t.Fatal(err)
	}
	return accounts
}

func (m *machine) configEntries() []string {
	var names []string
	entries, _ := os.ReadDir(m.configDir())
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
