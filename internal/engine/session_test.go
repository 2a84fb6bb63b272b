package engine

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Podman's file of the session comes first, and podman login writes there: it
// names the helper, whatever else it holds.
func TestRuntimeFile(t *testing.T) {
	login := fmt.Sprintf(`{"auths": {"ghcr.io": {"auth": "%s"}}}`, basic("mona", sampleToken()))
	for text, defeats := range map[string]bool{
		login: true, `{"auths": {"ghcr.io": {}}}`: false, `{"auths": {"quay.io": {"auth": "YTpi"}}}`: false,
		`{"credHelpers": {"ghcr.io": "x"}}`: true, ``: true, "none": false, `{"credHelpers": {"quay.io": "x"}}`: false,
	} {
		w := newWorld(t)
		if text != "none" {
			w.write("run/containers/auth.json", text)
		}
		w.configure(ghcr, Podman)
		w.want(".config/containers/auth.json", fresh)
		if now := w.contents("run/containers/auth.json"); !strings.Contains(now, `"ghcr.io": "ghcr"`) {
			t.Errorf("%q became %q", text, now)
		}
		if p := w.plan(Podman); !p.Effective(Podman) || len(p.Changes) > 0 {
			t.Errorf("%q: not effective: %+v", text, p.Findings)
		}
		w.unconfigure(ghcr, Podman)
		w.want("run/containers/auth.json", text)

		w.write(".config/containers/auth.json", fresh)
		if p := w.plan(Podman); p.Effective(Podman) == defeats || len(p.Changes) != 1 || p.Changes[0].ForLogin == defeats {
			t.Errorf("%q: effective: %t, changes: %+v", text, p.Effective(Podman), p.Changes)
		}
	}
}

// Where podman's file of the session is not ours to make, nothing is made, and
// nothing fails.
func TestNoSession(t *testing.T) {
	for name, change := range map[string]func(w *world){
		"none":          func(w *world) { delete(w.vars, "XDG_RUNTIME_DIR") },
		"it has ended":  func(w *world) { w.endSession() },
		"no whole path": func(w *world) { w.vars["XDG_RUNTIME_DIR"] = "run" },
	} {
		w := newWorld(t)
		change(w)
		before := w.tree()
		if paths := w.paths(w.configure(ghcr, Podman)); !slices.Equal(paths, podmanFiles[:1]) {
			t.Errorf("%s: changed: %v", name, paths)
		}
		if p := w.plan(Podman); !p.Effective(Podman) || len(p.Changes) > 0 {
			t.Errorf("%s: not effective: %+v", name, p.Findings)
		}
		w.unconfigure(ghcr, Podman)
		if now := w.tree(); !reflect.DeepEqual(before, now) {
			t.Errorf("%s: after unconfigure: %v\nwant %v", name, now, before)
		}
	}
}

// A file that is only for podman login does not make configure fail.
func TestSessionCannotBeWritten(t *testing.T) {
	w := newWorld(t)
	w.write("run/containers", "a file where the folder should be")
	if paths := w.paths(w.configure(ghcr, Podman)); !slices.Equal(paths, podmanFiles[:1]) {
		t.Errorf("changed: %v", paths)
	}
	if got := w.contents(".config/" + binary + "/configured.json"); strings.Contains(got, w.path("run")) {
		t.Errorf("the record speaks of what was not done: %s", got)
	}
}

// What a reboot has removed is no defect and no loss.
func TestReboot(t *testing.T) {
	w := newWorld(t)
	before := w.tree()
	w.configure(ghcr, both...)
	record := w.contents(".config/" + binary + "/configured.json")
	w.reboot()
	if p := w.plan(both...); !p.Effective(Podman) || !p.Effective(Docker) || len(p.Findings) > 0 {
		t.Errorf("not effective: %+v", p.Findings)
	}
	if paths := w.paths(w.configure(ghcr, both...)); !slices.Equal(paths, podmanFiles[1:]) {
		t.Errorf("changed: %v", paths)
	}
	w.want(".config/"+binary+"/configured.json", record)
	w.reboot()
	w.unconfigure(ghcr, both...)
	if now := w.tree(); !reflect.DeepEqual(before, now) {
		t.Errorf("after unconfigure: %v\nwant %v", now, before)
	}
}
