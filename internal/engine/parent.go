package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Parent is the engine that asked for credentials. The zero Parent is one that
// cannot be known.
type Parent struct {
	Argv []string // never to be shown: it may hold a password
	Run  string   // names one run of the engine; "" where that cannot be known
}

const (
	// parentTimeout is generous: reading takes well under a millisecond, but the
	// kernel may make a reader wait for a process that is stuck.
	parentTimeout = 2 * time.Second
	maxWrappers   = 3
)

// process is what can be known of a process. Start times order processes of one
// machine; their unit is the system's.
type process struct {
	pid, parent int
	start       int64
	argv        []string
}

var errGone = errors.New("the parent process has gone")

// self is a pid that means this process.
const self = 0

// ReadParent reads the engine that started this process: the parent, or the
// nearest ancestor where shells and other credential helpers stand between.
func ReadParent(ctx context.Context) Parent {
	ctx, cancel := context.WithTimeout(ctx, parentTimeout)
	defer cancel()
	return readParent(ctx, readProcess)
}

// processReader reads a process by its pid.
type processReader func(ctx context.Context, pid int) (process, error)

func readParent(ctx context.Context, read processReader) Parent {
	found := make(chan Parent, 1)
	go func() { found <- findEngine(ctx, read) }()
	select {
	case p := <-found:
		return p
	case <-ctx.Done():
		return Parent{}
	}
}

func findEngine(ctx context.Context, read processReader) Parent {
	p, err := read(ctx, self)
	for wrappers := 0; err == nil && wrappers <= maxWrappers; wrappers++ {
		p, err = parentOf(ctx, p, read)
		if err != nil {
			break
		}
		engine, isTool := programOf(p.argv)
		switch {
		case isTool && engine.root == "buildx":
			// Compose has its builds made by docker-buildx, which reads from stdin
			// what to build and whether to push. What was asked for, compose knows.
			compose, err := parentOf(ctx, p, read)
			if caller, _ := programOf(compose.argv); err == nil && caller.root == "compose" {
				p = compose
			}
			return p.asParent()
		case isWrapper(p.argv):
			continue
		case isTool:
			return p.asParent()
		case wrappers > 0 || p.pid == 1:
			// Above a shell this may be a terminal, and pid 1 adopts whoever lost
			// the parent: no run of an engine.
			return Parent{}
		}
		return p.asParent()
	}
	return Parent{}
}

// parentOf reads the parent of a process. One that started later took the pid of
// a parent that has gone.
func parentOf(ctx context.Context, child process, read processReader) (process, error) {
	if child.parent <= 0 || child.parent == child.pid {
		return process{}, errGone
	}
	p, err := read(ctx, child.parent)
	if err == nil && p.start > child.start {
		err = errGone
	}
	if err != nil {
		return process{}, err
	}
	return p, nil
}

func (p process) asParent() Parent {
	return Parent{Argv: p.argv, Run: fmt.Sprintf("%d-%d", p.pid, p.start)}
}

// isWrapper says that a program only hands on to others: a shell, sudo, or a
// helper such as a script under our own name.
func isWrapper(argv []string) bool {
	if len(argv) == 0 {
		return false
	}
	for _, word := range argv[:min(2, len(argv))] {
		if strings.HasPrefix(baseName(word), "docker-credential-") {
			switch argv[len(argv)-1] {
			case "get", "store", "erase", "list": // and not our own verify, which asks as an engine does
				return true
			}
		}
	}
	switch strings.TrimPrefix(baseName(argv[0]), "-") { // -bash is a login shell
	case "sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "fish", "csh", "tcsh", "busybox",
		"cmd", "powershell", "pwsh", "sudo", "doas", "su", "runuser", "env", "timeout":
		return true
	}
	return false
}
