package cli

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
)

func newLogout(u *ui) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:     "logout [HOST]",
		Short:   u.text(say.logoutShort),
		Long:    u.text(say.logoutLong),
		Example: "  docker-credential-ghcr logout\n  docker-credential-ghcr logout --all",
		Args:    atMostOneHost,
		RunE: func(cmd *cobra.Command, args []string) error {
			if all && len(args) > 0 {
				return &usageError{errors.New("--all takes no host")}
			}
			return u.logout(cmd.Context(), args, all)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, u.text(say.logoutAll))
	return cmd
}

func (u *ui) logout(ctx context.Context, args []string, all bool) error {
	h := u.helper(ctx)
	targets := []host.Host{}
	if all {
		accounts, err := h.Accounts()
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(accounts)) {
			target, err := host.Parse(name)
			if err != nil {
				continue
			}
			targets = append(targets, target)
		}
		if len(targets) == 0 {
			u.say(say.nothingStored)
			return nil
		}
	} else {
		target, err := u.hostOf(args)
		if err != nil {
			return err
		}
		targets = append(targets, target)
	}
	failed := false
	for _, target := range targets {
		forgotten, err := h.Forget(target)
		switch {
		case err != nil:
			u.fail(err)
			failed = true
		case forgotten.Storage == "" && forgotten.StillSet == "":
			u.say(say.nothingStoredFor, target.Registry)
		case forgotten.Storage == "":
		default:
			u.line(markOK, u.text(say.logoutDone, forgotten.Username, target.Registry, u.placeWords(forgotten.Storage)))
			u.say(say.logoutStillThere, target.TokensURL())
		}
		if forgotten.StillSet != "" {
			u.say(say.stillSet, string(forgotten.StillSet), target.Registry)
		}
	}
	if failed {
		return silentError{exitFailed}
	}
	return nil
}
