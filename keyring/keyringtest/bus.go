// Package keyringtest runs real and misbehaving keyrings on private session
// buses, for tests. godbus keeps one session bus per process, so the code under
// test belongs in a child process that gets Bus.Env.
package keyringtest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// Required reports whether a skipped test counts as a failure.
func Required() bool { return os.Getenv("GHCR_TEST_REQUIRE") == "1" }

// Skip skips the test with a reason, or fails it where GHCR_TEST_REQUIRE=1.
func Skip(t testing.TB, reason string) {
	t.Helper()
	if Required() {
		t.Fatal("GHCR_TEST_REQUIRE=1, but " + reason)
	}
	t.Skip(reason)
}

// Need skips the test when one of the programs is not installed.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			Skip(t, name+" is not installed")
		}
	}
}

// Bus is a private session bus with a home of its own. Nothing can be activated
// on it but what the options add.
type Bus struct {
	Addr string // for DBUS_SESSION_BUS_ADDRESS
	Home string // HOME and XDG_RUNTIME_DIR of the bus and what runs on it

	display string
	owner   string
	cmd     *exec.Cmd
	done    chan struct{}
	dir     string
}

// Option changes a bus before it starts.
type Option func(t testing.TB, b *Bus)

// WithService makes a name activatable: the bus runs command when it is asked for.
func WithService(name, command string) Option {
	return func(t testing.TB, b *Bus) {
		text := fmt.Sprintf("[D-BUS Service]\nName=%s\nExec=%s\n", name, command)
		write(t, filepath.Join(b.dir, "services", name+".service"), text, 0o644)
	}
}

// WithDisplay gives what the bus starts an X display, and the window that asks
// for the password of a gnome-keyring.
func WithDisplay(display string) Option {
	return func(t testing.TB, b *Bus) {
		b.display = display
		const prompter = "org.gnome.keyring.SystemPrompter.service"
		text, err := os.ReadFile("/usr/share/dbus-1/services/" + prompter)
		if err != nil {
			Skip(t, "gcr-prompter is not installed")
		}
		write(t, filepath.Join(b.dir, "services", prompter), string(text), 0o644)
	}
}

// WithOwner runs the bus as another user. Only root can.
func WithOwner(uid string) Option {
	return func(t testing.TB, b *Bus) {
		Need(t, "setpriv")
		b.owner = uid
	}
}

const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%[1]s/run/socket</listen>
  <servicedir>%[1]s/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// StartBus starts a private dbus-daemon. It ends with the test.
func StartBus(t testing.TB, options ...Option) *Bus {
	t.Helper()
	Need(t, "dbus-daemon")
	// Not t.TempDir: the path of a socket has 108 bytes at most.
	dir, err := os.MkdirTemp("", "bus")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	b := &Bus{Home: t.TempDir(), dir: dir, done: make(chan struct{})}
	for _, name := range []string{"services", "run"} {
		must(t, os.Mkdir(filepath.Join(dir, name), 0o755))
	}
	for _, option := range options {
		option(t, b)
	}
	write(t, filepath.Join(dir, "bus.conf"), fmt.Sprintf(busConfig, dir), 0o644)
	argv := []string{"dbus-daemon", "--config-file=" + filepath.Join(dir, "bus.conf"), "--nofork", "--nosyslog", "--print-address=1"}
	if b.owner != "" {
		must(t, os.Chmod(dir, 0o755))
		must(t, os.Chmod(filepath.Join(dir, "run"), 0o777)) // another user listens there
		argv = append([]string{"setpriv", "--reuid=" + b.owner, "--clear-groups", "--"}, argv...)
	}
	b.cmd = exec.Command(argv[0], argv[1:]...)
	b.cmd.Env = append(withoutSession(), b.Env()...)
	out, err := b.cmd.StdoutPipe()
	must(t, err)
	must(t, b.cmd.Start())
	t.Cleanup(b.Kill)
	address, err := bufio.NewReader(out).ReadString('\n')
	go func() {
		_, _ = io.Copy(io.Discard, out)
		_ = b.cmd.Wait()
		close(b.done)
	}()
	if err != nil {
		t.Fatalf("dbus-daemon printed no address: %v", err)
	}
	b.Addr = strings.TrimSpace(address)
	return b
}

// Kill ends the bus as a crash would.
func (b *Bus) Kill() {
	_ = b.cmd.Process.Kill()
	<-b.done
}

// Env is what a process needs to be on this bus, to append to its environment.
func (b *Bus) Env() []string {
	return []string{
		"DBUS_SESSION_BUS_ADDRESS=" + b.Addr, "HOME=" + b.Home, "XDG_RUNTIME_DIR=" + b.Home,
		"DISPLAY=" + b.display, "WAYLAND_DISPLAY=",
	}
}

// Connect opens a connection to the bus for the test itself.
func (b *Bus) Connect(t testing.TB) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(b.Addr)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

const secretService = "org.freedesktop.secrets"

// awaitKeyring returns when the name of the Secret Service is owned, or not.
func (b *Bus) awaitKeyring(t testing.TB, owned bool) {
	t.Helper()
	conn := b.Connect(t)
	Poll(t, func() bool {
		var has bool
		err := conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, secretService).Store(&has)
		return err == nil && has == owned
	})
}

// Poll waits until a condition holds, 10 seconds at most.
func Poll(t testing.TB, condition func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-ctx.Done():
			t.Fatal("waited 10 s in vain")
		case <-tick.C:
		}
	}
}

// StartDisplay starts an X server that nobody looks at, and returns its DISPLAY.
func StartDisplay(t testing.TB) string {
	t.Helper()
	Need(t, "Xvfb")
	cmd := exec.Command("Xvfb", "-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp")
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	number, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb printed no display: %v", err)
	}
	return ":" + strings.TrimSpace(number)
}

// State is how a gnome-keyring is found.
type State int

// The states of a keyring.
const (
	Unlocked State = iota // by the password, as after a login
	Locked                // a login collection whose password nobody gave
	Fresh                 // a new home: no collection at all
)

// StartGnomeKeyring starts a real gnome-keyring-daemon on the bus.
func StartGnomeKeyring(t testing.TB, b *Bus, state State) {
	t.Helper()
	Need(t, "gnome-keyring-daemon")
	switch state {
	case Unlocked:
		b.startGnomeKeyring(t, "--unlock")
	case Locked:
		stop := b.startGnomeKeyring(t, "--unlock")
		stop()
		b.awaitKeyring(t, false)
		b.startGnomeKeyring(t, "--start")
	case Fresh:
		b.startGnomeKeyring(t, "--start")
	}
}

func (b *Bus) startGnomeKeyring(t testing.TB, how string) (stop func()) {
	t.Helper()
	cmd := exec.Command("gnome-keyring-daemon", "--foreground", how, "--components=secrets")
	cmd.Env = append(withoutSession(), b.Env()...)
	cmd.Stdin = strings.NewReader("password of the test")
	must(t, cmd.Start())
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	stop = func() {
		_ = cmd.Process.Kill()
		<-done
	}
	t.Cleanup(stop)
	b.awaitKeyring(t, true)
	return stop
}

// withoutSession is the environment without the session of who runs the tests.
func withoutSession() []string {
	var env []string
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, "XDG_") && !strings.HasPrefix(name, "DBUS_") && name != "GNOME_KEYRING_CONTROL" {
			env = append(env, pair)
		}
	}
	return env
}

func write(t testing.TB, path, text string, mode os.FileMode) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(text), mode))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
