package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
)

// The parts of the program's own page that no command knows.
const (
	manEnvironment = `GHCR_TOKEN, GHCR_USERNAME
A token that beats the stored one, and whose it is. Nothing is written to disk.
GHCR_TOKEN_FILE
A file with the token, which only its owner may read.
CREDENTIALS_DIRECTORY
Set by systemd: the token is the credential ghcr-token of the unit.
GHCR_HOST
The registry that a token from the environment is for, when it is not ghcr.io.
GITHUB_TOKEN
Taken last, and in GitHub Actions only.
GH_TOKEN, GH_ENTERPRISE_TOKEN
The token with which secret, rerun and rotate reach repositories.
GHCR_TIMEOUT
How long GitHub may take: seconds or a duration; 4s.
GHCR_KEYRING_TIMEOUT
How long the keyring may take; 3s, with a display 60s.
GHCR_KEY_FILE
The key of the encrypted file.
GHCR_SCOPES
The scopes to insist on, instead of those that the push or pull needs.
GHCR_ON_DENIED
With the value anonymous a token without scopes is no error: the engine goes on without credentials.
GHCR_STRICT
With the value 1 there are no credentials when GitHub cannot be asked.
GHCR_DEBUG
With the value 1 each step is traced on stderr, without secrets.
NO_COLOR
No colours.
LC_ALL, LC_MESSAGES, LANG
The language: English or Chinese.
DOCKER_CONFIG, REGISTRY_AUTH_FILE, XDG_CONFIG_HOME, XDG_RUNTIME_DIR
Where the files are, as docker and podman themselves read them.`

	manFiles = `~/.config/docker-credential-ghcr/hosts.json
Whose token rests where, and what GitHub last said of it. No token is in it. In $XDG_CONFIG_HOME where that is set; ~/Library/Application Support on macOS, %AppData% on Windows.
~/.config/docker-credential-ghcr/secrets.json
Which secrets of GitHub Actions were set from this machine. No token is in it.
~/.docker/config.json
What docker reads; configure sets credHelpers there.
~/.config/containers/auth.json, $XDG_RUNTIME_DIR/containers/auth.json
What podman reads; configure sets credHelpers there.`

	manExitStatus = `0
It went well.
1
It failed, or what was to be checked is not well.
2
The words of the command are wrong. Of doctor: a pull would fail too.
130
It was interrupted.`
)

// manPage writes the manual page of a command.
func manPage(cmd *cobra.Command, date string) string {
	var b strings.Builder
	name := pageName(cmd)
	fmt.Fprintf(&b, ".TH %q 1 %q %q \" \"\n.nh\n.ad l\n", strings.ToUpper(name), date, helper.Name)
	section := func(title string) { fmt.Fprintf(&b, ".SH %s\n", title) }
	section("NAME")
	fmt.Fprintf(&b, "%s \\- %s\n", roff(name), roff(cmd.Short))
	section("SYNOPSIS")
	fmt.Fprintf(&b, "\\fB%s\\fR%s\n", roff(cmd.CommandPath()), roff(strings.TrimPrefix(cmd.UseLine(), cmd.CommandPath())))
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, ".br\n\\fB%s\\fR \\fIcommand\\fR\n", roff(cmd.CommandPath()))
	}
	section("DESCRIPTION")
	long := cmd.Long
	if long == "" {
		long = strings.ToUpper(cmd.Short[:1]) + cmd.Short[1:] + "."
	}
	fmt.Fprintln(&b, paragraphs(long))
	if cmd.HasAvailableSubCommands() {
		section("COMMANDS")
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				entry(&b, sub.Name(), sub.Short)
			}
		}
		if !cmd.HasParent() {
			entry(&b, "get, store, erase, list, version", "the protocol of credential helpers, for docker and podman")
		}
	}
	section("OPTIONS")
	option := func(f *pflag.Flag) {
		value, usage := pflag.UnquoteUsage(f)
		head := "\\fB\\-\\-" + roff(f.Name) + "\\fR"
		if f.Shorthand != "" {
			head = "\\fB\\-" + f.Shorthand + "\\fR, " + head
		}
		if value != "" {
			head += " \\fI" + roff(value) + "\\fR"
		}
		if def := f.DefValue; value != "" && def != "" && def != "0" && def != "[]" {
			usage += " (default " + def + ")"
		}
		fmt.Fprintf(&b, ".TP\n%s\n%s\n", head, roff(usage))
	}
	cmd.LocalNonPersistentFlags().VisitAll(option)
	cmd.Root().PersistentFlags().VisitAll(option)
	if !cmd.HasParent() {
		for _, part := range []struct{ title, text string }{
			{"EXIT STATUS", manExitStatus}, {"ENVIRONMENT", manEnvironment}, {"FILES", manFiles},
		} {
			section(part.title)
			for lines := strings.Split(part.text, "\n"); len(lines) > 1; lines = lines[2:] {
				entry(&b, lines[0], lines[1])
			}
		}
	}
	if cmd.Example != "" {
		section("EXAMPLES")
		fmt.Fprintf(&b, ".EX\n%s\n.EE\n", roff(cmd.Example))
	}
	var others []string
	if cmd.HasParent() {
		others = append(others, pageName(cmd.Parent()))
	}
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			others = append(others, pageName(sub))
		}
	}
	section("SEE ALSO")
	for i, other := range others {
		comma := ","
		if i == len(others)-1 {
			comma = ""
		}
		fmt.Fprintf(&b, ".BR %s (1)%s\n", roff(other), comma)
	}
	return b.String()
}

func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

func entry(b *strings.Builder, head, text string) {
	fmt.Fprintf(b, ".TP\n\\fB%s\\fR\n%s\n", roff(head), roff(text))
}

// paragraphs are a text's; what is indented stays as it is.
func paragraphs(text string) string {
	var b strings.Builder
	for i, p := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			b.WriteString("\n.PP\n")
		}
		if strings.HasPrefix(p, "  ") || strings.HasPrefix(p, "\t") {
			p = ".EX\n" + roff(p) + "\n.EE"
		} else {
			p = roff(strings.TrimLeft(p, "# ")) // cobra's texts have headings of Markdown
		}
		b.WriteString(p)
	}
	return b.String()
}

// roff is text that means nothing to roff, and what stands in backquotes bold.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "^", `\(ha`, "~", `\(ti`).Replace(text)
	var b strings.Builder
	for i, part := range strings.Split(text, "`") {
		if i > 0 {
			b.WriteString([...]string{`\fR`, `\fB`}[i%2])
		}
		b.WriteString(part)
	}
	lines := strings.Split(b.String(), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
