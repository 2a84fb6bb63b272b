//go:build unix

package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A pipe that nobody writes to, and a device that never ends, keep nobody.
func TestSpecialFiles(t *testing.T) {
	dir := t.TempDir()
	pipe, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "link")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skipf("no pipes here: %v", err)
	}
	if err := os.Symlink("/dev/zero", link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, link} {
		if _, err := ReadFile(path, 100); !errors.Is(err, ErrNotRegular) {
			t.Errorf("%s is read: %v", path, err)
		}
		if file, err := Open(path, os.O_APPEND|os.O_WRONLY); !errors.Is(err, ErrNotRegular) {
			t.Errorf("%s is opened: %v, %v", path, file, err)
		}
		err := WithLock(t.Context(), path, patience, func() error { t.Errorf("%s is a lock", path); return nil })
		if err == nil || err.Error() != "cannot lock "+path+": not a regular file" {
			t.Errorf("lock: %v", err)
		}
	}
}

// A folder that others may write in is not used. That they may read it does no harm.
func TestSharedFolder(t *testing.T) {
	dir := t.TempDir()
	for mode, refused := range map[fs.FileMode]bool{
		0o700: false, 0o755: false, 0o750: false, 0o770: true, 0o775: true, 0o777: true, 0o702: true, 0o777 | fs.ModeSticky: true,
	} {
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		ran := false
		err := WithLock(t.Context(), filepath.Join(dir, "lock"), patience, func() error { ran = true; return nil })
		if ran == refused || refused != errors.Is(err, ErrShared) {
			t.Errorf("%v: ran %t, %v", mode, ran, err)
		}
		if refused && (err == nil || !strings.Contains(err.Error(), "other users may write in the folder "+dir+": take that right away with chmod go-w")) {
			t.Errorf("%v: %v", mode, err)
		}
	}
}
