//go:build !linux

package engine

import (
	"context"
	"os"

	system "github.com/shirou/gopsutil/v4/process"
)

// readProcess asks the system. Of another user's process it may tell nothing.
func readProcess(ctx context.Context, pid int) (process, error) {
	if pid == self {
		pid = os.Getpid()
	}
	s := &system.Process{Pid: int32(pid)}
	p := process{pid: pid}
	parent, err := s.PpidWithContext(ctx)
	if err != nil {
		return p, err
	}
	p.parent = int(parent)
	if p.start, err = s.CreateTimeWithContext(ctx); err != nil {
		return p, err
	}
	p.argv, err = s.CmdlineSliceWithContext(ctx)
	return p, err
}
