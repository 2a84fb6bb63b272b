package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github/githubtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/registry"
)

func TestClean(t *testing.T) {
	classic, old := ghcrtest.SampleToken("ghp_", "x"), ghcrtest.SampleToken("", "x")
	for in, want := range map[string]string{
		"octo/app, branch main":                        "octo/app, branch main",
		"助手：已就绪":                                       "助手：已就绪",
		"a\x1b]52;c;ZXZpbA==\ab":                       "a ]52;c;ZXZpbA== b",
		"a\u009b31mb\u202ec\x7f":                       "a 31mb c ",
		"one\n::error::two\r\nthree":                   "one ::error::two  three",
		"a ##[set-output name=x]b":                     "a #[set-output name=x]b",
		"\xff":                                         "?",
		"-p" + classic:                                 "-p[token]",
		"https://me:" + classic + "@ghcr.io":           "https://me:[token]@ghcr.io",
		"https://me:" + old + "@ghcr.io":               "https://me:[token]@ghcr.io",
		`"x:` + old + `"`:                              `"x:[token]"`,
		ghcrtest.SampleToken("github_pat_", "x") + "!": "[token]!",
		// A commit as the tag of an image, and a digest.
		"ghcr.io/octo/app:" + old:                               "ghcr.io/octo/app:" + old,
		"ghcr.io/octo/app:sha-" + old:                           "ghcr.io/octo/app:sha-" + old,
		"ghcr.io/octo/app@sha256:" + strings.Repeat("a1b2", 16): "ghcr.io/octo/app@sha256:" + strings.Repeat("a1b2", 16),
	} {
		if got := clean(in); got != want || clean(got) != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// fits checks that a text has lines of ours alone: nothing unseen, no command.
func fits(t *testing.T, what, text string) {
	t.Helper()
	for line := range strings.SplitSeq(text, "\n") {
		if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) ||
			strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
			t.Errorf("%s prints %q", what, line)
		}
	}
}

const hostile = "a\x1b]0;b\a\u202e\u009b2J\n::error::c##[add-mask]d"

// Every way to print makes the words of others clean, and keeps lines of ours.
func TestPrintingIsClean(t *testing.T) {
	two := message{"%s first:\n  %v", "%s 一：\n  %v"}
	for _, lang := range []language{english, chinese} {
		var out, errOut bytes.Buffer
		u := &ui{out: &out, err: &errOut, lang: lang}
		type place string
		u.say(two, hostile, errors.New(hostile))
		u.say(two, place(hostile), nil)
		u.say(message{"%s", "%s"}, "::stop-commands::x")
		u.print(hostile)
		u.line(markBad, hostile)
		u.warn(two, hostile, 7)
		u.fail(errors.New(hostile))
		u.fail(&hintedError{text: hostile, hint: hostile})
		u.hint("%s", hostile)
		fits(t, "ui", out.String()+errOut.String())
		if n := strings.Count(out.String(), "\n"); n != 8 {
			t.Errorf("%d lines: %q", n, out.String())
		}
	}
}

func TestJSONIsCleanAndTheSame(t *testing.T) {
	var out bytes.Buffer
	u := &ui{out: &out}
	in := []string{hostile, "\U000e0001", "<a>&", "镜像"}
	if err := u.printJSON(in); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsFunc(out.String(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
		t.Errorf("%q", out.String())
	}
	var back []string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || !slices.Equal(back, in) {
		t.Errorf("%q, %v", back, err)
	}
	out.Reset()
	token := ghcrtest.SampleToken("ghp_", "x")
	if err := u.printJSON(map[string]string{"image": "ghcr.io/" + token + "/x"}); err != nil || !strings.Contains(out.String(), `"ghcr.io/[token]/x"`) {
		t.Errorf("%v", err)
	}
}

// A token in a wrong place of the command line is not repeated.
func TestTokensOnTheCommandLineAreNotRepeated(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "USERPROFILE", "APPDATA", "DOCKER_CONFIG"} {
		t.Setenv(name, home)
	}
	prefixes := []string{"ghp_", "github_pat_", "ghs_", ""}
	for _, line := range []string{
		"TOKEN", "x:TOKEN", "TOKEN@ghcr.io", "help TOKEN", "completion TOKEN",
		"login --with-token=TOKEN", "login -pTOKEN", "login --token=TOKEN", "login --TOKEN", "login TOKEN",
		"login https://me:TOKEN@ghcr.io", "login TOKEN@ghcr.io", "login me:TOKEN@ghcr.io",
		"logout TOKEN", "status TOKEN", "migrate TOKEN", "configure TOKEN", "unconfigure TOKEN", "doctor TOKEN", "doctor --timeout TOKEN",
		"verify TOKEN", "verify ghcr.io/TOKEN/X", "verify --json ghcr.io/TOKEN/X", "verify --engine TOKEN ghcr.io/octo/app", "verify --timeout TOKEN ghcr.io/octo/app",
		"explain denied TOKEN", "explain --json denied TOKEN",
		"secret TOKEN", "secret set TOKEN", "secret set --repo TOKEN", "secret set --repo octo/app:TOKEN", "secret set --repo octo/app --app TOKEN",
		"secret set --repo octo/app --name TOKEN+", "secret set --org octo --visibility TOKEN", "secret set --org TOKEN/x", "secret set TOKEN/app",
		"secret check TOKEN", "secret list --app TOKEN", "secret list --repo octo/app --host TOKEN",
		"rerun --repo TOKEN", "rerun TOKEN/app", "rerun --repo octo/app --run TOKEN", "rerun --repo octo/app --host https://TOKEN@x", "rerun --timeout TOKEN",
		"rotate TOKEN", "rotate --host TOKEN",
	} {
		for _, prefix := range prefixes {
			token := ghcrtest.SampleToken(prefix, line)
			_, out, errOut := typed(t, english, strings.ReplaceAll(line, "TOKEN", token))
			printed := out + errOut
			if printed == "" {
				t.Errorf("%s: nothing is said", line)
			}
			for i := len(prefix); i+8 <= len(token); i++ {
				if strings.Contains(printed, token[i:i+8]) {
					t.Errorf("%s: a part of a token (%q) is printed", line, prefix)
					break
				}
			}
		}
	}
}

// Long work on a text ends for the person at Control-C.
func TestAwaitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	forever := make(chan struct{})
	defer close(forever)
	value, err := await(ctx, func() (*registry.Finding, error) { cancel(); <-forever; return &registry.Finding{}, nil })
	if value != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", value, err)
	}
}

// The names of workflows and jobs and the lines of logs are anybody's.
func TestRerunPrintsForeignWordsClean(t *testing.T) {
	w := newCIWorld(t)
	secret := ghcrtest.SampleToken("ghp_", "in a log")
	w.actions.Repos["octo/app"] = 1
	run := failedRun(7, 1, "docker-credential-ghcr: error: \x1b]52;c;ZXZpbA==\a boom\u202e\x9b31m ##[add-mask]x "+secret+"\n"+
		stamp+"docker-credential-ghcr: hint: see\x1b]0;T\a "+secret)
	run.Name = "CI" + hostile
	run.Jobs[1].Name, run.Jobs[1].Step = "::error::job\x1b[2J", "step"+hostile
	w.actions.Runs = []*githubtest.Run{run}
	w.see(words("rerun --repo octo/app --dry-run"), 0, "boom", "fix: see ]0;T")
	fits(t, "rerun", w.out.String()+w.err.String())
	if printed := w.out.String() + w.err.String(); strings.Contains(printed, secret[8:20]) {
		t.Error("a token of the log is printed")
	}
}

func TestVerifyPrintsForeignWordsClean(t *testing.T) {
	var out bytes.Buffer
	u := &ui{out: &out, err: &out}
	u.tellVerified(imageReport{
		Image: shown("ghcr.io/octo/app:1"), Problem: hostile,
		Platforms: []platformReport{{Platform: hostile, Digest: "sha256:0"}},
		Remedy:    &remedy{Cause: hostile, Fix: hostile, Steps: []string{hostile}, Suspects: []suspect{{Cause: hostile}}},
	}, verifyOptions{})
	u.tellExplained(&registry.Finding{Line: "::error::x", Image: "ghcr.io/octo/app"})
	u.printHost(hostReport{Host: "ghcr.io", Username: hostile, Source: sourceStore})
	fits(t, "verify", out.String())
}
