package harden

import "golang.org/x/sys/unix"

// process: a process that is not dumpable writes no core, not even to a
// collector such as systemd-coredump, which RLIMIT_CORE does not keep away.
// The kernel gives its files in /proc to root, so that environ and mem are
// closed to others of the same user, and refuses ptrace. What this program
// itself reads there (its own stat, and stat and cmdline of its parents) stays
// open. An exec makes dumpable again: gh and other helpers run as ever.
func process() {
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	noCore()
}
