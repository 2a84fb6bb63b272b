//go:build linux

package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

// nobodyID is a user without rights.
const nobodyID = 65534

// asNobody gives a home and a command to another user.
func (h *home) asNobody(cmd *exec.Cmd) {
	h.t.Helper()
	check(h.t, filepath.WalkDir(h.dir, func(path string, _ os.DirEntry, err error) error {
		if err == nil {
			err = os.Lchown(path, nobodyID, nobodyID)
		}
		return err
	}))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobodyID, Gid: nobodyID}}
}

// While the program waits for GitHub with the token in its memory: neither its
// command line nor its environment holds a part of it, no core would be dumped,
// and no other process of its user may read its memory. It still reads what its
// own parent wants.
func TestMemoryIsClosed(t *testing.T) {
	if os.Getuid() != 0 {
		keyringtest.Skip(t, "only root can run programs as another user")
	}
	h := newHome(t)
	token := h.tokenAt("", "read:packages")
	h.keep("ghcr.io", token)
	world.SetFault(&ghcrtest.Fault{Hold: true})
	var engine *exec.Cmd
	done := make(chan result, 1)
	started := make(chan struct{})
	go func() {
		done <- h.watch(true, func(ctx context.Context) *exec.Cmd {
			engine = h.engine(ctx, "docker push ghcr.io/o/app")
			h.asNobody(engine)
			defer close(started)
			return engine
		})
	}()
	<-started
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	check(t, world.Wait(ctx, func(asked []ghcrtest.Request) bool { return len(asked) > 0 }))
	pid := childOf(t, engine.Process.Pid)
	for _, name := range []string{"cmdline", "environ"} {
		text, err := os.ReadFile(filepath.Join("/proc", pid, name))
		check(t, err)
		if len(text) == 0 || h.leaksIn(text) {
			t.Errorf("%s is empty or holds a part of the token", name)
		}
	}
	limits, err := os.ReadFile(filepath.Join("/proc", pid, "limits"))
	check(t, err)
	for line := range strings.Lines(string(limits)) {
		if rest, found := strings.CutPrefix(line, "Max core file size"); found && !strings.HasPrefix(strings.TrimSpace(rest), "0 ") {
			t.Errorf("limit of cores: %s", line)
		}
	}
	for _, name := range []string{"environ", "mem", "maps"} {
		cat := exec.CommandContext(ctx, "head", "-c1", filepath.Join("/proc", pid, name))
		h.asNobody(cat)
		if text, err := cat.CombinedOutput(); err == nil || !strings.Contains(string(text), "Permission denied") {
			t.Errorf("another process of the user may read %s: %v", name, err)
		}
	}
	world.SetFault(nil)
	if r := <-done; r.code != 1 || !r.says("can pull from ghcr.io but not push") {
		t.Errorf("%+v", r)
	}
}

// childOf is the process that another one has started.
func childOf(t *testing.T, parent int) (pid string) {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
	check(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		check(t, err)
		pid += string(text)
	}
	return strings.TrimSpace(pid)
}

// TestSystemCalls reads all that a get says to the kernel: the token goes to
// stdout, and to GitHub under TLS, and nowhere else.
func TestSystemCalls(t *testing.T) {
	keyringtest.Need(t, "strace")
	if os.Getuid() != 0 {
		keyringtest.Skip(t, "only root can read what a closed process hands to the kernel")
	}
	h := newHome(t)
	token := h.token()
	h.keep("ghcr.io", token)
	h.setenv("GHCR_DEBUG", "1")
	trace := filepath.Join(t.TempDir(), "trace")
	r := h.watch(true, func(ctx context.Context) *exec.Cmd {
		return h.command(ctx, "strace", "ghcr.io", "-f", "-v", "-s", "100000", "-o", trace, built("program"), "get")
	})
	r.gives(t, token)
	text, err := os.ReadFile(trace)
	check(t, err)
	answers := 0
	for line := range strings.Lines(string(text)) {
		switch {
		case !h.leaksIn([]byte(line)):
		case strings.Contains(line, " write(1, "):
			answers++
		default:
			call, _, _ := strings.Cut(strings.TrimLeft(line, "0123456789 "), "(")
			t.Errorf("a call of %s holds a part of the token", call)
		}
	}
	if answers != 1 {
		t.Errorf("the token was written to stdout %d times", answers)
	}
}

// TestPanic makes the program panic with the token in its memory: no part of it
// is in what Go prints, and no core is dumped, whatever the limit was.
func TestPanic(t *testing.T) {
	original, err := filepath.Abs("../../helper/policy.go")
	check(t, err)
	text, err := os.ReadFile(original)
	check(t, err)
	const decide = "func (q question) decide(intent engine.Intent) Answer {\n"
	panics := strings.Replace(string(text), decide, decide+"\tpanic(q)\n", 1)
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {original: inWorkshop("policy.go")}})
	check(t, err)
	check(t, os.WriteFile(inWorkshop("policy.go"), []byte(panics), 0o600))
	check(t, os.WriteFile(inWorkshop("panic.json"), overlay, 0o600))
	check(t, build(t.Context(), "panic", "-overlay", inWorkshop("panic.json")))

	h := newHome(t)
	h.keep("ghcr.io", h.token())
	h.setenv("GOTRACEBACK", "crash")
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	cmd := h.command(ctx, "/bin/sh", "ghcr.io", "-c", `ulimit -c unlimited; exec "$0" get`, built("panic"))
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "panic: ") || !strings.Contains(string(out), "goroutine ") {
		t.Fatalf("it did not panic: %v", err)
	}
	if h.leaksIn(out) {
		t.Error("what Go prints holds a part of the token, and is not shown")
	}
	if cmd.ProcessState.Sys().(syscall.WaitStatus).CoreDump() {
		t.Error("a core was dumped")
	}
	if cores, _ := filepath.Glob(h.path("core*")); len(cores) > 0 {
		t.Errorf("cores: %v", cores)
	}
}
