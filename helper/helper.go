// Package helper is the credential helper that container engines call: the
// protocol's verbs, the policy that decides what an engine gets, and the words
// that it shows. It prints nothing but what the protocol and its warnings are.
//
//	h := helper.New(ctx, helper.Options{})
//	user, secret, err := h.Get("ghcr.io")
package helper

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/docker/docker-credential-helpers/credentials"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// Helper answers container engines. Make it with New.
type Helper struct {
	ctx       context.Context // here, for credentials.Helper's methods take none
	env       func(string) (string, bool)
	warn      io.Writer
	trace     *trace
	dir       string // the config folder
	dirErr    error  // why there is no config folder
	runDir    func() string
	parent    func() engine.Parent
	intentOf  func(argv []string, registry string) engine.Intent
	now       func() time.Time
	userAgent string
}

var _ credentials.Helper = (*Helper)(nil)

// Options are what a Helper needs from outside.
type Options struct {
	Stderr io.Writer // warnings and hints go there; nil is os.Stderr
	Debug  bool      // trace each step on Stderr, as GHCR_DEBUG=1 does
}

// New makes a helper on this machine's stores. It does no I/O. ctx bounds
// everything that the helper does.
func New(ctx context.Context, opts Options) *Helper {
	h := &Helper{
		ctx:       ctx,
		env:       os.LookupEnv,
		warn:      opts.Stderr,
		runDir:    sync.OnceValue(func() string { return runtimeDir(os.Getenv) }),
		parent:    sync.OnceValue(func() engine.Parent { return engine.ReadParent(ctx) }),
		intentOf:  engine.IntentOf,
		now:       time.Now,
		userAgent: Name + "/" + Version(),
	}
	if h.warn == nil {
		h.warn = os.Stderr
	}
	h.dir, h.dirErr = keyring.ConfigDir(os.Getenv)
	if opts.Debug || h.isSet("GHCR_DEBUG") {
		h.warn = &lockedWriter{w: h.warn}
		h.trace = &trace{start: time.Now(), w: h.warn}
	}
	return h
}

// Get gives the credentials for a server URL, or tells why they would not do.
// The error is the protocol's not-found or a *Failure.
func (h *Helper) Get(serverURL string) (string, string, error) {
	target, err := host.Parse(serverURL)
	if errors.Is(err, host.ErrNotGitHub) {
		h.trace.step("host: no registry of GitHub, left to others")
		return "", "", credentials.NewErrCredentialsNotFound()
	}
	if err != nil {
		return "", "", invalidHost(err)
	}
	intent := h.intentOf(h.parent().Argv, target.Registry)
	h.trace.step("host: %s; intent: %v", target.Registry, intent)
	if intent == engine.Login { // podman reads that file once more before it stores
		err := engine.KeepPodman(h.ctx, engine.Env{Dir: h.dir, Getenv: h.getenv}, h.parent().Argv, target.Registry)
		h.trace.step("podman's file of the session: %s", outcome(err))
	}

	var a Answer
	q, err := h.ask(target, false)
	if err != nil {
		a = h.withoutToken(target, intent, err)
	} else {
		a = q.decide(intent)
	}
	h.trace.step("verdict: %v", a)

	for _, warning := range a.Warnings {
		h.warnOnce(warning)
	}
	switch {
	case a.Failure != nil:
		return "", "", a.Failure
	case !a.Given:
		return "", "", credentials.NewErrCredentialsNotFound()
	}
	return q.user, q.token, nil
}

// asked is a question with the token that it is about.
type asked struct {
	question
	token   string
	storage keyring.Place // of a stored token
	login   string        // whose token it is, if GitHub says so
}

// ask finds the token for a host and asks GitHub about it. The connection to
// GitHub is made while the keyring is read. With live set, GitHub is asked even
// about a token that it refused minutes ago.
func (h *Helper) ask(target host.Host, live bool) (asked, error) {
	place, err := h.locate(target)
	if err != nil {
		return asked{}, err
	}
	h.trace.step("source: %v", place)
	gh, err := github.New(target.API, h.userAgent)
	if err != nil {
		return asked{}, err
	}
	warm, cancel := context.WithTimeout(h.trace.network(h.ctx), h.timeout())
	defer cancel()
	gh.Warm(warm)

	user, token, err := h.fetch(target, place)
	if err != nil {
		return asked{}, err
	}
	q := asked{token: token, storage: place.account.Storage, question: question{
		subject: subject{
			host: target, user: user, source: place.source,
			kind: github.KindOf(token), mistyped: github.LooksMistyped(token),
		},
		forced:  place.account.Forced,
		scopes:  h.scopes(),
		strict:  h.isSet("GHCR_STRICT"),
		lenient: h.getenv("GHCR_ON_DENIED") == "anonymous",
		now:     h.now(),
	}}
	h.trace.step("token: a %v", q.kind)
	if q.isCredential() {
		h.check(gh, &q, live)
	}
	if q.user == "" {
		q.user = cmp.Or(q.login, anyUser)
	}
	return q, nil
}

// check asks GitHub, unless it refused the token minutes ago.
func (h *Helper) check(gh *github.Client, q *asked, live bool) {
	memory := h.memory(q.source)
	q.last = memory.last(q.host.Registry, q.token)
	q.login = q.last.login()
	if !live && q.last.isFreshlyDead(q.now) {
		h.trace.step("GitHub: not asked, it refused this token at %s", q.last.CheckedAt.Format(time.RFC3339))
		q.err = github.ErrBadCredentials
		return
	}
	ctx, cancel := context.WithTimeout(h.trace.network(h.ctx), h.timeout())
	defer cancel()
	q.facts, q.err = gh.Check(ctx, q.token)
	h.trace.step("GitHub: %s", factWords(q.facts, q.err))
	if q.user == "" && q.login == "" && q.err == nil {
		q.login = h.askLogin(ctx, gh, *q)
	}
	h.remember(memory, *q)
}

// askLogin finds out whose token it is. Those of Apps have no account.
func (h *Helper) askLogin(ctx context.Context, gh *github.Client, q asked) string {
	if q.kind == github.AppServer {
		return ""
	}
	login, err := gh.Login(ctx, q.token)
	h.trace.step("GitHub: account %q: %s", login, outcome(err))
	return login
}

// remember keeps what GitHub said of a token.
func (h *Helper) remember(memory verdicts, q asked) {
	dead := errors.Is(q.err, github.ErrBadCredentials)
	if q.err != nil && !dead {
		return
	}
	v := Verdict{
		TokenHash: hashOf(q.token),
		Dead:      dead,
		Scopes:    q.facts.Scopes,
		Expires:   q.facts.Expires,
		Login:     q.login,
		CheckedAt: q.now.UTC().Truncate(time.Second),
	}
	if !q.last.says(v) {
		memory.keep(q.host.Registry, v)
	}
}

// withoutToken answers where no token could be had: not-found if there is none,
// else the failure itself, for a locked keyring turned into not-found would end
// in a baffling "denied" of the registry.
func (h *Helper) withoutToken(target host.Host, intent engine.Intent, err error) Answer {
	if !errors.Is(err, keyring.ErrNotFound) {
		return refuse(storeFailure(target, err)).to(intent)
	}
	sudo := h.getenv("SUDO_USER")
	switch {
	case intent == engine.Elsewhere:
		return Answer{}
	case sudo != "":
		return anonymous(fmt.Sprintf("no token is stored for %s by this user: under sudo the token of %s is not seen", target.Registry, plain(sudo, 39)))
	case intent == engine.Push:
		return anonymous(fmt.Sprintf("no token is stored for %s; to push, run: %s login%s", target.Registry, Name, hostArgument(target)))
	}
	return Answer{}
}

// noToken is withoutToken for commands.
func noToken(target host.Host, err error) *Failure {
	if errors.Is(err, keyring.ErrNotFound) {
		return &Failure{Cause: "no token is stored for " + target.Registry, Hint: "store one: " + Name + " login" + hostArgument(target), err: err}
	}
	return storeFailure(target, err)
}

func invalidHost(err error) *Failure {
	return &Failure{Cause: "the server URL is " + err.Error(), Hint: "give a host like " + host.DefaultRegistry, err: err}
}
