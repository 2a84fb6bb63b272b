package helper

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// HostStatus is what this machine knows of a host's token without asking anybody.
type HostStatus struct {
	Host     host.Host
	Username string
	Source   Source // what a get uses
	// Storage, StoredAt and Forced are about the stored token, which may be
	// there without being used. Storage is empty when there is none.
	Storage  keyring.Place
	StoredAt time.Time
	Forced   bool
	Verdict  *Verdict // what GitHub last said of the token in use, nil if nothing
	Failure  *Failure // why the source in use cannot be read, nil if it can
}

// Unnamed reports that nobody knows yet whose token it is.
func (s HostStatus) Unnamed() bool { return s.Username == anyUser }

// Status tells of each host that has a token, sorted by name. It touches
// neither keyring nor network.
func (h *Helper) Status() ([]HostStatus, error) {
	accounts, err := h.Accounts()
	hosts := map[string]HostStatus{}
	for registry, a := range accounts {
		target, err := host.Parse(registry)
		if err != nil {
			continue
		}
		hosts[registry] = HostStatus{
			Host: target, Username: a.Username, Source: FromStore,
			Storage: a.Storage, StoredAt: a.StoredAt, Forced: a.Forced,
			Verdict: h.memory(FromStore).read(registry),
		}
	}
	for i := len(sources) - 1; i >= 0; i-- { // the first one counts
		s := sources[i]
		registry := h.registryOf(s)
		there, stored := hosts[registry]
		if registry == "" || stored && s == FromActions {
			continue
		}
		hosts[registry] = h.outside(s, registry, there)
	}
	list := slices.SortedFunc(maps.Values(hosts), func(a, b HostStatus) int {
		return strings.Compare(a.Host.Registry, b.Host.Registry)
	})
	if len(list) > 0 && h.dirErr != nil {
		err = nil // the environment has what it takes
	}
	return list, err
}

// outside is the status of a host whose token is in a variable or a file.
func (h *Helper) outside(s Source, registry string, status HostStatus) HostStatus {
	status.Host, _ = host.Parse(registry)
	status.Source, status.Username, status.Verdict = s, h.userOf(s), nil
	token, err := h.read(s)
	if err != nil {
		status.Failure = storeFailure(status.Host, err)
		return status
	}
	status.Verdict = h.memory(s).last(registry, token)
	if status.Verdict != nil && status.Username == anyUser && status.Verdict.Login != "" {
		status.Username = status.Verdict.Login
	}
	return status
}

// Checked is what GitHub says of a host's token just now, and what a get would
// answer to that.
type Checked struct {
	Host     host.Host
	Username string
	Source   Source
	Storage  keyring.Place // of a stored token
	Kind     github.Kind
	Mistyped bool         // its checksum does not fit: a hint, never a proof
	Asked    bool         // false for kinds that are no credential: GitHub is not asked
	Facts    github.Facts // when Err is nil
	Err      error        // github.ErrBadCredentials or a *github.Unverified
	Pull     Answer
	Push     Answer
}

// Check asks GitHub about the token of a host. The error says why no token
// could be had; it is keyring.ErrNotFound when there is none.
func (h *Helper) Check(target host.Host) (Checked, error) {
	q, err := h.ask(target, true)
	if err != nil {
		return Checked{}, noToken(target, err)
	}
	return Checked{
		Host: target, Username: q.user, Source: q.source, Storage: q.storage,
		Kind: q.kind, Mistyped: github.LooksMistyped(q.token), Asked: q.isCredential(),
		Facts: q.facts, Err: q.err,
		Pull: q.decide(engine.Pull), Push: q.decide(engine.Push),
	}, nil
}

// Credential gives the token of a host for a question to its registry. GitHub
// is not asked about it. The error is that of Check.
func (h *Helper) Credential(target host.Host) (user, token string, source Source, err error) {
	place, err := h.locate(target)
	if err == nil {
		user, token, err = h.fetch(target, place)
	}
	if err != nil {
		return "", "", "", noToken(target, err)
	}
	if user == "" {
		user = anyUser
	}
	return user, token, place.source, nil
}
