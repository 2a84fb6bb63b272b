package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
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

// plainLogins are the tokens in clear text, those of use only.
func (u *ui) plainLogins(ctx context.Context, target host.Host) ([]engine.PlainLogin, engine.Env, error) {
	env, err := u.engineEnv()
	if err != nil {
		return nil, env, err
	}
	all, err := engine.PlainLogins(ctx, env, target.Registry)
	var tokens []engine.PlainLogin
	for _, l := range all {
		if l.Kind == engine.TokenLogin {
			tokens = append(tokens, l)
		}
	}
	return tokens, env, err
}

// migrate moves each token in two steps, stored and read back first, removed
// after: killed in between, it is there twice, and the next run removes the one
// in clear text.
func (u *ui) migrate(ctx context.Context, target host.Host, place keyring.Place) error {
	logins, env, err := u.plainLogins(ctx, target)
	if err != nil {
		u.fail(err) // a file that cannot be read does not keep the others
	}
	if len(logins) == 0 && err == nil {
		u.say(say.migrateNone)
		return nil
	}
	h := u.helper(ctx)
	failed := err != nil
	for _, l := range logins {
		if err := u.migrateOne(ctx, h, env, target, l, place); err != nil {
			u.line(markWarn, u.text(say.migrateLeft, shortPath(l.Path), err))
			failed = true
		}
	}
	if failed {
		return silentError{exitFailed}
	}
	return nil
}

func (u *ui) migrateOne(ctx context.Context, h *helper.Helper, env engine.Env, target host.Host, l engine.PlainLogin, place keyring.Place) error {
	_, stored, source, err := h.Credential(target)
	switch {
	case err == nil && stored == l.Token.Reveal():
		if err := engine.RemovePlainLogin(ctx, env, l); err != nil {
			return err
		}
		u.line(markOK, u.text(say.migrateSame, shortPath(l.Path)))
		return nil
	case err == nil && source == helper.FromStore:
		return errors.New(u.text(say.migrateAnother, target.Registry))
	case err != nil && !errors.Is(err, keyring.ErrNotFound):
		return err
	}
	done, err := h.Store(helper.StoreRequest{
		ServerURL: target.Registry, Username: l.Username, Secret: l.Token.Reveal(), Storage: place,
	})
	if err != nil {
		return err
	}
	if done.Storage == "" { // the environment holds it: nothing was stored
		return fmt.Errorf("%s", u.text(say.migrateInEnvironment))
	}
	if err := engine.RemovePlainLogin(ctx, env, l); err != nil {
		return err
	}
	u.line(markOK, u.text(say.migrateDone, done.Username, shortPath(l.Path), u.placeWords(done.Storage)))
	return nil
}

// offerMigration asks about tokens in clear text, or, with nobody to ask, tells
// of them.
func (u *ui) offerMigration(ctx context.Context, target host.Host) error {
	logins, _, err := u.plainLogins(ctx, target)
	if err != nil || len(logins) == 0 {
		return nil // configure has told of files that cannot be read
	}
	tty, err := openTerminal()
	if err != nil {
		for _, l := range logins {
			u.line(markWarn, u.text(say.migrateFound, shortPath(l.Path), l.Username, helper.Name))
		}
		return nil
	}
	defer tty.close()
	for _, l := range logins {
		yes, err := tty.confirm(ctx, u.text(say.migrateAsk, shortPath(l.Path)))
		if errors.Is(err, context.Canceled) {
			return silentError{exitInterrupted}
		}
		if err != nil || !yes {
			return err
		}
	}
	return u.migrate(ctx, target, "")
}
