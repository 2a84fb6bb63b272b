package cli

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
)

// finding says what keeps an engine from asking the helper, and what to do.
func (u *ui) finding(f engine.Finding) string {
	path := shortPath(f.Path)
	switch f.Kind {
	case engine.PlainTextLogin:
		return u.text(say.foundPlain, path)
	case engine.EmptyEntry:
		return u.text(say.foundEmpty, path)
	case engine.RuntimeLogin:
		return u.text(say.foundRuntime, path)
	case engine.LoginInClear:
		return u.text(say.foundInClear, path)
	case engine.OwnStore:
		return u.text(say.foundOwnStore, f.Key, path)
	case engine.StoreAlone:
		return u.text(say.foundStoreAlone, path)
	case engine.KeyScheme:
		return u.text(say.foundScheme, f.Key, path)
	case engine.KeyMisspelt:
		return u.text(say.foundMisspelt, f.Key, path)
	case engine.OtherHelper:
		return u.text(say.foundOther, "docker-credential-"+f.Value, f.Key, path)
	case engine.EnvironmentKey:
		return u.text(say.foundEnvironment, f.Key)
	case engine.SnapDocker:
		return u.text(say.foundSnap)
	case engine.NotOnPath:
		return u.text(say.foundNotOnPath)
	case engine.OtherBinary:
		return u.text(say.foundOtherBinary, path)
	case engine.BadFile:
		return f.Err.Error()
	}
	return string(f.Kind) + " " + path
}

// shortPath puts ~ for the home folder.
func shortPath(path string) string {
	home, err := os.UserHomeDir()
	if err != nil || home == "/" {
		return path
	}
	if rest, below := strings.CutPrefix(path, home+string(filepath.Separator)); below {
		return "~" + string(filepath.Separator) + rest
	}
	return path
}
