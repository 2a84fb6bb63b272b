package engine

import (
	"bytes"
	"context"
	"encoding/gob"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test's binary plays, as its environment says, the engine that runs a helper
// and the helper that reports on its parent. It does so before the testing package
// reads the argv, which can therefore be anything.
const (
	playVar   = "ENGINE_TEST_PLAY"   // engine, dying engine, helper, orphan
	helperVar = "ENGINE_TEST_HELPER" // what the engine runs as its helper
	parentVar = "ENGINE_TEST_PARENT" // the pid of the engine
)

func init() {
	switch play := os.Getenv(playVar); play {
	case "engine", "dying engine":
		helper := exec.Command(os.Getenv(helperVar), "get")
		helper.Env = append(os.Environ(), playVar+"=helper", parentVar+"="+strconv.Itoa(os.Getpid()))
		helper.Stdout, helper.Stderr = os.Stdout, os.Stderr
		run := helper.Run
		if play == "dying engine" {
			helper.Env = append(helper.Env, playVar+"=orphan")
			run = helper.Start
		}
		if err := run(); err != nil {
			println(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	case "orphan":
		for strconv.Itoa(os.Getppid()) == os.Getenv(parentVar) {
			time.Sleep(time.Millisecond)
		}
		fallthrough
	case "helper":
		if gob.NewEncoder(os.Stdout).Encode(ReadParent(context.Background())) != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// engine is a program that runs a helper.
type engine struct {
	argv   []string
	exe    string // "" for the test's binary
	helper string // "" for the test's binary
	play   string
	system *syscall.SysProcAttr
}

// parentOfHelper runs the engine and returns what its helper found out.
func (e engine) parentOfHelper(t *testing.T) Parent {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if e.exe == "" {
		e.exe = self
	}
	if e.helper == "" {
		e.helper = self
	}
	if e.play == "" {
		e.play = "engine"
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), e.exe)
	cmd.Args, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr = e.argv, e.system, &stdout, &stderr
	cmd.Env = append(os.Environ(), playVar+"="+e.play, helperVar+"="+e.helper,
		"GORACE=atexit_sleep_ms=0") // else each process sleeps for a second at its end
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, &stderr)
	}
	var found Parent
	if err := gob.NewDecoder(&stdout).Decode(&found); err != nil {
		t.Fatalf("%v: %s", err, &stderr)
	}
	return found
}

func TestReadParentOfAChild(t *testing.T) {
	long := strings.Repeat("x", 100<<10)
	for name, argv := range map[string][]string{
		"a push":     {"docker", "push", "ghcr.io/o/app"},
		"odd bytes":  {"docker", "push", "", "\xff\xfe", "a\nb", "'\"$`", "ghcr.io/o/app", ""},
		"a long one": {"docker", "push", long, long, long, long, "ghcr.io/o/app"},
		"no name":    {"", "push", "ghcr.io/o/app"},
		"no words":   {"crane"},
	} {
		t.Run(name, func(t *testing.T) {
			got := engine{argv: argv}.parentOfHelper(t)
			if !slices.Equal(got.Argv, argv) || got.Run == "" {
				t.Errorf("got %d words of run %q, want %d: %.200q", len(got.Argv), got.Run, len(argv), got.Argv)
			}
		})
	}
}

func TestReadParentTellsRunsApart(t *testing.T) {
	argv := []string{"docker", "push", "ghcr.io/o/app"}
	if first, second := (engine{argv: argv}).parentOfHelper(t), (engine{argv: argv}).parentOfHelper(t); first.Run == second.Run {
		t.Errorf("two runs are both called %q", first.Run)
	}
}

func TestReadParentGivesNoPartOfAHugeArgv(t *testing.T) {
	argv := []string{"docker", "push"}
	for range 12 {
		argv = append(argv, strings.Repeat("x", 100<<10))
	}
	got := engine{argv: append(argv, "localhost:5000/x")}.parentOfHelper(t)
	if got.Argv != nil || got.Run == "" {
		t.Errorf("got %d words of run %q, want none of a run", len(got.Argv), got.Run)
	}
}

func TestReadParentOfAProgramWithAnOddName(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	odd := filepath.Join(t.TempDir(), "a) R 1 (b\n")
	if err := os.Symlink(self, odd); err != nil {
		t.Fatal(err)
	}
	argv := []string{"docker", "push", "ghcr.io/o/app"}
	if got := (engine{exe: odd, argv: argv}).parentOfHelper(t); !slices.Equal(got.Argv, argv) {
		t.Errorf("got %q", got.Argv)
	}
}

func TestReadParentLooksThroughAScript(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(t.TempDir(), "docker-credential-ghcr")
	// The exit keeps the shell from turning into the helper.
	if err := os.WriteFile(script, []byte("#!/bin/sh\n'"+self+"' \"$@\"\nexit $?\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	argv := []string{"podman", "push", "ghcr.io/o/app"}
	if got := (engine{argv: argv, helper: script}).parentOfHelper(t); !slices.Equal(got.Argv, argv) {
		t.Errorf("got %q", got.Argv)
	}
}

func TestReadParentOfAnOrphan(t *testing.T) {
	got := engine{argv: []string{"docker", "push", "ghcr.io/o/app"}, play: "dying engine"}.parentOfHelper(t)
	if intent := IntentOf(got.Argv, "ghcr.io"); intent != Unknown {
		t.Errorf("the engine has gone, and yet its intent is %v", intent)
	}
}

func TestReadParentUnderAProcOfAnotherNamespace(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to make a pid namespace")
	}
	argv := []string{"docker", "push", "ghcr.io/o/app"}
	got := engine{argv: argv, system: &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}}.parentOfHelper(t)
	if !slices.Equal(got.Argv, argv) {
		t.Errorf("got %q", got.Argv)
	}
}

func TestParseStat(t *testing.T) {
	const numbers = " S 41 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 5678 4096 100 18446744073709551615 1 1"
	for _, name := range []string{"docker", "", "a b", "(a", "a)", "a) R 1 (b", ") S 1 2 3", "a\nb"} {
		got, err := parseStat("42 (" + name + ")" + numbers + "\n")
		if err != nil || got.pid != 42 || got.parent != 41 || got.start != 5678 {
			t.Errorf("%q: %+v, %v", name, got, err)
		}
	}
	for _, line := range []string{"", "42", "42 (docker", ")(", "42 (docker)", "42 (docker) S 41", "x (docker)" + numbers, "42 (docker) S x" + strings.Repeat(" 1", 30), "42 (docker) S 41" + strings.Repeat(" x", 30)} {
		if got, err := parseStat(line); err == nil {
			t.Errorf("%q: got %+v", line, got)
		}
	}
}
