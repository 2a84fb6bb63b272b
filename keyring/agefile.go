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
	"strings"

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
	text, err := a.within(ctx, func() (string, error) { return a.read(host) })
	if err != nil {
		return Record{}, err
	}
	return decode(text, display(a.secretPath(host)))
}

func (a *ageFile) Set(ctx context.Context, host string, r Record) error {
	if err := checkHost(host); err != nil {
		return err
	}
	text, err := r.encode()
	if err != nil {
		return err
	}
	_, err = a.within(ctx, func() (string, error) {
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
func (a *ageFile) within(ctx context.Context, f func() (string, error)) (string, error) {
	bound, cancel, limit := limited(ctx, a.c.limit(personLimit))
	defer cancel()
	text, err := bounded(bound, min(slow, limit/2), a.c.Waiting, f)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fail(ErrTimeout, fmt.Sprintf("the encrypted file could not be used within %v", limit), "")
	}
	if errors.Is(err, errBroke) {
		err = fail(ErrUnreadable, "the encrypted file or its key is damaged", loginAgain)
	}
	return text, err
}

func (a *ageFile) read(host string) (string, error) {
	path := a.secretPath(host)
	sealed, err := readSecret(path)
	var ours *Error
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fail(ErrNotFound, "no token is stored in "+display(path), "")
	case errors.As(err, &ours):
		return "", err
	case err != nil:
		return "", fail(ErrUnreadable, "cannot read "+display(path)+": "+reason(err), "")
	}
	keys, err := a.keys()
	if errors.Is(err, fs.ErrNotExist) {
		return "", fail(ErrUnreadable, "the key of the encrypted file is missing: "+display(a.keyPath()),
			"put the key back, or "+loginAgain)
	}
	if err != nil {
		return "", err
	}
	opened, err := age.Decrypt(bytes.NewReader(sealed), keys...)
	if err == nil {
		var text []byte
		if text, err = io.ReadAll(io.LimitReader(opened, maxFile)); err == nil {
			return string(text), nil
		}
	}
	return "", fail(ErrUnreadable, display(path)+" does not open with its key: "+a.whyNot(err), loginAgain)
}

func (a *ageFile) whyNot(err error) string {
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
func (a *ageFile) write(host, text string) error {
	keys, err := a.keys()
	if errors.Is(err, fs.ErrNotExist) {
		keys, err = a.makeKey()
	}
	if err != nil {
		return err
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipient(keys[0]))
	if err == nil {
		_, err = io.WriteString(w, text)
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
	if err := disk.WriteFile(path, sealed.Bytes()); err != nil {
		return err
	}
	if got, err := a.read(host); err != nil || got != text {
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
