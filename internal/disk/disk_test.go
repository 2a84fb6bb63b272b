package disk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// patience is far more than anything here takes.
const patience = time.Minute

func TestLockLetsOneIn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "lock")
	var inside, total atomic.Int64 // the race detector knows nothing of locks of files
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			err := WithLock(t.Context(), path, patience, func() error {
				if n := inside.Add(1); n != 1 {
					t.Errorf("%d are inside", n)
				}
				total.Add(1)
				inside.Add(-1)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := total.Load(); n != 20 {
		t.Errorf("%d were inside", n)
	}
}

// The error of what was done under the lock is told as it is, whatever it is.
func TestLockHandsErrorsOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	for _, want := range []error{nil, errors.New("mine"), context.DeadlineExceeded, fs.ErrNotExist} {
		err := WithLock(t.Context(), path, patience, func() error { return want })
		var lock *LockError
		if err != want || errors.As(err, &lock) {
			t.Errorf("%v became %v", want, err)
		}
	}
}

func TestLockCannotBeHad(t *testing.T) {
	dir := t.TempDir()
	path, file := filepath.Join(dir, "lock"), filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	other := flock.New(path)
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		path string
		wait time.Duration
		text string
		is   error
	}{
		"held by another":          {t.Context(), path, 20 * time.Millisecond, "another process has the lock " + path + ": end it, or try again", context.DeadlineExceeded},
		"held, and no more time":   {late, path, patience, "another process has the lock " + path + ": end it, or try again", context.DeadlineExceeded},
		"the caller has given up":  {cancelled, path, patience, "context canceled", context.Canceled},
		"no folder":                {t.Context(), filepath.Join(file, "below", "lock"), patience, "cannot make the folder " + filepath.Join(file, "below") + ": ", nil},
		"a folder in its place":    {t.Context(), dir, patience, "cannot lock " + dir + ": is a directory", nil},
		"a name of several lines":  {cancelled, filepath.Join(dir, "a\nb"), patience, "context canceled", context.Canceled},
		"a folder that is no file": {t.Context(), filepath.Join(file, "a\nb", "lock"), patience, `a\nb": `, nil},
	} {
		err := WithLock(c.ctx, c.path, c.wait, func() error { t.Errorf("%s: inside", name); return nil })
		var lock *LockError
		if !errors.As(err, &lock) || lock.Path != c.path || !strings.Contains(err.Error(), c.text) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %s", name, err, c.text)
		}
		if c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v is not %v", name, err, c.is)
		}
	}
}

func TestTarget(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	if err := os.MkdirAll(in("real/deep"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in("real/file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for link, goal := range map[string]string{
		"link": "real/file", "folder": "real/deep", "real/deep/up": "../file", "dangling": "real/none", "far": "none/none",
		"twice": "link", "loop": "pool", "pool": "loop", "absolute": in("real/file"),
	} {
		if err := os.Symlink(filepath.FromSlash(goal), in(link)); err != nil {
			t.Skipf("no links here: %v", err)
		}
	}
	for name, want := range map[string]string{
		"real/file": "real/file", "link": "real/file", "twice": "real/file", "absolute": "real/file",
		"folder/up": "real/file", // relative to the folder where the link really lies
		"dangling":  "real/none", "far": "none/none", "real/none": "real/none", "folder/none": "real/deep/none",
	} {
		if got, err := Target(in(name)); err != nil || got != in(want) {
			t.Errorf("%s: %s, %v; want %s", name, got, err, in(want))
		}
	}
	if got, err := Target(in("loop")); err == nil {
		t.Errorf("a loop leads to %s", got)
	}
}

func TestReason(t *testing.T) {
	cause := errors.New("no space\nleft")
	for _, err := range []error{
		cause,
		&fs.PathError{Op: "write", Path: "/secret/place", Err: cause},
		&os.LinkError{Op: "rename", Old: "/secret/a", New: "/secret/b", Err: cause},
		fmt.Errorf("oh: %w", &fs.PathError{Op: "write", Path: "/secret/place", Err: cause}),
	} {
		if got := Reason(err); got != "no space left" {
			t.Errorf("%v: %q", err, got)
		}
	}
}

func TestShow(t *testing.T) {
	for path, want := range map[string]string{
		"/home/mona/a b.json": "/home/mona/a b.json",
		"/home/möna":          "/home/möna",
		"/home/\x1b[31m\nx":   `"/home/\x1b[31m\nx"`,
	} {
		if got := Show(path); got != want {
			t.Errorf("%q: %s, want %s", path, got, want)
		}
	}
}
