package helper

import (
	"errors"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
)

// soon is how long before its expiry a token is warned about.
const soon = 7 * 24 * time.Hour

// question is all that the answer to a get depends on, once a token is found.
type question struct {
	subject
	intent   engine.Intent
	forced   bool // stored with login --force though its kind does not work
	facts    github.Facts
	err      error    // of the check: nil, github.ErrBadCredentials or *github.Unverified
	last     *Verdict // what GitHub said of this very token before, nil if never
	required []string // scopes asked for by GHCR_SCOPES instead of by the intent
	strict   bool     // GHCR_STRICT: without an answer of GitHub, no credentials
	lenient  bool     // GHCR_ON_DENIED=anonymous: a useless token is no error
	now      time.Time
}

// answer is what the engine gets: credentials, not-found, or a failure.
type answer struct {
	give     bool
	failure  *Failure // nil with give false: not found
	warnings []string
}

func give(warnings ...string) answer     { return answer{give: true, warnings: warnings} }
func anonymous(warning string) answer    { return answer{warnings: []string{warning}} }
func refuse(f *Failure) answer           { return answer{failure: f} }
func (q question) is(k github.Kind) bool { return q.kind == k }

// decide is the verdict table. Its rows stand in the README too.
func decide(q question) answer {
	a := q.verdict()
	if a.failure != nil && neverFails(q.intent) {
		// podman login asks before it tries the new password, and podman --remote
		// asks on behalf of other registries: a failure would block them.
		return anonymous(a.failure.Cause)
	}
	if a.give && q.err == nil && !q.facts.Expires.IsZero() && q.facts.Expires.Sub(q.now) < soon {
		a.warnings = append(a.warnings, q.expires(q.facts.Expires, q.now))
	}
	return a
}

func neverFails(i engine.Intent) bool { return i == engine.Login || i == engine.Elsewhere }

func (q question) verdict() answer {
	var unverified *github.Unverified
	switch {
	case q.is(github.FineGrained) && q.forced:
		return give(q.host.Registry + " takes no fine-grained token so far; this one was stored with --force")
	case q.is(github.FineGrained), q.is(github.Refresh), q.is(github.NotAToken):
		return refuse(q.unusable())
	case errors.Is(q.err, github.ErrBadCredentials):
		return q.deadVerdict()
	case errors.As(q.err, &unverified):
		return q.unverifiedVerdict(unverified)
	}
	return q.scopesVerdict(q.facts.Scopes)
}

func (q question) deadVerdict() answer {
	if q.intent == engine.Push {
		return refuse(q.dead())
	}
	return anonymous(q.deadWarning())
}

func (q question) unverifiedVerdict(err *github.Unverified) answer {
	warning := q.notVerified(err)
	if q.strict {
		return refuse(&Failure{Cause: warning, Hint: "GHCR_STRICT is set: try again, or unset it to go on without the check", err: err})
	}
	if q.last == nil {
		return give(warning)
	}
	if q.last.Dead {
		return q.deadVerdict()
	}
	a := q.scopesVerdict(q.last.Scopes)
	a.warnings = append([]string{warning}, a.warnings...)
	return a
}

func (q question) scopesVerdict(scopes github.Scopes) answer {
	if !scopes.Known {
		return give()
	}
	required := q.required
	if len(required) == 0 {
		required = []string{github.ReadPackages}
		if q.intent == engine.Push {
			required = append(required, github.WritePackages)
		}
	}
	for _, scope := range required {
		if scopes.Include(scope) {
			continue
		}
		canPull := scopes.Include(github.ReadPackages)
		switch {
		case canPull && scope == github.WritePackages:
			return refuse(q.cannotPush(scopes))
		case !canPull && q.lenient:
			return anonymous(q.lacks(q.needed(), scopes).Cause)
		case !canPull:
			return refuse(q.lacks(q.needed(), scopes))
		}
		return refuse(q.lacks(scope, scopes))
	}
	if q.intent == engine.Unknown && !scopes.Include(github.WritePackages) {
		return give(q.pullOnly())
	}
	return give()
}

// needed is the scope to name to somebody whose token has none for packages.
func (q question) needed() string {
	if q.intent == engine.Pull {
		return github.ReadPackages
	}
	return github.WritePackages
}
