package engine

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// lookAround makes the findings that are not about docker's and podman's files.
func (s *survey) lookAround() {
	if slices.Contains(s.engines, Docker) {
		s.lookAtEnvironment()
		s.lookAtSnap()
	}
	s.lookAtProgram()
	s.lookAtHelm()
	s.lookAtRegctl()
}

// lookAtEnvironment: docker reads DOCKER_AUTH_CONFIG strictly, and where that
// fails says so itself and goes on with its file.
func (s *survey) lookAtEnvironment() {
	const variable = "DOCKER_AUTH_CONFIG"
	var c struct {
		Auths map[string]struct {
			Auth string `json:"auth"`
		} `json:"auths"`
	}
	decoder := json.NewDecoder(strings.NewReader(s.env.Getenv(variable)))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&c) != nil {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(c.Auths)) {
		if names(key, s.registry) { // docker looks for the bare host only
			s.add(Docker, Finding{Kind: EnvironmentKey, Key: variable, Defeats: key == s.registry})
		}
	}
}

// lookAtSnap: docker's snap runs with a home of its own.
func (s *survey) lookAtSnap() {
	path, err := s.env.LookPath("docker")
	if err == nil && (strings.HasPrefix(path, "/snap/") || strings.HasPrefix(path, "/var/lib/snapd/snap/")) {
		s.add(Docker, Finding{Kind: SnapDocker, Defeats: true,
			Path: filepath.Join(s.env.Home, "snap", "docker", "current", ".docker", "config.json")})
	}
}

// lookAtProgram: engines start the first program of our name on the PATH.
func (s *survey) lookAtProgram() {
	path, err := s.env.LookPath(binary)
	switch {
	case err != nil:
		s.findings = append(s.findings, Finding{Kind: NotOnPath, Path: s.env.Self, Defeats: true})
	case s.env.Self != "" && !sameContents(path, s.env.Self):
		s.findings = append(s.findings, Finding{Kind: OtherBinary, Path: path, Defeats: true})
	}
}

// sameContents: a copy is as good as the file.
func sameContents(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	if errA != nil || errB != nil {
		return false
	}
	if os.SameFile(infoA, infoB) {
		return true
	}
	if infoA.Size() != infoB.Size() {
		return false
	}
	dataA, errA := read(a)
	dataB, errB := read(b)
	return errA == nil && errB == nil && bytes.Equal(dataA, dataB)
}

// lookAtHelm: helm asks its own file before docker's. A store named there may
// hold a login for the registry; whether it does, only the store knows.
func (s *survey) lookAtHelm() {
	path := s.env.helmFile()
	f := s.load(path)
	for _, l := range f.logins(Helm, s.registry) {
		if l.Kind != EmptyLogin {
			s.add(Helm, Finding{Kind: OwnStore, Path: path, Key: l.Key, Defeats: true})
		}
	}
	helper, found := f.config.CredHelpers[s.registry]
	if found && helper != helperName {
		s.add(Helm, Finding{Kind: OwnStore, Path: path, Key: credHelpers, Value: helper, Defeats: true})
	}
	if store := f.config.CredsStore; !found && store != "" && store != helperName {
		s.add(Helm, Finding{Kind: OwnStore, Path: path, Key: "credsStore", Value: store})
	}
}

func (e Env) helmFile() string {
	if path := e.Getenv("HELM_REGISTRY_CONFIG"); path != "" {
		return absolute(path)
	}
	dir := e.Getenv("HELM_CONFIG_HOME")
	switch {
	case dir != "":
		dir = absolute(dir)
	case e.Getenv("XDG_CONFIG_HOME") != "":
		dir = filepath.Join(e.configHome(), "helm")
	case e.GOOS == "darwin":
		dir = filepath.Join(e.Home, "Library", "Preferences", "helm")
	case e.GOOS == "windows":
		dir = filepath.Join(e.Getenv("APPDATA"), "helm")
	default:
		dir = filepath.Join(e.configHome(), "helm")
	}
	return filepath.Join(dir, "registry", "config.json")
}

// lookAtRegctl: a login in regctl's own file comes before docker's file.
func (s *survey) lookAtRegctl() {
	for _, path := range s.env.regctlFiles() {
		data, err := read(path)
		if err != nil {
			continue
		}
		var c struct {
			Hosts map[string]struct {
				Hostname   string `json:"hostname"`
				User       string `json:"user"`
				Pass       string `json:"pass"`
				Token      string `json:"token"`
				CredHelper string `json:"credHelper"`
			} `json:"hosts"`
		}
		if json.Unmarshal(data, &c) != nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(c.Hosts)) {
			h := c.Hosts[name]
			if !names(name, s.registry) && !names(h.Hostname, s.registry) {
				continue
			}
			if h.CredHelper != "" && h.CredHelper != binary {
				s.add(Regctl, Finding{Kind: OwnStore, Path: path, Key: name, Value: h.CredHelper, Defeats: true})
			} else if h.User+h.Pass+h.Token != "" && h.CredHelper == "" {
				s.add(Regctl, Finding{Kind: OwnStore, Path: path, Key: name, Defeats: true})
			}
		}
	}
}

func (e Env) regctlFiles() []string {
	if path := e.Getenv("REGCTL_CONFIG"); path != "" {
		return []string{absolute(path)}
	}
	dir := e.configHome()
	if e.GOOS == "windows" {
		dir = e.Getenv("APPDATA")
	}
	return []string{
		filepath.Join(dir, "regctl", "config.json"),
		filepath.Join(e.Home, ".regctl", "config.json"),
	}
}
