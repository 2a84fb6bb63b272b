package helper

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
)

// deadFor is how long a 401 is believed without asking again: GitHub locks an
// account out, valid tokens included, after repeated 401s.
// Source: docs.github.com, "Authenticating to the REST API", failed login limit.
const deadFor = 10 * time.Minute

// Verdict is what GitHub last said of a token. It holds a hash, not the token.
type Verdict struct {
	TokenHash string        `json:"token_sha256"`
	Dead      bool          `json:"dead,omitempty"`
	Scopes    github.Scopes `json:"scopes"`
	Expires   time.Time     `json:"expires,omitzero"`
	Login     string        `json:"login,omitempty"`
	CheckedAt time.Time     `json:"checked_at"`
}

func (v *Verdict) isFreshlyDead(now time.Time) bool {
	age := now.Sub(v.CheckedAt)
	return v.Dead && age >= 0 && age < deadFor
}

// verdicts keeps the last verdict for each host, a file each, so that many gets
// at once do not queue for one file. Losing one costs nothing but a question.
type verdicts struct{ dir string }

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:16])
}

func (m verdicts) path(registry string) string { return filepath.Join(m.dir, registry+".json") }

// last is nil when nothing is known of this very token.
func (m verdicts) last(registry, token string) *Verdict {
	if m.dir == "" {
		return nil
	}
	text, err := os.ReadFile(m.path(registry))
	if err != nil {
		return nil
	}
	var v Verdict
	if json.Unmarshal(text, &v) != nil || v.TokenHash != hashOf(token) {
		return nil
	}
	return &v
}

// keep is best effort: a verdict that cannot be written is asked for again.
func (m verdicts) keep(registry string, v Verdict) {
	if m.dir == "" || os.MkdirAll(m.dir, 0o700) != nil {
		return
	}
	text, err := json.Marshal(v)
	if err != nil {
		return
	}
	temp, err := os.CreateTemp(m.dir, "."+registry+"-*")
	if err != nil {
		return
	}
	_, err = temp.Write(append(text, '\n'))
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temp.Name(), m.path(registry))
	}
	if err != nil {
		_ = os.Remove(temp.Name())
	}
}

func (m verdicts) forget(registry string) {
	if m.dir != "" {
		_ = os.Remove(m.path(registry))
	}
}

// said remembers the lines that one run of an engine has shown already. Engines
// ask up to nine times in one command.
type said struct{ dir string }

// first reports whether a run shows text for the first time.
func (s said) first(run, text string) bool {
	if s.dir == "" || run == "" {
		return true
	}
	f, err := os.OpenFile(filepath.Join(s.dir, "said-"+run+"-"+hashOf(text)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if os.IsExist(err) {
		return false
	}
	if err == nil {
		_ = f.Close()
		s.prune()
	}
	return true
}

// prune forgets runs that began to speak more than a day ago.
func (s said) prune() {
	old, _ := filepath.Glob(filepath.Join(s.dir, "said-*"))
	for _, path := range old {
		if info, err := os.Lstat(path); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			_ = os.Remove(path)
		}
	}
}

// runtimeDir is a private folder that does not outlive the machine's uptime, or
// "" where there is none: then nothing is remembered.
func runtimeDir(getenv func(string) string) string {
	dir := filepath.Join(os.TempDir(), "docker-credential-ghcr-"+userID())
	if base := getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(base) {
		dir = filepath.Join(base, "docker-credential-ghcr")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil || !isPrivate(dir) {
		return ""
	}
	return dir
}
