package engine

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestInstalled(t *testing.T) {
	for _, c := range []struct {
		onPath []string
		want   []Engine
	}{
		{nil, both},
		{[]string{"docker"}, []Engine{Docker}},
		{[]string{"podman"}, []Engine{Podman}},
		{[]string{"skopeo", "docker"}, both},
		{[]string{"crane"}, both},
	} {
		env := Env{LookPath: func(name string) (string, error) {
			if slices.Contains(c.onPath, name) {
				return "/usr/bin/" + name, nil
			}
			return "", errors.New("not there")
		}}
		if got := Installed(env); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.onPath, got, c.want)
		}
	}
}

// Where docker and podman look, on each OS. Sources: config.go of
// containers/image, config.go of docker/cli.
func TestPaths(t *testing.T) {
	home := t.TempDir()
	in := func(name string) string { return filepath.Join(home, filepath.FromSlash(name)) }
	for name, c := range map[string]struct {
		goos           string
		vars           map[string]string
		docker, podman []string // in their order
		podmanTargets  []string
		helm           string
	}{
		"linux": {goos: "linux", vars: map[string]string{"XDG_RUNTIME_DIR": in("run")},
			docker:        []string{".docker/config.json"},
			podman:        []string{"run/containers/auth.json", ".config/containers/auth.json", ".docker/config.json"},
			podmanTargets: []string{".config/containers/auth.json"}, helm: ".config/helm/registry/config.json"},
		"linux without a session": {goos: "linux", vars: map[string]string{"TMPDIR": in("tmp")},
			docker:        []string{".docker/config.json"},
			podman:        []string{"tmp/podman-run-2147483646/containers/auth.json", ".config/containers/auth.json", ".docker/config.json"},
			podmanTargets: []string{".config/containers/auth.json"}, helm: ".config/helm/registry/config.json"},
		"linux, XDG": {goos: "linux", vars: map[string]string{"XDG_RUNTIME_DIR": in("run"), "XDG_CONFIG_HOME": in("x")},
			docker:        []string{".docker/config.json"},
			podman:        []string{"run/containers/auth.json", "x/containers/auth.json", ".docker/config.json"},
			podmanTargets: []string{"x/containers/auth.json"}, helm: "x/helm/registry/config.json"},
		"DOCKER_CONFIG": {goos: "linux", vars: map[string]string{"DOCKER_CONFIG": in("dc"), "HELM_CONFIG_HOME": in("hc")},
			docker: []string{"dc/config.json"}, podman: []string{"dc/config.json"},
			podmanTargets: []string{".config/containers/auth.json", "dc/config.json"}, helm: "hc/registry/config.json"},
		"REGISTRY_AUTH_FILE": {goos: "linux", vars: map[string]string{"DOCKER_CONFIG": in("dc"), "REGISTRY_AUTH_FILE": in("r.json"), "HELM_REGISTRY_CONFIG": in("h.json")},
			docker: []string{"dc/config.json"}, podman: []string{"r.json"}, podmanTargets: []string{"r.json"}, helm: "h.json"},
		"macOS": {goos: "darwin", vars: map[string]string{"XDG_CONFIG_HOME": in("x")},
			docker:        []string{".docker/config.json"},
			podman:        []string{".config/containers/auth.json", "x/containers/auth.json", ".docker/config.json"},
			podmanTargets: []string{".config/containers/auth.json"}, helm: "x/helm/registry/config.json"},
		"Windows": {goos: "windows", vars: map[string]string{"APPDATA": in("roaming"), "XDG_RUNTIME_DIR": in("run")},
			docker:        []string{".docker/config.json"},
			podman:        []string{".config/containers/auth.json", ".docker/config.json"},
			podmanTargets: []string{".config/containers/auth.json"}, helm: "roaming/helm/registry/config.json"},
	} {
		t.Run(name, func(t *testing.T) {
			env, err := Env{Dir: in("own"), Home: home, GOOS: c.goos,
				Getenv: func(name string) string { return c.vars[name] },
				Getuid: func() int { return 1<<31 - 2 }}.real()
			if err != nil {
				t.Fatal(err)
			}
			check := func(what string, got []string, want ...string) {
				for i := range want {
					want[i] = in(want[i])
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s: %v\nwant %v", what, got, want)
				}
			}
			check("docker", env.order(Docker), c.docker...)
			check("podman", env.order(Podman), c.podman...)
			check("podman's targets", env.targets(Podman), c.podmanTargets...)
			check("helm", []string{env.helmFile()}, c.helm)
		})
	}
}

// Without XDG_RUNTIME_DIR podman has a folder of its own; /run/containers is root's.
func TestSessionWithoutAVariable(t *testing.T) {
	for name, c := range map[string]struct {
		uid   int
		make  string
		want  string
		isOwn bool // and may be written
	}{
		"root":          {0, "", filepath.FromSlash("/run/containers/0/auth.json"), true},
		"not there yet": {1<<31 - 2, "", "podman-run-2147483646/containers/auth.json", false},
		"there":         {1<<31 - 2, "podman-run-2147483646", "podman-run-2147483646/containers/auth.json", true},
		"no folder":     {1<<31 - 2, "podman-run-2147483646/file", "", false},
	} {
		w := newWorld(t)
		w.vars = map[string]string{"TMPDIR": w.path("tmp")}
		w.Env.Getenv = func(name string) string { return w.vars[name] }
		w.Env.Getuid = func() int { return c.uid }
		if dir, isFile := strings.CutSuffix(c.make, "/file"); isFile {
			w.write("tmp/"+dir, "")
		} else if err := os.MkdirAll(w.path("tmp/"+dir), 0o700); err != nil {
			t.Fatal(err)
		}
		want := c.want
		if want != "" && !filepath.IsAbs(want) && c.uid != 0 {
			want = w.path("tmp/" + want)
		}
		if got := w.Env.runtimeFile(); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if got := w.Env.hasSession(); got != c.isOwn {
			t.Errorf("%s: may be written: %t", name, got)
		}
	}
}

func TestNames(t *testing.T) {
	for key, want := range map[string]bool{
		"ghcr.io": true, "https://ghcr.io": true, "http://ghcr.io/v2/": true, "ghcr.io/owner/app": true,
		"GHCR.io": true, "ghcr.io:443": true, "ghcr.io:5000": false, "ghcr.io.evil.example": false,
		"evil.example/ghcr.io": false, "": false, "https://": false, "xghcr.io": false,
	} {
		if got := names(key, ghcr); got != want {
			t.Errorf("names(%q) = %t", key, got)
		}
	}
}
