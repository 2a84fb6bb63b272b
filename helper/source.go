package helper

import (
	"errors"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// anyUser stands in for the account of tokens that have none, such as those of
// Actions. The registry reads the token alone, but engines want a user name.
const anyUser = "x-access-token"

// source is where a token comes from.
type source int

const (
	stored      source = iota // a keyring.Store
	fromToken                 // GHCR_TOKEN
	fromActions               // GITHUB_TOKEN, in GitHub Actions only
)

func (s source) String() string {
	return [...]string{"the store", "GHCR_TOKEN", "GITHUB_TOKEN"}[s]
}

// location says where the token of a host rests, without having read it.
type location struct {
	source  source
	account keyring.Account // for stored
}

// locate finds the first place that has a token for a host: GHCR_TOKEN, the
// store, and in Actions GITHUB_TOKEN. The error is keyring.ErrNotFound or a failure.
func (h *Helper) locate(target host.Host) (location, error) {
	if value, set := h.env("GHCR_TOKEN"); set && target.Registry == host.DefaultRegistry {
		if value == "" {
			return location{}, &Failure{
				Cause: "GHCR_TOKEN is set but empty",
				Hint:  "secrets are empty in workflows of forks and of Dependabot; unset GHCR_TOKEN to use the stored token",
			}
		}
		return location{source: fromToken}, nil
	}
	accounts, err := h.index.Accounts(h.ctx)
	if err != nil {
		return location{}, err
	}
	if account, found := accounts[target.Registry]; found {
		return location{source: stored, account: account}, nil
	}
	if registry, _, found := h.environment(fromActions); found && registry == target.Registry {
		return location{source: fromActions}, nil
	}
	return location{}, keyring.ErrNotFound
}

// fetch reads the token from its place. The user may be empty: not known yet.
func (h *Helper) fetch(target host.Host, place location) (user, token string, err error) {
	if place.source != stored {
		_, user, _ = h.environment(place.source)
		return user, h.getenv(place.source.String()), nil
	}
	store, err := h.open(place.account.Storage)
	if err != nil {
		return "", "", err
	}
	record, err := store.Get(h.ctx, target.Registry)
	if errors.Is(err, keyring.ErrNotFound) {
		return "", "", &Failure{
			Cause: "the token for " + target.Registry + " is gone from " + placeWords(place.account.Storage),
			Hint:  "store it again: " + Name + " login",
			err:   keyring.ErrUnreadable,
		}
	}
	return record.Username, record.Token, err
}

// environment tells which registry a token of the environment belongs to, and
// whose it is. A token of github.com never goes to another server, nor back.
func (h *Helper) environment(s source) (registry, user string, found bool) {
	user = h.getenv("GITHUB_ACTOR")
	switch {
	case s == fromToken && h.getenv("GHCR_TOKEN") != "":
		if name := h.getenv("GHCR_USERNAME"); name != "" {
			user = name
		}
		return host.DefaultRegistry, user, true
	case s == fromActions && h.getenv("GITHUB_ACTIONS") == "true" && h.getenv("GITHUB_TOKEN") != "":
		server := h.getenv("GITHUB_SERVER_URL")
		if server == "" || server == "https://github.com" {
			return host.DefaultRegistry, user, true
		}
		target, err := host.Parse("containers." + trimScheme(server))
		return target.Registry, user, err == nil
	}
	return "", "", false
}
