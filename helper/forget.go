package helper

import (
	"errors"
	"fmt"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// Forgotten tells what was forgotten. Storage is empty when nothing was stored.
type Forgotten struct {
	Host     host.Host
	Username string
	Storage  keyring.Place
	StillSet Source // a source outside the stores that keeps serving this host, if any
}

// String says it in one line.
func (f Forgotten) String() string {
	where := "is gone from " + placeWords(f.Storage)
	switch {
	case f.Storage == "" && f.StillSet != "":
		return fmt.Sprintf("nothing is stored for %s; the token in %s stays in use", f.Host.Registry, f.StillSet)
	case f.Storage == "":
		return "nothing is stored for " + f.Host.Registry
	case f.StillSet != "":
		return fit("",
			fmt.Sprintf("the token for %s %s; the one in %s stays in use", f.Host.Registry, where, f.StillSet),
			fmt.Sprintf("the token %s; the one in %s stays in use", where, f.StillSet))
	}
	return fit("",
		fmt.Sprintf("the token of %s for %s %s; it still exists on GitHub: %s", name(f.Username), f.Host.Registry, where, f.Host.TokensURL()),
		fmt.Sprintf("the token for %s %s; it still exists on GitHub: %s", f.Host.Registry, where, f.Host.TokensURL()),
		fmt.Sprintf("the token for %s %s; it still exists on GitHub", f.Host.Registry, where))
}

// Forget deletes the token of a host from its place. What is not there is no error.
func (h *Helper) Forget(target host.Host) (Forgotten, error) {
	done := Forgotten{Host: target}
	if s, found := h.shadow(target.Registry); found {
		done.StillSet = s
	}
	accounts, err := h.Accounts()
	if err != nil {
		return done, err
	}
	account, found := accounts[target.Registry]
	if !found {
		return done, nil // and no folder is made for the lock
	}
	err = h.alone(func() error {
		// Again: until now another process may have moved the token.
		if accounts, err = h.Accounts(); err != nil {
			return err
		}
		if account, found = accounts[target.Registry]; !found {
			return nil
		}
		err := h.clear(account.Storage, target.Registry)
		h.trace.step("%s: delete: %s", placeWords(account.Storage), outcome(err))
		if err != nil {
			return err
		}
		return keyring.OpenIndex(h.dir).Remove(h.ctx, target.Registry)
	})
	if err != nil {
		return done, notDeleted(target, err)
	}
	if !found {
		return done, nil
	}
	h.memory(FromStore).forget(target.Registry)
	done.Username, done.Storage = account.Username, account.Storage
	return done, nil
}

// Delete is Forget for engines. It tells on stderr what it did and fails only
// where the input is no host: Debian 12's podman crashes on a failing erase.
func (h *Helper) Delete(serverURL string) error {
	target, err := host.Parse(serverURL)
	switch {
	case errors.Is(err, host.ErrNotGitHub):
		if text := "nothing to erase: not a registry of GitHub"; h.isNews(text) {
			h.say(text)
		}
		return nil
	case err != nil:
		return invalidHost(err)
	}
	done, err := h.Forget(target)
	if !h.isNews("erase " + target.Registry) {
		return nil // docker logout erases the same host two to four times
	}
	var failure *Failure
	if !errors.As(err, &failure) {
		h.say(done.String())
		return nil
	}
	h.sayWarning(failure.Cause)
	if failure.Hint != "" {
		h.say("hint: " + failure.Hint)
	}
	return nil
}

// List names the hosts that have a token, with their accounts. It touches
// neither keyring nor network, and never fails.
func (h *Helper) List() (map[string]string, error) {
	list := map[string]string{}
	accounts, err := h.Accounts()
	for registry, account := range accounts {
		list[registry] = account.Username
	}
	for _, s := range sources {
		registry := h.registryOf(s)
		if _, stored := list[registry]; registry == "" || stored && s == FromActions {
			continue
		}
		if _, err := h.read(s); err == nil {
			list[registry] = h.userOf(s)
		}
	}
	if err != nil && len(list) == 0 {
		h.warnOnce(worded(err).Cause)
	}
	return list, nil
}
