package helper

import (
	"errors"
	"slices"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
)

// soon is how long before its expiry a token is warned about.
const soon = 7 * 24 * time.Hour

// question is all that the answer to a get depends on, but for the intent, once
// a token is found.
type question struct {
	subject
	forced  bool // stored with login --force though its kind does not work
	facts   github.Facts
	err     error    // of the check: nil, github.ErrBadCredentials or *github.Unverified
	last    *Verdict // what GitHub said of this very token before, nil if never
	scopes  []string // of GHCR_SCOPES, in place of what the intent requires
	strict  bool     // GHCR_STRICT: without an answer of GitHub, no credentials
	lenient bool     // GHCR_ON_DENIED=anonymous: a useless token is no error
	now     time.Time
}

// Answer is what an engine gets: credentials, a failure, or else not-found, with
// which it goes on anonymously.
type Answer struct {
	Given    bool
	Failure  *Failure
	Warnings []string // one line each, two at most; none with a failure
}

func (a Answer) String() string {
	switch {
	case a.Failure != nil:
		return "an error: " + a.Failure.Cause
	case a.Given:
		return "credentials"
	}
	return "not found"
}

func give(warnings ...string) Answer     { return Answer{Given: true, Warnings: warnings} }
func anonymous(warning string) Answer    { return Answer{Warnings: []string{warning}} }
func refuse(f *Failure) Answer           { return Answer{Failure: f} }
func (q question) is(k github.Kind) bool { return q.kind == k }

// to bends an answer to those that must not fail: podman login asks before it
// tries the new password, and podman --remote asks on behalf of other
// registries. A failure would block them.
func (a Answer) to(intent engine.Intent) Answer {
	if a.Failure != nil && (intent == engine.Login || intent == engine.Elsewhere) {
		return anonymous(a.Failure.Cause)
	}
	return a
}

// decide is the verdict table. Its rows stand in the README too.
func (q question) decide(intent engine.Intent) Answer {
	return q.verdict(intent).to(intent)
}

func (q question) verdict(intent engine.Intent) Answer {
	var unverified *github.Unverified
	switch {
	case q.is(github.FineGrained) && q.forced:
		return give(q.host.Registry + " takes no fine-grained token so far; this one was stored with --force")
	case !q.isCredential():
		return refuse(q.unusable())
	case errors.Is(q.err, github.ErrBadCredentials):
		return q.deadVerdict(intent)
	case errors.As(q.err, &unverified):
		return q.unverifiedVerdict(intent, unverified)
	}
	a := q.scopesVerdict(intent, q.facts.Scopes)
	if a.Given && q.expiresSoon() {
		a.Warnings = append(a.Warnings, q.expires(q.facts.Expires, q.now))
	}
	return a
}

// deadVerdict lets pulls of public images go on anonymously: with a dead token
// the registry would refuse even those.
func (q question) deadVerdict(intent engine.Intent) Answer {
	if intent == engine.Push {
		return refuse(q.dead())
	}
	return anonymous(q.deadWarning())
}

// unverifiedVerdict falls back on what GitHub said last. Without that the
// registry may find out: a network that is down is no reason to stop an engine.
func (q question) unverifiedVerdict(intent engine.Intent, err *github.Unverified) Answer {
	switch {
	case q.strict:
		return refuse(&Failure{Cause: q.notVerified(err), Hint: "GHCR_STRICT is set: try again, or unset it to go on without the check", err: err})
	case q.last == nil:
		return give(q.notVerified(err))
	case q.last.Dead:
		return q.deadVerdict(intent)
	}
	a := q.scopesVerdict(intent, q.last.Scopes)
	if a.Failure != nil {
		return refuse(a.Failure.asOf(q.last.CheckedAt, err))
	}
	a.Warnings = append([]string{q.notVerified(err)}, a.Warnings...)
	return a
}

func (q question) scopesVerdict(intent engine.Intent, scopes github.Scopes) Answer {
	if !scopes.Known {
		return give()
	}
	mayPull, mayPush := scopes.Include(github.ReadPackages), scopes.Include(github.WritePackages)
	required := q.required(intent)
	i := slices.IndexFunc(required, func(scope string) bool { return !scopes.Include(scope) })
	switch {
	case i < 0 && intent == engine.Unknown && !mayPush:
		return give(q.pullOnly())
	case i < 0:
		return give()
	}
	missing := required[i]
	if missing == github.ReadPackages && intent != engine.Pull && len(q.scopes) == 0 {
		missing = github.WritePackages // gives both, and it may be a push
	}
	switch {
	case mayPull && missing == github.WritePackages:
		return refuse(q.cannotPush(scopes))
	case !mayPull && q.lenient:
		return anonymous(q.lacks(missing, scopes).Cause)
	}
	return refuse(q.lacks(missing, scopes))
}

func (q question) required(intent engine.Intent) []string {
	switch {
	case len(q.scopes) > 0:
		return q.scopes
	case intent == engine.Push:
		return []string{github.WritePackages}
	}
	return []string{github.ReadPackages}
}

func (q question) expiresSoon() bool {
	return !q.facts.Expires.IsZero() && q.facts.Expires.Sub(q.now) < soon
}
