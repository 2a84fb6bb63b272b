//go:build unix

package keyring

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A pipe or a device in the place of a file is an error at once.
func TestSpecialFiles(t *testing.T) {
	ctx := context.Background()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skipf("no pipes here: %v", err)
	}
	for _, special := range []string{pipe, "/dev/zero"} {
		a, dir := fileStore(t)
		check(t, a.Set(ctx, "ghcr.io", testRecord()), nil)
		for _, path := range []string{a.keyPath(), a.secretPath("ghcr.io"), filepath.Join(dir, "hosts.json")} {
			_ = os.Rename(path, path+".away")
			check(t, os.Symlink(special, path), nil)
			var err error
			if filepath.Base(path) == "hosts.json" {
				_, err = OpenIndex(dir).Accounts(ctx)
			} else {
				_, err = a.Get(ctx, "ghcr.io")
			}
			check(t, err, ErrUnreadable)
			if !strings.Contains(err.Error(), filepath.Base(path)) || !strings.HasSuffix(err.Error(), ": not a regular file") {
				t.Errorf("%s: said %q", path, err)
			}
			check(t, os.Remove(path), nil)
			_ = os.Rename(path+".away", path)
		}
		key, _ := fileStore(t, "GHCR_KEY_FILE="+special)
		check(t, key.Set(ctx, "ghcr.io", testRecord()), ErrUnreadable)
	}
}

// Nothing is stored where others may put other files in the place of ours.
func TestSharedFolder(t *testing.T) {
	ctx := context.Background()
	a, dir := fileStore(t)
	check(t, a.Set(ctx, "ghcr.io", testRecord()), nil)
	check(t, os.Chmod(dir, 0o777), nil)
	for _, err := range []error{
		a.Set(ctx, "ghcr.io", testRecord()), a.Delete(ctx, "ghcr.io"),
		OpenIndex(dir).Put(ctx, "ghcr.io", Account{Username: "mona", Storage: File}),
	} {
		check(t, err, ErrExposed)
		if hint := err.(*Error).Hint; !strings.Contains(err.Error(), "other users may write in ") || !strings.Contains(hint, "chmod go-w ") {
			t.Errorf("said %q, hint %q", err, hint)
		}
	}
	check(t, os.Chmod(dir, 0o755), nil)
	check(t, a.Set(ctx, "ghcr.io", testRecord()), nil)
}
