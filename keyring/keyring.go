// Package keyring stores one GitHub token per registry host: in the OS keyring,
// in an encrypted file, or in another docker credential helper.
//
//	store, err := keyring.Open(keyring.Keyring, keyring.Config{Dir: dir})
//	record, err := store.Get(ctx, "ghcr.io")
//
// Only ErrNotFound says that there is no token. Every other error says that
// there may be one which cannot be had now. No error ever holds a token.
package keyring

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Store keeps one Record per registry host. Its errors are an *Error, or the
// context's error when that was cancelled.
type Store interface {
	// Get reads a record; ErrNotFound when there is none.
	Get(ctx context.Context, host string) (Record, error)
	// Set writes a record and reads it back; ErrNotStored when it is not there.
	Set(ctx context.Context, host string, r Record) error
	// Delete removes a record and looks again; ErrNotFound when there was none.
	Delete(ctx context.Context, host string) error
}

// Place names where a secret rests: "keyring", "file", or "helper:NAME".
type Place string

// The places of our own.
const (
	Keyring Place = "keyring" // the keyring of the OS
	File    Place = "file"    // an encrypted file in the config folder
)

const helperPrefix = "helper:"

// HelperPlace is the place for the credential helper docker-credential-NAME.
func HelperPlace(name string) Place { return Place(helperPrefix + name) }

func isHelperName(name string) bool {
	return len(name) <= 64 && consistsOf(name, func(c byte) bool { return isAlphanumeric(c) || strings.IndexByte("._-", c) >= 0 })
}

// ParsePlace checks what a person gave for --storage. The text stays out of the
// error: a token pasted in the wrong field must not be echoed.
func ParsePlace(s string) (Place, error) {
	if p := Place(s); p == Keyring || p == File {
		return p, nil
	}
	name, found := strings.CutPrefix(s, helperPrefix)
	if !found || !isHelperName(name) {
		return "", errors.New("storage must be keyring, file or helper:NAME")
	}
	// docker-credential-ghcr would ask itself without end.
	if lower := strings.ToLower(name); lower == "ghcr" || lower == "ghcr.exe" {
		return "", errors.New("storage helper:ghcr is this program itself: use keyring, file or another helper")
	}
	return Place(s), nil
}

// What can be wrong with a store. Compare with errors.Is.
var (
	ErrNotFound    = errors.New("no token is stored for this host")
	ErrUnavailable = errors.New("the keyring is not available")
	ErrLocked      = errors.New("the keyring is locked")
	ErrTimeout     = errors.New("the keyring did not answer in time")
	ErrNotStored   = errors.New("the token was not stored")
	ErrNotDeleted  = errors.New("the token was not deleted")
	ErrUnreadable  = errors.New("what is stored cannot be read")
	ErrExposed     = errors.New("others may read the stored token")
)

// errInvalid is a mistake of the caller.
var errInvalid = errors.New("not a registry host")

// Error is a store's failure with, where it is known, what a person can do about it.
type Error struct {
	Kind  error  // one of the sentinels above
	Cause string // short, one line, no secret
	Hint  string // what to do, one line; may be empty
}

// Error is the cause in one line.
func (e *Error) Error() string {
	if e.Cause == "" {
		return e.Kind.Error()
	}
	return e.Cause
}

// Unwrap is the kind, for errors.Is.
func (e *Error) Unwrap() error { return e.Kind }

// maxLine is the longest cause or hint: engines cut long lines.
const maxLine = 158

func fail(kind error, cause, hint string) *Error {
	return &Error{Kind: kind, Cause: oneLine(cause, maxLine), Hint: oneLine(hint, maxLine)}
}

// oneLine makes text printable and at most limit bytes long. Engines quote
// messages in backquotes, so there are none inside.
func oneLine(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if r == '`' {
			return '\''
		}
		if !strconv.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	text = strings.TrimSpace(text)
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:limit-3], "") + "..."
	}
	return text
}

// Config is what a store needs to know of its surroundings.
type Config struct {
	Dir     string              // the config folder: hosts.json, the key, the secrets
	Getenv  func(string) string // nil means os.Getenv
	Waiting func()              // called once when a person is likely being asked to unlock
}

// Open makes the store of a place. It does no I/O.
func Open(p Place, c Config) (Store, error) {
	if _, err := ParsePlace(string(p)); err != nil {
		return nil, err
	}
	switch p {
	case Keyring:
		return &system{c}, nil
	case File:
		return &ageFile{c}, nil
	}
	return &delegate{c, strings.TrimPrefix(string(p), helperPrefix)}, nil
}

// Detect picks the place for a new secret: File when this machine has no OS
// keyring at all (no session bus, or none that knows a keyring), else Keyring.
// A keyring that is locked, slow or failing is Keyring still: it is never
// replaced by the weaker file unasked.
func Detect(ctx context.Context, c Config) (Place, error) {
	_, err := c.lookForKeyring(ctx)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if errors.Is(err, ErrUnavailable) {
		return File, nil
	}
	return Keyring, nil
}

func (c Config) env(name string) string {
	if c.Getenv == nil {
		return os.Getenv(name)
	}
	return c.Getenv(name)
}

const (
	aloneLimit  = 3 * time.Second  // nobody can be asked
	personLimit = 60 * time.Second // a person may be typing the password
	slow        = 2 * time.Second  // when somebody has probably been asked
)

// limit is how long a store may take. GHCR_KEYRING_TIMEOUT is a Go duration or
// a number of seconds.
func (c Config) limit(usual time.Duration) time.Duration {
	const most = time.Hour
	text := c.env("GHCR_KEYRING_TIMEOUT")
	d, err := time.ParseDuration(text)
	if seconds, parseErr := strconv.ParseInt(text, 10, 64); parseErr == nil {
		d, err = time.Duration(min(max(seconds, 0), int64(most/time.Second)))*time.Second, nil
	}
	if err != nil || d <= 0 {
		return usual
	}
	return min(d, most)
}

// limited puts a limit on ctx, and returns the one that holds, for the message:
// the caller's deadline may be sooner.
func limited(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc, time.Duration) {
	bound, cancel := context.WithTimeout(ctx, limit)
	if deadline, set := ctx.Deadline(); set {
		limit = max(0, min(limit, time.Until(deadline).Round(100*time.Millisecond)))
	}
	return bound, cancel, limit
}

// hasDisplay reports whether a window can ask a person for a password.
func (c Config) hasDisplay() bool {
	switch runtime.GOOS {
	case "windows":
		return true
	case "darwin":
		return !c.isSSH()
	}
	return c.env("DISPLAY") != "" || c.env("WAYLAND_DISPLAY") != ""
}

func (c Config) isSSH() bool { return c.env("SSH_CONNECTION") != "" || c.env("SSH_TTY") != "" }

func (c Config) isWSL() bool {
	if runtime.GOOS != "linux" {
		return false
	}
	if c.env("WSL_DISTRO_NAME") != "" {
		return true
	}
	version, err := os.ReadFile("/proc/version")
	return err == nil && strings.Contains(strings.ToLower(string(version)), "microsoft")
}

// bounded runs f, which may know no context, and stops waiting for it when ctx
// ends. The goroutine may stay behind: in a program that answers once and exits,
// exit ends it. A panic becomes errBroke. onSlow runs once, after the delay, in
// the caller's goroutine.
func bounded[T any](ctx context.Context, delay time.Duration, onSlow func(), f func() (T, error)) (T, error) {
	if err := ctx.Err(); err != nil { // nothing is begun that nobody waits for
		var none T
		return none, err
	}
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		defer func() {
			if recover() != nil {
				done <- result{err: errBroke}
			}
		}()
		value, err := f()
		done <- result{value, err}
	}()
	var timer <-chan time.Time
	if onSlow != nil {
		t := time.NewTimer(delay)
		defer t.Stop()
		timer = t.C
	}
	for {
		select {
		case r := <-done:
			return r.value, r.err
		case <-timer:
			onSlow()
			timer = nil
		case <-ctx.Done():
			var none T
			return none, ctx.Err()
		}
	}
}

var errBroke = errors.New("the call broke off")

// checkHost takes the names that go into file names, attributes and the input
// of other programs: nothing but a-z, 0-9, dots and dashes, no dash in front.
func checkHost(host string) error {
	if host == "" || len(host) > 253 || host[0] == '-' || host[0] == '.' {
		return errInvalid
	}
	for _, c := range []byte(host) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' {
			return errInvalid
		}
	}
	return nil
}
