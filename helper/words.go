package helper

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// subject names a token in a sentence.
type subject struct {
	host     host.Host
	user     string
	kind     github.Kind
	mistyped bool // by its checksum; believed only when GitHub refuses the token
	source   Source
}

// isCredential reports a kind that the registry may take. The others are not
// shown to GitHub: one may be the password of an account.
func (s subject) isCredential() bool {
	return s.kind != github.FineGrained && s.kind != github.Refresh && s.kind != github.NotAToken
}

// owner says whose token it is, and where it is from if not from the store.
func (s subject) owner() string {
	text := "the token"
	if s.user != "" && s.user != anyUser {
		text += " of " + name(s.user)
	}
	if s.source != FromStore {
		text += " in " + string(s.source)
	}
	return text
}

func (s subject) String() string { return s.owner() + " for " + s.host.Registry }

// name keeps an account's name to what GitHub allows: in a sentence, a made-up
// one shall do no harm.
func name(user string) string { return plain(user, 39) }

// tell makes a sentence about the token that fits into a line: with its owner
// and its host, with its owner, or with neither. A shorter rest is the last resort.
func (s subject) tell(kind, rest string, shorter ...string) string {
	texts := []string{s.String() + rest, s.owner() + rest, "the token" + rest}
	for _, rest := range shorter {
		texts = append(texts, "the token"+rest)
	}
	return fit(kind, texts...)
}

// login is the command that stores another token.
func (s subject) login() string { return Name + " login" + hostArgument(s.host) }

func hostArgument(h host.Host) string {
	if h.Registry == host.DefaultRegistry {
		return ""
	}
	return " " + h.Registry
}

// variable is where a token outside the stores is to be put. The token of
// Actions is made anew for each job; another one goes into GHCR_TOKEN.
func (s subject) variable() string {
	if s.source == FromActions {
		return string(FromToken)
	}
	return string(s.source)
}

// renew says how to come by a token that may do what scope says.
func (s subject) renew(scope string) string {
	page := s.host.NewTokenURL(scope)
	if s.source != FromStore {
		return fit("hint", fmt.Sprintf("make a token at %s and put it into %s", page, s.variable()), "put another token into "+s.variable())
	}
	return fit("hint", fmt.Sprintf("make a new one at %s and run: %s", page, s.login()), "make a new one: "+s.login())
}

// renewShort is renew in a few words.
func (s subject) renewShort() string {
	if s.source != FromStore {
		return "put a new token into " + s.variable()
	}
	return s.login()
}

// widen says how to add a scope to a token.
func (s subject) widen(scope string) string {
	page := s.host.TokensURL()
	tick := fmt.Sprintf("tick %s at %s (the token stays the same)", scope, page)
	switch {
	case s.kind == github.OAuth:
		return s.refresh(scope)
	case s.source != FromStore:
		return fit("hint", tick+", or put another token into "+s.variable(), tick, "tick "+scope+" at "+page)
	}
	return fit("hint", tick+", or run: "+s.login(), tick, "tick "+scope+" at "+page)
}

// refresh is widen for a token of gh, which makes a new one with more scopes.
func (s subject) refresh(scope string) string {
	web := s.webName()
	refresh := fmt.Sprintf("run: gh auth refresh -h %s -s %s", web, scope)
	if s.source != FromStore {
		return fit("hint", refresh+", and put what gh auth token prints into "+s.variable(), refresh)
	}
	return fit("hint",
		fmt.Sprintf("%s && gh auth token -h %s | %s login --with-token%s", refresh, web, Name, hostArgument(s.host)),
		refresh+", then: "+s.login()+" --from-gh", refresh)
}

// webName is the name that gh knows the host by.
func (s subject) webName() string { return strings.TrimPrefix(s.host.Web, "https://") }

func (s subject) cannotPush(scopes github.Scopes) *Failure {
	rest := fmt.Sprintf(" but not push: it has %s and lacks %s", scopes.Packages(), github.WritePackages)
	return &Failure{
		Cause: fit("error", s.owner()+" can pull from "+s.host.Registry+rest, s.owner()+" can pull"+rest, "the token can pull"+rest),
		Hint:  s.widen(github.WritePackages),
	}
}

func (s subject) lacks(scope string, scopes github.Scopes) *Failure {
	return &Failure{
		Cause: s.tell("error", fmt.Sprintf(" lacks %s: it has %s", scope, scopes.Packages())),
		Hint:  s.widen(scope),
	}
}

// asOf adds that a failure rests on what GitHub said earlier.
func (f *Failure) asOf(day time.Time, err *github.Unverified) *Failure {
	told := f.Cause + " (as of " + day.Format(time.DateOnly)
	return &Failure{
		Cause: fit("error", told+"; now "+err.Error()+")", told+", not verified now)", f.Cause),
		Hint:  f.Hint,
		err:   err,
	}
}

func (s subject) dead() *Failure {
	return &Failure{
		Cause: s.tell("error", s.deadWords()+": GitHub does not accept it"),
		Hint:  s.renew(github.WritePackages),
		err:   github.ErrBadCredentials,
	}
}

func (s subject) deadWarning() string {
	return s.tell("warning", s.deadWords()+", so only public images can be pulled; renew it: "+s.renewShort(),
		s.deadWords()+"; renew it: "+s.renewShort())
}

func (s subject) deadWords() string {
	if s.mistyped {
		return " looks cut or mistyped"
	}
	return " is expired or revoked"
}

func (s subject) unusable() *Failure {
	f := &Failure{Hint: s.renew(github.WritePackages), err: ErrToken}
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
	return s.tell("warning", " can pull, not push: it lacks "+github.WritePackages)
}

func (s subject) expires(at, now time.Time) string {
	return s.tell("warning", " expires "+expiryWords(at, now)+"; renew it: "+s.renewShort())
}

func expiryWords(at, now time.Time) string {
	switch days, day := DaysLeft(at, now), at.Format(time.DateOnly); {
	case days <= 0:
		return "today (" + day + ")"
	case days == 1:
		return "tomorrow (" + day + ")"
	default:
		return fmt.Sprintf("in %d days (%s)", days, day)
	}
}

// DaysLeft counts the days of the calendar until a token expires, as people do:
// what expires after midnight expires tomorrow. The calendar is that of at.
func DaysLeft(at, now time.Time) int {
	noon := func(t time.Time) time.Time { // no change of clocks makes a day of half a length
		year, month, day := t.Date()
		return time.Date(year, month, day, 12, 0, 0, 0, time.UTC)
	}
	return int(noon(at).Sub(noon(now.In(at.Location()))) / (24 * time.Hour))
}

func (s subject) notVerified(err error) string {
	return s.tell("warning", " is not verified: "+err.Error())
}

// fileNotice is the honest line about the file that replaces a keyring.
const fileNotice = "no OS keyring here: the token rests in an encrypted file (protects copies and backups of the file; a process running as you can read both)"

// worded makes a Failure of an error that says by itself what it is about.
func worded(err error) *Failure {
	var failure *Failure
	if errors.As(err, &failure) {
		return failure
	}
	f := &Failure{Cause: err.Error(), err: err}
	var e *keyring.Error
	if errors.As(err, &e) {
		f.Hint = e.Hint
	}
	return f
}

// storeFailure words what went wrong with a keyring or a file.
func storeFailure(h host.Host, err error) *Failure { return about(h, "cannot be used", err) }

func notStored(h host.Host, err error) *Failure  { return about(h, "is not stored", err) }
func notDeleted(h host.Host, err error) *Failure { return about(h, "is not erased", err) }

// about puts in front of an error what it means for the token of a host.
func about(h host.Host, what string, err error) *Failure {
	var failure *Failure
	if errors.As(err, &failure) {
		return failure
	}
	var locked *disk.LockError
	f := worded(err)
	f.Cause = fit("error", fmt.Sprintf("the token for %s %s: %v", h.Registry, what, err), fmt.Sprintf("the token %s: %v", what, err), f.Cause)
	switch {
	case f.Hint != "":
	case errors.Is(err, disk.ErrShared) && errors.As(err, &locked):
		f.Hint = "run: chmod go-w " + disk.Show(filepath.Dir(locked.Path))
	case isForbidden(err):
		f.Hint = "make it writable for this user, or give the token in " + string(FromToken)
	default:
		f.Hint = "store the token again: " + Name + " login" + hostArgument(h)
	}
	return f
}

// isForbidden reports a file or folder that this user may not write. Of what a
// store could not write only the words are left.
func isForbidden(err error) bool {
	if errors.Is(err, keyring.ErrNotStored) {
		text := err.Error()
		return strings.HasSuffix(text, syscall.EACCES.Error()) || strings.HasSuffix(text, syscall.EROFS.Error())
	}
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
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
