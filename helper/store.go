package helper

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/docker/docker-credential-helpers/credentials"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// ErrToken says that a token was not stored because of what it is: another one
// may do.
var ErrToken = errors.New("the token will not do")

// StoreRequest is a token to be stored.
type StoreRequest struct {
	ServerURL string
	Username  string // may be empty or wrong: GitHub knows better
	Secret    string
	Storage   keyring.Place // "" keeps the present place, or picks one
	Force     bool          // store a kind that does not work so far
	Require   []string      // scopes without which it is not stored
}

// Stored tells what became of a token. Storage is empty when it was not stored
// because the environment holds it already.
type Stored struct {
	Host     host.Host
	Username string
	Storage  keyring.Place
	Scopes   github.Scopes
	Expires  time.Time // zero: never, or not known
	Verified bool      // by GitHub, just now
}

// Add is Store for engines.
func (h *Helper) Add(c *credentials.Credentials) error {
	_, err := h.Store(StoreRequest{ServerURL: c.ServerURL, Username: c.Username, Secret: c.Secret})
	return err
}

// Store checks a token with GitHub and stores it. It refuses what can never
// work, and warns on stderr about what does not work yet.
func (h *Helper) Store(r StoreRequest) (Stored, error) {
	target, err := host.Parse(r.ServerURL)
	if errors.Is(err, host.ErrNotGitHub) {
		return Stored{}, &Failure{
			Cause: "only tokens for " + host.DefaultRegistry + " and registries of GitHub Enterprise are kept here",
			Hint:  "name another credential helper for this host in credHelpers of the engine's configuration",
			err:   err,
		}
	}
	if err != nil {
		return Stored{}, invalidHost(err)
	}
	h.trace.step("host: %s", target.Registry)
	user := strings.TrimSpace(r.Username)
	if plain(user, 1<<10) != user {
		return Stored{}, &Failure{Cause: "the user name is too long or holds control characters", Hint: "give the name of your account on GitHub"}
	}
	q, err := h.checkNew(target, user, Bare(r.Secret), r)
	if err != nil {
		return Stored{}, err
	}
	done := Stored{Host: target, Username: q.user, Scopes: q.facts.Scopes, Expires: q.facts.Expires, Verified: q.err == nil}
	if s, same := h.sameAsOutside(target, q.token); same {
		h.sayWarning(fmt.Sprintf("not stored: it is the token in %s, which is used as long as it is set", s))
		return done, nil
	}
	var notes []string
	if done.Storage, notes, err = h.put(q, r); err != nil {
		return Stored{}, err
	}
	h.rememberStored(q)
	if s, found := h.shadow(target.Registry); found {
		notes = append(notes, fmt.Sprintf("the token in %s is used instead of the stored one, as long as it is set", s))
	}
	// Two lines at most: what was noted is said now or never, an expiry is said
	// again by every get.
	if len(r.Require) == 0 || q.err != nil || q.forced { // else it has what it was to have
		notes = append(notes, q.storeWarnings()...)
	}
	for _, note := range notes[:min(2, len(notes))] {
		h.sayWarning(note)
	}
	return done, nil
}

// rememberStored keeps what GitHub said of a token, and drops what it said of
// the one before.
func (h *Helper) rememberStored(q asked) {
	memory := h.memory(FromStore)
	switch {
	case q.err == nil:
		h.remember(memory, q)
	case q.last == nil:
		memory.forget(q.host.Registry)
	}
}

// checkNew refuses tokens that can never work, and finds out whose a token is.
func (h *Helper) checkNew(target host.Host, user, token string, r StoreRequest) (asked, error) {
	q := asked{token: token, question: question{
		subject: subject{host: target, kind: github.KindOf(token), source: FromStore},
		now:     h.now(),
	}}
	if q.is(github.FineGrained) {
		old, _ := h.account(target) // docker login stores again what it just got
		q.forced = r.Force || old.Forced
	}
	h.trace.step("token: a %v", q.kind)
	switch {
	case token == "":
		return q, &Failure{Cause: "the token is empty: nothing is stored", Hint: q.renew(github.WritePackages), err: ErrToken}
	case !q.forced && !q.isCredential():
		return q, q.unusable()
	}
	gh, err := github.New(target.API, h.userAgent)
	if err != nil {
		return q, err
	}
	ctx, cancel := context.WithTimeout(h.trace.network(h.ctx), h.timeout())
	defer cancel()
	q.facts, q.err = gh.Check(ctx, token)
	h.trace.step("GitHub: %s", factWords(q.facts, q.err))
	if errors.Is(q.err, github.ErrBadCredentials) {
		return q, q.refused()
	}
	for _, scope := range r.Require {
		if q.facts.Scopes.Known && !q.facts.Scopes.Include(scope) {
			f := q.lacks(scope, q.facts.Scopes)
			f.err = ErrToken
			if q.facts.Scopes.Include(github.ReadPackages) && !q.is(github.OAuth) {
				f.Hint = fit("hint", fmt.Sprintf("tick %s at %s (the token stays the same); to pull only: %s --read-only", scope, q.host.TokensURL(), q.subject.login()),
					fmt.Sprintf("tick %s, or to pull only: %s --read-only", scope, q.subject.login()))
			}
			return q, f
		}
	}
	// Of a token that is stored already the owner is known.
	q.last = h.memory(FromStore).last(target.Registry, token)
	if q.login = q.last.login(); q.login == "" && q.err == nil {
		q.login = h.askLogin(ctx, gh, q)
	}
	q.user = q.login
	if q.user == "" && isAccount(user) {
		q.user = user
	}
	if q.user == "" {
		q.user = anyUser
	}
	return q, nil
}

func (q asked) refused() *Failure {
	f := q.dead()
	f.err = ErrToken
	f.Cause = "GitHub does not accept the token: it is expired, revoked or mistyped; nothing is stored"
	if github.LooksMistyped(q.token) {
		f.Cause = "GitHub does not accept the token, and its checksum is wrong: it looks cut or mistyped; nothing is stored"
	}
	return f
}

// sameAsOutside finds the variable or file that holds a token already: docker
// login stores what it was just given, and what the environment holds stays off
// the disk.
func (h *Helper) sameAsOutside(target host.Host, token string) (Source, bool) {
	for _, s := range sources {
		if _, stored := h.account(target); h.registryOf(s) != target.Registry || s == FromActions && stored {
			continue
		}
		if held, err := h.read(s); err == nil && held == token {
			return s, true
		}
	}
	return "", false
}

func (h *Helper) account(target host.Host) (keyring.Account, bool) {
	accounts, _ := h.Accounts()
	account, found := accounts[target.Registry]
	return account, found
}

// put writes the secret first and the account after it: killed in between, the
// old token stays in use or the new one is stored again. What is there already
// is left alone, with its date.
func (h *Helper) put(q asked, r StoreRequest) (place keyring.Place, notes []string, err error) {
	err = h.alone(func() error {
		place, notes, err = h.replace(q, r)
		return err
	})
	var locked *disk.LockError
	if errors.As(err, &locked) {
		err = notStored(q.host, err)
	}
	return place, notes, err
}

// storeTime is how long one may wait for others that store: a person may have to
// unlock the keyring for each.
const storeTime = 2 * time.Minute

// alone runs f while no other process stores or forgets: each reads back what it
// wrote, and keyring and index are to say the same in the end.
func (h *Helper) alone(f func() error) error {
	if err := h.noFolder(); err != nil {
		return err
	}
	return disk.WithLock(h.ctx, filepath.Join(h.dir, "store.lock"), storeTime, f)
}

func (h *Helper) replace(q asked, r StoreRequest) (place keyring.Place, notes []string, err error) {
	registry := q.host.Registry
	accounts, err := h.Accounts()
	if err != nil {
		return "", nil, err
	}
	old, replaces := accounts[registry]
	place, notes, err = h.place(r.Storage, old.Storage)
	if err != nil {
		return "", nil, notStored(q.host, err)
	}
	store, err := h.open(place)
	if err != nil {
		return "", nil, notStored(q.host, err)
	}
	record := keyring.Record{Username: q.user, Token: q.token, StoredAt: q.now.UTC().Truncate(time.Second)}
	var there keyring.Record
	if replaces && old.Storage == place {
		if there, err = h.present(store, registry); err != nil {
			return "", nil, notStored(q.host, err)
		}
	}
	if there.Token == record.Token {
		record.StoredAt = there.StoredAt
	}
	account := keyring.Account{Username: q.user, Storage: place, StoredAt: record.StoredAt, Forced: q.forced}
	if there == record && old == account {
		h.trace.step("%s: holds just this already", placeWords(place))
		return place, notes, nil
	}
	err = store.Set(h.ctx, registry, record)
	h.trace.step("%s: write: %s", placeWords(place), outcome(err))
	if err != nil {
		return "", nil, notStored(q.host, err)
	}
	if err := keyring.OpenIndex(h.dir).Put(h.ctx, registry, account); err != nil {
		return "", nil, notStored(q.host, err)
	}
	if replaces && old.Storage != place {
		if err := h.clear(old.Storage, registry); err != nil {
			notes = append(notes, fmt.Sprintf("the old token is still in %s: %v", placeWords(old.Storage), err))
		}
	}
	return place, notes, nil
}

// present reads what a store holds for a host. What cannot be read is going to
// be replaced anyway.
func (h *Helper) present(store keyring.Store, registry string) (keyring.Record, error) {
	there, err := store.Get(h.ctx, registry)
	if errors.Is(err, keyring.ErrNotFound) || errors.Is(err, keyring.ErrUnreadable) {
		return keyring.Record{}, nil
	}
	return there, err
}

// clear deletes what a place holds for a host, if anything.
func (h *Helper) clear(place keyring.Place, registry string) error {
	store, err := h.open(place)
	if err == nil {
		err = store.Delete(h.ctx, registry)
	}
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return err
}

// place picks where a token goes: as asked, else where the last one was, else
// the OS keyring, else the encrypted file, which is worth a note.
func (h *Helper) place(asked, present keyring.Place) (place keyring.Place, notes []string, err error) {
	switch {
	case asked != "":
		return asked, nil, nil
	case present != "":
		return present, nil, nil
	}
	place, err = keyring.Detect(h.ctx, h.keyringConfig())
	if err == nil && place == keyring.File {
		notes = []string{fileNotice}
	}
	return place, notes, err
}

// storeWarnings say what the token cannot do yet, most important first.
func (q question) storeWarnings() []string {
	scopes := q.facts.Scopes
	owner := q.owner()
	var warnings []string
	switch {
	case q.err != nil:
		return []string{fit("warning", owner+" is stored but not verified: "+q.err.Error(), "stored but not verified: "+q.err.Error())}
	case q.forced:
		warnings = []string{q.host.Registry + " takes no fine-grained token so far; stored because of --force"}
	case !scopes.Known || scopes.Include(github.WritePackages):
	case scopes.Include(github.ReadPackages):
		warnings = []string{q.toPush(" can pull, not push")}
	default:
		warnings = []string{q.toPush(" can neither pull nor push")}
	}
	if q.expiresSoon() {
		warnings = append(warnings, q.expires(q.facts.Expires, q.now))
	}
	return warnings
}

// toPush says in one line what a stored token lacks and how it is added.
func (q question) toPush(what string) string {
	lacks := what + ", for lack of " + github.WritePackages
	tick := "; tick it at " + q.host.TokensURL()
	if q.is(github.OAuth) {
		tick = fmt.Sprintf("; run: gh auth refresh -h %s -s %s, then log in here again", q.webName(), github.WritePackages)
	}
	return fit("warning", q.owner()+lacks+tick, "the token"+lacks+tick, q.owner()+lacks)
}
