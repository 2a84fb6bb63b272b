//go:build linux

package faults

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

// mount puts a file system in memory on a folder of the home.
func (h *home) mount(name, options string) {
	h.t.Helper()
	if !isInside {
		keyringtest.Skip(h.t, "mounting needs root")
	}
	check(h.t, os.MkdirAll(h.path(name), 0o700))
	check(h.t, unix.Mount("tmpfs", h.path(name), "tmpfs", 0, "mode=700,"+options))
	h.t.Cleanup(func() { check(h.t, unix.Unmount(h.path(name), unix.MNT_DETACH)) })
}

// fill leaves no room in a folder.
func (h *home) fill(name string) {
	h.t.Helper()
	f, err := os.Create(filepath.Join(h.path(name), "filler"))
	check(h.t, err)
	for err == nil {
		_, err = f.Write(bytes.Repeat([]byte("x"), 4096))
	}
	_ = f.Close()
}

// A full disk: what is there stays in use, and what cannot be kept is an error.
func TestFullDisk(t *testing.T) {
	h := newHome(t)
	h.mount(".config", "size=96k")
	first, second := h.token(), h.token()
	h.keep("ghcr.io", first)
	h.fill(".config")
	h.get("docker push ghcr.io/o/app").gives(t, first)
	h.run(login("ghcr.io", second), "store").fails(t, "is not stored", "no space left on device")
	h.run(second, "login", "--with-token").fails(t, "is not stored", "no space left on device")
	h.get("docker push ghcr.io/o/app").gives(t, first)
	if r := h.run("", "list"); r.code != 0 || r.stdout != `{"ghcr.io":"mona"}`+"\n" {
		t.Errorf("list: %+v", r)
	}
	check(t, os.Remove(h.path(".config/filler")))
	h.run("", "erase", "x") // one word too many: nothing is erased
	if r := h.run(login("ghcr.io", second), "store"); r.code != 0 {
		t.Errorf("then a store: %+v", r)
	}
	h.get("docker push ghcr.io/o/app").gives(t, second)
	h.noLeftovers()
}

// noLeftovers wants no copies of files that were being written.
func (h *home) noLeftovers() {
	h.t.Helper()
	for _, pattern := range []string{".*", "secrets/.*"} {
		if left, _ := filepath.Glob(h.config(pattern)); len(left) > 0 {
			h.t.Errorf("copies are left: %v", left)
		}
	}
}

// A home that cannot be written, as in a container with --read-only.
func TestReadOnlyHome(t *testing.T) {
	h := newHome(t)
	h.mount("ro", "size=1m")
	h.setenv("HOME", h.path("ro"))
	h.setenv("XDG_RUNTIME_DIR", "")
	h.setenv("TMPDIR", h.path("ro"))
	first, second := h.token(), h.token()
	if r := h.run(login("ghcr.io", first), "store"); r.code != 0 {
		t.Fatalf("store: %+v", r)
	}
	check(t, unix.Mount("", h.path("ro"), "", unix.MS_REMOUNT|unix.MS_RDONLY, ""))
	h.get("docker push ghcr.io/o/app").gives(t, first)
	h.run(login("ghcr.io", second), "store").fails(t, "is not stored", "read-only file system")
	h.run(second, "login", "--with-token").fails(t, "is not stored", "read-only file system")
	if r := h.run("ghcr.io", "erase"); r.code != 0 || !r.says("is not erased") || !r.says("read-only file system") {
		t.Errorf("erase: %+v", r)
	}
	h.get("docker push ghcr.io/o/app").gives(t, first)
	h.setenv("GHCR_TOKEN", second)
	h.setenv("GHCR_USERNAME", "mona")
	h.get("docker push ghcr.io/o/app").gives(t, second)
}

// No HOME, as in some services: a token in the environment serves, the rest
// says what is missing, and nothing is written anywhere else.
func TestNoHome(t *testing.T) {
	h := newHome(t)
	token := h.token()
	for i, pair := range h.env {
		if strings.HasPrefix(pair, "HOME=") {
			h.env[i] = "HOME="
		}
	}
	before := h.names()
	const words = "no config folder: neither HOME nor XDG_CONFIG_HOME is set"
	h.get("docker pull ghcr.io/o/app").fails(t, words, "set HOME, or give a token in GHCR_TOKEN")
	h.run(login("ghcr.io", token), "store").fails(t, words)
	h.run(token, "login", "--with-token").fails(t, words)
	for _, command := range []string{"logout", "status", "migrate"} {
		if r := h.run("", command); r.code == 0 || !r.says("HOME") {
			t.Errorf("%s: %+v", command, r)
		}
	}
	if r := h.run("", "list"); r.code != 0 || r.stdout != "{}\n" {
		t.Errorf("list: %+v", r)
	}
	if r := h.run("ghcr.io", "erase"); r.code != 0 || !r.says(words) {
		t.Errorf("erase: %+v", r)
	}
	h.setenv("GHCR_TOKEN", token)
	h.setenv("GHCR_USERNAME", "mona")
	h.get("docker push ghcr.io/o/app").gives(t, token)
	if after := h.names(); after != before {
		t.Errorf("the folder held %s, and then %s", before, after)
	}
}

// names are the entries of the home, but for the runtime folder.
func (h *home) names() string {
	h.t.Helper()
	var names []string
	entries, err := os.ReadDir(h.dir)
	check(h.t, err)
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return strings.Join(names, " ")
}
