package keyring

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"filippo.io/age/plugin"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
)

// ageFile keeps one age-encrypted file per host, and the key in a file of its
// own. Together on one disk they protect copies and backups of the secrets; a
// process that runs as the person can read both. GHCR_KEY_FILE moves the key to
// another medium, or into hardware through an age plugin.
type ageFile struct{ c Config }

func (a *ageFile) keyPath() string {
	if path := a.c.env("GHCR_KEY_FILE"); path != "" {
		return path
	}
	return filepath.Join(a.c.Dir, "key.txt")
}

func (a *ageFile) secretPath(host string) string {
	return filepath.Join(a.c.Dir, "secrets", host+".age")
}

func (a *ageFile) Get(ctx context.Context, host string) (Record, error) {
	if err := checkHost(host); err != nil {
		return Record{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, a.c.limit(personLimit))
	defer cancel()
	s, err := within(ctx, a.c, a.c.limit(aloneLimit), func() (sealed, error) { return a.load(host) })
	if err != nil {
		return Record{}, err
	}
	limit := aloneLimit
	if s.mayAsk() || a.c.hasDisplay() {
		limit = personLimit
	}
	text, err := within(ctx, a.c, a.c.limit(limit), s.open)
	if err != nil {
		return Record{}, err
	}
	return decode(text, display(s.path))
}

func (a *ageFile) Set(ctx context.Context, host string, r Record) error {
	if err := checkHost(host); err != nil {
		return err
	}
	text, err := r.encode()
	if err != nil {
		return err
	}
	_, err = within(ctx, a.c, a.c.limit(personLimit), func() (string, error) {
		return "", a.wrote(withLock(ctx, a.c.Dir, func() error { return a.write(host, text) }))
	})
	return err
}

func (a *ageFile) Delete(ctx context.Context, host string) error {
	if err := checkHost(host); err != nil {
		return err
	}
	path := a.secretPath(host)
	gone := fail(ErrNotFound, "no token is stored in "+display(path), "")
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return gone // and no folder is made for the lock
	}
	err := withLock(ctx, a.c.Dir, func() error { return os.Remove(path) })
	var ours *Error
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return gone
	case err == nil || errors.As(err, &ours) || ctx.Err() != nil:
		return err
	}
	return fail(ErrNotDeleted, "cannot remove "+display(path)+": "+reason(err), "")
}

// within bounds work that knows no context: a disk that hangs, an age plugin
// that waits for a touch.
func within[T any](ctx context.Context, c Config, limit time.Duration, f func() (T, error)) (T, error) {
	bound, cancel, limit := limited(ctx, limit)
	defer cancel()
	value, err := bounded(bound, min(slow, limit/2), c.Waiting, f)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fail(ErrTimeout, fmt.Sprintf("the encrypted file could not be used within %v", limit), "")
	}
	if errors.Is(err, errBroke) {
		err = fail(ErrUnreadable, "the encrypted file or its key is damaged", loginAgain)
	}
	return value, err
}

// sealed is an encrypted file, and the keys that may open it.
type sealed struct {
	path string
	text []byte
	keys []age.Identity
}

// load reads the files, which asks nobody anything.
func (a *ageFile) load(host string) (sealed, error) {
	s := sealed{path: a.secretPath(host)}
	var err error
	s.text, err = readSecret(s.path)
	var ours *Error
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, fail(ErrNotFound, "no token is stored in "+display(s.path), "")
	case errors.As(err, &ours):
		return s, err
	case err != nil:
		return s, fail(ErrUnreadable, "cannot read "+display(s.path)+": "+reason(err), "")
	}
	s.keys, err = a.keys()
	if errors.Is(err, fs.ErrNotExist) {
		err = fail(ErrUnreadable, "the key of the encrypted file is missing: "+display(a.keyPath()),
			"put the key back, or "+loginAgain)
	}
	return s, err
}

// mayAsk reports a key behind an age plugin, which may wait for a person.
func (s sealed) mayAsk() bool {
	return slices.ContainsFunc(s.keys, func(key age.Identity) bool { _, is := key.(*plugin.Identity); return is })
}

func (s sealed) open() (string, error) {
	opened, err := age.Decrypt(bytes.NewReader(s.text), s.keys...)
	if err == nil {
		var text []byte
		if text, err = io.ReadAll(io.LimitReader(opened, maxFile)); err == nil {
			return string(text), nil
		}
	}
	return "", fail(ErrUnreadable, display(s.path)+" does not open with its key: "+whyNot(err), loginAgain)
}

func whyNot(err error) string {
	var other *age.NoIdentityMatchError
	var missing *plugin.NotFoundError
	switch {
	case errors.As(err, &missing):
		return "an age plugin is not installed"
	case errors.As(err, &other):
		return "it was made with another key"
	}
	return "it is damaged"
}

// keys reads the identities of the key file: those that age makes, and those of
// its plugins. A file that is not there is fs.ErrNotExist.
func (a *ageFile) keys() ([]age.Identity, error) {
	path := a.keyPath()
	text, err := readSecret(path)
	var ours *Error
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.As(err, &ours):
		return nil, err
	case err != nil:
		return nil, fail(ErrUnreadable, "cannot read the key "+display(path)+": "+reason(err), "")
	}
	var keys []age.Identity
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		var found []age.Identity
		if strings.HasPrefix(line, "AGE-PLUGIN-") {
			var one *plugin.Identity
			one, err = plugin.NewIdentity(line, &plugin.ClientUI{})
			found = []age.Identity{one}
		} else {
			found, err = age.ParseIdentities(strings.NewReader(line))
		}
		if err != nil { // which may hold the key: not shown
			return nil, fail(ErrUnreadable, display(path)+" is not an age identity file", "")
		}
		keys = append(keys, found...)
	}
	if len(keys) == 0 {
		return nil, fail(ErrUnreadable, display(path)+" holds no key", "")
	}
	return keys, nil
}

// makeKey writes a new key where none is. Secrets of a lost key stay as they
// are: they may be opened again when it is found.
func (a *ageFile) makeKey() ([]age.Identity, error) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	text := "# key of docker-credential-ghcr: with it the files in secrets can be read\n" + key.String() + "\n"
	// The folder of GHCR_KEY_FILE is not made: its medium may not be mounted.
	disk.RemoveLeftovers(a.keyPath())
	if err := disk.WriteFile(a.keyPath(), []byte(text)); err != nil {
		return nil, err
	}
	return []age.Identity{key}, nil
}

// write runs under the lock, so two processes end up with one key.
func (a *ageFile) write(host, record string) error {
	keys, err := a.keys()
	if errors.Is(err, fs.ErrNotExist) {
		keys, err = a.makeKey()
	}
	if err != nil {
		return err
	}
	var text bytes.Buffer
	w, err := age.Encrypt(&text, recipient(keys[0]))
	if err == nil {
		_, err = io.WriteString(w, record)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil { // age's error may quote what a plugin said
		return fail(ErrNotStored, "the token cannot be encrypted with the key "+display(a.keyPath())+": "+a.whyNotSealed(err), "")
	}
	path := a.secretPath(host)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	disk.RemoveLeftovers(path)
	if err := disk.WriteFile(path, text.Bytes()); err != nil {
		return err
	}
	s, err := a.load(host)
	var got string
	if err == nil {
		got, err = s.open()
	}
	if err != nil || got != record {
		return fail(ErrNotStored, "the encrypted file did not keep the token", "")
	}
	return nil
}

func (a *ageFile) whyNotSealed(err error) string {
	var missing *plugin.NotFoundError
	if errors.As(err, &missing) {
		return "an age plugin is not installed"
	}
	return "it does not work"
}

// recipient is the public half of a key.
func recipient(key age.Identity) age.Recipient {
	switch key := key.(type) {
	case *age.X25519Identity:
		return key.Recipient()
	case *age.HybridIdentity:
		return key.Recipient()
	case *plugin.Identity:
		return key.Recipient()
	}
	return nil
}

// wrote words an error of the disk.
func (a *ageFile) wrote(err error) error {
	var ours *Error
	if err == nil || errors.As(err, &ours) || errors.Is(err, context.Canceled) {
		return err
	}
	var path *fs.PathError
	where := a.c.Dir
	if errors.As(err, &path) {
		where = path.Path
	}
	return fail(ErrNotStored, "cannot write "+display(where)+": "+reason(err), "")
}
