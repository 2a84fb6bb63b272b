package engine

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
)

// lockWait is how long a command waits for another one.
const lockWait = 30 * time.Second

// withLock makes dir and runs f while no other process of ours has its lock.
// Docker and podman know nothing of it: against them replace looks again.
func withLock(ctx context.Context, dir string, wait time.Duration, f func() error) error {
	return disk.WithLock(ctx, filepath.Join(dir, "configure.lock"), wait, f)
}

// errChanged says that somebody else wrote the file since it was read.
var errChanged = errors.New("changed meanwhile")

// replace writes a file. Links stay and what they point to is replaced. With old
// it makes sure in the last moment that the file is as it was read. What a
// killed process left is removed: copies of a file that may hold tokens.
func replace(path string, data []byte, old *file) error {
	path, err := disk.Target(path)
	if err != nil {
		return unwritten(path, err)
	}
	disk.RemoveLeftovers(path)
	err = disk.Replace(path, data, func(path string) error {
		if old != nil && !old.unchanged(path) {
			return errChanged
		}
		return nil
	})
	if err != nil && !errors.Is(err, errChanged) {
		return unwritten(path, err)
	}
	return err
}

// discard removes a file that is as it was read, and folders that are empty.
func discard(old *file, folders []string) error {
	path, err := disk.Target(old.path)
	if err != nil {
		return unwritten(path, err)
	}
	if !old.unchanged(path) {
		return errChanged
	}
	if err := os.Remove(path); err != nil {
		return unwritten(path, err)
	}
	disk.SyncFolder(filepath.Dir(path))
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
	return &FileError{Path: path, Cause: "cannot be written: " + disk.Reason(err)}
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
