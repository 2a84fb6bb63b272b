package keyring

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Record is what is kept for one registry host. However it is printed, the
// token does not show.
type Record struct {
	Username string    `json:"username"`
	Token    string    `json:"-"` // kept out of a stray json.Marshal too; see encode
	StoredAt time.Time `json:"stored_at"`
}

// String names the user, never the token.
func (r Record) String() string { return fmt.Sprintf("record of %q", r.Username) }

// GoString is String: %#v must not show the token either.
func (r Record) GoString() string { return r.String() }

// Format is String for every verb.
func (r Record) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

const recordVersion = 1

// stored is a Record as it rests.
type stored struct {
	Username string    `json:"username"`
	Token    string    `json:"token"`
	StoredAt time.Time `json:"stored_at"`
	Version  int       `json:"v"`
}

// encode makes the text that stores keep. Control characters are refused: on
// macOS a line break would start another command of the security tool.
func (r Record) encode() (string, error) {
	for _, text := range []string{r.Username, r.Token} {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return "", fail(ErrNotStored, "the user name or the token has characters that are never in one", "")
		}
	}
	if r.Token == "" {
		return "", fail(ErrNotStored, "the token is empty", "")
	}
	text, err := json.Marshal(stored{r.Username, r.Token, r.StoredAt, recordVersion})
	if err != nil {
		return "", fail(ErrNotStored, "the record cannot be encoded", "") // a year beyond 9999
	}
	return string(text), nil
}

// decode reads what encode made. where names the store for the person. The
// decoder's error stays out of ours: it may quote what it read.
func decode(text, where string) (Record, error) {
	var s stored
	if err := json.Unmarshal([]byte(text), &s); err != nil || s.Version < 1 || s.Token == "" {
		return Record{}, fail(ErrUnreadable, where+" holds something for this host that is not ours", loginAgain)
	}
	if s.Version > recordVersion {
		return Record{}, fail(ErrUnreadable, where+" holds a token stored by a later version of this program",
			"update docker-credential-ghcr, or "+loginAgain)
	}
	return Record{Username: s.Username, Token: s.Token, StoredAt: s.StoredAt}, nil
}

const (
	loginAgain = "store the token again: docker-credential-ghcr login"
	loginFile  = "docker-credential-ghcr login --storage file"
)
