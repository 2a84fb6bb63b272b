package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/registry"
)

// patient is an examination in an environment of its own.
func patient(t *testing.T, env map[string]string, args ...string) *examination {
	t.Helper()
	u := &ui{out: &bytes.Buffer{}, err: &bytes.Buffer{}, utf8: true, getenv: func(name string) string { return env[name] }}
	x, err := u.examine(args, examTime)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func lateText(name string, begun bool) []outcome {
	text := name + " was not begun"
	if begun {
		text = name + " was late"
	}
	return []outcome{{mark: markBad, text: text}}
}

// The lines keep their order, whichever check is done first.
func TestPerformTellsInOrder(t *testing.T) {
	secondDone, facts := make(chan struct{}), ""
	checks := []check{
		{"first", nil, func(context.Context) []outcome { <-secondDone; return []outcome{{text: "first"}} }},
		{"second", nil, func(context.Context) []outcome {
			facts = "known"
			close(secondDone)
			return []outcome{{text: "second"}}
		}},
		{"third", []string{"second", "absent"}, func(context.Context) []outcome { return []outcome{{text: "third: " + facts}, {text: "and more"}} }},
		{"fourth", nil, func(context.Context) []outcome { return nil }},
	}
	var told []string
	results := perform(t.Context(), checks, lateText, func(found []outcome) {
		for _, o := range found {
			told = append(told, o.text)
		}
	})
	if want := []string{"first", "second", "third: known", "and more"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	if len(results) != len(checks) || results[2].check != "third" {
		t.Errorf("results: %+v", results)
	}
}

// What hangs without heed of its context is left behind, and what waits for it
// says that it was not begun.
func TestPerformLeavesBehindWhatHangs(t *testing.T) {
	forever := make(chan struct{})
	defer close(forever)
	checks := []check{
		{"quick", nil, func(context.Context) []outcome { return []outcome{{text: "quick"}} }},
		{"stuck", nil, func(context.Context) []outcome { <-forever; return nil }},
		{"waiting", []string{"stuck"}, func(context.Context) []outcome { return nil }},
		{"heeding", nil, func(ctx context.Context) []outcome { <-ctx.Done(); return []outcome{{text: "heeded"}} }},
	}
	ctx, cancel := context.WithCancel(t.Context())
	var told []string
	perform(ctx, checks, lateText, func(found []outcome) {
		told = append(told, found[0].text)
		cancel() // the time is up when the first line is out
	})
	if want := []string{"quick", "stuck was late", "waiting was not begun", "heeded"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

func TestExitCodeFollowsWhatWasProved(t *testing.T) {
	cause := &remedy{Cause: "cause"}
	bad := func(stops right, inferred bool) outcome {
		return outcome{mark: markBad, stops: stops, inferred: inferred, remedy: cause}
	}
	tests := []struct {
		name  string
		found []outcome
		code  int
	}{
		{"nothing found", nil, exitOK},
		{"a warning", []outcome{{mark: markWarn, remedy: cause}}, exitOK},
		{"no push", []outcome{bad(pushing, false)}, exitCannotPush},
		{"no pull", []outcome{bad(pushing, false), bad(pulling, false)}, exitCannotPull},
		{"dead, and the image is public", []outcome{bad(pulling, true), {proves: pulling}}, exitCannotPush},
		{"a fork whose token can push after all", []outcome{bad(pushing, true), {proves: pulling}, {proves: pushing}}, exitOK},
		{"the engine does not ask, though the registry would allow it", []outcome{bad(pulling, false), {proves: pushing}}, exitCannotPull},
		{"a push would work where a pull finds nothing", []outcome{bad(pulling, true), {proves: pushing}}, exitOK},
	}
	for _, tt := range tests {
		r := patient(t, nil).report([]result{{check: "check", found: tt.found}})
		if r.exitCode() != tt.code {
			t.Errorf("%s: exit code %d, want %d", tt.name, r.exitCode(), tt.code)
		}
	}
}

// The first cause counts; one that another's remedy mends as well yields to it.
func TestFirstCause(t *testing.T) {
	one := func(k mark, cause string, yields bool) outcome {
		return outcome{mark: k, yields: yields, remedy: &remedy{Cause: cause}}
	}
	r := patient(t, nil).report([]result{
		{check: "a", found: []outcome{one(markWarn, "warning", false), one(markBad, "not set up", true)}},
		{check: "b", found: []outcome{one(markBad, "no token", false), one(markBad, "denied", false)}},
	})
	if r.Cause == nil || r.Cause.Cause != "no token" {
		t.Errorf("the cause is %+v", r.Cause)
	}
}

// Every row that a check names is in the table.
func TestRowsOfChecksExist(t *testing.T) {
	named := regexp.MustCompile(`(?m)(?:[rR]ow|verdict|remedyFor)\((?:r, )?"([a-z0-9-]+)"|, "([a-z-]+)"\},$`)
	files, err := filepath.Glob("checks*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			id := m[1] + m[2]
			n++
			if _, found := registry.RowByID(id); !found {
				t.Errorf("%s names the row %q, which is not there", path, id)
			}
		}
	}
	if n < 20 {
		t.Errorf("found %d names of rows only", n)
	}
}

func TestTrouble(t *testing.T) {
	x := patient(t, nil)
	for why, row := range map[string]string{
		"api.github.com cannot be reached: its name does not resolve":                               "no-such-host",
		"api.github.com cannot be trusted: its certificate is signed by an unknown authority":       "untrusted-certificate",
		"api.github.com does not speak TLS":                                                         "untrusted-certificate",
		"api.github.com did not answer in time":                                                     "timeout",
		"api.github.com cannot be reached: the proxy does not answer":                               "timeout",
		"api.github.com cannot be reached: the connection broke":                                    "timeout",
		"api.github.com is in trouble: it answered 500":                                             "",
		"api.github.com answered something that is not GitHub's API (a captive portal or a proxy?)": "",
		"api.github.com limits the rate of requests for now":                                        "",
	} {
		r := x.trouble("api.github.com", why)
		if r.Row != row || r.Fix == "" || strings.Contains(r.Cause, "ghcr.io") {
			t.Errorf("%s: %+v, want the row %q", why, r, row)
		}
	}
}

func TestWayToTheAPI(t *testing.T) {
	x := patient(t, nil)
	x.reach = github.Probe{Lookup: 3 * time.Millisecond, Connect: 20 * time.Millisecond, Greeting: 40 * time.Millisecond, Total: 84 * time.Millisecond}
	o := x.wayTo("api.github.com")[0]
	if o.mark != markOK || o.text != "api.github.com answers in 84ms (name 3ms, connection 20ms, TLS 40ms)" {
		t.Errorf("%+v", o)
	}
	x.reach.Total = 3 * time.Second
	if o = x.wayTo("api.github.com")[0]; o.mark != markWarn || !strings.Contains(o.remedy.Cause, "api.github.com is slow: it took 3s") {
		t.Errorf("%+v", o)
	}
	x.reachErr = errors.New("api.github.com did not answer in time")
	if o = x.wayTo("api.github.com")[0]; o.mark != markWarn || o.stops != nothing {
		t.Errorf("%+v", o)
	}
}

func TestClock(t *testing.T) {
	x := patient(t, nil)
	for skew, want := range map[time.Duration]string{
		0:                "The clock is right",
		-3 * time.Second: "The clock is right",
		2 * time.Minute:  "The clock is 2m0s ahead of that of api.github.com",
		-3 * time.Hour:   "The clock is 3h0m0s behind that of api.github.com",
	} {
		x.reach = github.Probe{Dated: true, Skew: skew}
		if got := x.clock(t.Context())[0].text; got != want {
			t.Errorf("%v: %q, want %q", skew, got, want)
		}
	}
}

// The words of the table name the host that they are about.
func TestRemedyIsAboutTheHost(t *testing.T) {
	x := patient(t, nil, "containers.octocorp.ghe.com/octo/app:1")
	for _, r := range registry.Rows() {
		m := x.remedyOf(r, subject{host: x.target, image: x.image, owner: x.owner})
		text := strings.Join(append(m.Steps, m.Cause, m.Fix), "\n")
		for _, foreign := range []string{"https://github.com/", "ghcr.io", "-h github.com", "OWNER?", "doctor IMAGE"} {
			if strings.Contains(text, foreign) {
				t.Errorf("%s names %q: %s", r.ID, foreign, text)
			}
		}
	}
	target, err := host.Parse(host.DefaultRegistry)
	if err != nil {
		t.Fatal(err)
	}
	dead, _ := registry.RowByID("helper-dead-token")
	if m := x.remedyOf(dead, subject{host: target}); !strings.HasSuffix(m.Fix, "docker-credential-ghcr login") {
		t.Errorf("the fix is %q", m.Fix)
	}
}

func TestPackagePage(t *testing.T) {
	tests := []struct {
		image string
		owner github.Owner
		want  string
	}{
		{"ghcr.io/octo/app:1", github.Owner{Exists: true, IsOrg: true}, "https://github.com/orgs/octo/packages/container/app/settings"},
		{"ghcr.io/mona/a/b@sha256:" + strings.Repeat("0", 64), github.Owner{Exists: true}, "https://github.com/users/mona/packages/container/a%2Fb/settings"},
		{"ghcr.io/nobody/app", github.Owner{}, ""},
	}
	for _, tt := range tests {
		x := patient(t, nil, tt.image)
		x.ownerSaid = tt.owner
		if got := x.packageRow("no-write-role").Page; got != tt.want {
			t.Errorf("%s: %q, want %q", tt.image, got, tt.want)
		}
	}
}

func TestForkOf(t *testing.T) {
	dir := t.TempDir()
	event := func(text string) string {
		path := filepath.Join(dir, "event.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	of := func(repo string) string { return `{"pull_request":{"head":{"repo":{"full_name":"` + repo + `"}}}}` }
	tests := []struct{ name, event, payload, want string }{
		{"a fork", "pull_request", of("mona/app"), "mona/app"},
		{"itself", "pull_request", of("Octo/App"), ""},
		{"a review of a fork", "pull_request_review", of("mona/app"), "mona/app"},
		{"with the rights of the repository", "pull_request_target", of("mona/app"), ""},
		{"a push", "push", of("mona/app"), ""},
		{"the fork is gone", "pull_request", `{"pull_request":{"head":{"repo":null}}}`, ""},
		{"no name", "pull_request", of(`\u001b[2J`), ""},
		{"no JSON", "pull_request", "{", ""},
	}
	for _, tt := range tests {
		x := patient(t, map[string]string{"GITHUB_EVENT_PATH": event(tt.payload), "GITHUB_REPOSITORY": "octo/app"})
		if got := x.forkOf(tt.event); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestWorkflowIsInTheWorkspace(t *testing.T) {
	for ref, want := range map[string]string{
		"octo/app/.github/workflows/ci.yml@refs/heads/main": "/checkout/.github/workflows/ci.yml",
		"octo/app/../../etc/passwd@x":                       "",
		"other/app/.github/workflows/ci.yml@x":              "",
		"":                                                  "",
	} {
		x := patient(t, map[string]string{"GITHUB_WORKFLOW_REF": ref, "GITHUB_REPOSITORY": "octo/app", "GITHUB_WORKSPACE": "/checkout"})
		if got, _ := x.workflow(); filepath.ToSlash(got) != want {
			t.Errorf("%s: %q, want %q", ref, got, want)
		}
	}
}

func TestRightsOfAWorkflow(t *testing.T) {
	for line, want := range map[string]bool{
		"      packages: write":                          true,
		"permissions: {contents: read, packages: write}": true,
		`  "packages" : 'write'`:                         true,
		"permissions: write-all":                         true,
		"  packages: read":                               false,
		"  my-packages: written":                         false,
		"permissions: read-all":                          false,
	} {
		if got := grantsPackages().MatchString(line) || grantsAll().MatchString(line); got != want {
			t.Errorf("%s: %t", line, got)
		}
	}
}
