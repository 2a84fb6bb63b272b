//go:build unix

package harden

import "golang.org/x/sys/unix"

// noCore lowers the soft limit alone: a child that wants cores may raise it.
func noCore() {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_CORE, &limit) == nil {
		limit.Cur = 0
		_ = unix.Setrlimit(unix.RLIMIT_CORE, &limit)
	}
}
