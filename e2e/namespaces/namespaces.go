//go:build linux

// Package namespaces makes a test binary a machine of its own: it runs again in
// namespaces, where names, certificates and interfaces are what the test says.
package namespaces

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// RunAgain runs this test binary with the same arguments in new mount and network
// namespaces, and in those of flags, and returns its exit code. variable, as
// NAME=value, tells it that it is inside. The kernel ends it with this process.
// The error says that it could not be started.
func RunAgain(ctx context.Context, variable string, flags uintptr) (code int, err error) {
	runtime.LockOSThread() // Pdeathsig means the thread that starts the child
	// Without a log of what the tests read, `go test` does not keep their result:
	// it would not see that the program has changed.
	args := slices.DeleteFunc(slices.Clone(os.Args[1:]), func(arg string) bool {
		return strings.HasPrefix(arg, "-test.testlogfile=")
	})
	cmd := exec.CommandContext(ctx, "/proc/self/exe", args...)
	cmd.Args[0] = os.Args[0]
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), variable)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | flags,
		Pdeathsig:  syscall.SIGKILL,
	}
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(1, exit.ExitCode()), nil
	}
	return 0, err
}

// SetUp turns on the one interface of a new network namespace, and keeps what is
// mounted from now on in this mount namespace.
func SetUp() error {
	if err := loopback(); err != nil {
		return fmt.Errorf("loopback interface: %w", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	return nil
}

func loopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request)
}

// Bind lets a file stand in for another one.
func Bind(file, target string) error {
	if err := unix.Mount(file, target, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount on %s: %w", target, err)
	}
	return nil
}
