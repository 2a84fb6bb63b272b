//go:build !darwin && !windows

package keyring

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
)

const (
	busVariable   = "DBUS_SESSION_BUS_ADDRESS"
	secretService = "org.freedesktop.secrets"
	secretPath    = dbus.ObjectPath("/org/freedesktop/secrets")
	noKeyring     = "no OS keyring: nothing on the session bus keeps secrets"
)

// lookForKeyring asks the session bus whether a keyring runs or can be started.
// It never starts one, and never a bus. The error is an *Error: ErrUnavailable
// when there is none, ErrTimeout when the bus does not answer.
func (c Config) lookForKeyring(ctx context.Context) (running bool, err error) {
	address := c.busAddress()
	if address == "" {
		return false, fail(ErrUnavailable, "no OS keyring in this session (no d-bus session bus)", c.hint(ErrUnavailable))
	}
	// go-keyring connects by itself, and without this variable godbus may run
	// dbus-launch, which leaves two daemons behind each time.
	if err := os.Setenv(busVariable, address); err != nil {
		return false, fail(ErrUnavailable, "no OS keyring: the address of the session bus is unusable", "")
	}
	// Over the connection that go-keyring will use: making one takes as long as
	// half of its questions.
	err = c.onBus(ctx, sharedBus, func(conn *dbus.Conn, ctx context.Context) error {
		var activatable []string
		err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, secretService).Store(&running)
		if err != nil || running {
			return err
		}
		err = conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.ListActivatableNames", 0).Store(&activatable)
		if err == nil && !slices.Contains(activatable, secretService) {
			err = fail(ErrUnavailable, noKeyring, c.hint(ErrUnavailable))
		}
		return err
	})
	return running, err
}

// runtimeDir is fixed in godbus, whatever XDG_RUNTIME_DIR says.
var runtimeDir = "/run/user/" + strconv.Itoa(os.Getuid())

// busAddress looks where godbus looks, minus dbus-launch, and in XDG_RUNTIME_DIR.
func (c Config) busAddress() string {
	if address := c.env(busVariable); address != "" && address != "autolaunch:" {
		return address
	}
	// In the user namespace of a rootless buildah or skopeo the user looks like
	// root, and only XDG_RUNTIME_DIR tells where the session is.
	for _, dir := range []string{runtimeDir, c.env("XDG_RUNTIME_DIR")} {
		if _, err := os.Stat(dir + "/bus"); err == nil && filepath.IsAbs(dir) {
			return "unix:path=" + dbus.EscapeBusAddressValue(dir+"/bus")
		}
	}
	// Ubuntu 16.04 has a file with the address instead.
	text, err := disk.ReadFile(runtimeDir+"/dbus-session", maxFile)
	address, found := strings.CutPrefix(string(text), busVariable+"=")
	if err != nil || !found {
		return ""
	}
	return strings.TrimRight(address, "\r\n")
}

// connector makes or finds a connection to the session bus.
type connector func(context.Context) (*dbus.Conn, error)

// sharedBus is the connection of godbus that go-keyring uses. It is never closed.
func sharedBus(context.Context) (*dbus.Conn, error) { return dbus.SessionBus() }

// ownBus is a connection that ends with the context.
func ownBus(ctx context.Context) (*dbus.Conn, error) {
	return dbus.Connect(os.Getenv(busVariable), dbus.WithContext(ctx))
}

// onBus asks the session bus something over the connection that connect makes.
// A handshake that never ends is left behind, as bounded leaves everything.
func (c Config) onBus(ctx context.Context, connect connector, ask func(*dbus.Conn, context.Context) error) error {
	probe, cancel, limit := limited(ctx, c.probeLimit())
	defer cancel()
	_, err := bounded(probe, 0, nil, func() (struct{}, error) {
		conn, err := connect(probe)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, ask(conn, probe)
	})
	var ours *Error
	switch {
	case err == nil || errors.As(err, &ours):
		return err
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case probe.Err() != nil:
		return fail(ErrTimeout, fmt.Sprintf("the d-bus session bus did not answer within %v", limit), c.hint(ErrTimeout))
	}
	return fail(ErrUnavailable, "no OS keyring: the d-bus session bus cannot be reached", c.hint(ErrUnavailable))
}

// explainBus knows the errors of the Secret Service and of the bus.
func (s *system) explainBus(ctx context.Context, err error) (cause string, kind error) {
	var remote dbus.Error
	var network net.Error
	switch {
	case couldNotUnlock(err):
		return s.explainLocked(ctx)
	case errors.As(err, &remote):
		name := remote.Name
		switch {
		case name == "org.freedesktop.Secret.Error.IsLocked":
			return s.explainLocked(ctx)
		case strings.HasPrefix(name, "org.freedesktop.DBus.Error.Spawn."):
			return "the OS keyring is installed but does not start", ErrUnavailable
		case name == "org.freedesktop.DBus.Error.ServiceUnknown", name == "org.freedesktop.DBus.Error.NameHasNoOwner":
			return noKeyring, ErrUnavailable
		case name == "org.freedesktop.DBus.Error.NoReply", name == "org.freedesktop.DBus.Error.Timeout",
			name == "org.freedesktop.DBus.Error.TimedOut":
			return "the OS keyring did not answer", ErrTimeout
		case name == "org.freedesktop.DBus.Error.AccessDenied":
			return "the OS keyring may not be asked from here (snap, flatpak or another confinement)", ErrUnavailable
		case !s.hasCollection(ctx):
			return s.explainLocked(ctx)
		}
		return "the OS keyring failed: " + oneLine(name, 100), ErrUnavailable
	case errors.Is(err, dbus.ErrClosed), errors.As(err, &network):
		return "no OS keyring: the d-bus session bus went away", ErrUnavailable
	}
	return "", nil
}

// explainLocked tells a locked keyring from one that was never made: the errors
// are the same, what helps is not.
func (s *system) explainLocked(ctx context.Context) (cause string, kind error) {
	switch {
	case !s.hasCollection(ctx):
		return "the OS keyring has no collection: it was never set up for this user, or no database is open", ErrUnavailable
	case s.c.hasDisplay():
		return "the OS keyring is locked: its password was not given", ErrLocked
	}
	return "the OS keyring is locked and nothing here can ask for its password", ErrLocked
}

// hasCollection reports whether the keyring has one of the two collections that
// go-keyring uses: login and the default. When in doubt it has.
func (s *system) hasCollection(ctx context.Context) bool {
	found := true
	_ = s.c.onBus(ctx, ownBus, func(conn *dbus.Conn, ctx context.Context) error {
		var all dbus.Variant
		var byAlias dbus.ObjectPath
		keyring := conn.Object(secretService, secretPath)
		err := keyring.CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0,
			"org.freedesktop.Secret.Service", "Collections").Store(&all)
		if err != nil {
			return err
		}
		if err := keyring.CallWithContext(ctx, "org.freedesktop.Secret.Service.ReadAlias", 0, "default").Store(&byAlias); err != nil {
			return err
		}
		paths, _ := all.Value().([]dbus.ObjectPath)
		found = byAlias != "/" || slices.Contains(paths, secretPath+"/collection/login")
		return nil
	})
	return found
}

// probeLimit bounds questions to the bus itself: nobody has to type for those.
func (c Config) probeLimit() time.Duration { return c.limit(aloneLimit) }

// couldNotUnlock is the one error of go-keyring without a type.
func couldNotUnlock(err error) bool { return strings.HasPrefix(err.Error(), "failed to unlock") }
