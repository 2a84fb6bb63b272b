package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
)

// check compares secrets with the stored token.
func (s *secret) check(ctx context.Context) error {
	target, err := s.target()
	if err != nil {
		return err
	}
	if err := github.CheckSecretName(s.name); err != nil {
		return &usageError{err}
	}
	book, err := openLedger(s.getenv)
	if err != nil {
		return err
	}
	known, err := book.secrets(target.Registry)
	if err != nil {
		return err
	}
	if len(s.repos) > 0 || s.org != "" {
		places, err := s.places()
		if err != nil {
			return err
		}
		known = pick(known, target.Registry, places, strings.ToUpper(s.name))
	}
	if len(known) == 0 {
		s.say(sayCI.nothingSet, helper.Name)
		return nil
	}
	_, token, _, err := s.vault(ctx).Credential(target)
	if err != nil {
		return err
	}
	stored := s.storedAt(ctx, target)
	var scopes []github.SecretPlace
	for _, p := range known {
		scopes = append(scopes, p.SecretPlace)
	}
	actions, auth, err := s.actions(ctx, target, scopesOf(scopes)...)
	if err != nil {
		return err
	}
	bad := false
	for _, p := range known {
		ctx, cancel := context.WithTimeout(ctx, callTimeout)
		there, err := actions.Secret(ctx, p.SecretPlace, p.Name)
		cancel()
		var refused *github.Refused
		isGone := errors.As(err, &refused) && refused.NotFound()
		if err != nil && !isGone {
			return s.refusal(target, auth, p.String(), err)
		}
		k, text := s.compare(p, there, isGone, hashOf(token), stored)
		s.line(k, text)
		bad = bad || k == markBad
	}
	if bad {
		s.hint("%s", s.text(sayCI.setAgain, helper.Name))
		return silentError{exitFailed}
	}
	return nil
}

// pick gives what is known of the secrets at places, and bare records of those
// of which nothing is known.
func pick(known []placed, registry string, places []github.SecretPlace, name string) []placed {
	var list []placed
	for _, place := range places {
		wanted := placed{Registry: registry, SecretPlace: place, Name: name}
		if i := slices.IndexFunc(known, wanted.isSame); i >= 0 {
			wanted = known[i]
		}
		list = append(list, wanted)
	}
	return list
}

// storedAt is when the token was stored, zero where it is not from the store.
func (s *secret) storedAt(ctx context.Context, target host.Host) time.Time {
	hosts, _ := s.vault(ctx).Status()
	for _, h := range hosts {
		if h.Host.Registry == target.Registry && h.Source == helper.FromStore {
			return h.StoredAt
		}
	}
	return time.Time{}
}

// compare says whether a secret holds the stored token. GitHub never tells a
// value, so it goes by what was written down when it was set, and by age.
func (s *secret) compare(p placed, there github.Secret, isGone bool, hash string, stored time.Time) (mark, string) {
	age := s.age(there.Updated)
	switch {
	case isGone:
		return markBad, s.text(sayCI.checkGone, p, p.Name)
	case p.TokenHash == hash && p.Updated.Equal(there.Updated):
		return markOK, s.text(sayCI.checkSame, p, p.Name, age)
	case there.Updated.Before(stored):
		return markBad, s.text(sayCI.checkOlder, p, p.Name, age, s.age(stored))
	case p.TokenHash == "" || !p.Updated.Equal(there.Updated):
		return markWarn, s.text(sayCI.checkUnknown, p, p.Name, age)
	}
	return markBad, s.text(sayCI.checkOther, p, p.Name, age)
}
