package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

// typed runs the whole program's commands with the words that a person typed.
func typed(t *testing.T, lang language, line string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	u := &ui{in: strings.NewReader(""), out: &o, err: &e, utf8: true, lang: lang, getenv: func(string) string { return "" }}
	root := newRoot(u)
	root.SetArgs(strings.Fields(line))
	code = u.exitCode(root.ExecuteContextC(t.Context()))
	return code, o.String(), e.String()
}

func TestMistakesInTheWords(t *testing.T) {
	token := ghcrtest.SampleToken("ghp_", "typed as a word")
	for _, tt := range []struct{ line, says, see string }{
		{"logni", `unknown command "logni"; did you mean login?`, ""},
		{"frobnicate", `unknown command "frobnicate"`, ""},
		{token, "unknown command this", ""},
		{"login ghcr.io quay.io", "one host at most", " login"},
		{"login --with-token --from-gh", "give one of them: --from-gh, --with-token", " login"},
		{"login --frob", "unknown flag: --frob", " login"},
		{"rerun", "say which repository: --repo OWNER/NAME", " rerun"},
		{"rerun octo/app", "give the repository as a flag: --repo octo/app", " rerun"},
		{"rerun --repo octo", `"octo" is not a repository: give OWNER/NAME`, " rerun"},
		{"rerun --run x", "invalid argument", " rerun"},
		{"rotate octo/app", `rotate takes flags only, not "octo/app"`, " rotate"},
		{"rotate " + token, "rotate takes flags only, not this", " rotate"},
		{"secret sett", `unknown command "sett"; did you mean set?`, " secret"},
		{"secret set octo/app", "give the repository as a flag: --repo octo/app", " secret set"},
		{"secret set", "say where: --repo OWNER/NAME or --org ORGANIZATION", " secret set"},
		{"secret list", "say where: --repo OWNER/NAME or --org ORGANIZATION", " secret list"},
		{"completion bsh", `unknown command "bsh"; did you mean bash?`, " completion"},
		{"help frob", `unknown command "frob"`, " help"},
		{"help secret sett", `unknown command "sett"; did you mean set?`, " help"},
	} {
		code, out, errOut := typed(t, english, tt.line)
		first, rest, _ := strings.Cut(errOut, "\n")
		if code != exitUsage || out != "" || !strings.HasPrefix(first, helper.Name+": error: "+tt.says) {
			t.Errorf("%s: exit code %d, %q%q; want %d, %q", tt.line, code, out, errOut, exitUsage, tt.says)
		}
		if want := helper.Name + ": hint: see " + helper.Name + tt.see + " --help\n"; rest != want {
			t.Errorf("%s: then %q, want %q", tt.line, rest, want)
		}
		if strings.Contains(errOut, token[8:20]) {
			t.Error("a part of a token is printed")
		}
	}
	if _, _, errOut := typed(t, chinese, "rerun octo/app"); !strings.Contains(errOut, "请用选项给出代码库") {
		t.Errorf("in Chinese: %q", errOut)
	}
}

func TestHelp(t *testing.T) {
	for line, says := range map[string]string{
		"help":                   "Called by docker and podman\n  get, store,",
		"help get":               "Called by docker and podman\n  get, store,",
		"help rerun":             "docker-credential-ghcr rerun --repo OWNER/NAME",
		"help secret list":       "never what they hold",
		"rerun --help":           "--timeout duration ",
		"secret set --help":      "--visibility who ",
		"secret":                 "docker-credential-ghcr secret <command>",
		"completion":             "docker-credential-ghcr completion <command>",
		"completion fish --help": "fish",
	} {
		code, out, errOut := typed(t, english, line)
		if code != exitOK || !strings.Contains(out, says) || errOut != "" {
			t.Errorf("%s: exit code %d, %q lacks %q; %q", line, code, out, says, errOut)
		}
	}
}

// Engines give a verb alone: whoever adds --help is a person.
func TestVerbsHaveHelp(t *testing.T) {
	if code := Run([]string{"get", "--help"}); code != exitOK {
		t.Errorf("get --help: exit code %d", code)
	}
	if code := Run([]string{"get", "ghcr.io"}); code != exitFailed {
		t.Errorf("get ghcr.io: exit code %d", code)
	}
}

func TestCompletionShowsNoBackquotes(t *testing.T) {
	var out bytes.Buffer
	u := &ui{in: strings.NewReader(""), out: &out, err: &bytes.Buffer{}, getenv: func(string) string { return "" }}
	root := newRoot(u)
	plainUsages(root)
	root.SetArgs([]string{cobra.ShellCompRequestCmd, "secret", "set", "--"})
	if _, err := root.ExecuteContextC(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Contains(text, "`") || !strings.Contains(text, "--repo\t") {
		t.Errorf("completion shows %q", text)
	}
}
