package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
)

// usageError is a mistake in the words of a command.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

// wordMistakes makes usage errors of mistakes in the words of a tree of
// commands: cobra's own speak of cobra, and cannot be told from failures.
func (u *ui) wordMistakes(root *cobra.Command) {
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	u.wordArgs(root)
}

func (u *ui) wordArgs(cmd *cobra.Command) {
	cmd.SuggestionsMinimumDistance = 2
	check := cmd.Args
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if names := clashing(cmd); len(names) > 0 {
			return u.usage(sayUsage.clash, strings.Join(names, ", "))
		}
		if check == nil {
			return nil
		}
		err := check(cmd, args)
		var usage *usageError
		if err == nil || errors.As(err, &usage) || len(args) == 0 {
			return err
		}
		return u.needless(cmd, args[0])
	}
	for _, sub := range cmd.Commands() {
		u.wordArgs(sub)
	}
}

// needless words the mistake that a command was given a word for which it has no use.
func (u *ui) needless(cmd *cobra.Command, word string) error {
	switch {
	case cmd.HasAvailableSubCommands():
		return u.unknownCommand(cmd, word)
	case cmd.Flags().Lookup("repo") != nil && github.CheckRepo(word) == nil:
		return u.usage(sayUsage.repoIsFlag, word)
	}
	return u.usage(sayUsage.flagsOnly, strings.TrimPrefix(cmd.CommandPath(), helper.Name+" "), printable(word))
}

func (u *ui) unknownCommand(cmd *cobra.Command, word string) error {
	if near := cmd.SuggestionsFor(word); len(near) > 0 {
		return u.usage(sayUsage.didYouMean, printable(word), near[0])
	}
	return u.usage(sayUsage.unknownCommand, printable(word))
}

// exclusive is where cobra's MarkFlagsMutuallyExclusive notes which flags
// exclude each other.
const exclusive = "cobra_annotation_mutually_exclusive"

// clashing are flags that were given together and exclude each other.
func clashing(cmd *cobra.Command) []string {
	given := map[string][]string{}
	var clash []string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		for _, group := range f.Annotations[exclusive] {
			if given[group] = append(given[group], "--"+f.Name); len(given[group]) > 1 {
				clash = given[group]
			}
		}
	})
	return clash
}
