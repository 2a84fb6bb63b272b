package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

func newMigrate(u *ui) *cobra.Command {
	var storage string
	cmd := &cobra.Command{
		Use:   "migrate [HOST]",
		Short: u.text(say.migrateShort),
		Long:  u.text(say.migrateLong),
		Example: "  docker-credential-ghcr migrate\n" +
			"  docker-credential-ghcr migrate --storage file",
		Args: atMostOneHost,
		RunE: func(cmd *cobra.Command, args []string) error {
			target, err := u.hostOf(args)
			if err != nil {
				return err
			}
			place := keyring.Place("")
			if storage != "" {
				if place, err = keyring.ParsePlace(storage); err != nil {
					return &usageError{err}
				}
			}
			return u.migrate(cmd.Context(), target, place)
		},
	}
	cmd.Flags().StringVar(&storage, "storage", "", u.text(say.loginStorage))
	return cmd
}

// plainLogins are the tokens in clear text.
func (u *ui) plainLogins(ctx context.Context, target host.Host) ([]engine.PlainLogin, engine.Env, error) {
	env, err := u.engineEnv()
	if err != nil {
		return nil, env, err
	}
	all, err := engine.PlainLogins(ctx, env, target.Registry)
	tokens := slices.DeleteFunc(all, func(l engine.PlainLogin) bool { return l.Kind != engine.TokenLogin })
	return tokens, env, err
}

// worth orders tokens by what they may do.
type worth int

const (
	isDead worth = iota // GitHub does not accept it
	isUnknown
	isUseless
	mayPull
	mayPush
)

// worthOf asks GitHub what a token may do.
func (u *ui) worthOf(ctx context.Context, target host.Host, token string) worth {
	gh, err := github.New(target.API, helper.Name+"/"+helper.Version())
	if err != nil {
		return isUnknown
	}
	ctx, cancel := context.WithTimeout(ctx, helper.DefaultTimeout)
	defer cancel()
	facts, err := gh.Check(ctx, token)
	switch {
	case errors.Is(err, github.ErrBadCredentials):
		return isDead
	case err != nil:
		return isUnknown
	case !facts.Scopes.Known, facts.Scopes.Include(github.WritePackages):
		return mayPush
	case facts.Scopes.Include(github.ReadPackages):
		return mayPull
	}
	return isUseless
}

// migration moves tokens in two steps, stored and read back first, removed
// after: killed in between, one is there twice, and the next run removes the
// one in clear text.
type migration struct {
	*ui
	helper *helper.Helper
	env    engine.Env
	target host.Host
	place  keyring.Place
}

// migrate moves the best token, and then removes those that it makes needless.
func (u *ui) migrate(ctx context.Context, target host.Host, place keyring.Place) error {
	logins, env, err := u.plainLogins(ctx, target)
	failed := err != nil
	if failed {
		u.fail(err) // a file that cannot be read does not keep the others
	} else if len(logins) == 0 {
		u.say(say.migrateNone)
		return nil
	}
	m := migration{u, u.helper(ctx), env, target, place}
	worths := map[string]worth{}
	for _, l := range logins {
		token := l.Token.Reveal()
		if _, known := worths[token]; !known {
			worths[token] = u.worthOf(ctx, target, token)
		}
	}
	slices.SortStableFunc(logins, func(a, b engine.PlainLogin) int {
		return int(worths[b.Token.Reveal()] - worths[a.Token.Reveal()])
	})
	for _, l := range logins {
		if err := m.move(ctx, l, worths[l.Token.Reveal()]); err != nil {
			u.line(markWarn, u.text(say.migrateLeft, shortPath(l.Path), causeOf(err)))
			failed = true
		}
	}
	if failed {
		return silentError{exitFailed}
	}
	return nil
}

func (m migration) move(ctx context.Context, l engine.PlainLogin, is worth) error {
	path := shortPath(l.Path)
	if is == isDead {
		return m.remove(ctx, l, m.text(say.migrateDead, path))
	}
	_, stored, source, err := m.helper.Credential(m.target)
	switch {
	case errors.Is(err, keyring.ErrNotFound):
	case err != nil:
		return err
	case stored == l.Token.Reveal():
		return m.remove(ctx, l, m.text(say.migrateSame, path))
	case source != helper.FromStore:
		// The environment's token is in use, and nothing tells for how long.
	default:
		switch has := m.worthOf(ctx, m.target, stored); {
		case has >= is && has > isUnknown:
			return m.remove(ctx, l, m.text(say.migrateNeedless, path))
		case has != isDead:
			return errors.New(m.text(say.migrateAnother, m.target.Registry))
		}
	}
	done, err := m.helper.Store(helper.StoreRequest{
		ServerURL: m.target.Registry, Username: l.Username, Secret: l.Token.Reveal(), Storage: m.place,
	})
	if err != nil {
		return err
	}
	if done.Storage == "" {
		return errors.New(m.text(say.migrateInEnvironment))
	}
	return m.remove(ctx, l, m.text(say.migrateDone, done.Username, path, m.placeWords(done.Storage)))
}

func (m migration) remove(ctx context.Context, l engine.PlainLogin, told string) error {
	if err := engine.RemovePlainLogin(ctx, m.env, l); err != nil {
		return err
	}
	m.line(markOK, told)
	return nil
}

// moveFirst sees to a login that works: once docker and podman ask the helper,
// they take no token in clear text any more. With nobody to ask it is moved, for
// that is what configure is for; in a workflow the job's files are not touched.
func (u *ui) moveFirst(ctx context.Context, target host.Host) error {
	logins, _, err := u.plainLogins(ctx, target)
	if err != nil || len(logins) == 0 || u.getenv("GITHUB_ACTIONS") == "true" {
		return nil // configure tells of files that cannot be read
	}
	if _, _, _, err := u.helper(ctx).Credential(target); !errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	switch yes, err := u.askToMove(ctx, logins); {
	case errors.Is(err, errNoTerminal):
	case err != nil:
		return u.interrupted(err)
	case !yes:
		return u.failure(say.migrateFirst, say.migrateFirstHint)
	}
	if u.migrate(ctx, target, "") == nil {
		return nil
	}
	if _, _, _, err := u.helper(ctx).Credential(target); errors.Is(err, keyring.ErrNotFound) {
		return u.failure(say.migrateFirst, say.migrateFirstHint)
	}
	return nil
}

// offerMigration asks about tokens in clear text that are still there beside a
// stored one. That they stay is no failure.
func (u *ui) offerMigration(ctx context.Context, target host.Host) error {
	logins, _, err := u.plainLogins(ctx, target)
	if err != nil || len(logins) == 0 {
		return nil
	}
	yes, err := u.askToMove(ctx, logins)
	if errors.Is(err, context.Canceled) {
		return u.interrupted(err)
	}
	if err == nil && yes {
		_ = u.migrate(ctx, target, "") // it has told what it left, and why
	}
	return nil
}

func (u *ui) askToMove(ctx context.Context, logins []engine.PlainLogin) (bool, error) {
	tty, err := openTerminal()
	if err != nil {
		return false, err
	}
	defer tty.close()
	var paths []string
	for _, l := range logins {
		if path := shortPath(l.Path); !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return tty.confirm(ctx, u.text(say.migrateAsk, strings.Join(paths, u.text(say.comma))))
}
