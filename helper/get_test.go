package helper

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
)

func TestEveryGetAsks(t *testing.T) {
	m := newMachine(t)
	token := m.stored("write:packages")
	for range 3 {
		warned(t, m.gets("mona", token), "")
	}
	m.asked(3)
	for _, r := range world.Requests() {
		if r.Host != "api.github.com" || r.Path != "/rate_limit" || !strings.HasPrefix(r.UserAgent, Name+"/") || r.Token != ghcrtest.Fingerprint(token) {
			t.Errorf("an unexpected request: %+v", r)
		}
	}
	// What was ticked or unticked on GitHub counts at once.
	m.intent = engine.Push
	m.tick(token, "read:packages")
	m.fails("get", "ghcr.io", "the token of mona can pull from ghcr.io but not push", "tick write:packages at https://github.com/settings/tokens")
	m.tick(token, "write:packages")
	m.gets("mona", token)
}

func TestIntents(t *testing.T) {
	m := newMachine(t)
	token := m.stored("read:packages")
	m.intent = engine.Pull
	warned(t, m.gets("mona", token), "")
	m.intent = engine.Unknown
	warned(t, m.gets("mona", token), "can pull, not push: it lacks write:packages")
	m.intent = engine.Push
	m.fails("get", "ghcr.io", "lacks write:packages", "tick write:packages")

	// podman login, the remedy itself, and pulls from elsewhere must go on.
	m.tick(token)
	for _, m.intent = range []engine.Intent{engine.Login, engine.Elsewhere} {
		warned(t, m.findsNothing(), "lacks write:packages: it has no packages scope")
	}
	m.intent = engine.Pull
	m.fails("get", "ghcr.io", "lacks read:packages: it has no packages scope", "tick read:packages")
	m.env["GHCR_ON_DENIED"] = "anonymous"
	warned(t, m.findsNothing(), "lacks read:packages")
}

// Only what GitHub's answer says of the token may stop a get.
func TestFaults(t *testing.T) {
	slow := &ghcrtest.Fault{Hold: true}
	for _, tt := range []struct {
		name  string
		fault *ghcrtest.Fault
		says  string
	}{
		{"403 rate limit", ghcrtest.RateLimited(403, time.Now().Add(time.Hour)), "limits the rate of requests"},
		{"429 rate limit", ghcrtest.RateLimited(429, time.Now().Add(time.Hour)), "limits the rate of requests"},
		{"403 secondary", ghcrtest.SecondaryLimit(403, time.Minute), "limits the rate of requests"},
		{"429 secondary", ghcrtest.SecondaryLimit(429, time.Minute), "limits the rate of requests"},
		{"403 IP list", &ghcrtest.Fault{Status: 403, Body: "{\"message\":\"the `octo` organization has an IP allow list enabled\"}"}, "answered 403: the octo organization has an IP allow list"},
		{"500", &ghcrtest.Fault{Status: 500, Body: "oops"}, "answered 500"},
		{"502", &ghcrtest.Fault{Status: 502, Body: "<html>Unicorn!</html>"}, "answered 502"},
		{"503", &ghcrtest.Fault{Status: 503}, "answered 503"},
		{"slow", slow, "did not answer in time"},
		{"dropped", &ghcrtest.Fault{Drop: true}, "cannot be reached"},
		{"garbage", &ghcrtest.Fault{Raw: "\x00\x01garbage\r\n\r\n"}, "gave no usable answer"},
		{"captive portal", ghcrtest.CaptivePortal(), "is not GitHub's API"},
		{"empty JSON", &ghcrtest.Fault{Status: 200, Body: "{}"}, "is not GitHub's API"},
		{"cut", &ghcrtest.Fault{Body: `{"resources":{"core"`, CutBody: true}, "api.github.com"},
		{"other host", &ghcrtest.Fault{Redirect: "https://evil.example.com/rate_limit"}, "redirects to another host"},
		{"plain http", &ghcrtest.Fault{Redirect: "http://api.github.com/rate_limit", Status: 307}, "redirects to another host"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t)
			if tt.fault == slow {
				m.env["GHCR_TIMEOUT"] = "100ms"
			}
			world.AddHost("evil.example.com", ghcrtest.Trap)
			token := m.stored("write:packages")
			world.SetFault(tt.fault)
			for _, m.intent = range []engine.Intent{engine.Push, engine.Pull, engine.Login} {
				warned(t, m.gets("mona", token), "the token of mona for ghcr.io is not verified: api.github.com ")
			}
			if r := m.gets("mona", token); !strings.Contains(r.stderr, tt.says) {
				t.Errorf("said %q, want %q", r.stderr, tt.says)
			}
			for _, r := range world.Requests() {
				if r.Token != "" && r.Host != "api.github.com" {
					t.Errorf("the token went to %s", r.Host)
				}
			}
			m.env["GHCR_STRICT"] = "1"
			m.intent = engine.Pull
			m.fails("get", "ghcr.io", "is not verified: api.github.com", "GHCR_STRICT is set")
		})
	}
}

// With no answer, what GitHub said last counts.
func TestLastVerdict(t *testing.T) {
	m := newMachine(t)
	token := m.stored("read:packages")
	world.SetFault(&ghcrtest.Fault{Status: http.StatusBadGateway})
	m.intent = engine.Pull
	warned(t, m.gets("mona", token), "not verified")
	m.intent = engine.Push
	m.fails("get", "ghcr.io", "lacks write:packages (as of "+m.now.UTC().Format(time.DateOnly)+", not verified now)", "tick write:packages")

	// A token that GitHub was never asked about gets the benefit of the doubt.
	m.env["GHCR_TOKEN"] = m.token("ghp_")
	m.env["GHCR_USERNAME"] = "lisa"
	warned(t, m.gets("lisa", m.env["GHCR_TOKEN"]), "the token of lisa in GHCR_TOKEN for ghcr.io is not verified")
}

func TestDeadToken(t *testing.T) {
	m := newMachine(t)
	token := m.stored("write:packages")
	world.Revoke(token)

	// Asked once in ten minutes: GitHub locks accounts out after many a 401.
	m.intent = engine.Pull
	for range 3 {
		warned(t, m.findsNothing(), "the token of mona for ghcr.io is expired or revoked, so only public images can be pulled; renew it: docker-credential-ghcr login")
	}
	m.intent = engine.Push
	m.fails("get", "ghcr.io", "the token of mona for ghcr.io is expired or revoked", "make a new one at https://github.com/settings/tokens/new?scopes=write:packages and run: docker-credential-ghcr login")
	m.intent = engine.Login
	warned(t, m.findsNothing(), "is expired or revoked")
	m.asked(1)

	m.now = m.now.Add(11 * time.Minute)
	m.findsNothing()
	m.asked(2)
	m.now = m.now.Add(-24 * time.Hour) // a clock that was wrong: nothing is believed
	m.findsNothing()
	m.asked(3)

	// Even with no way to GitHub: dead tokens stay dead.
	m.now = m.now.Add(48 * time.Hour)
	world.SetFault(&ghcrtest.Fault{Drop: true})
	warned(t, m.findsNothing(), "is expired or revoked")
	world.SetFault(nil)

	// Another token is another question.
	fresh := m.classic("write:packages")
	m.put("ghcr.io", fresh)
	m.intent = engine.Push
	warned(t, m.gets("mona", fresh), "")
	m.asked(1)
}

// A dead token of the environment is not asked about again either.
func TestDeadTokenOfEnvironment(t *testing.T) {
	m := newMachine(t)
	m.env["GHCR_TOKEN"] = m.token("ghp_")
	for range 3 {
		warned(t, m.findsNothing(), "the token in GHCR_TOKEN for ghcr.io is expired or revoked, so only public images can be pulled; renew it: put a new token into GHCR_TOKEN")
	}
	m.asked(1)
	m.intent = engine.Push
	m.fails("get", "ghcr.io", "the token in GHCR_TOKEN", "and put it into GHCR_TOKEN")
	m.env["GHCR_TOKEN"] = strings.TrimSuffix(m.env["GHCR_TOKEN"], m.env["GHCR_TOKEN"][38:]) // cut by a paste
	m.fails("get", "ghcr.io", "the token in GHCR_TOKEN for ghcr.io looks cut or mistyped: GitHub does not accept it", "make a token")
	m.asked(2)
	if entries := m.configEntries(); len(entries) > 0 {
		t.Errorf("%q is in the config folder, want nothing", entries)
	}
}

// middayOf is noon of a day, of which hours may pass without another day.
func middayOf(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour).Add(12 * time.Hour) }

func TestExpiry(t *testing.T) {
	m := newMachine(t)
	m.now = middayOf(m.now.Add(24 * time.Hour)) // the world knows the real time
	token := m.stored("write:packages")
	for days, says := range map[int]string{0: "expires today (", 1: "expires tomorrow (", 6: "expires in 6 days (", 8: ""} {
		at := m.now.Add(time.Duration(days)*24*time.Hour + 11*time.Hour)
		world.SetToken(ghcrtest.Token{Value: token, Login: "mona", Scopes: []string{"write:packages"}, Expires: at})
		r := m.gets("mona", token)
		warned(t, r, says)
		if says != "" && !strings.Contains(r.stderr, at.UTC().Format(time.DateOnly)+"); renew it: docker-credential-ghcr login") {
			t.Errorf("said %q", r.stderr)
		}
	}
}

// Engines ask up to nine times in one command.
func TestSaidOnce(t *testing.T) {
	m := newMachine(t)
	token := m.stored("read:packages")
	m.run = "4711-1"
	warned(t, m.gets("mona", token), "can pull, not push")
	warned(t, m.gets("mona", token), "")
	world.SetFault(&ghcrtest.Fault{Status: 500})
	if r := m.gets("mona", token); strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, "not verified") {
		t.Errorf("stderr = %q, want the new warning alone", r.stderr)
	}
	world.SetFault(nil)

	m.intent = engine.Push
	m.fails("get", "ghcr.io", "not push", "tick")
	if r := m.call("get", "ghcr.io"); r.code != 1 || !strings.Contains(r.stdout, "not push") || r.stderr != "" {
		t.Errorf("again: %+v, want the cause on stdout alone", r)
	}
	m.run = "4711-2" // the same pid, later
	m.fails("get", "ghcr.io", "not push", "tick")

	m.run = "4711-1"
	m.intent = engine.Unknown
	m.now = m.now.Add(25 * time.Hour) // after a day it is forgotten, when somebody speaks
	world.SetFault(&ghcrtest.Fault{Status: 503})
	m.gets("mona", token)
	world.SetFault(nil)
	warned(t, m.gets("mona", token), "can pull, not push")
}

func TestKindsThatAreNotAsked(t *testing.T) {
	for prefix, says := range map[string]string{
		"github_pat_": "ghcr.io takes no fine-grained token (github_pat_): it wants a personal access token (classic)",
		"ghr_":        "a refresh token (ghr_) is no credential",
		"pass word":   "ghcr.io takes no account password",
	} {
		m := newMachine(t)
		if m.env["GHCR_TOKEN"] = prefix; strings.HasSuffix(prefix, "_") {
			m.env["GHCR_TOKEN"] = m.token(prefix)
		}
		m.fails("get", "ghcr.io", says, "https://github.com/settings/tokens/new?scopes=write:packages")
		m.intent = engine.Login
		warned(t, m.findsNothing(), says)
		if n := len(world.Requests()); n > 0 {
			t.Errorf("%s: %d requests", prefix, n)
		}
	}
}

// Tokens of Apps have neither scopes nor an account.
func TestAppTokens(t *testing.T) {
	for _, prefix := range []string{"ghs_", "ghu_"} {
		m := newMachine(t)
		token := m.token(prefix)
		world.SetToken(ghcrtest.Token{Value: token, Login: "mona"})
		m.env["GHCR_TOKEN"] = token
		m.intent = engine.Push
		want := map[string]string{"ghs_": anyUser, "ghu_": "mona"}[prefix]
		warned(t, m.gets(want, token), "")
		warned(t, m.gets(want, token), "")
		if prefix == "ghs_" && world.Count("api.github.com", "/user") > 0 {
			t.Error("GitHub was asked for the account of an App")
		}
	}
	m := newMachine(t)
	token := ghcrtest.SampleActionsToken(t.Name())
	m.tokens = append(m.tokens, token)
	world.SetToken(ghcrtest.Token{Value: token})
	m.env["GITHUB_ACTIONS"], m.env["GITHUB_TOKEN"], m.env["GITHUB_ACTOR"] = "true", token, "mona"
	warned(t, m.gets("mona", token), "")
}

// An Enterprise Server has its rate limits off: GET / answers in their place.
func TestEnterpriseServer(t *testing.T) {
	m := newMachine(t)
	world.AddHost("git.example.com", ghcrtest.API)
	world.RateLimitDisabled(true)
	token := m.token("ghp_")
	world.SetToken(ghcrtest.Token{Value: token, Login: "mona", Server: "git.example.com", Scopes: []string{"read:packages"}})
	m.put("containers.git.example.com", token)
	m.intent = engine.Push
	m.fails("get", "https://containers.git.example.com/v2/", "the token of mona can pull from containers.git.example.com but not push", "https://git.example.com/settings/tokens")
	for _, r := range world.Requests() {
		if r.Host != "git.example.com" {
			t.Errorf("%s was asked", r.Host)
		}
	}
	warned(t, m.findsNothing(), "no token is stored for ghcr.io; to push, run: docker-credential-ghcr login")
}

func TestScopesVariable(t *testing.T) {
	m := newMachine(t)
	token := m.stored("read:packages")
	m.env["GHCR_SCOPES"] = "read:packages,delete:packages"
	m.fails("get", "ghcr.io", "lacks delete:packages: it has read:packages", "tick delete:packages")
	m.env["GHCR_SCOPES"] = "read:packages"
	m.intent = engine.Push
	m.gets("mona", token)
}

func TestNothingStored(t *testing.T) {
	m := newMachine(t)
	warned(t, m.findsNothing(), "")
	m.intent = engine.Push
	warned(t, m.findsNothing(), "no token is stored for ghcr.io; to push, run: docker-credential-ghcr login")
	m.env["SUDO_USER"] = "mona"
	warned(t, m.findsNothing(), "under sudo the token of mona is not seen")
	m.intent = engine.Elsewhere
	warned(t, m.findsNothing(), "")
	if n := len(world.Requests()); n > 0 {
		t.Errorf("%d requests", n)
	}
}

func TestTimeout(t *testing.T) {
	m := newMachine(t)
	for text, want := range map[string]time.Duration{
		"": DefaultTimeout, "2": 2 * time.Second, "1500ms": 1500 * time.Millisecond, "0": DefaultTimeout,
		"-1s": DefaultTimeout, "soon": DefaultTimeout, "1h": time.Minute,
		"18446744074": time.Minute, "-18446744073": DefaultTimeout, "99999999999999999999": DefaultTimeout,
	} {
		m.env["GHCR_TIMEOUT"] = text
		if got := m.helper(&buffer{}).timeout(); got != want {
			t.Errorf("GHCR_TIMEOUT=%q: %v, want %v", text, got, want)
		}
	}
	for text, says := range map[string]string{"2": "", "": "", "soon": "is neither seconds nor a duration such as 1500ms: 4s is used", m.token("ghp_"): "4s is used"} {
		m.env["GHCR_TIMEOUT"] = text
		m.env["GHCR_TOKEN"] = m.token("ghp_")
		var stderr buffer
		if _, err := m.helper(&stderr).locate(hostOf(t)); err != nil {
			t.Fatal(err)
		}
		warned(t, result{stderr: stderr.String()}, says)
		noLeak(t, stderr.String(), m.tokens...)
	}
}

func hostOf(t *testing.T) host.Host {
	t.Helper()
	target, err := host.Parse("ghcr.io")
	if err != nil {
		t.Fatal(err)
	}
	return target
}
