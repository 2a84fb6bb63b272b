package helper

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// world is GitHub for all tests of this process: a process reads its proxy and
// its certificates once. Tests that use it do not run in parallel.
var world *ghcrtest.World

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "helper-test-")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if world, err = ghcrtest.New(ghcrtest.Options{}); err != nil {
		panic(err)
	}
	defer func() { _ = world.Close() }()
	ca := filepath.Join(dir, "ca.pem")
	if err := world.WriteCABundle(ca, false); err != nil {
		panic(err)
	}
	for _, pair := range world.Env(ca) {
		name, value, _ := strings.Cut(pair, "=")
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	return m.Run()
}

// machine is a computer with a person, an engine and no keyring: its session
// bus is none, so tokens rest in the encrypted file.
type machine struct {
	t      *testing.T
	env    map[string]string
	home   string
	runDir string
	intent engine.Intent
	run    string // of the engine; "" is one that cannot be known
	now    time.Time
	tokens []string // none of them may show
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
	h.env = func(name string) (string, bool) { value, set := m.env[name]; return value, set }
	h.dir, h.dirErr = m.configDir(), nil
	h.runDir = func() string { return m.runDir }
	h.parent = func() engine.Parent { return engine.Parent{Run: m.run} }
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

// checkOutput: what failed says why in one line on stdout; stderr has two lines
// at most; no token shows but in credentials.
func checkOutput(t *testing.T, r result, debug bool, tokens ...string) {
	t.Helper()
	if r.code != 0 || r.stdout != "" {
		checkLines(t, r.stdout, 1)
	}
	noLeak(t, r.stderr, tokens...)
	if r.code != 0 {
		noLeak(t, r.stdout, tokens...)
	}
	if debug {
		return
	}
	for line := range checkLines(t, r.stderr, 2) {
		if !strings.HasPrefix(line, Name+": ") {
			t.Errorf("a line without the program's name: %q", line)
		}
	}
}

func checkLines(t *testing.T, text string, most int) func(func(string) bool) {
	t.Helper()
	if n := strings.Count(text, "\n"); n > most || text != "" && !strings.HasSuffix(text, "\n") {
		t.Errorf("%d lines, want %d whole ones at most: %q", n, most, text)
	}
	if strings.Contains(text, "`") {
		t.Errorf("a backquote: %q", text)
	}
	for line := range strings.Lines(text) {
		if isJSON := strings.HasPrefix(line, "{"); !isJSON && len(strings.TrimSuffix(line, "\n")) >= 200 {
			t.Errorf("%d bytes in a line: %q", len(line), line)
		}
	}
	return strings.Lines(text)
}

// noLeak fails when 12 characters in a row of a token stand in a text.
func noLeak(t *testing.T, text string, tokens ...string) {
	t.Helper()
	const part = 12
	for _, token := range tokens {
		for i := 0; i+part <= len(token); i++ {
			if strings.Contains(text, token[i:i+part]) {
				t.Fatalf("the output holds a part of a token (of kind %.4s, at %d)", token, i)
			}
		}
	}
}

func (m *machine) noTokenOnDisk() {
	for _, dir := range []string{m.home, m.runDir} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || filepath.Ext(path) == ".secret" {
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

func withoutSecrets(text string, tokens []string) string {
	for _, token := range tokens {
		text = strings.ReplaceAll(text, token, "[token]")
	}
	return text
}

// asked expects how often GitHub was asked what a token may do.
func (m *machine) asked(want int) {
	m.t.Helper()
	if got := world.Count("api.github.com", "/rate_limit"); got != want {
		m.t.Errorf("GitHub was asked %d times, want %d", got, want)
	}
}

// warned expects one warning on stderr that holds some words, or none.
func warned(t *testing.T, r result, words string) {
	t.Helper()
	switch {
	case words == "" && r.stderr != "":
		t.Errorf("stderr = %q, want none", r.stderr)
	case words != "" && (strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, words)):
		t.Errorf("stderr = %q, want one line with %q", r.stderr, words)
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

// buffer is written to by several goroutines when the network is traced.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (m *machine) configEntries() []string {
	var names []string
	entries, _ := os.ReadDir(m.configDir())
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
