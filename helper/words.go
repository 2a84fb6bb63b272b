package helper

import (
	"fmt"
	"strings"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// Name is the program's name, in front of every line that an engine shows.
const Name = "docker-credential-ghcr"

// Failure is an error as people read it: what happened and what to do next.
// Engines quote the cause in backquotes, so neither text holds one.
type Failure struct {
	Cause string // one line, lower case, no token
	Hint  string // one line, the one thing to do
	err   error
}

func (f *Failure) Error() string { return Name + ": error: " + f.Cause }

// Unwrap gives the error behind the words, if there is one.
func (f *Failure) Unwrap() error { return f.err }

// subject names a token in a sentence.
type subject struct {
	host   host.Host
	user   string
	kind   github.Kind
	source source
}

func (s subject) String() string {
	if s.user == "" || s.user == anyUser {
		return "the token for " + s.host.Registry
	}
	return "the token of " + s.user + " for " + s.host.Registry
}

func (s subject) owner() string {
	if s.user == "" || s.user == anyUser {
		return "the token"
	}
	return "the token of " + s.user
}

// renew says how to come by a token that may do what scope says.
func (s subject) renew(scope string) string {
	page := s.host.NewTokenURL(scope)
	if s.source != stored {
		return fmt.Sprintf("make a token at %s and put it into %s", page, s.source)
	}
	return fmt.Sprintf("make a new one at %s and run: %s login%s", page, Name, s.hostArgument())
}

// widen says how to add a scope to a token.
func (s subject) widen(scope string) string {
	switch {
	case s.kind == github.OAuth:
		web := strings.TrimPrefix(s.host.Web, "https://")
		return fmt.Sprintf("run: gh auth refresh -h %s -s %s && gh auth token -h %s | %s login --with-token%s", web, scope, web, Name, s.hostArgument())
	case s.source != stored:
		return fmt.Sprintf("tick %s at %s (the token stays the same), or put another token into %s", scope, s.host.TokensURL(), s.source)
	}
	return fmt.Sprintf("tick %s at %s (the token stays the same), or run: %s login%s", scope, s.host.TokensURL(), Name, s.hostArgument())
}

func (s subject) hostArgument() string {
	if s.host.Registry == host.DefaultRegistry {
		return ""
	}
	return " " + s.host.Registry
}

func (s subject) cannotPush(scopes github.Scopes) *Failure {
	return &Failure{
		Cause: fmt.Sprintf("%s can pull from %s but not push: it has %s and lacks %s", s.owner(), s.host.Registry, scopes.Packages(), github.WritePackages),
		Hint:  s.widen(github.WritePackages),
	}
}

func (s subject) lacks(scope string, scopes github.Scopes) *Failure {
	return &Failure{
		Cause: fmt.Sprintf("%s lacks %s: it has %s", s, scope, scopes.Packages()),
		Hint:  s.widen(scope),
	}
}

func (s subject) dead() *Failure {
	return &Failure{
		Cause: fmt.Sprintf("%s is expired or revoked: GitHub does not accept it", s),
		Hint:  s.renew(github.WritePackages),
	}
}

func (s subject) deadWarning() string {
	return fmt.Sprintf("%s is expired or revoked, so only public images can be pulled; renew it: %s", s, s.renewShort())
}

func (s subject) renewShort() string {
	if s.source != stored {
		return "put a new token into " + s.source.String()
	}
	return Name + " login" + s.hostArgument()
}

func (s subject) unusable() *Failure {
	f := &Failure{Hint: s.renew(github.WritePackages)}
	switch s.kind {
	case github.FineGrained:
		f.Cause = s.host.Registry + " takes no fine-grained token (github_pat_): it wants a personal access token (classic)"
	case github.Refresh:
		f.Cause = "a refresh token (ghr_) is no credential: " + s.host.Registry + " wants a personal access token (classic)"
	default:
		f.Cause = s.host.Registry + " takes no account password: it wants a personal access token (classic)"
	}
	return f
}

func (s subject) pullOnly() string {
	return fmt.Sprintf("%s can pull, not push: it lacks %s", s, github.WritePackages)
}

func (s subject) expires(at, now time.Time) string {
	return fmt.Sprintf("%s expires %s; renew it: %s", s, expiryWords(at, now), s.renewShort())
}

func expiryWords(at, now time.Time) string {
	left := at.Sub(now)
	switch day := at.Format(time.DateOnly); {
	case left < 24*time.Hour:
		return "in less than a day (" + day + ")"
	case left < 48*time.Hour:
		return "in 1 day (" + day + ")"
	default:
		return fmt.Sprintf("in %d days (%s)", int(left.Hours()/24), day)
	}
}

func (s subject) notVerified(err error) string {
	return fmt.Sprintf("%s is not verified: %v", s, err)
}

// fileNotice is the honest line about the file that replaces a keyring.
const fileNotice = "no OS keyring here: the token rests in an encrypted file (protects copies and backups of the file; a process running as you can read both)"

// storeFailure words what went wrong with a keyring or a file.
func storeFailure(h host.Host, err error) *Failure {
	f := &Failure{Cause: fmt.Sprintf("the token for %s cannot be used: %v", h.Registry, err), err: err}
	if e, ok := asKeyringError(err); ok {
		f.Hint = e.Hint
	}
	if f.Hint == "" {
		f.Hint = "store the token again: " + Name + " login"
	}
	return f
}

func placeWords(p keyring.Place) string {
	switch p {
	case keyring.Keyring:
		return "the OS keyring"
	case keyring.File:
		return "the encrypted file"
	}
	return "the credential " + strings.Replace(string(p), ":", " ", 1)
}
