// Package disk is for small files that several processes read and write:
// locking them, replacing them whole, and saying in few words what went wrong.
package disk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const lockRetry = 5 * time.Millisecond

// ErrShared says that others may write in a folder where only we should.
var ErrShared = errors.New("other users may write in the folder")

// WithLock runs f while no other process has the lock, which is the file at
// path; its folder is made, and others must not write in it. It waits no longer
// than wait and than ctx allows. An error that is not f's own is a *LockError.
func WithLock(ctx context.Context, path string, wait time.Duration, f func() error) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &LockError{path, err}
	}
	if info, err := os.Stat(dir); err == nil && othersWrite(info) {
		return &LockError{path, ErrShared}
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return &LockError{path, ErrNotRegular}
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	lock := flock.New(path, flock.SetPermissions(0o600))
	// Close, and nobody removes the file, or two processes could lock two files
	// of one name.
	defer func() { _ = lock.Close() }()
	if _, err := lock.TryLockContext(ctx, lockRetry); err != nil {
		return &LockError{path, err}
	}
	return f()
}

// LockError says why a lock could not be had. Err is context.DeadlineExceeded
// where another process kept it.
type LockError struct {
	Path string
	Err  error
}

// Error is one line.
func (e *LockError) Error() string {
	var path *fs.PathError
	switch {
	case errors.Is(e.Err, context.DeadlineExceeded):
		return fmt.Sprintf("another process has the lock %s: end it, or try again", Show(e.Path))
	case errors.Is(e.Err, context.Canceled):
		return e.Err.Error()
	case errors.Is(e.Err, ErrShared):
		return fmt.Sprintf("%s %s: take that right away with chmod go-w", ErrShared, Show(filepath.Dir(e.Path)))
	case errors.As(e.Err, &path) && path.Op == "mkdir":
		return fmt.Sprintf("cannot make the folder %s: %s", Show(filepath.Dir(e.Path)), Reason(e.Err))
	}
	return fmt.Sprintf("cannot lock %s: %s", Show(e.Path), Reason(e.Err))
}

// Unwrap gives the cause.
func (e *LockError) Unwrap() error { return e.Err }

// Target follows links to the file that they mean, also when it is not there.
func Target(path string) (string, error) {
	const most = 40
	for range most {
		// A link is relative to the folder it really lies in.
		if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
			path = filepath.Join(dir, filepath.Base(path))
		}
		link, err := os.Readlink(path)
		if err != nil { // no link, or nothing there
			return path, nil
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(filepath.Dir(path), link)
		}
		path = link
	}
	return path, errors.New("too many links")
}

// Reason is why a file operation failed, without the path, in one line.
func Reason(err error) string {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return strings.ReplaceAll(err.Error(), "\n", " ")
}

// Show is a path for a message of one line.
func Show(path string) string {
	if quoted := strconv.Quote(path); len(quoted) != len(path)+2 {
		return quoted
	}
	return path
}
