//go:build linux

package ci

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

// serve starts a server on loopback and gives its address.
func serve(t *testing.T, server *http.Server) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = server.Serve(ln) }()
	return "http://" + ln.Addr().String()
}

// recipe gives a file of docs/ci/README.md.
func recipe(t *testing.T, file string) string {
	t.Helper()
	for _, b := range blocks(t, "../../docs/ci/README.md") {
		if _, is, _ := strings.Cut(b.info, " "); is == file {
			return fill(b.text)
		}
	}
	t.Fatalf("docs/ci/README.md has no %s", file)
	return ""
}

// parse reads YAML as the pipeline does.
func parse[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("no YAML: %v\n%s", err, text)
	}
	return v
}

// pipelines find the script that builds and pushes in each recipe, and say with
// which variables the system runs it.
var pipelines = []struct {
	file   string
	env    []string
	script func(t *testing.T, text string) string
}{
	{".gitlab-ci.yml", []string{"CI_COMMIT_SHORT_SHA=abc1234"}, func(t *testing.T, text string) string {
		jobs := parse[map[string]struct {
			Variables map[string]string
			Script    []string
		}](t, text)
		return "export GHCR_USERNAME=" + jobs["push-image"].Variables["GHCR_USERNAME"] + "\n" + strings.Join(jobs["push-image"].Script, "\n")
	}},
	{"Jenkinsfile", []string{"BUILD_NUMBER=42"}, func(t *testing.T, text string) string {
		m := regexp.MustCompile(`(?s)sh '''(.*?)'''`).FindStringSubmatch(text)
		if m == nil || strings.Count(text, "{") != strings.Count(text, "}") {
			t.Fatal("no sh step, or unbalanced braces")
		}
		return m[1]
	}},
	{".circleci/config.yml", []string{"CIRCLE_SHA1=abc1234"}, func(t *testing.T, text string) string {
		config := parse[struct {
			Jobs map[string]struct{ Steps []any }
		}](t, text)
		steps := config.Jobs["push-image"].Steps
		return steps[len(steps)-1].(map[string]any)["run"].(map[string]any)["command"].(string)
	}},
	{"azure-pipelines.yml", []string{"BUILD_BUILDID=42"}, func(t *testing.T, text string) string {
		config := parse[struct {
			Steps []struct {
				Script string
				Env    map[string]string
			}
		}](t, text)
		last := config.Steps[len(config.Steps)-1]
		if last.Env["GHCR_TOKEN"] != "$(GHCR_TOKEN)" {
			t.Error("the token is not given to the step")
		}
		return last.Script
	}},
	{"push-to-ghcr.yaml", nil, func(t *testing.T, text string) string {
		task := parse[struct {
			Spec struct {
				Steps []struct {
					Script string
					Env    []struct{ Name, Value string }
				}
			}
		}](t, text)
		step := task.Spec.Steps[0]
		if step.Env[0].Name != "GHCR_TOKEN_FILE" || step.Env[0].Value != "/var/run/ghcr/token" {
			t.Errorf("env %v", step.Env)
		}
		// The token comes as a file, not as a variable.
		return "export GHCR_TOKEN_FILE=$PWD/token.txt; unset GHCR_TOKEN\n" + step.Script
	}},
}

// Each recipe's script builds and pushes, as it stands there.
func TestRecipes(t *testing.T) {
	for _, p := range pipelines {
		t.Run(p.file, func(t *testing.T) {
			keyringtest.Need(t, "buildah")
			script := p.script(t, recipe(t, p.file))
			r := newReader(t)
			r.dockerIsPodman()
			r.env = append(r.env, p.env...)
			if out, ok := r.shell(program + " configure"); !ok {
				t.Fatal(out)
			}
			r.env = append(r.env, "GHCR_TOKEN="+r.secrets["stored"])
			r.world.Reset()
			out, ok := r.shell(script)
			r.wants(out)
			if !ok {
				t.Fatalf("it fails:\n%s", out)
			}
			pushed := 0
			for _, request := range r.world.Requests() {
				if request.Method == http.MethodPut && strings.HasPrefix(request.Path, "/v2/mona/app/manifests/") && request.Status == http.StatusCreated {
					pushed++
				}
			}
			if pushed != 1 {
				t.Errorf("%d manifests arrived, want 1:\n%s", pushed, out)
			}
		})
	}
}

// dockerIsPodman puts podman in the place of docker, which has no daemon here.
func (r *runner) dockerIsPodman() {
	dir := r.t.TempDir()
	must(r.t, os.WriteFile(filepath.Join(dir, "docker"), []byte("#!/bin/sh\nexec podman \"$@\"\n"), 0o755))
	for i, v := range r.env {
		if path, found := strings.CutPrefix(v, "PATH="); found {
			r.env[i] = "PATH=" + dir + ":" + path
		}
	}
}

// The unit is one that systemd takes, and its command pulls with the credential
// that systemd would hand to it.
func TestSystemdUnit(t *testing.T) {
	keyringtest.Need(t, "systemd-analyze")
	unit := recipe(t, "pull-app.service")
	verifyUnit(t, "pull-app.service", unit)

	r := newReader(t)
	credentials := t.TempDir()
	must(t, os.WriteFile(filepath.Join(credentials, "ghcr-token"), []byte(r.secrets["stored"]+"\n"), 0o400))
	auth := filepath.Join(t.TempDir(), "ghcr-auth.json")
	if out, ok := r.shell("REGISTRY_AUTH_FILE=" + auth + " " + program + " configure --podman"); !ok {
		t.Fatal(out)
	}
	environment := strings.ReplaceAll(value(t, unit, "Environment"), "/etc/containers/ghcr-auth.json", auth)
	out, ok := r.shell("env -u HOME CREDENTIALS_DIRECTORY=" + credentials + " " + environment + " " + value(t, unit, "ExecStart"))
	r.wants(out)
	if !ok {
		t.Errorf("it does not pull:\n%s", out)
	}
}

func TestQuadlet(t *testing.T) {
	keyringtest.Need(t, "systemd-analyze")
	text := recipe(t, "app.container")
	// What is systemd's own must be right; podman 4.4 or later writes the rest.
	sections := regexp.MustCompile(`(?s)\[Container\]\n(.*?)\n\n\[Service\]`).FindStringSubmatch(text)
	if sections == nil {
		t.Fatal("no [Container] section")
	}
	unit := strings.Replace(text, "[Container]\n"+sections[1]+"\n\n[Service]", "[Service]\nExecStart=/bin/true", 1)
	verifyUnit(t, "app.service", unit)
	if image := value(t, text, "Image"); image != "ghcr.io/mona/app:latest" {
		t.Errorf("Image=%s", image)
	}
	for _, quadlet := range []string{"/usr/libexec/podman/quadlet", "/usr/lib/podman/quadlet"} {
		if _, err := os.Stat(quadlet); err != nil {
			continue
		}
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, "app.container"), []byte(text), 0o600))
		cmd := exec.CommandContext(t.Context(), quadlet, "-dryrun")
		cmd.Env = append(os.Environ(), "QUADLET_UNIT_DIRS="+dir)
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "ghcr.io/mona/app:latest") {
			t.Errorf("%s: %v\n%s", quadlet, err, out)
		}
	}
}

// value is that of a key in a unit.
func value(t *testing.T, unit, key string) string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^` + key + `=(.*)$`).FindStringSubmatch(unit)
	if m == nil {
		t.Fatalf("no %s in the unit", key)
	}
	return m[1]
}

// verifyUnit lets systemd read a unit. It says what it does not know.
func verifyUnit(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, []byte(text), 0o600))
	out, err := exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--man=no", "--recursive-errors=no", path).CombinedOutput()
	if err != nil || strings.Contains(string(out), name) {
		t.Errorf("systemd-analyze: %v\n%s", err, fmt.Sprint(string(out)))
	}
}
