//go:build linux

// Package engines tests the whole program with real engines: podman, buildah,
// skopeo, docker with a real dockerd, crane and oras. They live on a simulated
// internet, in mount, network and process namespaces of their own where ghcr.io
// and api.github.com are a ghcrtest.World. The program and the engines are used
// as they are, with no switch for tests.
package engines

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/e2e/namespaces"
)

// insideVariable tells the test binary that it runs in the namespaces, and
// where the programs are that were built outside, where there may be a network.
const insideVariable = "GHCR_E2E_WORKSHOP"

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "docker" {
		os.Exit(playDocker())
	}
	dir := os.Getenv(insideVariable)
	if dir == "" {
		os.Exit(outside(m))
	}
	here = workshop{dir}
	code, err := inside(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "engines:", err)
		code = 1
	}
	os.Exit(code)
}

// outside builds the programs and runs this test binary again in namespaces. The
// kernel ends everything in there, daemons included, when the binary ends.
func outside(m *testing.M) int {
	if os.Getuid() != 0 {
		return skipAll(m, "namespaces and dockerd need root")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir, err := os.MkdirTemp("", "e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, "engines:", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := (workshop{dir}).build(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "engines:", err)
		return 1
	}
	code, err := namespaces.RunAgain(ctx, insideVariable+"="+dir, syscall.CLONE_NEWPID)
	if err != nil {
		return skipAll(m, "namespaces cannot be made here: "+err.Error())
	}
	return code
}

// skipAll lets each test skip, or fail where a skip counts as a failure.
func skipAll(m *testing.M, reason string) int {
	skipReason = reason
	fmt.Fprintln(os.Stderr, "engines: skipped:", reason)
	return m.Run()
}

// here is the workshop of this run, for the tests.
var here workshop

// skipReason is why nothing can be tested here, if nothing can.
var skipReason string

// workshop is the folder with what was built outside the namespaces.
type workshop struct{ dir string }

func (w workshop) path(parts ...string) string {
	return filepath.Join(append([]string{w.dir}, parts...)...)
}

const (
	program = "docker-credential-ghcr"
	orasAt  = "oras.land/oras/cmd/oras@v1.3.6"
)

// build installs the program in a home of its own, from where each scene gets
// its configuration, and builds the engines that Debian does not have.
func (w workshop) build(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	for _, d := range []string{"home", "run", "tools"} {
		if err := os.Mkdir(w.path(d), 0o700); err != nil {
			return err
		}
	}
	top, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	if err := w.run(ctx, top, nil, "go", "build", "-o", w.path("tools", "crane"), "github.com/google/go-containerregistry/cmd/crane"); err != nil {
		return err
	}
	// oras is no part of this module. Its modules may be out of reach.
	if err := w.run(ctx, w.dir, []string{"GOBIN=" + w.path("tools"), "GOFLAGS=-mod=mod"}, "go", "install", orasAt); err != nil {
		if err := os.WriteFile(w.path("no-oras"), []byte(err.Error()), 0o600); err != nil {
			return err
		}
	}
	return w.install(ctx, top)
}

// install runs install.sh as a person would, but with the caches of whoever
// runs the tests.
func (w workshop) install(ctx context.Context, top string) error {
	env := []string{"HOME=" + w.path("home"), "XDG_RUNTIME_DIR=" + w.path("run"), "PREFIX=" + w.path("home", ".local"), "PATH=" + os.Getenv("PATH")}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GOFLAGS"} {
		out, err := exec.CommandContext(ctx, "go", "env", name).Output()
		if err != nil {
			return fmt.Errorf("go env: %w", err)
		}
		env = append(env, name+"="+strings.TrimSpace(string(out)))
	}
	cmd := exec.CommandContext(ctx, "./install.sh", "--no-login")
	cmd.Dir, cmd.Env = top, env
	text, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("install.sh: %w\n%s", err, text)
	}
	return nil
}

func (w workshop) run(ctx context.Context, dir string, env []string, argv ...string) error {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append(env, "CGO_ENABLED=0")...)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, text)
	}
	return nil
}
