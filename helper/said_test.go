package helper

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestSaidByManyAtOnce(t *testing.T) {
	s := said{t.TempDir()}
	var mu sync.Mutex
	var all sync.WaitGroup
	firsts := 0
	for range 50 {
		all.Go(func() {
			if s.first("1-1", "a line", time.Now()) {
				mu.Lock()
				firsts++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if firsts != 1 {
		t.Errorf("%d said it first", firsts)
	}
	if !s.first("1-2", "a line", time.Now()) || !s.first("1-1", "another line", time.Now()) {
		t.Error("another run, or another line, is not new")
	}
	for range 2 {
		if !s.first("", "a line", time.Now()) {
			t.Error("a run that cannot be known is silenced")
		}
		if !(said{}).first("1-1", "a line", time.Now()) {
			t.Error("without memory a line is silenced")
		}
	}
}

// Nothing piles up in the runtime folder.
func TestSaidIsPruned(t *testing.T) {
	s := said{t.TempDir()}
	now := time.Now()
	for i := range 20 {
		s.first("1-1", fmt.Sprint(i), now)
	}
	s.first("1-2", "the day after", now.Add(25*time.Hour))
	names, err := filepath.Glob(filepath.Join(s.dir, "*"))
	if err != nil || len(names) > 1 {
		t.Errorf("%d files, %v", len(names), err)
	}
}

func TestRuntimeDir(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("folders have no owner bits here")
	}
	t.Setenv("TMPDIR", t.TempDir())
	base := t.TempDir()
	env := func(name string) string { return map[string]string{"XDG_RUNTIME_DIR": base}[name] }
	none := func(string) string { return "" }
	own := filepath.Join(base, Name)
	if got := runtimeDir(env); got != own {
		t.Errorf("%q, want %q", got, own)
	}
	fallback := filepath.Join(os.TempDir(), Name+"-"+userID())
	if got := runtimeDir(none); got != fallback {
		t.Errorf("%q, want %q", got, fallback)
	}
	for _, dir := range []string{own, fallback} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", dir, info.Mode(), err)
		}
	}
	// Somebody was here first: a folder that others may write, or a link.
	if err := os.Chmod(own, 0o777); err != nil {
		t.Fatal(err)
	}
	if got := runtimeDir(env); got != fallback {
		t.Errorf("%q, want %q", got, fallback)
	}
	if err := os.RemoveAll(fallback); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), fallback); err != nil {
		t.Fatal(err)
	}
	if got := runtimeDir(none); got != "" {
		t.Errorf("%q, want none: it is a link", got)
	}
	// Under sudo -E the variable names the folder of somebody else.
	if os.Getuid() == 0 {
		if err := os.Chown(base, 65534, 65534); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(own); err != nil {
			t.Fatal(err)
		}
		if got := runtimeDir(env); strings.HasPrefix(got, base) {
			t.Errorf("%q is in the folder of another user", got)
		}
		if _, err := os.Stat(own); err == nil {
			t.Error("a folder of root's stays behind with another user")
		}
	}
}

// A verdict is a memory: junk, or one that cannot be written, is none.
func TestVerdictFiles(t *testing.T) {
	m := verdicts{filepath.Join(t.TempDir(), "verdicts")}
	if m.last("ghcr.io", "x") != nil || m.read("ghcr.io") != nil {
		t.Error("a verdict of nothing")
	}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() { m.keep("ghcr.io", Verdict{TokenHash: hashOf(fmt.Sprint(i)), CheckedAt: noon}) })
	}
	all.Wait()
	v := m.read("ghcr.io")
	if v == nil || !v.CheckedAt.Equal(noon) {
		t.Errorf("%+v", v)
	}
	if names, _ := filepath.Glob(filepath.Join(m.dir, ".*")); len(names) > 0 {
		t.Errorf("left behind: %q", names)
	}
	for _, junk := range []string{"", "{", "[]", "null", "{}"} {
		if err := os.WriteFile(m.path("ghcr.io"), []byte(junk), 0o600); err != nil {
			t.Fatal(err)
		}
		if v := m.read("ghcr.io"); v != nil {
			t.Errorf("%q: %+v", junk, v)
		}
	}
	m.forget("ghcr.io")
	m.forget("ghcr.io")
	nowhere := verdicts{}
	nowhere.keep("ghcr.io", Verdict{})
	nowhere.forget("ghcr.io")
	if nowhere.last("ghcr.io", "x") != nil {
		t.Error("a verdict from nowhere")
	}
	blocked := verdicts{filepath.Join(m.dir, "file", "below")}
	if err := os.WriteFile(filepath.Join(m.dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	blocked.keep("ghcr.io", Verdict{TokenHash: "x"})
}
