package engine

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

const fresh = "{\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"ghcr\"\n\t}\n}\n"

func TestFreshMachine(t *testing.T) {
	w := newWorld(t)
	before := w.tree()
	p := w.plan(both...)
	if !reflect.DeepEqual(before, w.tree()) {
		t.Error("planning wrote something")
	}
	if p.Effective(Docker) || p.Effective(Podman) {
		t.Error("effective before anything was done")
	}
	done := w.apply(p)
	if paths := w.paths(done); !slices.Equal(paths, append([]string{".docker/config.json"}, podmanFiles...)) {
		t.Errorf("changed: %v", paths)
	}
	for i, c := range done {
		if !c.Creates || slices.Contains(c.Engines, Podman) != (i > 0) || c.ForLogin != (i == 2) {
			t.Errorf("%s: %+v", c.Path, c)
		}
		w.wantText(c.Path, contents(t, c.Path), fresh)
		if runtime.GOOS == "windows" {
			continue
		}
		if info, err := os.Stat(c.Path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", c.Path, info.Mode(), err)
		}
		if info, err := os.Stat(filepath.Dir(c.Path)); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: folder's mode %v, %v", c.Path, info.Mode(), err)
		}
	}
	p = w.plan(both...)
	if len(p.Changes) != 0 || !p.Effective(Docker) || !p.Effective(Podman) {
		t.Errorf("after configure: %d changes, %+v", len(p.Changes), p.Findings)
	}
	w.unconfigure(ghcr, both...)
	if now := w.tree(); !reflect.DeepEqual(before, now) {
		t.Errorf("after unconfigure: %v\nwant %v", now, before)
	}
}

// A file that is right is not written.
func TestRightFileIsNotTouched(t *testing.T) {
	w := newWorld(t)
	w.write(".docker/config.json", `{"credHelpers":{"ghcr.io":"ghcr"},"auths":{"ghcr.io":{}}}`)
	long := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(w.path(".docker/config.json"), long, long); err != nil {
		t.Fatal(err)
	}
	if done := w.configure(ghcr, Docker); len(done) != 0 {
		t.Errorf("%d changes", len(done))
	}
	if info, err := os.Stat(w.path(".docker/config.json")); err != nil || !info.ModTime().Equal(long) {
		t.Errorf("written at %v, %v", info.ModTime(), err)
	}
	if got := w.contents(".config/" + binary + "/configured.json"); got != "none" {
		t.Errorf("record of nothing: %s", got)
	}
	// Unconfigure means that docker asks us no more, whoever wrote the entry.
	w.unconfigure(ghcr, Docker)
	w.want(".docker/config.json", `{"credHelpers":{},"auths":{"ghcr.io":{}}}`)
}

func TestUnconfigureRestores(t *testing.T) {
	w := newWorld(t)
	text := "{\r\n  \"credHelpers\": {\r\n    \"ghcr.io\": \"desktop\"\r\n  },\r\n  \"plugins\": {\"x\": {\"a\": \"b\"}}\r\n}\r\n"
	w.write(".docker/config.json", text)
	w.configure(ghcr, both...)
	w.want(".docker/config.json", strings.Replace(text, "desktop", "ghcr", 1))
	w.unconfigure(ghcr, Podman)
	w.want(".docker/config.json", strings.Replace(text, "desktop", "ghcr", 1))
	w.want(".config/containers/auth.json", "none")
	w.unconfigure(ghcr, Docker)
	w.want(".docker/config.json", text)
	w.want(".config/"+binary+"/configured.json", "none")
	if done := w.unconfigure(ghcr, both...); len(done) != 0 {
		t.Errorf("a second unconfigure changed %d files", len(done))
	}
}

// A person's edits between configure and unconfigure, also of the record's
// subject: the record must not outlive them.
func TestRecordFollowsPeople(t *testing.T) {
	w := newWorld(t)
	w.configure(ghcr, Docker)
	w.write(".docker/config.json", `{}`) // now it is theirs
	w.configure(ghcr, Docker)
	w.unconfigure(ghcr, Docker)
	w.want(".docker/config.json", `{}`)

	w.write(".docker/config.json", `{"credHelpers": {"ghcr.io": "a"}}`)
	w.configure(ghcr, Docker)
	w.write(".docker/config.json", `{"credHelpers": {"ghcr.io": "b"}}`)
	w.configure(ghcr, Docker)
	w.unconfigure(ghcr, Docker)
	w.want(".docker/config.json", `{"credHelpers": {"ghcr.io": "b"}}`)

	w.configure(ghcr, Docker)
	if err := os.Remove(w.path(".docker/config.json")); err != nil {
		t.Fatal(err)
	}
	w.unconfigure(ghcr, Docker)
	w.want(".docker/config.json", "none")
	w.want(".config/"+binary+"/configured.json", "none")

	// Docker and podman leave empty auths in a file that was ours.
	w.configure(ghcr, Docker)
	w.write(".docker/config.json", "{\n\t\"auths\": {},\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"ghcr\"\n\t}\n}")
	w.unconfigure(ghcr, Docker)
	w.want(".docker/config.json", "none")
}

func TestTwoRegistriesInOneFile(t *testing.T) {
	const other = "containers.octo.ghe.com"
	for _, order := range [][2]string{{ghcr, other}, {other, ghcr}} {
		w := newWorld(t)
		before := w.tree()
		w.configure(ghcr, both...)
		w.configure(other, both...)
		w.unconfigure(order[0], both...)
		if got := w.contents(".docker/config.json"); strings.Contains(got, order[0]) || !strings.Contains(got, order[1]) {
			t.Errorf("after unconfigure of %s: %s", order[0], got)
		}
		w.unconfigure(order[1], both...)
		if now := w.tree(); !reflect.DeepEqual(before, now) {
			t.Errorf("after both: %v", now)
		}
	}
}

// The environment may lead elsewhere when configure is taken back.
func TestEnvironmentDecides(t *testing.T) {
	w := newWorld(t)
	w.vars["DOCKER_CONFIG"] = w.path("dc")
	w.vars["REGISTRY_AUTH_FILE"] = w.path("ra/my.json")
	w.configure(ghcr, both...)
	w.want("dc/config.json", fresh)
	w.want("ra/my.json", fresh)
	w.want(".docker/config.json", "none")
	w.want(".config/containers/auth.json", "none")
	clear(w.vars)
	w.unconfigure(ghcr, both...)
	w.want("dc/config.json", "none")
	w.want("ra/my.json", "none")

	// With DOCKER_CONFIG podman reads that file alone; skopeo reads auth.json.
	w.vars["DOCKER_CONFIG"] = w.path("dc")
	w.vars["XDG_CONFIG_HOME"] = w.path("xdg")
	done := w.configure(ghcr, both...)
	w.want("dc/config.json", fresh)
	w.want("xdg/containers/auth.json", fresh)
	if len(done) != 2 || !slices.Equal(done[0].Engines, both) {
		t.Errorf("changes: %+v", done)
	}
}

// A link into a folder of dotfiles stays a link, and its target is edited; so
// does one that points to nothing yet.
func TestLinks(t *testing.T) {
	w := newWorld(t)
	w.write("dotfiles/docker/config.json", "{\n  \"a\": 1\n}\n")
	w.write(".config/containers/readme", "")
	for link, goal := range map[string]string{
		".docker":                      "dotfiles/docker",
		".config/containers/auth.json": "../../dotfiles/podman/auth.json",
	} {
		if err := os.Symlink(filepath.FromSlash(goal), w.path(link)); err != nil {
			t.Skipf("no links here: %v", err)
		}
	}
	before := w.tree()
	w.configure(ghcr, both...)
	w.want("dotfiles/docker/config.json", "{\n  \"a\": 1,\n  \"credHelpers\": {\n    \"ghcr.io\": \"ghcr\"\n  }\n}\n")
	w.want("dotfiles/podman/auth.json", fresh)
	for _, link := range []string{".docker", ".config/containers/auth.json"} {
		if info, err := os.Lstat(w.path(link)); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is no link any more: %v", link, err)
		}
	}
	w.unconfigure(ghcr, both...)
	if now := w.tree(); !reflect.DeepEqual(before, now) {
		t.Errorf("after unconfigure: %v\nwant %v", now, before)
	}
}

// One file under two names is edited once.
func TestOneFileForBoth(t *testing.T) {
	w := newWorld(t)
	w.write(".docker/config.json", `{"a": 1}`)
	w.write(".config/containers/readme", "")
	if err := os.Symlink(w.path(".docker/config.json"), w.path(".config/containers/auth.json")); err != nil {
		t.Skipf("no links here: %v", err)
	}
	if err := os.Symlink(w.path(".docker"), w.path("run/containers")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("config.json", w.path(".docker/auth.json")); err != nil {
		t.Fatal(err)
	}
	if done := w.configure(ghcr, both...); len(done) != 1 || !slices.Equal(done[0].Engines, both) || done[0].ForLogin {
		t.Errorf("changes: %+v", done)
	}
	if p := w.plan(both...); !p.Effective(Docker) || !p.Effective(Podman) {
		t.Errorf("not effective: %+v", p.Findings)
	}
	w.unconfigure(ghcr, Podman)
	w.want(".docker/config.json", `{"a": 1}`)
}

func TestLinkLoop(t *testing.T) {
	w := newWorld(t)
	w.write(".docker/readme", "")
	if err := os.Symlink("config.json", w.path(".docker/config.json")); err != nil {
		t.Skipf("no links here: %v", err)
	}
	p := w.plan(Docker)
	if len(p.Changes) != 0 || len(p.Findings) == 0 || p.Findings[0].Kind != BadFile {
		t.Errorf("plan: %+v", p)
	}
}

// One bad file does not keep the other engine from its own.
func TestBadFileIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	text := "{\n\t\"auths\": {},\n\t// mine\n}\n"
	w.write(".docker/config.json", text)
	p := w.plan(both...)
	bad := slices.IndexFunc(p.Findings, func(f Finding) bool { return f.Kind == BadFile })
	if bad < 0 {
		t.Fatalf("findings: %+v", p.Findings)
	}
	f := p.Findings[bad]
	var place *FileError
	if !errors.As(f.Err, &place) || place.Line != 3 || place.Column != 2 || !f.Defeats || f.Mended || !slices.Contains(f.Engines, Docker) {
		t.Errorf("finding: %+v", f)
	}
	w.apply(p)
	w.want(".docker/config.json", text)
	w.want(".config/containers/auth.json", fresh)
	if _, err := PlanUnconfigure(t.Context(), w.Env, both, ghcr); err != nil {
		t.Error(err)
	}
}

// The mode stays, whatever it is.
func TestModeStays(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	for _, mode := range []fs.FileMode{0o644, 0o640, 0o600, 0o400} {
		w := newWorld(t)
		w.write(".docker/config.json", `{}`)
		if err := os.Chmod(w.path(".docker/config.json"), mode); err != nil {
			t.Fatal(err)
		}
		w.configure(ghcr, Docker)
		if info, err := os.Stat(w.path(".docker/config.json")); err != nil || info.Mode() != mode {
			t.Errorf("%v became %v, %v", mode, info.Mode(), err)
		}
		w.unconfigure(ghcr, Docker)
		if info, err := os.Stat(w.path(".docker/config.json")); err != nil || info.Mode() != mode {
			t.Errorf("%v came back as %v, %v", mode, info.Mode(), err)
		}
	}
}

func TestDamagedRecord(t *testing.T) {
	const docker = ".docker/config.json"
	w := newWorld(t)
	entry := func(members string) string {
		return `{"v": 1, "files": [{"path": "` + w.path(docker) + `", "engines": ["docker", "podman"], ` + members + `}]}`
	}
	step := func(members string) string { return entry(`"steps": [{"registry": "ghcr.io", ` + members + `}]`) }
	for text, want := range map[string]string{
		"{":                   "damaged",
		"[]":                  "damaged",
		`{"files": [{}]}`:     "damaged",
		`{"v": 2}`:            "later version",
		`null`:                "",
		`{"v": 1}`:            "",
		entry(`"steps": []`):  "",
		entry(`"blank": " "`): "",
		entry(`"blank": "x"`): "damaged",
		step(`"path": ["credHelpers", "ghcr.io"], "after": "\"ghcr\"", "inside": "\n"`): "",
		step(`"path": [], "after": "\"ghcr\""`):                                         "damaged",
		step(`"after": "\"ghcr\""`):                                                     "damaged",
		step(`"path": ["a", "b", "c"], "after": "\"ghcr\""`):                            "damaged",
		step(`"path": ["credHelpers"], "before": "GARBAGE{", "after": "{}"`):            "damaged",
		step(`"path": ["credHelpers"], "after": "x"`):                                   "damaged",
		step(`"path": ["credHelpers"], "after": "{}", "inside": "x"`):                   "damaged",
	} {
		w.write(".config/"+binary+"/configured.json", text)
		w.write(docker, `{"credHelpers":{"ghcr.io":"ghcr"}}`)
		_, configure := PlanConfigure(t.Context(), w.Env, both, ghcr)
		_, unconfigure := PlanUnconfigure(t.Context(), w.Env, both, ghcr)
		for _, err := range []error{configure, unconfigure, w.keep("podman", "login", "ghcr.io")} {
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}

func TestNotARegistry(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"", "https://ghcr.io", "ghcr.io/owner"} {
		if _, err := PlanConfigure(t.Context(), w.Env, both, name); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
}
