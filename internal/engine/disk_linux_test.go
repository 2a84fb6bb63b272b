package engine

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

// mount puts a file system in memory on dir until the test ends.
func mount(t *testing.T, dir, options string) {
	t.Helper()
	if os.Getuid() != 0 {
		keyringtest.Skip(t, "mounting needs root")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		keyringtest.Skip(t, "cannot mount here: "+err.Error())
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// fill leaves no room in dir.
func fill(t *testing.T, dir string) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(bytes.Repeat([]byte("x"), 4096))
	}
	_ = f.Close()
}

// On a full disk nothing is lost: not of the file, and the error says why.
func TestFullDisk(t *testing.T) {
	w := newWorld(t)
	mount(t, w.path(".docker"), "size=64k")
	text := "{\n\t\"auths\": {\"quay.io\": {\"auth\": \"eDp5\"}},\n\t\"x\": \"" + strings.Repeat("x", 5000) + "\"\n}"
	w.write(".docker/config.json", text)
	fill(t, w.path(".docker"))
	before := w.tree()
	_, err := w.plan(Docker).Apply(t.Context())
	if err == nil || !strings.Contains(err.Error(), "no space left on device") || !strings.Contains(err.Error(), w.path(".docker/config.json")) {
		t.Errorf("error: %v", err)
	}
	if now := w.tree(); !reflect.DeepEqual(before, now) {
		t.Error("something changed")
	}
	remove(t, w.path(".docker/filler"))
	w.configure(ghcr, Docker)
	fill(t, w.path(".docker"))
	p, err := PlanUnconfigure(t.Context(), w.Env, both, ghcr)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Apply(t.Context()); err == nil {
		t.Error("a full disk, and no error")
	}
	remove(t, w.path(".docker/filler"))
	w.unconfigure(ghcr, Docker) // the way back is still known
	w.want(".docker/config.json", text)
}

// No room for the record: then no edit is made that could not be taken back.
func TestFullDiskForTheRecord(t *testing.T) {
	w := newWorld(t)
	mount(t, w.Env.Dir, "size=64k,mode=700")
	w.write(".docker/config.json", `{}`)
	write(t, filepath.Join(w.Env.Dir, "configure.lock"), "")
	fill(t, w.Env.Dir)
	done, err := w.plan(both...).Apply(t.Context())
	if err == nil || len(done) != 0 || !strings.Contains(err.Error(), "no space left on device") {
		t.Errorf("%d changes, %v", len(done), err)
	}
	w.want(".docker/config.json", `{}`)
	w.want(".config/containers/auth.json", "none")
}

// A folder that is read-only, as home-manager's and NixOS's are.
func TestReadOnlyFolder(t *testing.T) {
	w := newWorld(t)
	mount(t, w.path(".docker"), "size=64k")
	w.write(".docker/config.json", `{"a": 1}`)
	if err := syscall.Mount("", w.path(".docker"), "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	done, err := w.plan(both...).Apply(t.Context())
	if err == nil || !strings.Contains(err.Error(), "read-only file system") || strings.Contains(err.Error(), "\n") {
		t.Errorf("error: %v", err)
	}
	if paths := w.paths(done); !slices.Equal(paths, podmanFiles) {
		t.Errorf("changed: %v", paths)
	}
	w.want(".docker/config.json", `{"a": 1}`)
	if text := w.contents(".config/" + binary + "/configured.json"); strings.Contains(text, ".docker") {
		t.Errorf("the record speaks of what was not done: %s", text)
	}
}

// Under sudo a person's files stay theirs, and new ones become theirs.
func TestOwnerStays(t *testing.T) {
	if os.Getuid() != 0 {
		keyringtest.Skip(t, "only root can give files away")
	}
	w := newWorld(t)
	w.write(".docker/config.json", `{}`)
	w.write(".config/containers/readme", "")
	for name, mode := range map[string]os.FileMode{".docker/config.json": 0o640, ".config/containers": 0o700} {
		if err := os.Chown(w.path(name), 12345, 2345); err != nil {
			keyringtest.Skip(t, "cannot give files away here: "+err.Error())
		}
		if err := os.Chmod(w.path(name), mode); err != nil {
			t.Fatal(err)
		}
	}
	w.configure(ghcr, both...)
	for name, mode := range map[string]os.FileMode{".docker/config.json": 0o640, ".config/containers/auth.json": 0o600} {
		info, err := os.Stat(w.path(name))
		if err != nil {
			t.Fatal(err)
		}
		owner := info.Sys().(*syscall.Stat_t)
		if info.Mode() != mode || owner.Uid != 12345 || owner.Gid != 2345 {
			t.Errorf("%s: %v, owner %d:%d", name, info.Mode(), owner.Uid, owner.Gid)
		}
	}
}

// A pipe in the file's place must not keep us waiting.
func TestPipeForAFile(t *testing.T) {
	w := newWorld(t)
	w.write(".docker/readme", "")
	if err := syscall.Mkfifo(w.path(".docker/config.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := w.plan(Docker)
	if len(p.Changes) != 0 || len(p.Findings) != 1 || p.Findings[0].Kind != BadFile || !strings.Contains(p.Findings[0].Err.Error(), "not a regular file") {
		t.Errorf("plan: %+v", p)
	}
}
