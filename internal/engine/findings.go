package engine

import (
	"context"
	"slices"
)

// Kind says what was found.
type Kind string

// What is found. Path is the file, Key the name in it, Value the helper named
// there, where there is one.
const (
	PlainTextLogin Kind = "plain-login"     // a token in clear text under auths
	EmptyEntry     Kind = "empty-login"     // an entry under auths without a secret: harmless
	RuntimeLogin   Kind = "runtime-login"   // a login in podman's file of the session, which podman reads first
	LoginInClear   Kind = "login-in-clear"  // podman login would write the token there in clear text, and we cannot help it
	OwnStore       Kind = "own-store"       // helm or regctl has a login of its own, which comes first
	StoreAlone     Kind = "store-alone"     // the helper stands as credsStore, which podman ignores
	KeyScheme      Kind = "key-scheme"      // credHelpers has the registry with a scheme: no engine finds it
	KeyMisspelt    Kind = "key-misspelt"    // the helper stands under a misspelt key
	OtherHelper    Kind = "other-helper"    // another helper stands there for the registry
	EnvironmentKey Kind = "environment"     // DOCKER_AUTH_CONFIG has a login, which docker takes first
	SnapDocker     Kind = "snap-docker"     // docker is the snap, which has a home of its own and starts no helpers
	NotOnPath      Kind = "not-on-path"     // engines will not find the program
	OtherBinary    Kind = "other-binary"    // engines will find another program of that name
	BadFile        Kind = "unreadable-file" // a file cannot be read, parsed or edited; Err says where
)

// Finding is something that keeps engines from asking the helper, or that a
// person should know when they set it up. It holds no secret.
type Finding struct {
	Kind    Kind
	Engines []Engine // whom it concerns; empty: all
	Path    string
	Key     string
	Value   string
	Defeats bool // as things stand, the helper is not asked
	Mended  bool // the plan's changes take care of that
	Err     error
}

// survey looks at the files of engines, and at what else decides about them.
type survey struct {
	ctx      context.Context
	env      Env
	registry string
	engines  []Engine
	files    map[string]file
	planned  map[string]config // how files will be
	findings []Finding
}

func (s *survey) load(path string) file {
	f, known := s.files[path]
	if !known {
		f = load(s.ctx, path)
		s.files[path] = f
	}
	return f
}

// session is podman's file of the session, "" where it is not to be written. It
// must name the helper where it would defeat the other files, and forLogin where
// it would not: podman login writes there, and asks a helper to store the token
// only if that file names one. In one file credHelpers comes before auths, so
// that naming the helper there takes nothing away.
func (s *survey) session() (path string, forLogin bool) {
	path = s.env.runtimeFile()
	if path == "" {
		return "", false
	}
	f := s.load(path)
	_, isNamed := f.config.CredHelpers[s.registry]
	hasLogin := slices.ContainsFunc(f.logins(Podman, s.registry), func(l PlainLogin) bool { return l.Kind != EmptyLogin })
	switch {
	case f.exists && (f.err != nil || f.blank() || isNamed || hasLogin):
		return path, false
	case s.env.hasSession():
		return path, true
	}
	return "", false
}

// add joins what is found for several engines. Where it defeats only some of
// them, those are named.
func (s *survey) add(engine Engine, f Finding) {
	f.Mended = f.Mended && f.Defeats
	f.Engines = []Engine{engine}
	for i, old := range s.findings {
		switch {
		case old.Kind != f.Kind || old.Path != f.Path || old.Key != f.Key:
			continue
		case slices.Contains(old.Engines, engine), old.Defeats && !f.Defeats:
			return
		case !old.Defeats && f.Defeats:
			s.findings[i] = f
			return
		case old.Mended == f.Mended:
			s.findings[i].Engines = append(old.Engines, engine)
			return
		}
	}
	s.findings = append(s.findings, f)
}

// unusable notes a file that cannot be read, parsed or edited.
func (s *survey) unusable(engine Engine, path string, err error) {
	s.add(engine, Finding{Kind: BadFile, Path: path, Defeats: true, Err: err})
}

// look makes the findings, given what is to be changed.
func (s *survey) look(changes []Change) {
	s.planned = map[string]config{}
	for _, c := range changes {
		for path := range s.files {
			if sameFile(path, c.Path) {
				s.planned[path], _ = parse(c.Path, c.After)
			}
		}
	}
	for _, engine := range s.engines {
		s.lookAt(engine)
	}
	s.lookAround()
}

// after is how a file will be.
func (s *survey) after(path string) config {
	if c, changes := s.planned[path]; changes {
		return c
	}
	return s.load(path).config
}

// lookAt goes through the files of an engine in its order. open says that no
// file before answers for the registry: now, and when the plan is carried out.
func (s *survey) lookAt(engine Engine) {
	open, openAfter := true, true
	store, isNamed, willBe := "", false, false
	for _, path := range s.env.order(engine) {
		f := s.load(path)
		_, isPlanned := s.planned[path]
		switch {
		case f.err != nil:
			s.unusable(engine, path, f.err)
			continue
		case engine == Podman && f.exists && f.blank() && !isPlanned:
			s.unusable(engine, path, &FileError{Path: path, Cause: "empty, which podman takes for an error"})
			continue
		}
		now, after := f.config, s.after(path)
		_, helped := now.CredHelpers[s.registry]
		_, helpedAfter := after.CredHelpers[s.registry]
		if engine == Docker { // with a store, docker does not look into auths
			helped, helpedAfter = helped || now.CredsStore != "", helpedAfter || after.CredsStore != ""
		}
		answers := helped
		for _, l := range f.logins(engine, s.registry) {
			found := Finding{Kind: PlainTextLogin, Path: path, Key: l.Key}
			if path == s.env.runtimeFile() && !helped { // in one file the helper comes before a login
				found.Kind = RuntimeLogin
			}
			if l.Kind == EmptyLogin {
				found.Kind = EmptyEntry
			} else {
				found.Defeats = open && !helped
				found.Mended = !openAfter || helpedAfter
				answers = answers || l.Key == s.registry || hasScheme(l.Key)
			}
			s.add(engine, found)
		}
		if other, found := now.CredHelpers[s.registry]; found && other != helperName {
			s.add(engine, Finding{Kind: OtherHelper, Path: path, Key: s.registry, Value: other,
				Defeats: open, Mended: !openAfter || after.CredHelpers[s.registry] == helperName})
		}
		for _, key := range f.useless(s.registry) {
			found := Finding{Kind: KeyMisspelt, Path: path, Key: key[0], Value: helperName, Defeats: open && !helped, Mended: helpedAfter}
			if key[0] == credHelpers {
				found.Kind, found.Key = KeyScheme, key[1]
			}
			s.add(engine, found)
		}
		if now.CredsStore == helperName {
			store = path
		}
		isNamed = isNamed || now.CredHelpers[s.registry] == helperName
		willBe = willBe || after.CredHelpers[s.registry] == helperName
		open, openAfter = open && !answers, openAfter && !answers && !helpedAfter
	}
	if engine == Podman && store != "" {
		s.add(engine, Finding{Kind: StoreAlone, Path: store, Key: "credsStore", Value: helperName, Defeats: !isNamed, Mended: willBe})
	}
	if path := s.env.runtimeFile(); engine == Podman && path != "" && s.load(path).err == nil && s.after(path).CredHelpers[s.registry] != helperName {
		s.add(engine, Finding{Kind: LoginInClear, Path: path})
	}
}
