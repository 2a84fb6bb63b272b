package helper

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/docker/docker-credential-helpers/credentials"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// StoreRequest is a token to be stored.
type StoreRequest struct {
	ServerURL string
	Username  string // may be empty or wrong: GitHub knows better
	Secret    string
	Storage   keyring.Place // "" keeps the present place, or picks one
	Force     bool          // store a kind that does not work so far
}

// Stored tells what became of a token.
type Stored struct {
	Host     host.Host
	Username string
	Storage  keyring.Place
	Scopes   github.Scopes
	Verified bool
}

// Store checks a token with GitHub and stores it. It refuses what can never
// work and warns on stderr about what does not work yet.
func (h *Helper) Store(r StoreRequest) (Stored, error) {
	target, err := host.Parse(r.ServerURL)
	if errors.Is(err, host.ErrNotGitHub) {
		return Stored{}, &Failure{
			Cause: Name + " keeps tokens for " + host.DefaultRegistry + " and registries of GitHub Enterprise only",
			Hint:  "name another credential helper for this host in credHelpers of the engine's configuration",
			err:   err,
		}
	}
	if err != nil {
		return Stored{}, invalidHost(err)
	}
	user := strings.TrimSpace(r.Username)
	if strings.ContainsFunc(user, func(c rune) bool { return c < ' ' || c == 0x7f || c == 0xfffd }) {
		return Stored{}, &Failure{Cause: "the user name holds control characters", Hint: "give the name of your account on GitHub"}
	}
	q, err := h.checkNew(target, user, strings.Join(strings.Fields(r.Secret), ""), r.Force)
	if err != nil {
		return Stored{}, err
	}
	done := Stored{Host: target, Username: q.user, Scopes: q.facts.Scopes, Verified: q.err == nil}
	if s, same := h.sameAsEnvironment(target, q.token); same {
		h.warnLine(fmt.Sprintf("not stored: it is the token in %s, which is used as long as it is set", s))
		return done, nil
	}
	done.Storage, err = h.place(target, r.Storage)
	if err != nil {
		return Stored{}, err
	}
	if err := h.put(q, done.Storage, r.Force); err != nil {
		return Stored{}, err
	}
	for _, warning := range storeWarnings(q) {
		h.warnLine(warning)
	}
	return done, nil
}

// checkNew refuses tokens that can never work, and finds out whose a token is.
func (h *Helper) checkNew(target host.Host, user, token string, force bool) (asked, error) {
	q := asked{token: token, question: question{
		subject: subject{host: target, kind: github.KindOf(token)},
		now:     h.now(),
	}}
	if token == "" {
		return q, &Failure{Cause: "the token is empty: nothing is stored", Hint: q.renew(github.WritePackages)}
	}
	switch {
	case q.is(github.FineGrained) && force:
	case q.is(github.FineGrained), q.is(github.Refresh), q.is(github.NotAToken):
		return q, q.unusable()
	}
	gh, err := github.New(h.apiOf(target), h.userAgent)
	if err != nil {
		return q, err
	}
	ctx, cancel := context.WithTimeout(h.ctx, h.timeout())
	defer cancel()
	q.facts, q.err = gh.Check(ctx, token)
	if errors.Is(q.err, github.ErrBadCredentials) {
		return q, h.refused(q)
	}
	if q.err == nil {
		q.user, _ = gh.Login(ctx, token)
	}
	if q.user == "" {
		q.user = user
	}
	// <token> would make engines take the secret for an identity token.
	if q.user == "" || q.user == "<token>" {
		return q, credentials.NewErrCredentialsMissingUsername()
	}
	return q, nil
}

func (h *Helper) refused(q asked) *Failure {
	f := q.dead()
	f.Cause = "GitHub does not accept the token: it is expired, revoked or mistyped; nothing is stored"
	if github.LooksMistyped(q.token) {
		f.Cause = "GitHub does not accept the token, and its checksum is wrong: it looks cut or mistyped; nothing is stored"
	}
	return f
}

// sameAsEnvironment finds the variable that holds a token already: docker login
// stores what it was just given, and what the environment holds stays off the disk.
func (h *Helper) sameAsEnvironment(target host.Host, token string) (source, bool) {
	for _, s := range []source{fromToken, fromActions} {
		if registry, _, found := h.environment(s); found && registry == target.Registry && h.getenv(s.String()) == token {
			return s, true
		}
	}
	return stored, false
}

// place picks where a token goes: as asked, else where the last one was, else
// the OS keyring, else the encrypted file.
func (h *Helper) place(target host.Host, asked keyring.Place) (keyring.Place, error) {
	if asked != "" {
		return asked, nil
	}
	accounts, err := h.index.Accounts(h.ctx)
	if err != nil {
		return "", storeFailure(target, err)
	}
	if account, found := accounts[target.Registry]; found {
		return account.Storage, nil
	}
	place, err := keyring.Detect(h.ctx, h.keyringConfig())
	if err != nil {
		return "", storeFailure(target, err)
	}
	if place == keyring.File {
		h.warnLine(fileNotice)
	}
	return place, nil
}

// put writes the secret first and the account after it: killed in between, the
// old token stays in use or the new one is stored again.
func (h *Helper) put(q asked, place keyring.Place, force bool) error {
	registry := q.host.Registry
	accounts, err := h.index.Accounts(h.ctx)
	if err != nil {
		return storeFailure(q.host, err)
	}
	store, err := h.open(place)
	if err != nil {
		return storeFailure(q.host, err)
	}
	at := q.now.UTC()
	if err := store.Set(h.ctx, registry, keyring.Record{Username: q.user, Token: q.token, StoredAt: at}); err != nil {
		return notStored(q.host, err)
	}
	account := keyring.Account{Username: q.user, Storage: place, StoredAt: at, Forced: force && q.is(github.FineGrained)}
	if err := h.index.Put(h.ctx, registry, account); err != nil {
		return notStored(q.host, err)
	}
	if old, found := accounts[registry]; found && old.Storage != place {
		if before, err := h.open(old.Storage); err == nil {
			_ = before.Delete(h.ctx, registry)
		}
	}
	h.remember(h.memory(stored), &q)
	return nil
}

func notStored(target host.Host, err error) *Failure {
	f := storeFailure(target, err)
	f.Cause = fmt.Sprintf("the token for %s is not stored: %v", target.Registry, err)
	return f
}

func storeWarnings(q asked) []string {
	if q.err != nil {
		return []string{fmt.Sprintf("stored without a check: %v", q.err)}
	}
	scopes := q.facts.Scopes
	var warnings []string
	switch {
	case q.is(github.FineGrained):
		warnings = append(warnings, q.host.Registry+" takes no fine-grained token so far; stored because of --force")
	case !scopes.Known || scopes.Include(github.WritePackages):
	case scopes.Include(github.ReadPackages):
		warnings = append(warnings, q.pullOnly()+"; "+q.widen(github.WritePackages))
	default:
		warnings = append(warnings, q.lacks(github.WritePackages, scopes).Cause+"; "+q.widen(github.WritePackages))
	}
	if !q.facts.Expires.IsZero() && q.facts.Expires.Sub(q.now) < soon {
		warnings = append(warnings, q.expires(q.facts.Expires, q.now))
	}
	return warnings
}

func trimScheme(serverURL string) string {
	_, rest, found := strings.Cut(serverURL, "://")
	if !found {
		return serverURL
	}
	return strings.TrimRight(rest, "/")
}
