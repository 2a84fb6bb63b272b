//go:build unix

package engine

import (
	"os"
	"syscall"
)

// isOurs reports a folder that belongs to this user.
func isOurs(dir string) bool {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return false
	}
	owner, known := info.Sys().(*syscall.Stat_t)
	return known && int(owner.Uid) == os.Getuid()
}
