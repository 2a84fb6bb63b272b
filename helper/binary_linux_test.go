package helper

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docker/docker-credential-helpers/client"
	"github.com/docker/docker-credential-helpers/credentials"
	"github.com/godbus/dbus/v5"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

// The program itself, built as it is shipped, with real keyrings.

var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(testDir, Name)
	out, err := exec.Command("go", "build", "-o", path, Package).CombinedOutput()
	if err != nil {
		return "", errors.New("go build: " + string(out))
	}
	return path, nil
})

// program runs the binary with a home of its own.
type program struct {
	*machine
	path string
	env  []string
	last result // of the last call
}

// newProgram takes the environment that leads to a keyring, or away from one.
func newProgram(t *testing.T, session ...string) *program {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	m := newMachine(t)
	env := append(world.Env(os.Getenv("SSL_CERT_FILE")), "PATH="+os.Getenv("PATH"), "HOME="+m.home, "XDG_RUNTIME_DIR="+m.runDir,
		"GHCR_TIMEOUT="+patience, "GHCR_KEYRING_TIMEOUT="+patience)
	return &program{machine: m, path: path, env: append(env, session...)}
}

// client runs the binary for docker-credential-helpers' client, as engines do.
func (p *program) client(args ...string) client.Program {
	return &child{program: p, args: args}
}

type child struct {
	program *program
	args    []string
	stdin   io.Reader
}

func (c *child) Input(in io.Reader) { c.stdin = in }

func (c *child) Output() ([]byte, error) {
	p := c.program
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.path, c.args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = c.stdin, &stdout, &stderr, p.env
	err := cmd.Run()
	// A busy machine may take the two seconds after which this is said.
	said := strings.ReplaceAll(stderr.String(), Name+": warning: waiting for the keyring to be unlocked\n", "")
	p.last = result{cmd.ProcessState.ExitCode(), stdout.String(), said}
	if p.last.code < 0 || p.last.code > 1 {
		p.t.Fatalf("%v: %v, %s", c.args, err, stderr.String())
	}
	checkOutput(p.t, p.last, false, p.tokens...)
	return stdout.Bytes(), err
}

func (p *program) run(verb, stdin string) result {
	p.t.Helper()
	c := p.client(verb)
	c.Input(strings.NewReader(stdin))
	_, _ = c.Output()
	return p.last
}

func onGnomeKeyring(t *testing.T, state keyringtest.State) (*program, *keyringtest.Bus) {
	t.Helper()
	bus := keyringtest.StartBus(t)
	keyringtest.StartGnomeKeyring(t, bus, state)
	return newProgram(t, bus.Env()...), bus
}

// What docker-credential-helpers tests of its own helpers, through its client.
func TestContract(t *testing.T) {
	p, bus := onGnomeKeyring(t, keyringtest.Unlocked)
	world.AddHost("api.octo.ghe.com", ghcrtest.API)
	for _, server := range []string{"ghcr.io", "https://containers.octo.ghe.com/v2/"} {
		first, second := p.token("ghp_"), p.token("ghp_")
		for _, token := range []string{first, second} {
			world.SetToken(ghcrtest.Token{Value: token, Login: "mona", Server: map[bool]string{false: "octo.ghe.com"}[server == "ghcr.io"], Scopes: []string{"write:packages"}})
		}
		before, err := client.List(p.client)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Get(p.client, server); !credentials.IsErrCredentialsNotFound(err) {
			t.Errorf("get before store: %v, want not found", err)
		}
		for _, token := range []string{first, second} { // the second overwrites
			c := &credentials.Credentials{ServerURL: server, Username: "mona", Secret: token}
			if err := client.Store(p.client, c); err != nil || p.last.stderr != "" {
				t.Fatalf("store: %v, %q", err, p.last.stderr)
			}
			got, err := client.Get(p.client, server)
			if err != nil || *got != *c || p.last.stderr != "" {
				t.Fatalf("get: not what was stored: %v, %q", err, p.last.stderr)
			}
		}
		after, err := client.List(p.client)
		if err != nil || len(after) != len(before)+1 {
			t.Errorf("list: %v, then %v, %v", before, after, err)
		}
	}
	if text := secretTool(t, bus, "ghcr.io"); !strings.Contains(text, `"username":"mona"`) {
		t.Error("the keyring does not hold it")
	}
	list, err := client.List(p.client)
	if err != nil || list["ghcr.io"] != "mona" || list["containers.octo.ghe.com"] != "mona" {
		t.Errorf("list: %v, %v", list, err)
	}
	if err := client.Erase(p.client, "ghcr.io"); err != nil || !strings.Contains(p.last.stderr, "the token of mona for ghcr.io is gone from the OS keyring") {
		t.Errorf("erase: %v, %q", err, p.last.stderr)
	}
	if _, err := client.Get(p.client, "ghcr.io"); !credentials.IsErrCredentialsNotFound(err) {
		t.Errorf("get after erase: %v, want not found", err)
	}
	if err := client.Erase(p.client, "ghcr.io"); err != nil {
		t.Errorf("erase again: %v", err)
	}
	if _, err := client.Get(p.client, "containers.octo.ghe.com"); err != nil {
		t.Errorf("the other host: %v", err)
	}
	if err := client.Store(p.client, &credentials.Credentials{ServerURL: "ghcr.io", Username: "mona", Secret: "hunter2"}); err == nil || !strings.Contains(err.Error(), "takes no account password") {
		t.Errorf("store of a password: %v", err)
	}
	for _, name := range []string{"key.txt", "secrets"} {
		if _, err := os.Stat(filepath.Join(bus.Home, ".config", Name, name)); err == nil {
			t.Errorf("%s was made beside the keyring", name)
		}
	}
}

func secretTool(t *testing.T, bus *keyringtest.Bus, registry string) string {
	t.Helper()
	keyringtest.Need(t, "secret-tool")
	cmd := exec.Command("secret-tool", "lookup", "service", Name, "username", registry)
	cmd.Env = append(os.Environ(), bus.Env()...)
	out, _ := cmd.Output()
	return string(out)
}

// A keyring that is locked is an error, with what to do; nothing replaces it.
func TestLockedKeyring(t *testing.T) {
	p, bus := onGnomeKeyring(t, keyringtest.Unlocked)
	token := p.classic("write:packages")
	if r := p.run("store", p.credentials("ghcr.io", "mona", token)); r.code != 0 {
		t.Fatalf("store: %+v", r)
	}
	lock(t, bus)
	r := p.run("get", "ghcr.io")
	const cause = "docker-credential-ghcr: error: the token for ghcr.io cannot be used: the OS keyring is locked and nothing here can ask for its password\n"
	if r.code != 1 || r.stdout != cause || !strings.HasPrefix(r.stderr, cause+Name+": hint: unlock it in a desktop session, or store in the file: ") {
		t.Errorf("get: %+v", r)
	}
	if r := p.run("list", ""); r.stdout != `{"ghcr.io":"mona"}`+"\n" {
		t.Errorf("list: %+v", r)
	}
	r = p.run("store", p.credentials("ghcr.io", "mona", p.classic("write:packages")))
	if r.code != 1 || !strings.Contains(r.stdout, "the token for ghcr.io is not stored: the OS keyring is locked") {
		t.Errorf("store: %+v", r)
	}
	if r := p.run("erase", "ghcr.io"); r.code != 0 || !strings.Contains(r.stderr, "is not erased: the OS keyring is locked") {
		t.Errorf("erase: %+v", r)
	}
	p.env = append(p.env, "GHCR_TOKEN="+token)
	if r := p.run("get", "ghcr.io"); r.code != 0 {
		t.Errorf("get with GHCR_TOKEN: %+v", r.code)
	}
}

func lock(t *testing.T, bus *keyringtest.Bus) {
	t.Helper()
	conn, err := dbus.Connect(bus.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	call := conn.Object("org.freedesktop.secrets", "/org/freedesktop/secrets").
		Call("org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{"/org/freedesktop/secrets/collection/login"})
	if call.Err != nil {
		t.Fatal(call.Err)
	}
}

// A keyring that never answers holds a get for three seconds, not for ever.
func TestSilentKeyring(t *testing.T) {
	bus := keyringtest.StartBus(t)
	keyringtest.StartFake(t, bus, keyringtest.HangOnCall)
	p := newProgram(t, append(bus.Env(), "GHCR_KEYRING_TIMEOUT=")...)
	account := keyring.Account{Username: "mona", Storage: keyring.Keyring, StoredAt: noon}
	if err := keyring.OpenIndex(filepath.Join(bus.Home, ".config", Name)).Put(t.Context(), "ghcr.io", account); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	r := p.run("get", "ghcr.io")
	if r.code != 1 || !strings.Contains(r.stdout, "the OS keyring did not answer within 3s") || !strings.Contains(r.stderr, "hint: ") {
		t.Errorf("get: %+v", r)
	}
	if took := time.Since(start); took > 10*time.Second { // 3 s, and what a busy machine adds
		t.Errorf("it took %v", took)
	}
	p.env = append(p.env, "GHCR_KEYRING_TIMEOUT=100ms")
	if r := p.run("get", "ghcr.io"); !strings.Contains(r.stdout, "within 100ms") {
		t.Errorf("get: %+v", r)
	}
}

// A keyring whose write was dismissed has stored nothing, and says so.
func TestDismissedKeyring(t *testing.T) {
	bus := keyringtest.StartBus(t)
	keyringtest.StartFake(t, bus, keyringtest.DismissWrite)
	p := newProgram(t, bus.Env()...)
	r := p.run("store", p.credentials("ghcr.io", "mona", p.classic("write:packages")))
	if r.code != 1 || !strings.Contains(r.stdout, "the token for ghcr.io is not stored: the OS keyring did not keep the token") {
		t.Errorf("store: %+v", r)
	}
	if r := p.run("list", ""); r.stdout != "{}\n" {
		t.Errorf("list: %+v", r)
	}
}

// No keyring at all: the encrypted file is chosen, which is said once.
func TestNoKeyring(t *testing.T) {
	empty := keyringtest.StartBus(t) // a bus that nothing on it keeps secrets
	for name, session := range map[string][]string{
		"no bus":     {"DBUS_SESSION_BUS_ADDRESS=disabled:"},
		"dead bus":   {"DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent/bus"},
		"no service": {"DBUS_SESSION_BUS_ADDRESS=" + empty.Addr},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProgram(t, session...)
			token := p.classic("write:packages")
			if r := p.run("store", p.credentials("ghcr.io", "mona", token)); r.code != 0 || r.stderr != Name+": warning: "+noKeyring+"\n" {
				t.Fatalf("store: %+v", r)
			}
			if r := p.run("store", p.credentials("ghcr.io", "mona", p.classic("write:packages"))); r.code != 0 || r.stderr != "" {
				t.Errorf("store again: %+v", r)
			}
			p.run("store", p.credentials("ghcr.io", "mona", token))
			if r := p.run("get", "ghcr.io"); r.stdout != p.credentials("ghcr.io", "mona", token) || r.stderr != "" {
				t.Errorf("get: exit code %d, %q", r.code, r.stderr)
			}
			if r := p.run("erase", "ghcr.io"); r.code != 0 || !strings.Contains(r.stderr, "gone from the encrypted file") {
				t.Errorf("erase: %+v", r)
			}
		})
	}
}

// Docker's own helper for the Secret Service as the place.
func TestPlaceOfAnotherHelper(t *testing.T) {
	keyringtest.Need(t, "docker-credential-secretservice")
	p, bus := onGnomeKeyring(t, keyringtest.Unlocked)
	dir := filepath.Join(bus.Home, ".config", Name)
	account := keyring.Account{Username: "mona", Storage: "helper:secretservice", StoredAt: noon}
	if err := keyring.OpenIndex(dir).Put(t.Context(), "ghcr.io", account); err != nil {
		t.Fatal(err)
	}
	r := p.run("get", "ghcr.io")
	if r.code != 1 || !strings.Contains(r.stdout, "the token for ghcr.io is gone from the credential helper secretservice") {
		t.Errorf("get: %+v", r)
	}
	token := p.classic("write:packages")
	if r := p.run("store", p.credentials("ghcr.io", "mona", token)); r.code != 0 || r.stderr != "" {
		t.Fatalf("store: %+v", r)
	}
	if r := p.run("get", "ghcr.io"); r.stdout != p.credentials("ghcr.io", "mona", token) {
		t.Errorf("get: exit code %d, %q", r.code, r.stderr)
	}
	if r := p.run("erase", "ghcr.io"); r.code != 0 || !strings.Contains(r.stderr, "is gone from the credential helper secretservice") {
		t.Errorf("erase: %+v", r)
	}
}

// Many at once: compose pulls dozens of images, each with a get of its own.
func TestManyGets(t *testing.T) {
	p, _ := onGnomeKeyring(t, keyringtest.Unlocked)
	token := p.classic("write:packages")
	if r := p.run("store", p.credentials("ghcr.io", "mona", token)); r.code != 0 {
		t.Fatalf("store: %+v", r)
	}
	want := p.credentials("ghcr.io", "mona", token)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			cmd := exec.CommandContext(t.Context(), p.path, "get")
			cmd.Env, cmd.Stdin = p.env, strings.NewReader("ghcr.io")
			if out, err := cmd.Output(); err != nil || string(out) != want {
				t.Errorf("get: %v, not the credentials", err)
			}
		})
	}
	all.Wait()
}

// The engine's pipe is closed early; nothing hangs.
func TestHugeInput(t *testing.T) {
	p := newProgram(t, "DBUS_SESSION_BUS_ADDRESS=disabled:")
	for _, verb := range []string{"get", "store", "erase"} {
		cmd := exec.CommandContext(t.Context(), p.path, verb)
		cmd.Env, cmd.Stdin = p.env, strings.NewReader(strings.Repeat("x", 10<<20))
		out, _ := cmd.Output()
		if string(out) != Name+": error: the input is too long\n" || cmd.ProcessState.ExitCode() != 1 {
			t.Errorf("%s: %q", verb, out)
		}
	}
}

// A get of an unknown host leaves no trace on the machine.
func TestUnknownHostTouchesNothing(t *testing.T) {
	p := newProgram(t, "DBUS_SESSION_BUS_ADDRESS=disabled:")
	if r := p.run("get", "docker.io"); r.stdout != "credentials not found in native keychain\n" {
		t.Errorf("get: %+v", r)
	}
	for _, dir := range []string{p.home, p.runDir} {
		if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
			t.Errorf("%s holds %v, %v", dir, entries, err)
		}
	}
}
