//go:build linux

// Package ci runs the action, the recipes and the commands of the documentation
// as people do, in front of a ghcrtest.World.
package ci

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

const actAt = "github.com/nektos/act@v0.2.89"

// tools is a folder for programs that the tests build; main removes it.
var tools string

func TestMain(m *testing.M) {
	var err error
	if tools, err = os.MkdirTemp("", "ci"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(tools)
	os.Exit(code)
}

// act is the program act, which runs workflows. It is no part of this module.
var act = sync.OnceValues(func() (string, error) {
	if path, err := exec.LookPath("act"); err == nil {
		return path, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "install", actAt)
	cmd.Dir = tools
	cmd.Env = append(os.Environ(), "GOBIN="+tools, "GOFLAGS=-mod=mod", "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("act cannot be built: %w\n%s", err, text)
	}
	return filepath.Join(tools, "act"), nil
})

// runner is a machine on which mona's pipelines run: a checkout, a home, and the
// simulated internet.
type runner struct {
	t       *testing.T
	world   *ghcrtest.World
	repo    string // the working folder of commands
	home    string
	env     []string
	secrets map[string]string // none of them may be seen in an output
}

func newRunner(t *testing.T) *runner {
	t.Helper()
	keyringtest.Need(t, "podman", "git", "bash")
	if os.Getuid() != 0 {
		keyringtest.Skip(t, "podman needs root to build without user namespaces")
	}
	w, err := ghcrtest.New(ghcrtest.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, w.Close()) })
	dir := t.TempDir()
	r := &runner{t: t, world: w, repo: filepath.Join(dir, "repo"), home: filepath.Join(dir, "home"), secrets: map[string]string{}}
	ca := filepath.Join(dir, "ca.pem")
	must(t, w.WriteCABundle(ca, false))
	for _, d := range []string{"home/.docker", "home/.config/act", "run", "tmp", "repo/.github/workflows"} {
		must(t, os.MkdirAll(filepath.Join(dir, d), 0o700))
	}
	storage := fmt.Sprintf("[storage]\ndriver = \"vfs\"\ngraphroot = %q\nrunroot = %q\n", filepath.Join(dir, "storage"), filepath.Join(dir, "runroot"))
	must(t, os.WriteFile(filepath.Join(dir, "storage.conf"), []byte(storage), 0o600))
	must(t, os.WriteFile(filepath.Join(r.home, ".config/act/actrc"), nil, 0o600))
	r.env = append(w.Env(ca),
		"PATH="+os.Getenv("PATH"), "HOME="+r.home, "XDG_RUNTIME_DIR="+filepath.Join(dir, "run"), "TMPDIR="+filepath.Join(dir, "tmp"),
		"LANG=C.UTF-8", "CONTAINERS_STORAGE_CONF="+filepath.Join(dir, "storage.conf"), "BUILDAH_ISOLATION=chroot",
		"GOPROXY=off", "GOFLAGS=-buildvcs=false", "GOTOOLCHAIN=local")
	for _, name := range []string{"GOCACHE", "GOMODCACHE"} {
		out, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
		must(t, err)
		r.env = append(r.env, name+"="+strings.TrimSpace(string(out)))
	}
	return r
}

// checkout makes the repository what somebody has who took it with git.
func (r *runner) checkout(workflow string) {
	r.t.Helper()
	for _, name := range []string{"action.yml", "install.sh", "main.go", "go.mod", "go.sum", "scripts", "helper", "internal", "keyring"} {
		from, to := filepath.Join("../..", name), filepath.Join(r.repo, name)
		info, err := os.Stat(from)
		must(r.t, err)
		if info.IsDir() {
			must(r.t, os.CopyFS(to, os.DirFS(from)))
			continue
		}
		text, err := os.ReadFile(from)
		must(r.t, err)
		must(r.t, os.WriteFile(to, text, info.Mode()))
	}
	text, err := os.ReadFile(filepath.Join("testdata", workflow))
	must(r.t, err)
	must(r.t, os.WriteFile(filepath.Join(r.repo, ".github/workflows", workflow), text, 0o600))
	for _, words := range []string{"init -q -b main", "add -A", "-c user.name=mona -c user.email=mona@example.com commit -qm x", "remote add origin https://github.com/mona/app.git"} {
		r.run(r.t.Context(), "git", strings.Fields(words)...)
	}
}

// act runs a workflow and gives what the runner's log shows.
func (r *runner) act(workflow string) (log string, ok bool) {
	r.t.Helper()
	path, err := act()
	if err != nil {
		keyringtest.Skip(r.t, err.Error())
	}
	r.checkout(workflow)
	var secrets strings.Builder
	for name, value := range r.secrets {
		fmt.Fprintf(&secrets, "%s=%s\n", name, value)
	}
	file := filepath.Join(r.t.TempDir(), "secrets")
	must(r.t, os.WriteFile(file, []byte(secrets.String()), 0o600))
	ctx, cancel := context.WithTimeout(r.t.Context(), 5*time.Minute)
	defer cancel()
	return r.run(ctx, path, "push", "--workflows", ".github/workflows/"+workflow, "--platform", "ubuntu-latest=-self-hosted",
		"--secret-file", file, "--actor", "mona", "--no-cache-server")
}

func (r *runner) run(ctx context.Context, program string, args ...string) (string, bool) {
	r.t.Helper()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = r.repo, r.env, time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		r.t.Fatalf("%s: %v\n%s", program, err, out.String())
	}
	return out.String(), err == nil
}

// token gives mona a token of a kind, for a secret.
func (r *runner) token(prefix string, scopes ...string) string {
	value := ghcrtest.SampleToken(prefix, r.t.Name()+prefix)
	if prefix == "ghs_" {
		value = ghcrtest.SampleActionsToken(r.t.Name())
	}
	r.world.SetToken(ghcrtest.Token{Value: value, Login: "mona", Scopes: scopes})
	return value
}

// wants checks a log, and that no token is in it.
func (r *runner) wants(log string, texts ...string) {
	r.t.Helper()
	for name, value := range r.secrets {
		if value != "" && strings.Contains(log, value[8:24]) {
			r.t.Fatalf("the log shows a part of the secret %s, and is not shown here", name)
		}
	}
	for _, text := range texts {
		if !strings.Contains(log, text) {
			r.t.Errorf("the log lacks %q:\n%s", text, log)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const dockerConfig = `{"auths":{"registry.example.com":{"auth":"eDp5"}},"psFormat":"x"}`

// The action lets podman push, and leaves the machine as it was.
func TestActionPushes(t *testing.T) {
	for _, tt := range []struct{ workflow, secret, prefix string }{
		{"push.yml", "GHCR_TOKEN", "ghp_"},
		{"github-token.yml", "GITHUB_TOKEN", "ghs_"},
	} {
		t.Run(tt.workflow, func(t *testing.T) {
			r := newRunner(t)
			config := filepath.Join(r.home, ".docker/config.json")
			must(t, os.WriteFile(config, []byte(dockerConfig), 0o600))
			r.world.SetRepo("mona/app", ghcrtest.Repo{})
			r.secrets[tt.secret] = r.token(tt.prefix, "write:packages")
			log, ok := r.act(tt.workflow)
			r.wants(log, "Job succeeded")
			if !ok {
				t.Fatalf("it failed:\n%s", log)
			}
			if r.world.Count("ghcr.io", "/v2/mona/app/manifests/act") == 0 {
				t.Error("no manifest arrived")
			}
			if tt.workflow == "push.yml" {
				r.wants(log, "installed ", "docker-credential-ghcr/bin")
			}
			if text, err := os.ReadFile(config); err != nil || string(text) != dockerConfig {
				t.Errorf("~/.docker/config.json was changed: %s, %v", text, err)
			}
			for _, path := range []string{".local/bin", ".config/containers", ".config/docker-credential-ghcr"} {
				if _, err := os.Stat(filepath.Join(r.home, path)); err == nil {
					t.Errorf("%s was made in the home", path)
				}
			}
		})
	}
}

// A token that may not push: the error is on the page of the run, with the fix.
func TestActionAnnotatesAScopeError(t *testing.T) {
	r := newRunner(t)
	r.world.SetRepo("mona/app", ghcrtest.Repo{})
	r.secrets["GHCR_TOKEN"] = r.token("ghp_", "read:packages")
	log, ok := r.act("push.yml")
	if ok {
		t.Errorf("it went well:\n%s", log)
	}
	const cause = "can pull from ghcr.io but not push: it has read:packages and lacks write:packages"
	r.wants(log, "::error title=docker-credential-ghcr::the token of mona", cause+"%0Atick write:packages at https://github.com/settings/tokens")
	_, summary, _ := strings.Cut(log, "Summary - ")
	r.wants(summary, "### docker-credential-ghcr", "**the token of mona", cause+"**")
	if n := strings.Count(log, "::error title"); n != 1 {
		t.Errorf("it is annotated %d times", n)
	}
}

func TestActionCheckPasses(t *testing.T) {
	tests := []struct {
		name, workflow, scope string
		exists                bool
	}{
		{"push", "check.yml", "write:packages", true},
		{"first push", "check.yml", "write:packages", false}, // there is nothing to pull yet
		{"pull", "check-pull.yml", "read:packages", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRunner(t)
			if tt.exists {
				r.push("ghcr.io/mona/app:latest", r.token("gho_", "write:packages"))
			}
			r.secrets["GHCR_TOKEN"] = r.token("ghp_", tt.scope)
			log, ok := r.act(tt.workflow)
			r.wants(log, "the check is passed")
			if !ok || strings.Contains(log, "::error") {
				t.Errorf("it failed:\n%s", log)
			}
		})
	}
}

func TestActionChecksTheImageFirst(t *testing.T) {
	const annotation = "::error title=docker-credential-ghcr::"
	tests := []struct {
		name    string
		prepare func(*runner)
		want    []string
	}{
		{"empty secret", func(r *runner) { r.secrets["GHCR_TOKEN"] = "" }, []string{annotation + "the token is empty", "forks"}},
		{"read only", func(r *runner) { r.secrets["GHCR_TOKEN"] = r.token("ghp_", "read:packages") }, []string{annotation, "write:packages"}},
		{"GITHUB_TOKEN that may not", func(r *runner) { r.secrets["GITHUB_TOKEN"] = r.token("ghs_", "read:packages") }, []string{annotation, "packages: write"}},
		{"no role", func(r *runner) {
			r.secrets["GHCR_TOKEN"] = r.token("ghp_", "write:packages")
			r.world.SetRepo("mona/app", ghcrtest.Repo{Deny: "permission_denied: write_package"})
		}, []string{annotation, "Manage Actions access"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRunner(t)
			r.push("ghcr.io/mona/app:latest", r.token("ghp_", "write:packages"))
			tt.prepare(r)
			workflow := "check.yml"
			if r.secrets["GITHUB_TOKEN"] != "" {
				workflow = "check-github-token.yml"
			}
			log, ok := r.act(workflow)
			r.wants(log, tt.want...)
			if ok || strings.Contains(log, "the check is passed\n") {
				t.Errorf("it went on:\n%s", log)
			}
		})
	}
}

// A release is downloaded, and what does not fit its check sum is not installed.
func TestActionDownloadsARelease(t *testing.T) {
	if text, err := built(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	binary, err := os.ReadFile(filepath.Join(tools, program))
	must(t, err)
	file := program + "_linux_" + runtime.GOARCH
	sum := fmt.Sprintf("%x  %s\n", sha256.Sum256(binary), file)
	for _, tt := range []struct {
		name, sums string
		ok         bool
		want       string
	}{
		{"right", sum, true, "installed "},
		{"wrong", strings.Repeat("0", 64) + "  " + file + "\n", false, "::error title=docker-credential-ghcr::docker-credential-ghcr cannot be installed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRunner(t)
			releases := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				switch req.URL.Path {
				case "/download/v1.2.3/" + file:
					_, _ = w.Write(binary)
				case "/download/v1.2.3/checksums.txt":
					fmt.Fprint(w, tt.sums)
				default:
					http.NotFound(w, req)
				}
			})}
			t.Cleanup(func() { must(t, releases.Close()) })
			r.env = append(r.env, "GHCR_HELPER_URL="+serve(t, &releases), "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
			r.secrets["GHCR_TOKEN"] = r.token("ghp_", "write:packages")
			log, ok := r.act("release.yml")
			r.wants(log, tt.want)
			if ok != tt.ok || strings.Contains(log, "Building") {
				t.Errorf("it went well: %v\n%s", ok, log)
			}
		})
	}
}
