//go:build linux

package engines

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

// scene is a person's session: a home with the configuration that install.sh
// wrote, runtime and temporary folders, a session bus with a gnome-keyring or
// none, and tokens. When it ends, nothing of a token may be found anywhere but
// at GitHub.
type scene struct {
	t      *testing.T
	dir    string
	home   string
	env    []string
	tokens []string
	parts  [][]byte // of the tokens
	dirs   []string // where a token must not be found
	tag    string   // a tag that no other scene uses
}

var scenes atomic.Int64

func newScene(t *testing.T, hasKeyring bool) *scene {
	t.Helper()
	if skipReason != "" {
		keyringtest.Skip(t, skipReason)
	}
	dir, err := os.MkdirTemp("", "s") // short: there will be sockets in it
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	s := &scene{t: t, dir: dir, home: filepath.Join(dir, "home"), dirs: []string{dir}}
	s.tag = fmt.Sprintf("scene%d", scenes.Add(1))
	for _, d := range []string{"home/.docker", "home/.config/containers", "run"} {
		must(t, os.CopyFS(s.path(d), os.DirFS(here.path(d))))
	}
	must(t, os.Chmod(s.path("run"), 0o700))
	must(t, os.Mkdir(s.path("tmp"), 0o700))
	s.env = []string{
		"PATH=" + strings.Join([]string{here.path("home", ".local", "bin"), here.path("tools"), os.Getenv("PATH")}, ":"),
		"HOME=" + s.home, "XDG_RUNTIME_DIR=" + s.path("run"), "TMPDIR=" + s.path("tmp"), "LANG=C.UTF-8",
		"CONTAINERS_STORAGE_CONF=" + here.path("storage.conf"), "DOCKER_HOST=" + dockerHost(),
	}
	if hasKeyring {
		s.startKeyring(keyringtest.Unlocked)
	}
	t.Cleanup(func() {
		s.setAPI(up)
		s.huntFiles()
	})
	return s
}

// startKeyring puts the scene on a new session bus with a gnome-keyring.
func (s *scene) startKeyring(state keyringtest.State) {
	s.t.Helper()
	bus := keyringtest.StartBus(s.t)
	keyringtest.StartGnomeKeyring(s.t, bus, state)
	s.setenv("DBUS_SESSION_BUS_ADDRESS", bus.Addr)
	s.dirs = append(s.dirs, bus.Home)
}

func (s *scene) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

func (s *scene) setenv(name, value string) { s.env = append(s.env, name+"="+value) }

// token makes mona a classic token with scopes.
func (s *scene) token(scopes ...string) string {
	return s.tokenOf("ghp_", scopes...)
}

// tokenOf makes mona a token of a kind.
func (s *scene) tokenOf(prefix string, scopes ...string) string {
	value := ghcrtest.SampleToken(prefix, fmt.Sprint(s.tag, " ", len(s.tokens)))
	world.SetToken(ghcrtest.Token{Value: value, Login: "mona", Scopes: scopes})
	s.tokens = append(s.tokens, value)
	s.parts = append(s.parts, parts(value)...)
	return value
}

// store gives a token to the program as docker does.
func (s *scene) store(token string) result {
	s.t.Helper()
	text, err := json.Marshal(map[string]string{"ServerURL": "ghcr.io", "Username": "mona", "Secret": token})
	must(s.t, err)
	r := s.runWith(string(text), program, "store")
	r.ok()
	return r
}

// inKeyring is the token that the scene's keyring has for ghcr.io, "" for none.
func (s *scene) inKeyring() string {
	s.t.Helper()
	keyringtest.Need(s.t, "secret-tool")
	out, err := s.command(s.t.Context(), "secret-tool", "lookup", "service", program, "username", "ghcr.io").Output()
	var record struct{ Token string }
	if err == nil {
		must(s.t, json.Unmarshal(out, &record))
	}
	return record.Token
}

// command finds a program on the PATH of the scene.
func (s *scene) command(ctx context.Context, argv ...string) *exec.Cmd {
	s.t.Helper()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env, cmd.Dir = s.env, s.dir
	for _, dir := range filepath.SplitList(strings.TrimPrefix(s.env[0], "PATH=")) {
		path := filepath.Join(dir, argv[0])
		if info, err := os.Stat(path); err == nil && !info.IsDir() && !strings.Contains(argv[0], "/") {
			cmd.Path, cmd.Err = path, nil
			break
		}
	}
	cmd.WaitDelay = time.Second
	return cmd
}

// longest is what one command of an engine may take.
const longest = 2 * time.Minute

func (s *scene) run(argv ...string) result {
	s.t.Helper()
	return s.runWith("", argv...)
}

// runAs runs this test binary under another name.
func (s *scene) runAs(name string, words ...string) result {
	s.t.Helper()
	self, err := os.Executable()
	must(s.t, err)
	argv := append([]string{name}, words...)
	return s.runAt(self, "", argv)
}

// runWith runs a command with a text on its stdin.
func (s *scene) runWith(stdin string, argv ...string) result {
	s.t.Helper()
	return s.runAt("", stdin, argv)
}

func (s *scene) runAt(path, stdin string, argv []string) result {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), longest)
	defer cancel()
	cmd := s.command(ctx, argv...)
	if path != "" {
		cmd.Path, cmd.Err = path, nil
	}
	var out, errOut bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errOut
	stop := s.watch(argv)
	err := cmd.Run()
	stop()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatalf("%s: %v", argv[0], err)
	}
	r := result{t: s.t, what: s.hide(strings.Join(argv, " ")), code: cmd.ProcessState.ExitCode(), stdout: out.String(), stderr: errOut.String()}
	if s.leakIn(out.Bytes()) || s.leakIn(errOut.Bytes()) {
		s.t.Fatalf("%s: the output holds a part of the token, and is not shown", r.what)
	}
	s.huntRequests()
	if ctx.Err() != nil {
		s.t.Fatalf("it took longer than %v: %v", longest, r)
	}
	return r
}

// hide keeps tokens that the test itself gave in argv out of its messages.
func (s *scene) hide(text string) string {
	for _, token := range s.tokens {
		text = strings.ReplaceAll(text, token, "(the token)")
	}
	return text
}

// requests are those that a token, or a bearer that was given for it, came with.
func requests(token string) []ghcrtest.Request {
	var found []ghcrtest.Request
	for _, r := range world.Requests() {
		if name := ghcrtest.Fingerprint(token); r.Token == name || r.Bearer == name {
			found = append(found, r)
		}
	}
	return found
}

// await waits for a condition, as long as one command may take.
func await(t testing.TB, what string, condition func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-ctx.Done():
			t.Fatalf("%s: waited for %v in vain", what, longest)
		case <-tick.C:
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
