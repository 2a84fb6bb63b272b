//go:build linux

package faults

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

const secretService = "org.freedesktop.secrets"

// onBus gives a home a session bus.
func (h *home) onBus(bus *keyringtest.Bus) {
	h.setenv("DBUS_SESSION_BUS_ADDRESS", bus.Addr)
	h.places = append(h.places, bus.Home)
}

// fails wants an error with words: never the sentinel, after which an engine
// would go on anonymously to a baffling "denied".
func (r result) fails(t *testing.T, words ...string) {
	t.Helper()
	isError := r.code == 1 && (strings.HasPrefix(r.stdout, program+": error: ") || strings.Contains(r.stderr, program+": error: "))
	if !isError || !strings.Contains(r.stderr, "hint: ") {
		t.Errorf("no error with a hint: %+v", r)
	}
	for _, text := range words {
		if !r.says(text) {
			t.Errorf("%q is not said: %+v", text, r)
		}
	}
}

func (r result) gives(t *testing.T, token string) {
	t.Helper()
	if r.code != 0 || r.stdout != credentials("ghcr.io", "mona", token) {
		t.Errorf("exit code %d, and not the credentials\n%s", r.code, r.stderr)
	}
}

// A session bus that takes connections and says nothing holds nobody up, and is
// not replaced by the file.
func TestSilentBus(t *testing.T) {
	h := newHome(t)
	token := h.token()
	h.index("ghcr.io", keyring.Keyring, time.Now())
	path := filepath.Join(t.TempDir(), "bus")
	listener, err := net.Listen("unix", path)
	check(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(io.Discard, conn); _ = conn.Close() }()
		}
	}()
	h.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+path)
	h.setenv("GHCR_KEYRING_TIMEOUT", "300ms")
	const words = "the d-bus session bus did not answer within 300ms"
	h.get("docker pull ghcr.io/o/app").fails(t, words)
	h.run(login("ghcr.io", token), "store").fails(t, words)
	h.run(token, "login", "--with-token", "--no-configure").fails(t, words)
	if h.kept("ghcr.io") != "" {
		t.Error("the token was put into the file")
	}
}

// The keyring is killed while a get waits for it, and in the middle of a store:
// an error, and the token is there when it comes back.
func TestKeyringKilled(t *testing.T) {
	h := newHome(t)
	bus := keyringtest.StartBus(t)
	h.onBus(bus)
	keyringtest.StartGnomeKeyring(t, bus, keyringtest.Unlocked)
	first, second := h.token(), h.token()
	if r := h.run(login("ghcr.io", first), "store"); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	push := func() result { return h.get("docker push ghcr.io/o/app") }
	store := func() result { return h.run(login("ghcr.io", second), "store") }

	h.killKeyring(bus, true, "", push).fails(t, "OS keyring")
	push().fails(t, "OS keyring")
	keyringtest.StartGnomeKeyring(t, bus, keyringtest.Unlocked)
	push().gives(t, first)

	h.killKeyring(bus, true, "", store).fails(t, "is not stored", "OS keyring")
	keyringtest.StartGnomeKeyring(t, bus, keyringtest.Unlocked)
	push().gives(t, first)

	r := h.killKeyring(bus, false, "CreateItem", store)
	keyringtest.StartGnomeKeyring(t, bus, keyringtest.Unlocked)
	if now := push(); now.code != 0 || r.code == 0 && !strings.Contains(now.stdout, second) {
		t.Errorf("after %+v a get has exit code %d\n%s", r, now.code, now.stderr)
	}
	if r := store(); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	push().gives(t, second)
}

// killKeyring kills the keyring when the program has called one of its methods
// ("" is any). Stopped before, it cannot answer even that.
func (h *home) killKeyring(bus *keyringtest.Bus, stopped bool, method string, run func() result) result {
	h.t.Helper()
	conn, spy := bus.Connect(h.t), bus.Connect(h.t)
	var pid uint32
	check(h.t, conn.BusObject().Call("org.freedesktop.DBus.GetConnectionUnixProcessID", 0, secretService).Store(&pid))
	check(h.t, spy.BusObject().Call("org.freedesktop.DBus.Monitoring.BecomeMonitor", 0, []string{"destination='" + secretService + "'"}, uint32(0)).Err)
	messages := make(chan *dbus.Message, 100)
	spy.Eavesdrop(messages)
	defer spy.Eavesdrop(nil) // the end of the connection would close the channel under its sender
	if stopped {
		check(h.t, syscall.Kill(int(pid), syscall.SIGSTOP))
	}
	done := make(chan result, 1)
	go func() { done <- run() }()
	for called := false; !called; {
		select {
		case m := <-messages:
			called = m.Headers[dbus.FieldDestination].Value() == secretService &&
				(method == "" || m.Headers[dbus.FieldMember].Value() == method)
		case r := <-done:
			h.t.Fatalf("the keyring was not asked: %+v", r)
		}
	}
	check(h.t, syscall.Kill(int(pid), syscall.SIGKILL))
	keyringtest.Poll(h.t, func() bool {
		var owned bool
		return conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, secretService).Store(&owned) == nil && !owned
	})
	return <-done
}

// What is under our name in the keyring but is none of ours is neither given
// to an engine nor shown, and a store replaces it.
func TestForeignRecords(t *testing.T) {
	h := newHome(t)
	bus := keyringtest.StartBus(t)
	h.onBus(bus)
	fake := keyringtest.StartFake(t, bus, keyringtest.Honest)
	token := h.token()
	if r := h.run(login("ghcr.io", token), "store"); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	for value, words := range map[string]string{
		token:                     "holds something for this host that is not ours",
		"":                        "holds something for this host that is not ours",
		`{"token":"` + token:      "holds something for this host that is not ours",
		`["` + token + `"]`:       "holds something for this host that is not ours",
		`{"password":"hunter2"}`:  "holds something for this host that is not ours",
		`{"token":"t0ken","v":2}`: "stored by a later version",
		`{"v":1,"username":"m"}`:  "holds something for this host that is not ours",
	} {
		fake.Replace(value)
		h.get("docker pull ghcr.io/o/app").fails(t, words)
		h.run("", "logout")
		if r := h.run(login("ghcr.io", token), "store"); r.code != 0 {
			t.Errorf("store: %+v", r)
		}
		h.get("docker pull ghcr.io/o/app").gives(t, token)
		fake.Replace(value)
		if r := h.run(login("ghcr.io", token), "store"); r.code != 0 {
			t.Errorf("store over it: %+v", r)
		}
		h.get("docker pull ghcr.io/o/app").gives(t, token)
	}
}

// The key of the encrypted file is lost, short, or there for everybody to read.
func TestKeyFile(t *testing.T) {
	tests := []struct {
		name, says string
		spoil      func(t *testing.T, key string)
		stores     bool // a store goes well all the same: it makes a new key
	}{
		{"lost", "the key of the encrypted file is missing", func(t *testing.T, key string) { check(t, os.Remove(key)) }, true},
		{"empty", "holds no key", func(t *testing.T, key string) { check(t, os.Truncate(key, 0)) }, false},
		{"short", "is not an age identity file", shorten, false},
		{"another", "it was made with another key", func(t *testing.T, key string) {
			other := newHome(t)
			other.keep("ghcr.io", other.token())
			check(t, os.Rename(other.config("key.txt"), key))
		}, true},
		{"readable by the group", "other users may read", func(t *testing.T, key string) { check(t, os.Chmod(key, 0o640)) }, false},
		{"readable by all", "other users may read", func(t *testing.T, key string) { check(t, os.Chmod(key, 0o604)) }, false},
		{"a folder", "not a regular file", func(t *testing.T, key string) { check(t, errors.Join(os.Remove(key), os.Mkdir(key, 0o700))) }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHome(t)
			token := h.token()
			h.keep("ghcr.io", token)
			tt.spoil(t, h.config("key.txt"))
			h.get("docker pull ghcr.io/o/app").fails(t, tt.says)
			r := h.run(login("ghcr.io", token), "store")
			if !tt.stores {
				r.fails(t, "is not stored", tt.says)
				return
			}
			if r.code != 0 {
				t.Errorf("store: %+v", r)
			}
			h.get("docker pull ghcr.io/o/app").gives(t, token)
		})
	}
}

func shorten(t *testing.T, key string) {
	text, err := os.ReadFile(key)
	check(t, err)
	check(t, os.WriteFile(key, text[:len(text)-8], 0o600))
}
