// Package cli is the commands for people. Each command parses its flags, calls
// the rooms below and prints; no other package prints for people.
//
// The rules of printing: what was asked for goes to stdout; warnings, errors
// and hints go to stderr with the program's name in front, in lower case and
// with no full stop; questions go to the terminal itself.
package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
)

// Exit codes. Commands that check something have more, in their help.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// Run runs a command with the words after the program's name and returns its
// exit code.
func Run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	u := newUI(os.Getenv)
	if len(args) > 1 && helper.IsVerb(args[0]) {
		if args[1] != "--help" && args[1] != "-h" {
			// As docker's own helpers answer: on stdout, for an engine.
			fmt.Fprintln(u.out, helper.Usage)
			return exitFailed
		}
		args = args[1:2]
	}
	root := newRoot(u)
	if len(args) > 0 && args[0] == cobra.ShellCompRequestCmd {
		plainUsages(root)
	}
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if ctx.Err() != nil && err != nil { // Control-C: what failed for it is no news
		err = silentError{exitInterrupted}
	}
	return u.exitCode(cmd, err)
}

// newRoot is the tree of all commands.
func newRoot(u *ui) *cobra.Command {
	cobra.EnableCommandSorting = false
	root := &cobra.Command{
		Use:           helper.Name,
		Short:         u.text(say.rootShort),
		Long:          u.text(say.rootLong),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return u.unknownCommand(cmd, args[0])
			}
			return u.nextStep(cmd.Context())
		},
	}
	root.SetOut(u.out)
	root.SetErr(u.err)
	root.PersistentFlags().BoolVar(&u.debug, "debug", false, u.text(say.flagDebug))
	root.AddGroup(
		&cobra.Group{ID: groupSetUp, Title: u.text(say.groupSetUp)},
		&cobra.Group{ID: groupLook, Title: u.text(say.groupLook)},
		&cobra.Group{ID: groupCI, Title: u.text(say.groupCI)},
	)
	for _, c := range commands {
		cmd := c.make(u)
		cmd.GroupID = c.group
		root.AddCommand(cmd)
	}
	root.SetCompletionCommandGroupID(groupSetUp)
	root.InitDefaultCompletionCmd()
	if c, _, err := root.Find([]string{"completion"}); err == nil {
		c.Short = u.text(say.completionShort)
		c.Example = "  source <(docker-credential-ghcr completion bash)"
		c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Usage() }
	}
	u.wordHelpFlags(root)
	u.wordMistakes(root)
	root.SetHelpCommand(u.helpCommand())
	root.SetHelpFunc(u.help)
	root.SetUsageFunc(func(cmd *cobra.Command) error { u.help(cmd, nil); return nil })
	return root
}

const (
	groupSetUp = "setup"
	groupLook  = "look"
	groupCI    = "ci"
)

// commands in the order of the help.
var commands = []struct {
	group string
	make  func(*ui) *cobra.Command
}{
	{groupSetUp, newLogin},
	{groupSetUp, newLogout},
	{groupSetUp, newConfigure},
	{groupSetUp, newUnconfigure},
	{groupSetUp, newMigrate},
	{groupLook, newStatus},
	{groupLook, newDoctor},
	{groupLook, newVerify},
	{groupLook, newExplain},
	{groupCI, newSecret},
	{groupCI, newRerun},
	{groupCI, newRotate},
}

// silentError ends a command that has said already what is wrong.
type silentError struct{ code int }

func (e silentError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// exitCode tells the error of a command, if it was not told yet.
func (u *ui) exitCode(cmd *cobra.Command, err error) int {
	var (
		usage  *usageError
		silent silentError
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &silent):
		return silent.code
	case errors.As(err, &usage):
		u.fail(err)
		u.hint(u.text(say.seeHelp), cmd.CommandPath())
		return exitUsage
	}
	u.fail(err)
	return exitFailed
}

// nextStep says what to do on this machine: the answer to no words at all.
func (u *ui) nextStep(ctx context.Context) error {
	h := u.helper(ctx)
	hosts, err := h.Status()
	if err != nil {
		return err
	}
	u.say(say.rootLong)
	if len(hosts) == 0 {
		u.say(say.nextLogin, helper.Name)
	} else {
		u.say(say.nextStatus, helper.Name)
	}
	return nil
}

// hostOf is the registry that a command is about, ghcr.io unless it is named.
func (u *ui) hostOf(args []string) (host.Host, error) {
	name := host.DefaultRegistry
	if len(args) > 0 {
		name = args[0]
	}
	target, err := host.Parse(name)
	if err != nil {
		return host.Host{}, u.failure(say.noSuchHost, say.noSuchHostHint, printable(name))
	}
	return target, nil
}

// printable keeps a mistyped word, which may be a token, to what a host may hold.
func printable(word string) string {
	const longest = 60
	if github.KindOf(word) != github.NotAToken || len(word) > longest {
		return "this"
	}
	return withoutTokens(strconv.Quote(word))
}

func atMostOneHost(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return &usageError{errors.New("one host at most")}
	}
	return nil
}

func (u *ui) helper(ctx context.Context) *helper.Helper {
	return helper.New(ctx, helper.Options{Stderr: u.err, Debug: u.debug})
}
