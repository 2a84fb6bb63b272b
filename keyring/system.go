package keyring

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"

	gokeyring "github.com/zalando/go-keyring"
)

// service is the name that our items have in the OS keyring.
const service = "docker-credential-ghcr"

// system is the keyring of the OS. go-keyring is never called bare: on Linux it
// starts a dbus-launch that leaves daemons behind, waits without end, returns
// nil for a window that was closed, and panics when the bus dies.
type system struct{ c Config }

func (s *system) Get(ctx context.Context, host string) (Record, error) {
	if err := checkHost(host); err != nil {
		return Record{}, err
	}
	text, err := s.run(ctx, func() (string, error) { return gokeyring.Get(service, host) })
	if err != nil {
		return Record{}, err
	}
	return decode(text, "the OS keyring")
}

func (s *system) Set(ctx context.Context, host string, r Record) error {
	if err := checkHost(host); err != nil {
		return err
	}
	text, err := r.encode()
	if err != nil {
		return err
	}
	got, err := s.run(ctx, func() (string, error) {
		if err := gokeyring.Set(service, host, text); err != nil {
			return "", err
		}
		return gokeyring.Get(service, host)
	})
	if errors.Is(err, ErrNotFound) || err == nil && got != text {
		return fail(ErrNotStored, "the OS keyring did not keep the token", s.c.hint(ErrNotStored))
	}
	return err
}

func (s *system) Delete(ctx context.Context, host string) error {
	if err := checkHost(host); err != nil {
		return err
	}
	_, err := s.run(ctx, func() (string, error) {
		if err := gokeyring.Delete(service, host); err != nil {
			return "", err
		}
		_, err := gokeyring.Get(service, host)
		if errors.Is(err, gokeyring.ErrNotFound) {
			return "", nil
		}
		if err == nil {
			err = fail(ErrNotDeleted, "the OS keyring still has the token", s.c.hint(ErrNotDeleted))
		}
		return "", err
	})
	return err
}

// run makes one call of go-keyring, with a look for the keyring before it, words
// for what went wrong after it, and one deadline around all three.
func (s *system) run(ctx context.Context, call func() (string, error)) (string, error) {
	limit, waiting := s.c.limit(aloneLimit), (func())(nil)
	if s.c.hasDisplay() {
		limit, waiting = s.c.limit(personLimit), s.c.Waiting
	}
	ctx, cancel, limit := limited(ctx, limit)
	defer cancel()
	running, err := s.c.lookForKeyring(ctx)
	if err != nil {
		return "", s.explain(ctx, err)
	}
	text, err := bounded(ctx, min(slow, limit/2), waiting, call)
	switch {
	case err == nil:
		return text, nil
	case !errors.Is(err, context.DeadlineExceeded):
		return "", s.explain(ctx, err)
	case !running:
		return "", fail(ErrTimeout, fmt.Sprintf("the OS keyring did not start within %v", limit), s.c.hint(ErrTimeout))
	}
	cause := fmt.Sprintf("the OS keyring did not answer within %v", limit)
	if s.c.hasDisplay() {
		cause += ": it may be waiting for its password"
	}
	return "", fail(ErrTimeout, cause, s.c.hint(ErrTimeout))
}

// explain turns what go-keyring and the bus say into an *Error.
func (s *system) explain(ctx context.Context, err error) error {
	var ours *Error
	if errors.As(err, &ours) || errors.Is(err, context.Canceled) {
		return err
	}
	if errors.Is(err, gokeyring.ErrNotFound) {
		return fail(ErrNotFound, "the OS keyring has no token for this host", "")
	}
	// A message that could not be sent, a prompt that was never answered: the bus
	// is gone, or the keyring answers nonsense.
	if errors.Is(err, errBroke) {
		return fail(ErrUnavailable, "the OS keyring broke off in the middle of the call", s.c.hint(ErrUnavailable))
	}
	if errors.Is(err, gokeyring.ErrSetDataTooBig) {
		return fail(ErrNotStored, "the token is too long for the OS keyring", "use another place: "+loginFile)
	}
	cause, kind := explainExit(runtime.GOOS, err)
	if kind == nil {
		cause, kind = s.explainBus(ctx, err)
	}
	if kind == nil {
		cause, kind = "the OS keyring failed: "+oneLine(err.Error(), 100), ErrUnavailable
	}
	return fail(kind, cause, s.c.hint(kind))
}

// explainExit knows the exit codes of macOS's security tool (the low byte of an
// OSStatus) and the one error that Windows gives to a network logon.
func explainExit(goos string, err error) (cause string, kind error) {
	var exit *exec.ExitError
	if goos == "darwin" && errors.As(err, &exit) {
		switch exit.ExitCode() {
		case 36: // errSecInteractionNotAllowed
			return "the keychain is locked and nothing here can ask for its password", ErrLocked
		case 51: // errSecAuthFailed
			return "the keychain is locked: its password was not given", ErrLocked
		case 128: // userCanceledErr
			return "the keychain is locked: its window was closed", ErrLocked
		case 44: // errSecItemNotFound, in a language that go-keyring does not know
			return "the keychain has no token for this host", ErrNotFound
		}
	}
	const noSuchLogonSession = syscall.Errno(1312)
	var errno syscall.Errno
	if goos == "windows" && errors.As(err, &errno) && errno == noSuchLogonSession {
		return "the credential manager of Windows is closed to remote logons (ssh, winrm)", ErrUnavailable
	}
	if errors.Is(err, exec.ErrNotFound) {
		return "no OS keyring here: its tool is not installed", ErrUnavailable
	}
	if errors.Is(err, gokeyring.ErrUnsupportedPlatform) {
		return "this program was built without a keyring for " + goos, ErrUnavailable
	}
	return "", nil
}

// hint is what a person can do, by what shows of their surroundings.
func (c Config) hint(kind error) string {
	switch {
	case kind == ErrNotFound:
		return ""
	case c.env("SUDO_USER") != "":
		return "root's session is not yours: run docker without sudo, or log in as root: sudo docker-credential-ghcr login"
	case kind == ErrNotStored || kind == ErrNotDeleted:
		return "if a window of the keyring asked, confirm it and try again; or use the file: " + loginFile
	case runtime.GOOS == "darwin" && kind == ErrLocked:
		return "unlock it: security unlock-keychain"
	case c.isWSL():
		return loginFile + ", or docker-credential-ghcr login --storage helper:wincred.exe"
	case c.isSSH() && kind == ErrLocked && runtime.GOOS != "windows":
		return "unlock it: gnome-keyring-daemon --unlock, or store in the file: " + loginFile
	case c.isSSH():
		return "an ssh session often has no keyring; store in the file: " + loginFile
	case kind == ErrLocked, kind == ErrTimeout && c.hasDisplay():
		return "unlock it in a desktop session, or store in the file: " + loginFile
	case kind == ErrTimeout:
		return "restart the keyring or the session, or store in the file: " + loginFile
	}
	return "log in on the desktop, or store in the file: " + loginFile
}
