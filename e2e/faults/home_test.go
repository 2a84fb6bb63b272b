//go:build linux

package faults

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// home is a person's machine: without a keyring, unless one is added. When the
// test ends, nothing of its tokens may be found on the disk, in what was said in
// clear, or with a host that they are not for.
type home struct {
	t      *testing.T
	dir    string
	env    []string
	tokens []string
	places []string // where else a token must not be found
}

func newHome(t *testing.T) *home {
	t.Helper()
	_ = t.TempDir() // its end comes after that of the home, which is looked through
	dir, err := os.MkdirTemp("", "home")
	check(t, err)
	t.Cleanup(func() { check(t, os.RemoveAll(dir)) })
	h := &home{t: t, dir: dir}
	for _, name := range []string{"run", "tmp", ".docker"} {
		check(t, os.Mkdir(h.path(name), 0o700))
	}
	if !isInside {
		h.env = world.Env(inWorkshop("ca.pem"))
	}
	h.env = append(h.env, "PATH="+filepath.Dir(built("program"))+":"+os.Getenv("PATH"), "HOME="+h.dir, "XDG_RUNTIME_DIR="+h.path("run"),
		"TMPDIR="+h.path("tmp"), "LANG=C.UTF-8", "DBUS_SESSION_BUS_ADDRESS=disabled:", "SSL_CERT_FILE="+inWorkshop("ca.pem"),
		"GHCR_TIMEOUT=20s", "GORACE=atexit_sleep_ms=0")
	world.SetFault(nil)
	world.Reset()
	overheard.take()
	t.Cleanup(func() {
		world.SetFault(nil)
		h.huntLeaks()
	})
	return h
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *home) path(name string) string { return filepath.Join(h.dir, filepath.FromSlash(name)) }

func (h *home) config(name string) string {
	return filepath.Join(h.dir, ".config", program, filepath.FromSlash(name))
}

func (h *home) setenv(name, value string) { h.env = append(h.env, name+"="+value) }

// token makes mona a classic token for ghcr.io.
func (h *home) token() string { return h.tokenAt("", "write:packages") }

// tokenAt makes mona a classic token of a GitHub; "" is github.com.
func (h *home) tokenAt(server string, scopes ...string) string {
	value := ghcrtest.SampleToken("ghp_", fmt.Sprint(h.t.Name(), " ", len(h.tokens)))
	world.SetToken(ghcrtest.Token{Value: value, Login: "mona", Server: server, Scopes: scopes})
	h.tokens = append(h.tokens, value)
	return value
}

// files is the store that this home has without a keyring.
func (h *home) files() keyring.Store {
	store, err := keyring.Open(keyring.File, keyring.Config{Dir: h.config(""), Getenv: func(string) string { return "" }})
	check(h.t, err)
	return store
}

// keep puts a token into the encrypted file, as a store does.
func (h *home) keep(registry, token string) {
	h.t.Helper()
	now := time.Now().UTC().Truncate(time.Second)
	check(h.t, h.files().Set(h.t.Context(), registry, keyring.Record{Username: "mona", Token: token, StoredAt: now}))
	h.index(registry, keyring.File, now)
}

func (h *home) index(registry string, place keyring.Place, at time.Time) {
	h.t.Helper()
	account := keyring.Account{Username: "mona", Storage: place, StoredAt: at}
	check(h.t, keyring.OpenIndex(h.config("")).Put(h.t.Context(), registry, account))
}

// kept is the token in the encrypted file, "" for none. What cannot be read
// fails the test.
func (h *home) kept(registry string) string {
	h.t.Helper()
	record, err := h.files().Get(h.t.Context(), registry)
	if err != nil && !errors.Is(err, keyring.ErrNotFound) {
		h.t.Fatal(err)
	}
	return record.Token
}

// login is what docker login writes to store.
func login(registry, token string) string { return credentials(registry, "mona", token) }

// credentials is what get prints, and what store reads.
func credentials(registry, user, token string) string {
	text, _ := json.Marshal(struct{ ServerURL, Username, Secret string }{registry, user, token})
	return string(text) + "\n"
}

// result is what somebody sees of a command.
type result struct {
	code           int
	stdout, stderr string
	took           time.Duration
}

func (r result) says(text string) bool { return strings.Contains(r.stdout+r.stderr, text) }

// longest is what any command may take on a busy machine: it does not hang.
const longest = time.Minute

func (h *home) command(ctx context.Context, path, stdin string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env, cmd.Dir, cmd.Stdin, cmd.WaitDelay = h.env, h.dir, strings.NewReader(stdin), time.Second
	return cmd
}

// run runs the program.
func (h *home) run(stdin string, args ...string) result {
	h.t.Helper()
	return h.watch(args[0] == "get", func(ctx context.Context) *exec.Cmd {
		return h.command(ctx, built("program"), stdin, args...)
	})
}

// engineVariable is the program that an engine of the tests asks for credentials.
const engineVariable = "GHCR_FAULTS_PROGRAM"

// get asks for the credentials of ghcr.io as an engine does, whose command line
// tells what for.
func (h *home) get(engine string) result {
	h.t.Helper()
	return h.watch(true, func(ctx context.Context) *exec.Cmd { return h.engine(ctx, engine) })
}

func (h *home) engine(ctx context.Context, line string) *exec.Cmd {
	cmd := h.command(ctx, "/proc/self/exe", "ghcr.io")
	cmd.Args = strings.Fields(line)
	cmd.Env = append(cmd.Env, engineVariable+"="+built("program"))
	return cmd
}

// playEngine is this test binary under the name docker.
func playEngine() int {
	cmd := exec.Command(os.Getenv(engineVariable), "get")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	var exit *exec.ExitError
	if err := cmd.Run(); errors.As(err, &exit) {
		return exit.ExitCode()
	} else if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 99
	}
	return 0
}

// watch runs a command. Only a get may print a token, on stdout, when it went well.
func (h *home) watch(isGet bool, start func(context.Context) *exec.Cmd) result {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), longest)
	defer cancel()
	cmd := start(ctx)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	begin := time.Now()
	err := cmd.Run()
	r := result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), time.Since(begin)}
	switch {
	case ctx.Err() != nil:
		h.t.Fatalf("%s hangs", filepath.Base(cmd.Path))
	case h.leaksIn(stderr.Bytes()), (!isGet || r.code != 0) && h.leaksIn(stdout.Bytes()):
		h.t.Errorf("%s %s: the output holds a part of a token, and is not shown", filepath.Base(cmd.Path), verb(cmd.Args))
	case r.code < 0 || r.code > 2:
		h.t.Fatalf("exit code %d: %v\n%s%s", r.code, err, r.stdout, r.stderr)
	}
	return r
}

// verb is the first word of a command line, which holds no token.
func verb(argv []string) string { return argv[min(1, len(argv)-1)] }

// part is how many characters of a token are a leak.
const part = 12

// leaksIn reports whether a text holds a part of a token of this home, in clear
// or in base64, wherever in a group of three it begins.
func (h *home) leaksIn(text []byte) bool {
	for _, token := range h.tokens {
		for i := range len(token) - part + 1 {
			if bytes.Contains(text, []byte(token[i:i+part])) {
				return true
			}
		}
		for shift := range 3 {
			code := base64.RawStdEncoding.EncodeToString([]byte(token[shift : shift+(len(token)-shift)/3*3]))
			for i := 0; i+part/3*4 <= len(code); i += 4 {
				if bytes.Contains(text, []byte(code[i:i+part/3*4])) {
					return true
				}
			}
		}
	}
	return false
}

// huntLeaks looks for tokens where none may be.
func (h *home) huntLeaks() {
	h.t.Helper()
	if h.leaksIn(overheard.take()) {
		h.t.Error("a token was said in clear, or to a stranger")
	}
	for _, token := range h.tokens {
		for _, r := range world.Requests() {
			isAPI := r.Side == ghcrtest.API && r.Host == r.SNI
			isExchange := r.Side == ghcrtest.Registry && r.Host == r.SNI && r.Path == "/token"
			if r.Token == ghcrtest.Fingerprint(token) && !isAPI && !isExchange {
				h.t.Errorf("a token went to %s (%v): %s %s", r.Host, r.Side, r.Method, r.Path)
			}
		}
	}
	for _, dir := range append(h.places, h.dir) {
		h.huntFiles(dir)
	}
}

func (h *home) huntFiles(dir string) {
	h.t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil && h.leaksIn(text) {
			h.t.Errorf("%s holds a part of a token", path)
		}
		return err
	})
	if err != nil {
		h.t.Error(err)
	}
}
