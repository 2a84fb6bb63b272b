package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
)

const (
	slowAPI   = time.Second        // every push and pull waits that long
	wrongTime = time.Minute        // the clock is off, and certificates begin to fail
	soonEnds  = 7 * 24 * time.Hour // when a get begins to warn
)

// network: the way to GitHub's API, asked as nobody. A failure stops nothing by
// itself: a get goes on with what was true the last time.
func (x *examination) network(ctx context.Context) []outcome {
	ctx, cancel := x.within(ctx)
	defer cancel()
	x.reach, x.reachErr = x.github.Probe(ctx, "")
	return x.wayTo(x.apiHost())
}

func (x *examination) wayTo(server string) []outcome {
	if x.reachErr != nil {
		return []outcome{{mark: markWarn, text: x.reachErr.Error(), remedy: x.trouble(server, x.reachErr.Error())}}
	}
	steps := x.text(sayDoctor.steps, millis(x.reach.Lookup), millis(x.reach.Connect), millis(x.reach.Greeting))
	o := x.well(sayDoctor.apiAnswers, server, millis(x.reach.Total), steps)
	if x.reach.Proxy != "" {
		o.text = x.text(sayDoctor.apiThroughProxy, server, x.reach.Proxy, millis(x.reach.Total), steps)
	}
	if x.reach.Total > slowAPI {
		o.mark, o.remedy = markWarn, &remedy{Cause: x.text(sayDoctor.apiSlow, server, millis(x.reach.Total)), Fix: x.text(sayDoctor.apiSlowFix)}
	}
	return []outcome{o}
}

func (x *examination) apiHost() string {
	_, rest, _ := strings.Cut(x.target.API, "://")
	server, _, _ := strings.Cut(rest, "/")
	return server
}

func millis(d time.Duration) string { return d.Round(time.Millisecond).String() }

// clock: certificates and expiries are judged by it.
func (x *examination) clock(context.Context) []outcome {
	if !x.reach.Dated {
		return []outcome{x.skip(sayDoctor.clockUnknown)}
	}
	off := x.reach.Skew.Abs()
	if off < wrongTime {
		return []outcome{x.well(sayDoctor.clockRight)}
	}
	m := sayDoctor.clockAhead
	if x.reach.Skew < 0 {
		m = sayDoctor.clockBehind
	}
	text := x.text(m, off.String(), x.apiHost())
	return []outcome{{mark: markWarn, text: text, remedy: &remedy{Cause: text, Fix: x.text(sayDoctor.clockFix)}}}
}

// alive: does GitHub accept the token, and whose is it.
func (x *examination) alive(context.Context) []outcome {
	if x.tokenErr != nil {
		return []outcome{x.skip(sayDoctor.notAskedNoToken, x.apiHost())}
	}
	x.checked, x.checkErr = x.helper.Check(x.target)
	switch {
	case x.checkErr != nil:
		return []outcome{{mark: markBad, stops: pulling, text: causeOf(x.checkErr), remedy: x.storageRemedy()}}
	case !x.checked.Asked:
		return []outcome{x.skip(sayDoctor.notAskedKind, x.apiHost(), x.checked.Kind.String())}
	case errors.Is(x.checked.Err, github.ErrBadCredentials):
		text := x.text(sayDoctor.dead)
		if x.checked.Mistyped {
			text = x.text(sayDoctor.deadMistyped)
		}
		o := outcome{mark: markBad, stops: pulling, inferred: true, text: text, remedy: x.verdict("helper-dead-token", x.checked.Push.Failure)}
		if !x.checked.Mistyped {
			x.renewEverywhere(o.remedy)
		}
		return []outcome{o}
	case x.checked.Err != nil && x.checked.Push.Failure != nil: // GHCR_STRICT, or what was true the last time
		return []outcome{x.refusal()}
	case x.checked.Err != nil:
		return []outcome{{mark: markWarn, text: x.text(sayDoctor.unverified, x.checked.Err.Error()), remedy: x.trouble(x.apiHost(), x.checked.Err.Error())}}
	case x.checked.Username == "" || x.checked.Username == "x-access-token":
		return []outcome{x.well(sayDoctor.aliveNobody)}
	}
	return []outcome{x.well(sayDoctor.alive, x.checked.Username)}
}

// verdict is the remedy for what the helper itself refuses. Its hint names the
// variable that holds the token, or gh's own command, where that mends it; for
// the rest the table has the words.
func (x *examination) verdict(row string, f *helper.Failure) *remedy {
	r := x.row(row)
	special := x.checked.Source != helper.FromStore || x.checked.Kind == github.OAuth
	if f != nil && f.Hint != "" && special {
		r.Fix, r.Page = f.Hint, ""
	}
	return r
}

// refusal is a get that fails, in its own words.
func (x *examination) refusal() outcome {
	o := outcome{mark: markBad, stops: pushing, inferred: true}
	f := x.checked.Push.Failure
	if x.checked.Pull.Failure != nil {
		f, o.stops, o.inferred = x.checked.Pull.Failure, pulling, false
	}
	o.text, o.remedy = f.Cause, &remedy{Cause: f.Cause, Fix: f.Hint}
	return o
}

// scopes: what the token may do, by what GitHub says and the helper makes of it.
func (x *examination) scopes(context.Context) []outcome {
	switch {
	case x.tokenErr != nil || x.checkErr != nil || !x.checked.Asked || errors.Is(x.checked.Err, github.ErrBadCredentials):
		return nil
	case x.checked.Err != nil:
		return []outcome{x.skip(sayDoctor.scopesUnknown)}
	}
	can := x.text(say.loginMay, x.rights(x.checked.Facts.Scopes))
	switch {
	case x.checked.Pull.Failure == nil && x.checked.Push.Failure == nil:
		return []outcome{{mark: markOK, text: can}}
	case x.checked.Pull.Failure != nil:
		return []outcome{{mark: markBad, stops: pulling, text: can, remedy: x.verdict("helper-lacks-scope", x.checked.Push.Failure)}}
	case !x.checked.Facts.Scopes.Include(github.ReadPackages): // GHCR_ON_DENIED=anonymous
		return []outcome{{mark: markBad, stops: pulling, inferred: true, text: can, remedy: x.verdict("helper-lacks-scope", x.checked.Push.Failure)}}
	}
	return []outcome{{mark: markBad, stops: pushing, text: can, remedy: x.verdict("helper-cannot-push", x.checked.Push.Failure)}}
}

// expires: how long the token lives.
func (x *examination) expires(context.Context) []outcome {
	switch {
	case x.tokenErr != nil || x.checkErr != nil || x.checked.Err != nil || !x.checked.Asked:
		return nil
	case x.checked.Facts.Expires.IsZero():
		return []outcome{x.well(sayDoctor.expiryUntold)}
	}
	at, now := x.checked.Facts.Expires, time.Now()
	o := outcome{mark: markOK, text: x.expiry(at, now)}
	if at.Sub(now) < soonEnds {
		o.mark, o.remedy = markWarn, x.row("helper-dead-token")
		o.remedy.Row, o.remedy.Cause = "", o.text
		if x.checked.Source != helper.FromStore {
			o.remedy.Fix = x.text(sayDoctor.renewIn, string(x.checked.Source))
		}
		x.renewEverywhere(o.remedy)
	}
	return []outcome{o}
}

// renewEverywhere names rotate instead of login, where GitHub has the token as
// secrets that were set from here: login would leave those behind.
func (x *examination) renewEverywhere(r *remedy) {
	if x.checked.Source != helper.FromStore {
		return
	}
	book, err := openLedger(x.getenv)
	if err != nil {
		return
	}
	known, _ := book.secrets(x.target.Registry)
	hash, n := hashOf(x.token), 0
	for _, p := range known {
		if p.TokenHash == hash {
			n++
		}
	}
	rotate := helper.Name + " rotate"
	if x.target.Registry != host.DefaultRegistry {
		rotate += " --host " + x.target.Registry
	}
	switch {
	case n == 1:
		r.Fix = x.text(sayDoctor.rotateOne, rotate)
	case n > 1:
		r.Fix = x.text(sayDoctor.rotateMore, n, rotate)
	}
}

// rateLimit: how many requests GitHub takes from this account still.
func (x *examination) rateLimit(ctx context.Context) []outcome {
	if x.tokenErr != nil || x.checkErr != nil || !x.checked.Asked || errors.Is(x.checked.Err, github.ErrBadCredentials) {
		return nil
	}
	ctx, cancel := x.within(ctx)
	defer cancel()
	p, err := x.github.Probe(ctx, x.token)
	switch {
	case p.Limit == 0 && err != nil:
		return []outcome{x.skip(sayDoctor.limitUnknown)}
	case p.Limit == 0:
		return []outcome{x.well(sayDoctor.noLimit, x.apiHost())}
	case p.Remaining == 0:
		text := x.text(sayDoctor.limitReached, p.Limit, p.Reset.Local().Format("15:04"))
		return []outcome{{mark: markWarn, text: text, remedy: &remedy{Cause: text, Fix: x.text(sayDoctor.limitFix)}}}
	}
	return []outcome{x.well(sayDoctor.limitLeft, p.Remaining, p.Limit)}
}
