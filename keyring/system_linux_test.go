package keyring

import (
	"bufio"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	gokeyring "github.com/zalando/go-keyring"

	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

func setRuntimeDir(dir string) { runtimeDir = dir }

// patience is how long any call may take where nobody can be asked.
const patience = 4 * time.Second

// expect runs verbs in turn on a bus: "set ok", "get not found".
func expect(t *testing.T, env []string, steps ...string) (last answer) {
	t.Helper()
	for _, step := range steps {
		verb, want, _ := strings.Cut(step, " ")
		last = runChild(t, verb, env...)
		if last.Kind != want {
			t.Fatalf("%s: %s (%s), want %s", verb, last.Kind, last.Cause, want)
		}
		if verb == "get" && want == "ok" && !last.Same {
			t.Fatal("get: another record than was set")
		}
		if last.Took > patience {
			t.Errorf("%s took %v", verb, last.Took)
		}
	}
	return last
}

func says(t *testing.T, a answer, cause, hint string) {
	t.Helper()
	if !strings.Contains(a.Cause, cause) || !strings.Contains(a.Hint, hint) {
		t.Errorf("said %q, hint %q; want %q, %q in it", a.Cause, a.Hint, cause, hint)
	}
}

func detects(t *testing.T, env []string, want Place) {
	t.Helper()
	if a := expect(t, env, "detect ok"); a.Place != want {
		t.Errorf("Detect = %q, want %q", a.Place, want)
	}
}

func TestGnomeKeyring(t *testing.T) {
	bus := keyringtest.StartBus(t)
	keyringtest.StartGnomeKeyring(t, bus, keyringtest.Unlocked)
	expect(t, bus.Env(), "get not found", "set ok", "get ok", "set ok", "get ok", "delete ok", "get not found", "delete not found")
	detects(t, bus.Env(), Keyring)
}

// What libsecret's tool writes, Get reads, and the other way round.
func TestSecretTool(t *testing.T) {
	keyringtest.Need(t, "secret-tool")
	bus := keyringtest.StartBus(t)
	keyringtest.StartGnomeKeyring(t, bus, keyringtest.Unlocked)
	tool := func(input string, args ...string) string {
		cmd := exec.Command("secret-tool", args...)
		cmd.Env = append(os.Environ(), bus.Env()...)
		cmd.Stdin = strings.NewReader(input)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("secret-tool %s: %v", args[0], err)
		}
		return string(out)
	}
	expect(t, bus.Env(), "set ok")
	text := tool("", "lookup", "service", service, "username", "ghcr.io")
	if r, err := decode(text, "it"); err != nil || r != testRecord() {
		t.Fatal("secret-tool reads another record")
	}
	tool("", "clear", "service", service, "username", "ghcr.io")
	expect(t, bus.Env(), "get not found")
	tool(text, "store", "--label=test", "service", service, "username", "ghcr.io")
	expect(t, bus.Env(), "get ok")
	tool("something else", "store", "--label=test", "service", service, "username", "ghcr.io")
	says(t, expect(t, bus.Env(), "get unreadable"), "not ours", "login")
}

func TestLatency(t *testing.T) {
	bus := keyringtest.StartBus(t)
	keyringtest.StartGnomeKeyring(t, bus, keyringtest.Unlocked)
	expect(t, bus.Env(), "set ok")
	a := expect(t, bus.Env(), "get ok")
	many := expect(t, bus.Env(), "get-many ok")
	t.Logf("first get of a process %v, fastest of 20 %v", a.Took, many.Fastest)
}

func TestNoBus(t *testing.T) {
	bin, marker := t.TempDir(), filepath.Join(t.TempDir(), "ran")
	script := "#!/bin/sh\n: >'" + marker + "'\n"
	if err := os.WriteFile(filepath.Join(bin, "dbus-launch"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	path := "PATH=" + bin + ":" + os.Getenv("PATH")
	dead := filepath.Join(t.TempDir(), "dead")
	for name, address := range map[string]string{
		"unset": "", "autolaunch": "autolaunch:", "dead socket": "unix:path=" + dead, "disabled": "disabled:",
		"nonsense": "no address", "two dead": "unix:path=" + dead + ";unix:abstract=none-" + filepath.Base(bin),
	} {
		t.Run(name, func(t *testing.T) {
			env := []string{path, busVariable + "=" + address, "KEYRING_TEST_RUNDIR=" + t.TempDir()}
			for _, verb := range []string{"get", "set", "delete"} {
				a := expect(t, env, verb+" unavailable")
				says(t, a, "no OS keyring", "--storage file")
				if a.Took > time.Second {
					t.Errorf("%s took %v", verb, a.Took)
				}
			}
			detects(t, env, File)
			if _, err := os.Stat(marker); err == nil {
				t.Error("dbus-launch was run")
			}
		})
	}
}

// A session without the variable, as under cron.
func TestBusOfRuntimeDir(t *testing.T) {
	bus := keyringtest.StartBus(t)
	keyringtest.StartFake(t, bus, keyringtest.Honest)
	socket, _, _ := strings.Cut(strings.TrimPrefix(bus.Addr, "unix:path="), ",")
	for _, kind := range []string{"bus", "dbus-session"} {
		dir := t.TempDir()
		var err error
		if kind == "bus" {
			err = os.Symlink(socket, filepath.Join(dir, kind))
		} else {
			err = os.WriteFile(filepath.Join(dir, kind), []byte(busVariable+"="+bus.Addr+"\n"), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		env := append(bus.Env(), busVariable+"=", "KEYRING_TEST_RUNDIR="+dir)
		expect(t, env, "set ok", "get ok")
		detects(t, env, Keyring)
		if kind == "bus" { // a user namespace hides whose /run/user it is
			env = append(bus.Env(), busVariable+"=", "KEYRING_TEST_RUNDIR="+t.TempDir(), "XDG_RUNTIME_DIR="+dir)
			expect(t, env, "get ok", "delete ok")
		}
	}
}

func TestHints(t *testing.T) {
	bus := keyringtest.StartBus(t)
	for env, hint := range map[string]string{
		"SUDO_USER=mona":              "sudo docker-credential-ghcr login",
		"SSH_CONNECTION=1 2 3 4":      "ssh",
		"SSH_TTY=/dev/pts/1":          "ssh",
		"WSL_DISTRO_NAME=Ubuntu":      "wincred.exe",
		"GHCR_KEYRING_TIMEOUT=1500ms": "--storage file",
	} {
		says(t, expect(t, append(bus.Env(), env), "get unavailable"), "nothing on the session bus keeps secrets", hint)
	}
	detects(t, bus.Env(), File)
}

// A bus that takes connections and says nothing.
func TestSilentBus(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bus")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
		}
	}()
	env := []string{busVariable + "=unix:path=" + path}
	says(t, expect(t, env, "get timeout"), "session bus did not answer within 3s", "")
	// A person at a display cannot help a bus: the limit is the same.
	expect(t, append(env, "DISPLAY=:99"), "get timeout")
	if a := expect(t, append(env, "GHCR_KEYRING_TIMEOUT=1"), "set timeout"); a.Took > 2*time.Second {
		t.Errorf("set took %v", a.Took)
	}
	detects(t, append(env, "GHCR_KEYRING_TIMEOUT=100ms"), Keyring)
}

func TestBusOfSomebodyElse(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can be on the bus of another user")
	}
	bus := keyringtest.StartBus(t, keyringtest.WithOwner("65534"))
	env := append(bus.Env(), "SUDO_USER=mona")
	says(t, expect(t, env, "get unavailable"), "cannot be reached", "without sudo")
	detects(t, env, File)
}

func TestActivation(t *testing.T) {
	t.Run("fails", func(t *testing.T) {
		bus := keyringtest.StartBus(t, keyringtest.WithService(secretService, "/bin/false"))
		for _, verb := range []string{"get", "set", "delete"} {
			says(t, expect(t, bus.Env(), verb+" unavailable"), "does not start", "--storage file")
		}
		detects(t, bus.Env(), Keyring)
	})
	t.Run("hangs", func(t *testing.T) {
		// cat waits for a pipe that nobody writes to, and ends with the test.
		pipe := filepath.Join(t.TempDir(), "pipe")
		if err := exec.Command("mkfifo", pipe).Run(); err != nil {
			t.Skip("mkfifo is not there")
		}
		bus := keyringtest.StartBus(t, keyringtest.WithService(secretService, "/bin/cat "+pipe))
		t.Cleanup(func() {
			if w, err := os.OpenFile(pipe, os.O_RDWR, 0); err == nil {
				_ = w.Close()
			}
		})
		says(t, expect(t, bus.Env(), "get timeout"), "did not start within 3s", "")
		detects(t, bus.Env(), Keyring)
	})
}

func TestLockedWithoutDisplay(t *testing.T) {
	bus := keyringtest.StartBus(t)
	keyringtest.StartGnomeKeyring(t, bus, keyringtest.Locked)
	for _, verb := range []string{"get", "set", "delete"} {
		says(t, expect(t, bus.Env(), verb+" locked"), "nothing here can ask", "unlock it in a desktop session")
	}
	says(t, expect(t, append(bus.Env(), "SSH_TTY=/dev/pts/1"), "get locked"), "", "gnome-keyring-daemon --unlock")
	detects(t, bus.Env(), Keyring)
}

func TestLockedAndNobodyLooks(t *testing.T) {
	display := keyringtest.StartDisplay(t)
	bus := keyringtest.StartBus(t, keyringtest.WithDisplay(display))
	keyringtest.StartGnomeKeyring(t, bus, keyringtest.Locked)
	a := expect(t, append(bus.Env(), "GHCR_KEYRING_TIMEOUT=1s"), "get timeout")
	says(t, a, "may be waiting for its password", "unlock it")
	if a.Waited != 1 {
		t.Errorf("Waiting was called %d times", a.Waited)
	}
}

func TestNoCollection(t *testing.T) {
	bus := keyringtest.StartBus(t)
	keyringtest.StartGnomeKeyring(t, bus, keyringtest.Fresh)
	for _, verb := range []string{"get", "set", "delete"} {
		says(t, expect(t, bus.Env(), verb+" unavailable"), "no collection", "log in on the desktop")
	}
	detects(t, bus.Env(), Keyring)
}

func TestMisbehaviour(t *testing.T) {
	tests := map[string]struct {
		mode  keyringtest.Mode
		steps []string
		cause string
		left  int // items in the keyring at the end
	}{
		"honest":           {keyringtest.Honest, []string{"get not found", "set ok", "get ok", "delete ok", "delete not found"}, "", 0},
		"hangs on a call":  {keyringtest.HangOnCall, []string{"get timeout"}, "did not answer within 3s", 0},
		"hangs on prompt":  {keyringtest.HangOnPrompt, []string{"set timeout"}, "did not answer within 3s", 0},
		"dies in prompt":   {keyringtest.DieInPrompt, []string{"get timeout"}, "did not answer within 3s", 0},
		"bus dies":         {keyringtest.BusDies, []string{"get unavailable"}, "broke off", 0},
		"dismissed write":  {keyringtest.DismissWrite, []string{"set not stored"}, "did not keep the token", 0},
		"forgets":          {keyringtest.Forgets, []string{"set not stored"}, "did not keep the token", 0},
		"dismissed delete": {keyringtest.DismissDelete, []string{"set ok", "delete not deleted"}, "still has the token", 1},
		"is locked":        {keyringtest.IsLocked, []string{"set locked", "get locked"}, "is locked", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bus := keyringtest.StartBus(t)
			fake := keyringtest.StartFake(t, bus, tt.mode)
			says(t, expect(t, bus.Env(), tt.steps...), tt.cause, "")
			if fake.Len() != tt.left {
				t.Errorf("%d items are in the keyring, want %d", fake.Len(), tt.left)
			}
		})
	}
}

// With a display the deadline is the person's, and Waiting says so once.
func TestWaiting(t *testing.T) {
	bus := keyringtest.StartBus(t)
	keyringtest.StartFake(t, bus, keyringtest.HangOnPrompt)
	a := expect(t, append(bus.Env(), "DISPLAY=:99", "GHCR_KEYRING_TIMEOUT=300ms"), "get timeout")
	if a.Waited != 1 {
		t.Errorf("Waiting was called %d times with a display", a.Waited)
	}
	a = expect(t, append(bus.Env(), "GHCR_KEYRING_TIMEOUT=300ms"), "get timeout")
	if a.Waited != 0 {
		t.Error("Waiting was called without a display")
	}
}

func TestForeignItem(t *testing.T) {
	bus := keyringtest.StartBus(t)
	fake := keyringtest.StartFake(t, bus, keyringtest.Honest)
	expect(t, bus.Env(), "set ok")
	fake.Replace(`{"username":"mona","token":"x","v":99}`)
	says(t, expect(t, bus.Env(), "get unreadable"), "later version", "update")
	fake.Replace(testToken())
	expect(t, bus.Env(), "get unreadable")
}

func TestExplainBus(t *testing.T) {
	s := &system{Config{Getenv: func(name string) string {
		if name == "GHCR_KEYRING_TIMEOUT" {
			return "100ms"
		}
		return ""
	}}}
	t.Setenv(busVariable, "unix:path="+filepath.Join(t.TempDir(), "none"))
	for _, tt := range []struct {
		err  error
		want error
	}{
		{dbus.Error{Name: "org.freedesktop.DBus.Error.ServiceUnknown"}, ErrUnavailable},
		{dbus.Error{Name: "org.freedesktop.DBus.Error.Spawn.ChildExited"}, ErrUnavailable},
		{dbus.Error{Name: "org.freedesktop.DBus.Error.NoReply"}, ErrTimeout},
		{dbus.Error{Name: "org.freedesktop.DBus.Error.AccessDenied"}, ErrUnavailable},
		{dbus.Error{Name: "org.freedesktop.Secret.Error.IsLocked"}, ErrLocked},
		{dbus.Error{Name: "org.example.Odd", Body: []any{testToken()}}, ErrUnavailable},
		{errors.New("failed to unlock correct collection '/x'"), ErrLocked},
		{dbus.ErrClosed, ErrUnavailable},
		{&net.OpError{Op: "read", Err: os.ErrClosed}, ErrUnavailable},
		{gokeyring.ErrNotFound, ErrNotFound},
		{gokeyring.ErrSetDataTooBig, ErrNotStored},
		{gokeyring.ErrUnsupportedPlatform, ErrUnavailable},
		{&exec.Error{Name: "dbus-launch", Err: exec.ErrNotFound}, ErrUnavailable},
		{errBroke, ErrUnavailable},
		{errors.New("anything"), ErrUnavailable},
	} {
		check(t, s.explain(context.Background(), tt.err), tt.want)
	}
}

// A caller in more of a hurry is told its own deadline.
func TestCallersDeadline(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bus")
	listener, err := net.Listen("unix", path) // connections wait in its queue
	check(t, err, nil)
	t.Cleanup(func() { _ = listener.Close() })
	t.Setenv(busVariable, "unix:path="+path)
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	_, err = (&system{}).Get(ctx, "ghcr.io")
	check(t, err, ErrTimeout)
	if strings.Contains(err.Error(), "within 3s") {
		t.Errorf("said %q", err)
	}
}

func TestCancelled(t *testing.T) {
	bus := keyringtest.StartBus(t)
	t.Setenv(busVariable, bus.Addr)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	store, err := Open(Keyring, Config{})
	check(t, err, nil)
	if _, err := store.Get(ctx, "ghcr.io"); !errors.Is(err, context.Canceled) {
		t.Errorf("Get = %v", err)
	}
	if _, err := Detect(ctx, Config{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Detect = %v", err)
	}
}

// The secret crosses the bus once per get, and the item can be told apart from
// what other programs keep.
func TestItemNames(t *testing.T) {
	keyringtest.Need(t, "secret-tool")
	bus := keyringtest.StartBus(t)
	keyringtest.StartGnomeKeyring(t, bus, keyringtest.Unlocked)
	expect(t, append(bus.Env(), "KEYRING_TEST_HOST=containers.a.ghe.com"), "set ok")
	expect(t, bus.Env(), "get not found")
	cmd := exec.Command("secret-tool", "search", "--all", "service", service)
	cmd.Env = append(os.Environ(), bus.Env()...)
	out, _ := cmd.CombinedOutput()
	var names []string
	for scanner := bufio.NewScanner(strings.NewReader(string(out))); scanner.Scan(); {
		if name, found := strings.CutPrefix(scanner.Text(), "attribute.username = "); found {
			names = append(names, name)
		}
	}
	if len(names) != 1 || names[0] != "containers.a.ghe.com" {
		t.Errorf("items for %q", names)
	}
}
