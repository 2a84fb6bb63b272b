// Package helper is the credential helper that container engines call: the
// protocol's verbs, the policy that decides what an engine gets, and the words
// that it shows. It prints nothing but what the protocol and its warnings are.
//
//	h := helper.New(ctx, helper.Options{})
//	user, secret, err := h.Get("ghcr.io")
package helper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker-credential-helpers/credentials"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// DefaultTimeout bounds what GitHub may take; GHCR_TIMEOUT changes it.
const DefaultTimeout = 4 * time.Second

// Helper answers container engines.
type Helper struct {
	// credentials.Helper's methods take no context, so it rests here.
	ctx       context.Context
	env       func(string) (string, bool)
	warn      io.Writer
	dir       string
	runDir    string
	index     *keyring.Index
	parent    func() engine.Parent
	now       func() time.Time
	apiOf     func(host.Host) string
	userAgent string
}

var _ credentials.Helper = (*Helper)(nil)

// Options are what a Helper needs from outside.
type Options struct {
	Stderr io.Writer // warnings and hints go there; nil is os.Stderr
}

// New makes a helper on this machine's stores. ctx bounds everything it does.
func New(ctx context.Context, opts Options) (*Helper, error) {
	dir, err := keyring.ConfigDir(os.Getenv)
	if err != nil {
		return nil, &Failure{Cause: "no place for the configuration: " + err.Error(), Hint: "set HOME or XDG_CONFIG_HOME", err: err}
	}
	if opts.Stderr == nil {
		opts.Stderr = os.Stderr
	}
	return &Helper{
		ctx:       ctx,
		env:       os.LookupEnv,
		warn:      opts.Stderr,
		dir:       dir,
		runDir:    runtimeDir(os.Getenv),
		index:     keyring.OpenIndex(dir),
		parent:    func() engine.Parent { return engine.ReadParent(ctx) },
		now:       time.Now,
		apiOf:     func(h host.Host) string { return h.API },
		userAgent: Name + "/" + Version(),
	}, nil
}

// Get gives the credentials for a server URL, or tells why they would not do.
// The error is the protocol's not-found or a *Failure.
func (h *Helper) Get(serverURL string) (string, string, error) {
	target, err := host.Parse(serverURL)
	if errors.Is(err, host.ErrNotGitHub) {
		return "", "", credentials.NewErrCredentialsNotFound()
	}
	if err != nil {
		return "", "", invalidHost(err)
	}
	parent := h.parent()
	q, err := h.ask(target, engine.IntentOf(parent.Argv, target.Registry))
	if err != nil {
		return "", "", h.withoutToken(target, parent, err)
	}
	a := decide(q.question)
	for _, warning := range a.warnings {
		h.warnOnce(parent.Run, warning)
	}
	switch {
	case a.failure != nil:
		return "", "", a.failure
	case !a.give:
		return "", "", credentials.NewErrCredentialsNotFound()
	}
	return q.user, q.token, nil
}

// asked is a question with the token that it is about.
type asked struct {
	question
	token string
}

// ask finds the token for a host and asks GitHub about it. The connection to
// GitHub is made while the keyring is read.
func (h *Helper) ask(target host.Host, intent engine.Intent) (asked, error) {
	place, err := h.locate(target)
	if err != nil {
		return asked{}, err
	}
	gh, err := github.New(h.apiOf(target), h.userAgent)
	if err != nil {
		return asked{}, err
	}
	warmCtx, cancel := context.WithTimeout(h.ctx, h.timeout())
	defer cancel()
	gh.Warm(warmCtx)
	user, token, err := h.fetch(target, place)
	if err != nil {
		return asked{}, err
	}
	strict, lenient := h.getenv("GHCR_STRICT") == "1", h.getenv("GHCR_ON_DENIED") == "anonymous"
	q := asked{token: token, question: question{
		subject:  subject{host: target, user: user, kind: github.KindOf(token), source: place.source},
		intent:   intent,
		forced:   place.account.Forced,
		required: h.requiredScopes(),
		strict:   strict,
		lenient:  lenient,
		now:      h.now(),
	}}
	h.check(gh, &q)
	return q, nil
}

// check asks GitHub, unless the answer is known without: kinds that can never
// work, and a token that it refused minutes ago.
func (h *Helper) check(gh *github.Client, q *asked) {
	switch q.kind {
	case github.FineGrained, github.Refresh, github.NotAToken:
		return
	}
	memory := h.memory(q.source)
	q.last = memory.last(q.host.Registry, q.token)
	if q.last != nil && q.user == "" {
		q.user = q.last.Login
	}
	if q.last != nil && q.last.isFreshlyDead(q.now) {
		q.err = github.ErrBadCredentials
		return
	}
	ctx, cancel := context.WithTimeout(h.ctx, h.timeout())
	defer cancel()
	q.facts, q.err = gh.Check(ctx, q.token)
	if q.user == "" && q.err == nil {
		q.user, _ = gh.Login(ctx, q.token)
	}
	if q.user == "" {
		q.user = anyUser
	}
	h.remember(memory, q)
}

// remember keeps what GitHub said, unless it said just the same a minute ago.
func (h *Helper) remember(memory verdicts, q *asked) {
	dead := errors.Is(q.err, github.ErrBadCredentials)
	if q.err != nil && !dead {
		return
	}
	memory.keep(q.host.Registry, Verdict{
		TokenHash: hashOf(q.token),
		Dead:      dead,
		Scopes:    q.facts.Scopes,
		Expires:   q.facts.Expires,
		Login:     q.user,
		CheckedAt: q.now.UTC().Truncate(time.Second),
	})
}

// withoutToken answers where no token could be had: not-found if there is none,
// else the failure itself, for a locked keyring turned into not-found would end
// in a baffling "denied" of the registry.
func (h *Helper) withoutToken(target host.Host, parent engine.Parent, err error) error {
	intent := engine.IntentOf(parent.Argv, target.Registry)
	if errors.Is(err, keyring.ErrNotFound) {
		if sudo := h.getenv("SUDO_USER"); sudo != "" && intent != engine.Elsewhere {
			h.warnOnce(parent.Run, fmt.Sprintf("no token is stored for %s by root: under sudo the token of %s is not seen", target.Registry, sudo))
		} else if intent == engine.Push {
			h.warnOnce(parent.Run, fmt.Sprintf("no token is stored for %s; to push, run: %s login", target.Registry, Name))
		}
		return credentials.NewErrCredentialsNotFound()
	}
	var failure *Failure
	if !errors.As(err, &failure) {
		failure = storeFailure(target, err)
	}
	if neverFails(intent) {
		h.warnOnce(parent.Run, failure.Cause)
		return credentials.NewErrCredentialsNotFound()
	}
	return failure
}

// Add checks a token and stores it. What can never work is refused; what may
// work later is stored with a warning.
func (h *Helper) Add(c *credentials.Credentials) error {
	_, err := h.Store(StoreRequest{ServerURL: c.ServerURL, Username: c.Username, Secret: c.Secret})
	return err
}

// Delete forgets the token of a host. It tells on stderr what it did and fails
// only where the input is no host: Debian 12's podman crashes on a failing erase.
func (h *Helper) Delete(serverURL string) error {
	target, err := host.Parse(serverURL)
	if errors.Is(err, host.ErrInvalid) {
		return invalidHost(err)
	}
	run := h.parent().Run
	if err != nil {
		h.sayOnce(run, "erase "+serverURL, "nothing to erase: "+err.Error())
		return nil
	}
	text, err := h.Forget(target)
	if err != nil {
		text = "not erased: " + strings.TrimPrefix(err.Error(), Name+": error: ")
	}
	// docker logout erases the same host two to four times.
	h.sayOnce(run, "erase "+target.Registry, text)
	return nil
}

// Forget deletes the token of a host and says in one line what was done.
func (h *Helper) Forget(target host.Host) (string, error) {
	accounts, err := h.index.Accounts(h.ctx)
	if err != nil {
		return "", storeFailure(target, err)
	}
	account, found := accounts[target.Registry]
	if !found {
		return "nothing is stored for " + target.Registry, nil
	}
	store, err := h.open(account.Storage)
	if err == nil {
		err = store.Delete(h.ctx, target.Registry)
	}
	if err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return "", storeFailure(target, err)
	}
	if err := h.index.Remove(h.ctx, target.Registry); err != nil {
		return "", storeFailure(target, err)
	}
	h.memory(stored).forget(target.Registry)
	return fmt.Sprintf("the token of %s for %s is gone from %s; it still exists on GitHub: %s",
		account.Username, target.Registry, placeWords(account.Storage), target.TokensURL()), nil
}

// List names the hosts that have a token, with their accounts. It touches
// neither keyring nor network, and never fails.
func (h *Helper) List() (map[string]string, error) {
	list := map[string]string{}
	accounts, err := h.index.Accounts(h.ctx)
	if err != nil {
		h.warnLine(err.Error())
	}
	for registry, account := range accounts {
		list[registry] = account.Username
	}
	for _, s := range []source{fromToken, fromActions} {
		if target, user, found := h.environment(s); found {
			if user == "" {
				user = anyUser
			}
			list[target] = user
		}
	}
	return list, nil
}

func invalidHost(err error) *Failure {
	return &Failure{Cause: "the server URL is " + err.Error(), Hint: "give a host like " + host.DefaultRegistry, err: err}
}

func (h *Helper) open(p keyring.Place) (keyring.Store, error) {
	return keyring.Open(p, h.keyringConfig())
}

func (h *Helper) keyringConfig() keyring.Config {
	return keyring.Config{Dir: h.dir, Getenv: h.getenv, Waiting: func() { h.warnLine("waiting for the keyring to be unlocked") }}
}

// memory is where verdicts on tokens of a source are kept. Of a token from the
// environment nothing goes to the disk.
func (h *Helper) memory(s source) verdicts {
	if s == stored {
		return verdicts{filepath.Join(h.dir, "verdicts")}
	}
	if h.runDir == "" {
		return verdicts{}
	}
	return verdicts{filepath.Join(h.runDir, "verdicts")}
}

func (h *Helper) getenv(name string) string {
	value, _ := h.env(name)
	return value
}

// timeout reads GHCR_TIMEOUT: seconds, or a duration such as 1500ms.
func (h *Helper) timeout() time.Duration {
	text := h.getenv("GHCR_TIMEOUT")
	d, err := time.ParseDuration(text)
	if seconds, atoiErr := strconv.Atoi(text); atoiErr == nil {
		d, err = time.Duration(seconds)*time.Second, nil
	}
	if err != nil || d <= 0 || d > time.Minute {
		return DefaultTimeout
	}
	return d
}

func (h *Helper) requiredScopes() []string {
	return strings.FieldsFunc(h.getenv("GHCR_SCOPES"), func(r rune) bool { return r == ',' || r == ' ' })
}

func (h *Helper) warnLine(text string) { fmt.Fprintf(h.warn, "%s: warning: %s\n", Name, text) }

func (h *Helper) warnOnce(run, text string) { h.sayOnce(run, text, "warning: "+text) }

// sayOnce prints a line, but once for each key in one run of an engine.
func (h *Helper) sayOnce(run, key, text string) {
	if (said{h.runDir}).first(run, key) {
		fmt.Fprintf(h.warn, "%s: %s\n", Name, text)
	}
}

func asKeyringError(err error) (*keyring.Error, bool) {
	var e *keyring.Error
	return e, errors.As(err, &e)
}
