package cli

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// program: engines start the first program of our name on the PATH.
func (x *examination) program(ctx context.Context) []outcome {
	plan, err := x.plan(ctx, nil)
	if err != nil {
		return x.unreadable(err)
	}
	for _, f := range plan.Findings {
		switch f.Kind {
		case engine.NotOnPath:
			return []outcome{x.defeated(f, x.text(sayDoctor.fixPath, shortPath(f.Path)))}
		case engine.OtherBinary:
			return []outcome{x.defeated(f, x.text(sayDoctor.fixOther, shortPath(f.Path)))}
		}
	}
	path, err := exec.LookPath(helper.Name)
	if err != nil {
		path = helper.Name
	}
	return []outcome{x.well(sayDoctor.programFound, helper.Version(), shortPath(path))}
}

func (x *examination) plan(ctx context.Context, engines []engine.Engine) (engine.Plan, error) {
	env, err := x.engineEnv()
	if err != nil {
		return engine.Plan{}, err
	}
	return engine.PlanConfigure(ctx, env, engines, x.target.Registry)
}

func (x *examination) unreadable(err error) []outcome {
	return []outcome{{mark: markBad, text: err.Error(), stops: pulling, remedy: &remedy{Cause: err.Error(), Fix: x.text(sayDoctor.fixFile)}}}
}

func (x *examination) defeated(f engine.Finding, fix string) outcome {
	text := x.finding(f)
	return outcome{mark: markBad, text: text, stops: pulling, remedy: &remedy{Cause: text, Fix: fix}}
}

// engines: docker's and podman's files, all that configure knows of them.
func (x *examination) engines(ctx context.Context) []outcome {
	env, err := x.engineEnv()
	if err != nil {
		return x.unreadable(err)
	}
	installed := engine.Installed(env)
	plan, err := engine.PlanConfigure(ctx, env, installed, x.target.Registry)
	if err != nil {
		return x.unreadable(err)
	}
	var lines []outcome
	var idle []engine.Engine // nobody has set them up
	var aside []string       // they use a login in clear text
	for _, e := range installed {
		switch {
		case slices.ContainsFunc(plan.Findings, func(f engine.Finding) bool { return isLogin(f) && slices.Contains(f.Engines, e) }):
			aside = append(aside, string(e))
		case slices.ContainsFunc(plan.Findings, func(f engine.Finding) bool { return f.Defeats && slices.Contains(f.Engines, e) }):
		case slices.ContainsFunc(plan.Changes, func(c engine.Change) bool { return !c.ForLogin && slices.Contains(c.Engines, e) }):
			idle = append(idle, e)
		default:
			lines = append(lines, x.well(say.engineAsks, string(e), x.target.Registry))
		}
	}
	asks := len(lines) > 0
	for _, e := range idle {
		text := x.text(say.engineAsksNot, string(e), x.target.Registry)
		o := outcome{mark: markBad, text: text, stops: pulling, yields: true, remedy: &remedy{Cause: text, Fix: x.command("configure")}}
		if asks || aside != nil { // the other one may be the one in use
			o.mark, o.stops = markWarn, nothing
		}
		lines = append(lines, o)
	}
	for _, f := range plan.Findings {
		if f.Kind != engine.NotOnPath && f.Kind != engine.OtherBinary { // see program
			lines = append(lines, x.engineFinding(f, installed))
		}
	}
	if aside != nil && !asks {
		lines[len(lines)-1].aside = aside
	}
	return lines
}

// isLogin reports a login in clear text that an engine uses in the helper's place.
func isLogin(f engine.Finding) bool {
	return f.Defeats && (f.Kind == engine.PlainTextLogin || f.Kind == engine.RuntimeLogin || f.Kind == engine.EnvironmentKey)
}

func (x *examination) engineFinding(f engine.Finding, installed []engine.Engine) outcome {
	var names []string
	for _, e := range f.Engines {
		names = append(names, string(e))
	}
	concerns := slices.ContainsFunc(f.Engines, func(e engine.Engine) bool { return slices.Contains(installed, e) })
	o := x.defeated(f, x.fixOf(f))
	if len(names) != 1 || !strings.HasPrefix(o.text, names[0]+" ") {
		o.text = strings.Join(names, ", ") + ": " + o.text
	}
	switch {
	case f.Kind == engine.EmptyEntry:
		return outcome{mark: markSkip, text: o.text}
	case !f.Defeats, !concerns, isLogin(f): // helm and regctl have files of their own
		o.mark, o.stops = markWarn, nothing
	}
	return o
}

// command is a command of ours for the host that is examined.
func (x *examination) command(verb string) string {
	if x.target.Registry == host.DefaultRegistry {
		return helper.Name + " " + verb
	}
	return helper.Name + " " + verb + " " + x.target.Registry
}

func (x *examination) fixOf(f engine.Finding) string {
	switch {
	case f.Kind == engine.PlainTextLogin, f.Kind == engine.RuntimeLogin:
		return x.command("migrate")
	case f.Mended:
		return x.command("configure")
	case f.Kind == engine.EnvironmentKey:
		return "unset " + f.Key
	case f.Kind == engine.OwnStore:
		return x.text(sayDoctor.fixOwnStore, string(f.Engines[0]), x.target.Registry)
	case f.Kind == engine.SnapDocker:
		return x.text(sayDoctor.fixSnap)
	}
	return x.text(sayDoctor.fixFile)
}

// slowStorage is when a storage is worth a word.
const slowStorage = 2 * time.Second

// storage: can the token be read, from where, how quickly.
func (x *examination) storage(context.Context) []outcome {
	start := time.Now()
	x.user, x.token, x.source, x.tokenErr = x.helper.Credential(x.target)
	took := time.Since(start).Round(time.Millisecond)
	switch {
	case errors.Is(x.tokenErr, keyring.ErrNotFound):
		o := outcome{mark: markBad, stops: pulling, inferred: true, text: x.text(say.nothingStoredFor, x.target.Registry), remedy: x.row("nothing-stored")}
		if user := x.getenv("SUDO_USER"); user != "" && os.Getuid() == 0 {
			o.text = x.text(sayDoctor.underSudo, x.target.Registry, printable(user))
			o.remedy.Fix = x.text(sayDoctor.fixSudo)
		}
		return []outcome{o}
	case x.tokenErr != nil:
		return []outcome{{mark: markBad, stops: pulling, text: causeOf(x.tokenErr), remedy: x.storageRemedy()}}
	case x.source != helper.FromStore:
		return []outcome{x.well(say.statusFrom, string(x.source))}
	}
	o := x.well(sayDoctor.storageRead, x.place(), took.String())
	if took > slowStorage {
		o.mark, o.remedy = markWarn, &remedy{Cause: o.text, Fix: x.text(sayDoctor.fixSlow)}
	}
	return []outcome{o}
}

// storageRemedy is the storage's own hint; the table's where it knows better.
func (x *examination) storageRemedy() *remedy {
	var f *helper.Failure
	if !errors.As(x.tokenErr, &f) {
		return &remedy{Cause: x.tokenErr.Error(), Fix: x.command("login")}
	}
	if strings.HasPrefix(f.Cause, string(helper.FromToken)+" is set but empty") {
		return x.row("helper-empty-variable")
	}
	r := &remedy{Cause: f.Cause, Fix: f.Hint}
	if row := x.row("helper-keyring"); errors.Is(f, keyring.ErrLocked) || errors.Is(f, keyring.ErrUnavailable) {
		r.Row, r.Cause = row.Row, row.Cause
		if x.lang == chinese {
			r.Fix = row.Fix
		}
	}
	return r
}

// causeOf is an error without the program's name, which a failure has in front.
func causeOf(err error) string {
	var f *helper.Failure
	if errors.As(err, &f) {
		return f.Cause
	}
	return err.Error()
}

// place is where the stored token rests.
func (x *examination) place() string {
	accounts, err := x.helper.Accounts()
	if err != nil {
		return ""
	}
	switch p := accounts[x.target.Registry].Storage; p {
	case keyring.File: // the notice about what it protects is for login and status
		return x.text(sayDoctor.inFile)
	default:
		return x.placeWords(p)
	}
}

// tokenKind: what the token's form tells.
func (x *examination) tokenKind(context.Context) []outcome {
	if x.tokenErr != nil {
		return nil
	}
	kind := github.KindOf(x.token)
	switch {
	case kind == github.FineGrained, kind == github.Refresh, kind == github.NotAToken:
		return []outcome{{mark: markBad, stops: pulling, inferred: true, text: x.text(sayDoctor.wrongKind, kind.String()), remedy: x.row("helper-wrong-kind")}}
	case github.LooksMistyped(x.token):
		o := outcome{mark: markWarn, text: x.text(sayDoctor.mistyped, kind.String())}
		o.remedy = &remedy{Cause: o.text, Fix: x.command("login")}
		return []outcome{o}
	case kind == github.ClassicPAT, kind == github.OAuth, kind == github.AppUser:
		return []outcome{x.well(sayDoctor.kindAndSum, kind.String())}
	}
	return []outcome{x.well(sayDoctor.kindAlone, kind.String())}
}
