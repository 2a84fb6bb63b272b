package engine

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

var both = []Engine{Docker, Podman}

// world is a home folder with docker and podman, and a session's folder run, for
// tests.
type world struct {
	t    testing.TB
	Home string
	Env  Env
	vars map[string]string
}

func newWorld(t testing.TB) *world {
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, Home: home, vars: map[string]string{
		"XDG_RUNTIME_DIR": filepath.Join(home, "run"), "TMPDIR": filepath.Join(home, "tmp"),
	}}
	self := filepath.Join(home, "bin", binary)
	w.Env = Env{
		Dir:    filepath.Join(home, ".config", binary),
		Home:   home,
		GOOS:   "linux",
		Self:   self,
		Getenv: func(name string) string { return w.vars[name] },
		Getuid: func() int { return 1<<31 - 2 }, // nobody's: without XDG_RUNTIME_DIR it has no /run/user
		LookPath: func(name string) (string, error) {
			path := filepath.Join(home, "bin", name)
			_, err := os.Stat(path)
			return path, err
		},
	}
	write(t, self, "the program")
	if err := os.Mkdir(filepath.Join(home, "run"), 0o700); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) path(name string) string     { return filepath.Join(w.Home, filepath.FromSlash(name)) }
func (w *world) write(name, text string)     { w.t.Helper(); write(w.t, w.path(name), text) }
func (w *world) contents(name string) string { w.t.Helper(); return contents(w.t, w.path(name)) }
func (w *world) want(name, text string)      { w.t.Helper(); w.wantText(name, w.contents(name), text) }
func (w *world) wantText(name, now, text string) {
	w.t.Helper()
	if now != text {
		w.t.Errorf("%s is\n%s\nwant\n%s", name, now, text)
	}
}

func (w *world) plan(engines ...Engine) Plan {
	w.t.Helper()
	p, err := PlanConfigure(w.t.Context(), w.Env, engines, ghcr)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) configure(registry string, engines ...Engine) []Change {
	w.t.Helper()
	p, err := PlanConfigure(w.t.Context(), w.Env, engines, registry)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.apply(p)
}

func (w *world) unconfigure(registry string, engines ...Engine) []Change {
	w.t.Helper()
	p, err := PlanUnconfigure(w.t.Context(), w.Env, engines, registry)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.apply(p)
}

func (w *world) apply(p Plan) []Change {
	w.t.Helper()
	done, err := p.Apply(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return done
}

// podmanFiles are the files that configure makes for podman on a fresh machine.
var podmanFiles = []string{".config/containers/auth.json", "run/containers/auth.json"}

// paths are the files that were changed, below home.
func (w *world) paths(changes []Change) (names []string) {
	for _, c := range changes {
		name, err := filepath.Rel(w.Home, c.Path)
		if err != nil {
			w.t.Fatal(err)
		}
		names = append(names, filepath.ToSlash(name))
	}
	return names
}

func (w *world) endSession() {
	w.t.Helper()
	if err := os.RemoveAll(w.path("run")); err != nil {
		w.t.Fatal(err)
	}
}

// reboot removes what a reboot does.
func (w *world) reboot() {
	w.t.Helper()
	w.endSession()
	if err := os.Mkdir(w.path("run"), 0o700); err != nil {
		w.t.Fatal(err)
	}
}

// tree is every file below home with its mode and contents.
func (w *world) tree() map[string]string {
	w.t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(w.Home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(w.Home, path)
		info, err := entry.Info()
		if err != nil {
			return err
		}
		all[name] = info.Mode().String()
		if info.Mode().IsRegular() {
			all[name] += " " + contents(w.t, path)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	// What remains of us: the lock, and the folder it lies in.
	for _, name := range []string{".config", ".config/" + binary, ".config/" + binary + "/configure.lock"} {
		delete(all, filepath.FromSlash(name))
	}
	return all
}
