package cli

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/registry"
)

// auth is what an engine gets for a pull: the token, or nothing.
func (x *examination) auth() registry.Auth {
	if x.tokenErr != nil || x.checkErr != nil || !x.checked.Pull.Given {
		return registry.Auth{}
	}
	return registry.Auth{Username: x.checked.Username, Password: x.token}
}

// exchange: does the registry answer, and take the token at all.
func (x *examination) exchange(ctx context.Context) []outcome {
	ctx, cancel := x.within(ctx)
	defer cancel()
	auth := x.auth()
	r := x.registry.TokenExchange(ctx, x.target.Registry, auth)
	x.answered = r.Verdict != registry.Unknown
	switch {
	case r.Verdict == registry.Unknown:
		return []outcome{{mark: markBad, stops: pulling, text: r.Why, remedy: x.trouble(x.target.Registry, r.Why)}}
	case auth == registry.Auth{}: // whatever it said: strangers may get nothing
		return []outcome{x.well(sayDoctor.exchangeNobody, x.target.Registry)}
	case r.Verdict == registry.Denied:
		o := outcome{mark: markBad, stops: pulling, inferred: true, text: x.text(sayDoctor.exchangeDenied, x.target.Registry, r.Text), remedy: x.row("token-refused")}
		if r.Finding != nil {
			o.remedy = x.row(r.Finding.Row.ID)
		}
		return []outcome{o}
	case !x.checked.Asked: // it gives every live token a bearer, and refuses later
		return []outcome{x.skip(sayDoctor.exchangeKind, x.target.Registry)}
	}
	return []outcome{x.well(sayDoctor.exchangeOK, x.target.Registry)}
}

// remedyFor is the remedy for what the registry said of the image, or for row
// where the table does not know it.
func (x *examination) remedyFor(r registry.Result, row string) *remedy {
	if r.Finding != nil {
		row = r.Finding.Row.ID
	}
	about := x.packageRow(row)
	about.Suspects = x.stillSuspect(about.Suspects)
	return about
}

// stillSuspect leaves out the suspects that other checks have cleared.
func (x *examination) stillSuspect(all []suspect) []suspect {
	cleared := map[string]bool{
		"nothing-stored":  x.tokenErr == nil,
		"bad-credentials": x.tokenErr == nil && x.checkErr == nil && x.checked.Asked && x.checked.Err == nil,
	}
	if x.ownerErr == nil && x.ownerSaid.Exists && x.ownerSaid.Refused == "" && !x.ownerSaid.NeedsSSO && x.auth() != (registry.Auth{}) {
		for _, id := range []string{"sso-required", "org-forbids-classic", "ip-allow-list"} {
			cleared[id] = true
		}
	}
	var left []suspect
	for _, s := range all {
		if !cleared[s.Row] {
			left = append(left, s)
		}
	}
	return left
}

// nameCheck: is the image's name one.
func (x *examination) nameCheck(context.Context) []outcome {
	if x.wrong == nil {
		return []outcome{x.well(sayDoctor.nameFine, x.image)}
	}
	text := x.text(sayDoctor.nameWrong, x.words(x.wrong.Words))
	r := &remedy{Cause: text, Fix: x.text(sayDoctor.nameFix)}
	if x.wrong.Code == registry.UpperCase {
		r = x.row("upper-case")
	}
	if x.wrong.Suggestion != "" {
		r.Fix = x.text(sayDoctor.nameMeant, x.wrong.Suggestion)
	}
	return []outcome{{mark: markBad, stops: pulling, text: text, remedy: r}}
}

// ownerCheck: is there such an owner, and does it let the token in. An
// organization's single sign-on shows at the API alone.
func (x *examination) ownerCheck(ctx context.Context) []outcome {
	if x.wrong != nil || x.owner == "" {
		return nil
	}
	ctx, cancel := x.within(ctx)
	defer cancel()
	token := x.auth().Password
	x.ownerSaid, x.ownerErr = x.github.Owner(ctx, token, x.owner)
	said := x.ownerSaid
	switch {
	case errors.Is(x.ownerErr, github.ErrBadCredentials):
		return []outcome{x.skip(sayDoctor.ownerUnknown, x.owner)}
	case x.ownerErr != nil:
		return []outcome{x.skip(sayDoctor.ownerUnknownWhy, x.owner, x.ownerErr.Error())}
	case !said.Exists:
		return []outcome{{mark: markBad, stops: pulling, inferred: true, text: x.text(sayDoctor.ownerMissing, x.owner), remedy: x.row("wrong-owner")}}
	case said.NeedsSSO:
		r := x.row("sso-required")
		r.Page = said.SSO
		return []outcome{{mark: markBad, stops: pulling, inferred: true, text: x.text(sayDoctor.ownerSSO, x.owner), remedy: r}}
	case said.Refused != "":
		o := outcome{mark: markBad, stops: pulling, inferred: true, text: x.text(sayDoctor.ownerRefuses, x.owner, said.Refused)}
		o.remedy = &remedy{Cause: said.Refused, Fix: x.text(sayDoctor.ownerRefusesFix)}
		if f, found := registry.Explain(said.Refused); found {
			o.remedy = x.row(f.Row.ID)
		}
		return []outcome{o}
	case said.IsOrg:
		return []outcome{x.well(sayDoctor.ownerOrg, x.owner)}
	}
	return []outcome{x.well(sayDoctor.ownerPerson, x.owner)}
}

// access asks the registry itself what an engine would: whether the image may be
// pulled and pushed. Nothing is written.
func (x *examination) access(ctx context.Context) []outcome {
	if x.wrong != nil || !x.answered {
		return []outcome{x.skip(sayDoctor.notProbed, x.target.Registry)}
	}
	ctx, cancel := x.within(ctx)
	defer cancel()
	auth := x.auth()
	mayAskPull := x.checked.Pull.Failure == nil
	mayAskPush := auth != (registry.Auth{}) && x.checked.Push.Failure == nil
	var both sync.WaitGroup
	if mayAskPull {
		both.Go(func() { x.pull = x.registry.CanPull(ctx, x.image, auth) })
	}
	if mayAskPush {
		both.Go(func() { x.push = x.registry.CanPush(ctx, x.image, auth) })
	}
	both.Wait()
	lines := make([]outcome, 2)
	lines[0] = x.pullOutcome(auth, mayAskPull)
	lines[1] = x.pushOutcome(mayAskPush)
	return lines
}

func (x *examination) pullOutcome(auth registry.Auth, asked bool) outcome {
	r := x.pull
	absent := r.Finding != nil && r.Finding.Row.ID == "manifest-unknown"
	image := x.image
	if _, path, _ := strings.Cut(image, "/"); !strings.ContainsAny(path, ":@") {
		image += ":latest" // which is what was asked for
	}
	switch {
	case !asked:
		return x.skip(sayDoctor.pullNotAsked)
	case r.Verdict == registry.Unknown:
		return outcome{mark: markBad, stops: pulling, text: x.text(sayDoctor.pullUnknown, r.Why), remedy: x.trouble(x.target.Registry, r.Why)}
	case absent && x.push.Verdict == registry.Allowed: // the first push makes it
		return outcome{mark: markWarn, text: x.text(sayDoctor.pullAbsent, image), remedy: x.remedyFor(r, "manifest-unknown")}
	case absent:
		return outcome{mark: markBad, stops: pulling, text: x.text(sayDoctor.pullAbsent, image), remedy: x.remedyFor(r, "manifest-unknown")}
	case r.Verdict == registry.Denied && auth == registry.Auth{}:
		return outcome{mark: markBad, stops: pulling, text: x.text(sayDoctor.pullDenied, x.target.Registry, r.Text), remedy: x.packageRow("private-image")}
	case r.Verdict == registry.Denied:
		return outcome{mark: markBad, stops: pulling, text: x.text(sayDoctor.pullDenied, x.target.Registry, r.Text), remedy: x.remedyFor(r, "pull-denied")}
	case auth == registry.Auth{}:
		return outcome{mark: markOK, proves: pulling, text: x.text(sayDoctor.pullPublic, x.target.Registry)}
	}
	return outcome{mark: markOK, proves: pulling, text: x.text(sayDoctor.pullOK, x.target.Registry)}
}

func (x *examination) pushOutcome(asked bool) outcome {
	r := x.push
	switch {
	case !asked:
		return x.skip(sayDoctor.pushNotAsked)
	case r.Verdict == registry.Unknown:
		return outcome{mark: markWarn, text: x.text(sayDoctor.pushUnknown, r.Why), remedy: x.trouble(x.target.Registry, r.Why)}
	case r.Verdict == registry.Denied:
		return outcome{mark: markBad, stops: pushing, text: x.text(sayDoctor.pushDenied, x.target.Registry, r.Text), remedy: x.remedyFor(r, "push-403")}
	}
	return outcome{mark: markOK, proves: pushing, text: x.text(sayDoctor.pushOK, x.target.Registry)}
}
