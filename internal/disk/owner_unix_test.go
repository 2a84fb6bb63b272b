//go:build unix

package disk

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Under sudo a person's files stay theirs, and new ones become theirs.
func TestOwnerStays(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give files away")
	}
	dir := t.TempDir()
	old, fresh := filepath.Join(dir, "old"), filepath.Join(dir, "fresh")
	if err := WriteFile(old, nil); err != nil {
		t.Fatal(err)
	}
	for path, uid := range map[string]int{dir: 12345, old: 23456} {
		if err := os.Chown(path, uid, 2345); err != nil {
			t.Skipf("cannot give files away here: %v", err)
		}
	}
	if err := os.Chmod(old, 0o640); err != nil {
		t.Fatal(err)
	}
	for path, uid := range map[string]uint32{old: 23456, fresh: 12345} {
		if err := Replace(path, []byte("x"), nil); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if owner := info.Sys().(*syscall.Stat_t); owner.Uid != uid || owner.Gid != 2345 {
			t.Errorf("%s: owner %d:%d", path, owner.Uid, owner.Gid)
		}
	}
	if info, err := os.Stat(old); err != nil || info.Mode() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
