package helper

import (
	"os"
	"path/filepath"
	"time"
)

// said remembers the lines that one run of an engine has shown already. Engines
// ask up to nine times in one command.
type said struct{ dir string }

// first reports whether a run shows text for the first time. Where runs cannot
// be told apart, or nothing can be remembered, everything is new.
func (s said) first(run, text string, now time.Time) bool {
	if s.dir == "" || run == "" {
		return true
	}
	f, err := os.OpenFile(filepath.Join(s.dir, "said-"+hashOf(run+"\n"+text)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if os.IsExist(err) {
		return false
	}
	if err == nil {
		_ = f.Close()
		s.prune(now)
	}
	return true
}

// prune forgets what was said more than a day ago.
func (s said) prune(now time.Time) {
	old, _ := filepath.Glob(filepath.Join(s.dir, "said-*"))
	for _, path := range old {
		if info, err := os.Lstat(path); err == nil && now.Sub(info.ModTime()) > 24*time.Hour {
			_ = os.Remove(path)
		}
	}
}

// runtimeDir is a private folder that does not outlive the machine's uptime, or
// "" where there is none: then nothing is remembered.
func runtimeDir(getenv func(string) string) string {
	// Under sudo -E the variable names the folder of somebody else.
	if base := getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(base) && isOurs(base) {
		if dir := privateDir(filepath.Join(base, Name)); dir != "" {
			return dir
		}
	}
	return privateDir(filepath.Join(os.TempDir(), Name+"-"+userID()))
}

// privateDir makes a folder, unless somebody else was first.
func privateDir(dir string) string {
	if err := os.MkdirAll(dir, 0o700); err != nil || !isOurs(dir) || !isPrivate(dir) {
		return ""
	}
	return dir
}
