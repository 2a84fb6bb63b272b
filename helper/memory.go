package helper

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
)

// deadFor is how long a 401 is believed without asking again: GitHub locks an
// account out, valid tokens included, after repeated 401s.
// Source: docs.github.com, "Authenticating to the REST API", failed login limit.
const deadFor = 10 * time.Minute

// Verdict is what GitHub last said of a token. It holds a hash, not the token.
type Verdict struct {
	TokenHash string        `json:"token_sha256"` // the first half of it
	Dead      bool          `json:"dead,omitempty"`
	Scopes    github.Scopes `json:"scopes"`
	Expires   time.Time     `json:"expires,omitzero"`
	Login     string        `json:"login,omitempty"`
	CheckedAt time.Time     `json:"checked_at"`
}

// isFreshlyDead: a clock that was set back makes nothing fresh.
func (v *Verdict) isFreshlyDead(now time.Time) bool {
	if v == nil || !v.Dead {
		return false
	}
	age := now.Sub(v.CheckedAt)
	return age > -time.Second && age < deadFor
}

// says reports whether w tells nothing new: the same, a minute later at most.
func (v *Verdict) says(w Verdict) bool {
	if v == nil {
		return false
	}
	age := w.CheckedAt.Sub(v.CheckedAt)
	w.CheckedAt = v.CheckedAt
	return age >= 0 && age < time.Minute && reflect.DeepEqual(*v, w)
}

// login is whose token it was, "" if nobody said.
func (v *Verdict) login() string {
	if v == nil {
		return ""
	}
	return v.Login
}

// verdicts keeps the last verdict for each host, a file each, so that many gets
// at once do not queue for one file. Losing one costs nothing but a question.
type verdicts struct{ dir string }

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

func (m verdicts) path(registry string) string { return filepath.Join(m.dir, registry+".json") }

// read gives the last verdict on whatever token the host had then, or nil.
func (m verdicts) read(registry string) *Verdict {
	if m.dir == "" {
		return nil
	}
	text, err := disk.ReadFile(m.path(registry), maxInput)
	if err != nil {
		return nil
	}
	var v Verdict
	if json.Unmarshal(text, &v) != nil || v.TokenHash == "" {
		return nil
	}
	return &v
}

// last is nil when nothing is known of this very token.
func (m verdicts) last(registry, token string) *Verdict {
	v := m.read(registry)
	if v == nil || v.TokenHash != hashOf(token) {
		return nil
	}
	return v
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
	temp, err := os.CreateTemp(m.dir, "."+registry+"-*") // 0600
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
