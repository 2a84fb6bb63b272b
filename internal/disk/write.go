package disk

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// WriteFile writes a file so that a reader, a power cut and a full disk find the
// old contents or the new ones whole. Only the owner may read it. A link at path
// is replaced: see Target.
func WriteFile(path string, data []byte) error { return write(path, data, nil, nil) }

// Replace is WriteFile for a file that somebody else made: its mode and, where
// we may, its owner stay; a new file is its owner's alone, in folders that are
// too. check, unless it is nil, has the last look at what is to be replaced, at
// path or, on Linux once more, at another name: its error keeps the file as it is.
func Replace(path string, data []byte, check func(path string) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return write(path, data, func(temp *os.File) error { return keepModeAndOwner(temp, path) }, check)
}

// write makes a new file beside the old one and puts it in its place. prepare is
// for what the file shall be before it is there.
func write(path string, data []byte, prepare func(temp *os.File) error, check func(path string) error) (err error) {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, tempPrefix(path)+"*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = temp.Close()
			_ = os.Remove(temp.Name())
		}
	}()
	if _, err = temp.Write(data); err != nil {
		return err
	}
	if prepare != nil {
		if err = prepare(temp); err != nil {
			return err
		}
	}
	if err = temp.Sync(); err != nil {
		return err
	}
	if err = temp.Close(); err != nil {
		return err
	}
	if check != nil {
		err = swapIn(temp.Name(), path, data, check)
	} else {
		err = Rename(temp.Name(), path)
	}
	if err != nil {
		return err
	}
	SyncFolder(dir)
	return nil
}

func keepModeAndOwner(temp *os.File, path string) error {
	if err := keepOwner(temp, path); err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil { // after chown, which may take bits away
		if err := temp.Chmod(info.Mode().Perm()); err != nil && runtime.GOOS != "windows" {
			return err
		}
	}
	return nil
}

func tempPrefix(path string) string { return "." + filepath.Base(path) + ".ghcr-" }

// RemoveLeftovers removes the new files of writes to path that were killed. They
// may hold secrets. The lock under which path is written must be held, or a
// living process loses its file.
func RemoveLeftovers(path string) {
	dir := filepath.Dir(path)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), tempPrefix(path)) && entry.Type().IsRegular() {
			_ = os.Remove(filepath.Join(dir, entry.Name()))
		}
	}
}

// Rename is os.Rename, but tries again on Windows, where a file that somebody
// reads right now cannot be replaced.
func Rename(from, to string) error {
	err := os.Rename(from, to)
	for i := 0; err != nil && runtime.GOOS == "windows" && i < 50; i++ {
		time.Sleep(10 * time.Millisecond)
		err = os.Rename(from, to)
	}
	return err
}

// SyncFolder makes what was renamed or removed in a folder outlast a power cut,
// where the system can.
func SyncFolder(dir string) {
	if f, err := os.Open(dir); err == nil { // Windows has no fsync for folders
		_ = f.Sync()
		_ = f.Close()
	}
}
