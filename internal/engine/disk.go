package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const (
	lockWait  = 30 * time.Second
	lockRetry = 5 * time.Millisecond
)

// withLock makes dir and runs f while no other process of ours has its lock.
// Docker and podman know nothing of it: against them replace looks again.
func withLock(ctx context.Context, dir string, f func() error) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("cannot make the folder %s: %s", show(dir), reason(err))
	}
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	lock := flock.New(filepath.Join(dir, "configure.lock"), flock.SetPermissions(0o600))
	// The file stays, or two processes could lock two files of one name.
	defer func() { _ = lock.Close() }()
	_, err := lock.TryLockContext(ctx, lockRetry)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("another process has the lock %s: end it, or try again", show(lock.Path()))
	case errors.Is(err, context.Canceled):
		return err
	case err != nil:
		return fmt.Errorf("cannot lock %s: %s", show(lock.Path()), reason(err))
	}
	return f()
}

// errChanged says that somebody else wrote the file since it was read.
var errChanged = errors.New("changed meanwhile")

// replace writes a file so that a reader, a power cut and a full disk find the
// old contents or the new ones whole. Links stay and what they point to is
// replaced; mode and, where we may, owner stay; a new file is its owner's alone,
// in folders that are too. With old it first makes sure that the file is as it
// was read.
func replace(path string, data []byte, old *file) (err error) {
	path, err = target(path)
	if err != nil {
		return unwritten(path, err)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return unwritten(path, err)
	}
	prefix := tempPrefix(path)
	removeLeftovers(dir, prefix)
	temp, err := os.CreateTemp(dir, prefix+"*") // 0600
	if err != nil {
		return unwritten(path, err)
	}
	defer func() {
		if err != nil {
			_ = temp.Close()
			_ = os.Remove(temp.Name())
		}
	}()
	if _, err := temp.Write(data); err != nil {
		return unwritten(path, err)
	}
	if err := keepOwner(temp, path); err != nil {
		return unwritten(path, err)
	}
	if info, err := os.Stat(path); err == nil { // after chown, which may take bits away
		if err := temp.Chmod(info.Mode().Perm()); err != nil && runtime.GOOS != "windows" {
			return unwritten(path, err)
		}
	}
	if err := temp.Sync(); err != nil {
		return unwritten(path, err)
	}
	if err := temp.Close(); err != nil {
		return unwritten(path, err)
	}
	if old != nil && !old.unchanged(path) {
		return errChanged
	}
	if err := rename(temp.Name(), path); err != nil {
		return unwritten(path, err)
	}
	syncFolder(dir)
	return nil
}

// discard removes a file that is as it was read, and folders that are empty.
func discard(old *file, folders []string) error {
	path, err := target(old.path)
	if err != nil {
		return unwritten(path, err)
	}
	if !old.unchanged(path) {
		return errChanged
	}
	if err := os.Remove(path); err != nil {
		return unwritten(path, err)
	}
	syncFolder(filepath.Dir(path))
	for _, folder := range folders {
		if os.Remove(folder) != nil { // not empty
			break
		}
	}
	return nil
}

// unchanged reports whether the file still has the contents it was read with.
func (f *file) unchanged(path string) bool {
	now, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return !f.exists
	}
	return err == nil && f.exists && bytes.Equal(now, f.data)
}

func unwritten(path string, err error) error {
	return &FileError{Path: path, Cause: "cannot be written: " + reason(err)}
}

func tempPrefix(path string) string { return "." + filepath.Base(path) + ".ghcr-" }

// removeLeftovers removes what a killed process left: copies of a file that may
// hold tokens. The lock keeps living ones away.
func removeLeftovers(dir, prefix string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), prefix) && entry.Type().IsRegular() {
			_ = os.Remove(filepath.Join(dir, entry.Name()))
		}
	}
}

func syncFolder(dir string) {
	if f, err := os.Open(dir); err == nil { // Windows has no fsync for folders
		_ = f.Sync()
		_ = f.Close()
	}
}

// rename tries again on Windows, where a file that somebody reads right now
// cannot be replaced.
func rename(from, to string) error {
	err := os.Rename(from, to)
	for i := 0; err != nil && runtime.GOOS == "windows" && i < 50; i++ {
		time.Sleep(10 * time.Millisecond)
		err = os.Rename(from, to)
	}
	return err
}

// target follows links to the file that they mean, also when it is not there.
func target(path string) (string, error) {
	for range 40 {
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

// missingFolders is the folders that are not there for path, innermost first.
func missingFolders(path string) []string {
	var missing []string
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			return missing
		}
		missing = append(missing, dir)
	}
}
