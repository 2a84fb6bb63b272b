package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// engineFlags say whose files a command is about.
type engineFlags struct{ docker, podman, dryRun bool }

func (e *engineFlags) add(u *ui, cmd *cobra.Command) {
	cmd.Flags().BoolVar(&e.docker, "docker", false, u.text(say.onlyDocker))
	cmd.Flags().BoolVar(&e.podman, "podman", false, u.text(say.onlyPodman))
	cmd.Flags().BoolVar(&e.dryRun, "dry-run", false, u.text(say.flagDryRun))
}

// engines are those that were named, else those that are installed.
func (e *engineFlags) engines(env engine.Env) []engine.Engine {
	var named []engine.Engine
	if e.docker {
		named = append(named, engine.Docker)
	}
	if e.podman {
		named = append(named, engine.Podman)
	}
	if named == nil {
		return engine.Installed(env)
	}
	return named
}

func newConfigure(u *ui) *cobra.Command {
	return u.engineCommand("configure", "--podman", say.configureShort, say.configureLong,
		func(ctx context.Context, target host.Host, e engineFlags) error {
			if e.dryRun {
				return u.configure(ctx, target, e)
			}
			if err := u.moveFirst(ctx, target); err != nil {
				return err
			}
			if err := u.configure(ctx, target, e); err != nil {
				return err
			}
			return u.offerMigration(ctx, target)
		})
}

func newUnconfigure(u *ui) *cobra.Command {
	return u.engineCommand("unconfigure", "--docker", say.unconfigureShort, say.unconfigureLong, u.unconfigure)
}

// engineCommand is a command about the engines' files for one host. flag is the
// engine of its example.
func (u *ui) engineCommand(name, flag string, short, long message, run func(context.Context, host.Host, engineFlags) error) *cobra.Command {
	var e engineFlags
	cmd := &cobra.Command{
		Use:     name + " [HOST]",
		Short:   u.text(short),
		Long:    u.text(long),
		Example: fmt.Sprintf("  %[1]s %[2]s\n  %[1]s %[2]s %[3]s --dry-run", helper.Name, name, flag),
		Args:    atMostOneHost,
		RunE: func(cmd *cobra.Command, args []string) error {
			target, err := u.hostOf(args)
			if err != nil {
				return err
			}
			return run(cmd.Context(), target, e)
		},
	}
	e.add(u, cmd)
	return cmd
}

func (u *ui) engineEnv() (engine.Env, error) {
	dir, err := keyring.ConfigDir(u.getenv)
	return engine.Env{Dir: dir, Getenv: u.getenv}, err
}

func (u *ui) configure(ctx context.Context, target host.Host, e engineFlags) error {
	env, err := u.engineEnv()
	if err != nil {
		return err
	}
	engines := e.engines(env)
	plan, err := engine.PlanConfigure(ctx, env, engines, target.Registry)
	if err != nil {
		return err
	}
	if e.dryRun {
		return u.showDiff(plan)
	}
	changes, err := plan.Apply(ctx)
	if err != nil {
		return err
	}
	// Looked at anew: what was mended is no finding any more.
	after, err := engine.PlanConfigure(ctx, env, engines, target.Registry)
	if err != nil {
		return err
	}
	for _, c := range changes {
		u.line(markOK, u.text(say.wrote, shortPath(c.Path)))
	}
	failed := false
	for _, e := range engines {
		if after.Effective(e) {
			u.line(markOK, u.text(say.engineAsks, string(e), target.Registry))
			continue
		}
		u.line(markBad, u.text(say.engineAsksNot, string(e), target.Registry))
		failed = true
	}
	u.printFindings(after)
	if failed {
		return silentError{exitFailed}
	}
	return nil
}

func (u *ui) unconfigure(ctx context.Context, target host.Host, e engineFlags) error {
	env, err := u.engineEnv()
	if err != nil {
		return err
	}
	engines := e.engines(env)
	if !e.docker && !e.podman {
		// An engine may have been removed since.
		engines = []engine.Engine{engine.Docker, engine.Podman}
	}
	plan, err := engine.PlanUnconfigure(ctx, env, engines, target.Registry)
	if err != nil {
		return err
	}
	if e.dryRun {
		return u.showDiff(plan)
	}
	changes, err := plan.Apply(ctx)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.Removes {
			u.line(markOK, u.text(say.removed, shortPath(c.Path)))
		} else {
			u.line(markOK, u.text(say.wrote, shortPath(c.Path)))
		}
	}
	if len(changes) == 0 {
		u.say(say.nothingToTakeBack)
	}
	u.printFindings(plan)
	return u.helper(ctx).Tidy()
}

func (u *ui) showDiff(plan engine.Plan) error {
	diff := plan.Diff()
	if len(diff) == 0 {
		u.say(say.nothingToWrite)
	}
	if _, err := u.out.Write(diff); err != nil {
		return err
	}
	u.printFindings(plan)
	return nil
}

// printFindings leaves out what does no harm.
func (u *ui) printFindings(plan engine.Plan) {
	for _, f := range plan.Findings {
		if f.Kind != engine.EmptyEntry {
			u.line(markWarn, u.finding(f))
		}
	}
}

// configureAfterLogin sets up the engines, unless a flag says not to.
func (u *ui) configureAfterLogin(ctx context.Context, o loginOptions) error {
	if o.noConfigure {
		return nil
	}
	err := u.configure(ctx, o.host, engineFlags{dryRun: o.dryRun})
	if silent, ok := err.(silentError); ok && silent.code == exitFailed {
		u.say(say.nextConfigure, helper.Name)
	}
	return err
}
