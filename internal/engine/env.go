package engine

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// Engine is a client of container registries that has credential files.
type Engine string

// The engines. Docker's file is also read by buildx, compose, crane, oras, helm
// and regctl; podman's by buildah and skopeo. Helm and Regctl stand only in
// findings: they have files of their own that come first.
const (
	Docker Engine = "docker"
	Podman Engine = "podman"
	Helm   Engine = "helm"
	Regctl Engine = "regctl"
)

const (
	helperName = "ghcr" // what an engine's file says
	binary     = "docker-credential-" + helperName
)

// Env is what finding an engine's files depends on. The zero value of every
// field but Dir stands for the real thing.
type Env struct {
	Dir      string // our own config folder: the lock and the undo record
	Getenv   func(string) string
	Getuid   func() int
	LookPath func(string) (string, error)
	Home     string
	GOOS     string
	Self     string // the path of this program
}

// real fills in what was left out.
func (e Env) real() (Env, error) {
	if e.Getenv == nil {
		e.Getenv = os.Getenv
	}
	if e.Getuid == nil {
		e.Getuid = os.Getuid
	}
	if e.LookPath == nil {
		e.LookPath = exec.LookPath
	}
	if e.GOOS == "" {
		e.GOOS = runtime.GOOS
	}
	if e.Self == "" {
		e.Self, _ = os.Executable() // without it, one finding is not made
	}
	if e.Dir == "" {
		return e, errors.New("no config folder is known to keep the undo record in")
	}
	var err error
	if e.Home == "" {
		if e.Home, err = os.UserHomeDir(); err != nil {
			return e, fmt.Errorf("cannot find the files of docker and podman: %w", err)
		}
	}
	return e, nil
}

// Installed tells which engines are on the PATH; both when neither is.
func Installed(env Env) []Engine {
	if env.LookPath == nil {
		env.LookPath = exec.LookPath
	}
	var found []Engine
	for engine, programs := range map[Engine][]string{
		Docker: {"docker"},
		Podman: {"podman", "buildah", "skopeo"},
	} {
		if slices.ContainsFunc(programs, func(name string) bool { _, err := env.LookPath(name); return err == nil }) {
			found = append(found, engine)
		}
	}
	if found == nil {
		return []Engine{Docker, Podman}
	}
	slices.Sort(found)
	return found
}

// dockerFile is docker's config.json.
func (e Env) dockerFile() string {
	if dir := e.Getenv("DOCKER_CONFIG"); dir != "" {
		return absolute(filepath.Join(dir, "config.json"))
	}
	return filepath.Join(e.Home, ".docker", "config.json")
}

// podmanFile is the auth.json that lasts: on Linux podman reads it after the
// one of the session, elsewhere podman has this one alone.
func (e Env) podmanFile() string {
	if path := e.Getenv("REGISTRY_AUTH_FILE"); path != "" {
		return absolute(path)
	}
	return filepath.Join(e.podmanConfigHome(), "containers", "auth.json")
}

func (e Env) podmanConfigHome() string {
	if e.GOOS != "darwin" && e.GOOS != "windows" {
		return e.configHome()
	}
	return filepath.Join(e.Home, ".config")
}

func (e Env) configHome() string {
	if dir := e.Getenv("XDG_CONFIG_HOME"); dir != "" {
		return absolute(dir)
	}
	return filepath.Join(e.Home, ".config")
}

// runtimeFile is the auth.json of the session, which podman login writes and
// podman reads first; "" where there is none.
func (e Env) runtimeFile() string {
	if e.GOOS == "darwin" || e.GOOS == "windows" || e.podmanReadsOne() {
		return ""
	}
	switch dir := e.sessionDir(); {
	case dir != "":
		return absolute(filepath.Join(dir, "containers", "auth.json"))
	case e.Getuid() == 0:
		return filepath.Join("/run/containers/0", "auth.json")
	}
	return ""
}

// sessionDir is the folder of the session. Under su and cron no variable names
// it, and podman takes the first of these that is the user's own, for itself and
// for its login; the last it makes. Somebody else's it does not look into, nor
// into /run/containers, which is root's.
func (e Env) sessionDir() string {
	if dir := e.Getenv("XDG_RUNTIME_DIR"); dir != "" || e.Getuid() == 0 {
		return dir
	}
	uid := strconv.Itoa(e.Getuid())
	if dir := filepath.Join("/run/user", uid); isOurs(dir) {
		return dir
	}
	temp := e.Getenv("TMPDIR")
	if temp == "" {
		temp = "/tmp"
	}
	dir := filepath.Join(temp, "podman-run-"+uid)
	if _, err := os.Lstat(dir); err == nil && !isOurs(dir) {
		return ""
	}
	return dir
}

// hasSession reports whether the runtime file is ours to make. A person without
// a session has no place for it: /run is root's.
func (e Env) hasSession() bool {
	if dir := e.sessionDir(); dir != "" { // under sudo -E it is somebody else's
		return filepath.IsAbs(dir) && isOurs(dir)
	}
	return e.Getuid() == 0
}

// podmanReadsOne: podman takes REGISTRY_AUTH_FILE, and DOCKER_CONFIG too, for
// its --authfile, and then reads that file alone.
func (e Env) podmanReadsOne() bool {
	return e.Getenv("REGISTRY_AUTH_FILE") != "" || e.Getenv("DOCKER_CONFIG") != ""
}

// order is the files in which an engine looks, in its order.
func (e Env) order(engine Engine) []string {
	switch {
	case engine == Docker:
		return []string{e.dockerFile()}
	case e.Getenv("REGISTRY_AUTH_FILE") != "":
		return []string{e.podmanFile()}
	case e.Getenv("DOCKER_CONFIG") != "":
		return []string{e.dockerFile()}
	}
	files := []string{e.podmanFile(), filepath.Join(e.configHome(), "containers", "auth.json"), e.dockerFile()}
	if path := e.runtimeFile(); path != "" {
		files = append([]string{path}, files...)
	}
	return slices.Compact(files)
}

// targets is the files that must name the helper for an engine to ask it, but
// for podman's of the session: see survey.session.
func (e Env) targets(engine Engine) []string {
	switch {
	case engine == Docker:
		return []string{e.dockerFile()}
	case e.Getenv("DOCKER_CONFIG") != "" && e.Getenv("REGISTRY_AUTH_FILE") == "":
		// skopeo does not share podman's view of DOCKER_CONFIG: it reads auth.json first.
		return []string{e.podmanFile(), e.dockerFile()}
	}
	return []string{e.podmanFile()}
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

// names reports whether a key of an engine's file is about registry: bare, with
// a scheme, with the path that old clients wrote, or with podman's namespace.
func names(key, registry string) bool {
	host := strings.TrimPrefix(strings.TrimPrefix(key, "https://"), "http://")
	host, _, _ = strings.Cut(host, "/")
	return strings.EqualFold(strings.TrimSuffix(host, ":443"), registry)
}

func hasScheme(key string) bool { return strings.Contains(key, "://") }
