package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/gofrs/flock"
)

func (w *world) keep(words ...string) error {
	w.t.Helper()
	return KeepPodman(w.t.Context(), w.Env, words, ghcr)
}

const session = "run/containers/auth.json"

// After a reboot the first login puts podman's file of the session right, just
// as configure would.
func TestKeepPodman(t *testing.T) {
	for _, c := range []struct {
		argv string
		want bool
	}{
		{"podman login ghcr.io", true},
		{"/usr/bin/podman --log-level debug login -u mona ghcr.io", true},
		{"podman-remote login ghcr.io", true},
		{"buildah login ghcr.io", true},
		{"buildah-in-a-user-namespace login ghcr.io", true},
		{"skopeo login ghcr.io", true},
		{"docker login ghcr.io", false},
		{"crane auth login ghcr.io", false},
		{"", false},
	} {
		w := newWorld(t)
		before := w.tree()
		w.configure(ghcr, both...)
		configured := w.tree()
		w.reboot()
		if err := w.keep(strings.Fields(c.argv)...); err != nil {
			t.Errorf("%q: %v", c.argv, err)
		}
		if now := w.tree(); reflect.DeepEqual(configured, now) != c.want {
			t.Errorf("%q: %v\nwant %v", c.argv, now, configured)
		}
		w.unconfigure(ghcr, both...)
		if now := w.tree(); !reflect.DeepEqual(before, now) {
			t.Errorf("%q: after unconfigure: %v\nwant %v", c.argv, now, before)
		}
	}
}

// Only what configure did is done anew, and only where it is missing.
func TestKeepPodmanLeavesAlone(t *testing.T) {
	login := fmt.Sprintf(`{"auths": {"quay.io": {"auth": "%s"}}}`, basic("mona", sampleToken()))
	for name, c := range map[string]struct {
		change func(w *world)
		want   string // in podman's file of the session
		fails  bool
	}{
		"nothing was configured":     {func(*world) {}, "none", false},
		"only docker was configured": {func(w *world) { w.configure(ghcr, Docker) }, "none", false},
		"another registry was configured": {func(w *world) {
			w.configure("containers.octo.ghe.com", both...)
			w.reboot()
		}, "none", false},
		"it was taken back": {func(w *world) {
			w.configure(ghcr, both...)
			w.unconfigure(ghcr, both...)
		}, "none", false},
		"it was taken back from podman": {func(w *world) {
			w.configure(ghcr, both...)
			w.unconfigure(ghcr, Podman)
		}, "none", false},
		"it is right": {func(w *world) { w.configure(ghcr, both...) }, fresh, false},
		"a login of another registry": {func(w *world) {
			w.configure(ghcr, both...)
			w.write(session, login)
		}, strings.TrimSuffix(login, "}") + `, "credHelpers": {"ghcr.io": "ghcr"}}`, false},
		"another helper": {func(w *world) {
			w.configure(ghcr, both...)
			w.write(session, `{"credHelpers": {"ghcr.io": "pass"}}`)
		}, `{"credHelpers": {"ghcr.io": "pass"}}`, false},
		"a broken file": {func(w *world) {
			w.configure(ghcr, both...)
			w.write(session, `{`)
		}, `{`, true},
		"a damaged record": {func(w *world) {
			w.configure(ghcr, both...)
			w.reboot()
			w.write(".config/"+binary+"/configured.json", `{`)
		}, "none", true},
		"no session": {func(w *world) {
			w.configure(ghcr, both...)
			w.reboot()
			delete(w.vars, "XDG_RUNTIME_DIR")
		}, "none", false},
		"a session that ended": {func(w *world) {
			w.configure(ghcr, both...)
			w.endSession()
		}, "none", false},
		"one file for all": {func(w *world) {
			w.configure(ghcr, both...)
			w.reboot()
			w.vars["REGISTRY_AUTH_FILE"] = w.path("one.json")
		}, "none", false},
		"no config folder": {func(w *world) {
			w.configure(ghcr, both...)
			w.reboot()
			w.Env.Dir = ""
		}, "none", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.change(w)
			before := w.tree()
			if err := w.keep("podman", "login", "ghcr.io"); (err != nil) != c.fails {
				t.Errorf("error: %v", err)
			}
			w.want(session, c.want)
			if after := w.tree(); w.contents(session) == "none" && !reflect.DeepEqual(before, after) {
				t.Errorf("it wrote: %v\nwant %v", after, before)
			}
		})
	}
}

// A login does not wait for another process of ours for long, nor for a caller
// that has given up.
func TestKeepPodmanDoesNotWait(t *testing.T) {
	w := newWorld(t)
	w.configure(ghcr, both...)
	w.reboot()
	lock := flock.New(filepath.Join(w.Env.Dir, "configure.lock"))
	if err := lock.Lock(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	if err := w.keep("podman", "login", "ghcr.io"); err == nil || !strings.Contains(err.Error(), "another process has the lock") {
		t.Errorf("beside another process: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := KeepPodman(ctx, w.Env, []string{"podman", "login"}, ghcr); err == nil {
		t.Error("cancelled, and no error")
	}
	w.want(session, "none")
}

// Under sudo -E the session is somebody else's.
func TestSessionOfAnother(t *testing.T) {
	w := newWorld(t)
	if os.Getuid() != 0 || os.Chown(w.path("run"), 12345, 2345) != nil {
		t.Skip("only root can give files away")
	}
	w.configure(ghcr, both...)
	w.want(session, "none")
	if err := w.keep("podman", "login", "ghcr.io"); err != nil {
		t.Error(err)
	}
	w.want(session, "none")
}
