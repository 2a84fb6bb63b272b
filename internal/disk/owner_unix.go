//go:build unix

package disk

import (
	"os"
	"path/filepath"
	"syscall"
)

// nonblock keeps the opening of a pipe from waiting for its other end.
const nonblock = syscall.O_NONBLOCK

// othersWrite reports a folder that its group or all may write: they could put
// files of theirs in the place of ours.
func othersWrite(info os.FileInfo) bool { return info.Mode().Perm()&0o022 != 0 }

// keepOwner gives temp the owner of the file that it replaces or, for a new
// file, of its folder: root must not leave a person a file they cannot read.
// Anyone else can at best keep the group, and no more is tried.
func keepOwner(temp *os.File, path string) error {
	info, err := os.Stat(path)
	exists := err == nil
	if !exists {
		if info, err = os.Stat(filepath.Dir(path)); err != nil {
			return err
		}
	}
	owner, known := info.Sys().(*syscall.Stat_t)
	if !known || !exists && os.Geteuid() != 0 {
		return nil
	}
	if mine, err := temp.Stat(); err == nil {
		if now, known := mine.Sys().(*syscall.Stat_t); known && now.Uid == owner.Uid && now.Gid == owner.Gid {
			return nil
		}
	}
	if os.Geteuid() != 0 {
		_ = temp.Chown(-1, int(owner.Gid))
		return nil
	}
	if err := temp.Chown(int(owner.Uid), int(owner.Gid)); err != nil && exists {
		return err
	}
	return nil
}
