package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
)

// help prints what a command is for. cobra's own templates would link
// text/template, for which the linker keeps every method of the program.
func (u *ui) help(cmd *cobra.Command, _ []string) {
	var b strings.Builder
	long := cmd.Long
	if long == "" {
		long = cmd.Short
	}
	fmt.Fprintf(&b, "%s\n\n%s\n  %s\n", long, u.text(say.helpUsage), cmd.UseLine())
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "  %s <%s>\n", cmd.CommandPath(), u.text(say.helpCommand))
	}
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\n%s\n%s\n", u.text(say.helpExamples), cmd.Example)
	}
	for _, group := range cmd.Groups() {
		u.commandList(&b, cmd, group.Title, group.ID)
	}
	if len(cmd.Groups()) == 0 && cmd.HasAvailableSubCommands() {
		u.commandList(&b, cmd, u.text(say.helpCommands), "")
	}
	if !cmd.HasParent() {
		fmt.Fprintf(&b, "\n%s\n  get, store, erase, list, version\n", u.text(say.groupProtocol))
	}
	u.flagList(&b, u.text(say.helpFlags), cmd.LocalNonPersistentFlags())
	u.flagList(&b, u.text(say.helpGlobalFlags), cmd.Root().PersistentFlags())
	fmt.Fprint(u.out, b.String())
}

func (u *ui) commandList(b *strings.Builder, cmd *cobra.Command, title, group string) {
	fmt.Fprintf(b, "\n%s\n", title)
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() && c.GroupID == group {
			fmt.Fprintf(b, "  %-12s %s\n", c.Name(), c.Short)
		}
	}
}

func (u *ui) flagList(b *strings.Builder, title string, flags *pflag.FlagSet) {
	if flags.HasAvailableFlags() {
		fmt.Fprintf(b, "\n%s\n%s", title, flags.FlagUsages())
	}
}

// wordHelpFlags puts our words in place of cobra's, below cmd too.
func (u *ui) wordHelpFlags(cmd *cobra.Command) {
	cmd.InitDefaultHelpFlag()
	cmd.Flags().Lookup("help").Usage = u.text(say.flagHelp)
	for _, sub := range cmd.Commands() {
		u.wordHelpFlags(sub)
	}
}

// helpCommand is cobra's help, but one that knows what it does not know.
func (u *ui) helpCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "help [COMMAND]", Short: u.text(sayUsage.helpShort),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && (helper.IsVerb(args[0]) || args[0] == "version") {
				args = nil // the page of the program names them
			}
			about, rest, err := cmd.Root().Find(args)
			if err != nil {
				return &usageError{err}
			}
			if len(rest) > 0 {
				return u.unknownCommand(about, rest[0])
			}
			return about.Help()
		},
	}
	u.wordHelpFlags(cmd)
	return cmd
}

// plainUsages takes the backquotes out, which mark the names of values: for
// completion, which shows the texts as they are.
func plainUsages(cmd *cobra.Command) {
	plain := func(f *pflag.Flag) { f.Usage = strings.ReplaceAll(f.Usage, "`", "") }
	cmd.Flags().VisitAll(plain)
	cmd.PersistentFlags().VisitAll(plain)
	for _, sub := range cmd.Commands() {
		plainUsages(sub)
	}
}
