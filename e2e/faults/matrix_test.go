//go:build linux

package faults

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

// fault is something wrong between the program and GitHub's API, and what the
// program says of it. A fault without words is a dead token.
type fault struct {
	name    string
	says    string
	world   *ghcrtest.Fault
	make    func(*testing.T, *home) // what the World cannot show; needs the namespaces
	hangs   bool                    // nothing but the deadline ends it
	isProxy bool                    // between the program and everybody
}

const (
	elsewhere   = "redirects to another host, where the token does not go"
	notGitHub   = "answered something that is not GitHub's API (a captive portal or a proxy?)"
	broke       = "cannot be reached: the connection broke"
	unusable    = "gave no usable answer"
	late        = "did not answer in time"
	limited     = "limits the rate of requests for now"
	badValidity = "cannot be trusted: its certificate is not valid (expired, or this clock is wrong)"
)

var faults = []fault{
	{name: "refused", says: "cannot be reached: connection refused", make: apiAt(nobody)},
	{name: "no such name", says: "cannot be reached: its name does not resolve", make: apiAt("")},
	{name: "silent name server", says: late, make: apiAt("", mute), hangs: true},
	{name: "black hole", says: late, make: apiAt(blackHole), hangs: true},
	{name: "silent after connecting", says: late, make: apiAt(mute), hangs: true},
	{name: "unknown authority", says: "cannot be trusted: its certificate is signed by an unknown authority", make: apiIsStrange(&strange.unknown, "api.github.com", 0)},
	{name: "expired certificate", says: badValidity, make: apiIsStrange(&strange.trusted, "api.github.com", -30)},
	{name: "certificate of tomorrow", says: badValidity, make: apiIsStrange(&strange.trusted, "api.github.com", 1)},
	{name: "certificate of another name", says: "cannot be trusted: its certificate is for another name", make: apiIsStrange(&strange.trusted, "evil.example", 0)},

	{name: "slow header", says: late, world: &ghcrtest.Fault{Hold: true}, hangs: true},
	{name: "slow body", says: notGitHub, make: slowBody, hangs: true},
	{name: "cut body", says: notGitHub, world: &ghcrtest.Fault{Body: `{"resources":`, CutBody: true}},
	{name: "captive portal", says: notGitHub, world: ghcrtest.CaptivePortal()},
	{name: "empty object", says: notGitHub, world: &ghcrtest.Fault{Body: "{}"}},
	{name: "empty answer", says: notGitHub, world: &ghcrtest.Fault{Status: 200}},
	{name: "garbage", says: unusable, world: &ghcrtest.Fault{Raw: "\x00\x01\x02\r\n\r\n"}},
	{name: "hang-up", says: broke, world: &ghcrtest.Fault{Drop: true}},
	{name: "10 MB", says: notGitHub, world: &ghcrtest.Fault{Body: `{"x":"` + strings.Repeat("x", 10<<20) + `"}`}},
	{name: "1 MB of headers", says: unusable, world: &ghcrtest.Fault{Status: 200, Header: http.Header{"X-Long": {strings.Repeat("x", 1<<20)}}}},

	{name: "301 to another host", says: elsewhere, world: &ghcrtest.Fault{Status: 301, Redirect: "https://evil.example/rate_limit"}},
	{name: "302 to another host", says: elsewhere, world: &ghcrtest.Fault{Status: 302, Redirect: "https://evil.example/rate_limit"}},
	{name: "307 to another host", says: elsewhere, world: &ghcrtest.Fault{Status: 307, Redirect: "https://evil.example/rate_limit"}},
	{name: "301 to http", says: elsewhere, world: &ghcrtest.Fault{Status: 301, Redirect: "http://api.github.com/rate_limit"}},
	{name: "302 to http", says: elsewhere, world: &ghcrtest.Fault{Status: 302, Redirect: "http://api.github.com/rate_limit"}},
	{name: "307 to http", says: elsewhere, world: &ghcrtest.Fault{Status: 307, Redirect: "http://api.github.com/rate_limit"}},

	{name: "401", world: said(401, "Bad credentials")},
	{name: "403 SSO", says: "answered 403: Resource protected by organization SAML enforcement.", world: said(403, "Resource protected by organization SAML enforcement.",
		"X-Github-Sso", "required; url=https://github.com/orgs/octo/sso?authorization_request=AAAA")},
	{name: "403 IP allow list", says: "answered 403: the octo organization has an IP allow list enabled", world: said(403, "the `octo` organization has an IP allow list enabled")},
	{name: "403", says: "answered 403: Forbidden", world: said(403, "Forbidden")},
	{name: "403 with Retry-After", says: limited, world: said(403, "Wait", "Retry-After", "60")},
	{name: "403 primary limit", says: limited, world: ghcrtest.RateLimited(403, time.Now().Add(time.Hour))},
	{name: "403 secondary limit", says: limited, world: ghcrtest.SecondaryLimit(403, time.Minute)},
	{name: "429", says: limited, world: said(429, "Too Many Requests")},
	{name: "429 primary limit", says: limited, world: ghcrtest.RateLimited(429, time.Now().Add(time.Hour))},
	{name: "429 secondary limit", says: limited, world: ghcrtest.SecondaryLimit(429, time.Minute)},
	{name: "500", says: "is in trouble: it answered 500", world: said(500, "oops")},
	{name: "502", says: "is in trouble: it answered 502", world: &ghcrtest.Fault{Status: 502, Body: "<html>"}},
	{name: "503", says: "is in trouble: it answered 503", world: said(503, "maintenance", "Retry-After", "60")},

	{name: "proxy refused", says: "cannot be reached: the proxy does not answer", make: proxyAt(nobody + ":8080"), isProxy: true},
	{name: "proxy wants a password", says: "cannot be reached: the proxy wants a password", make: proxyAt(mute + ":407"), isProxy: true},
	{name: "proxy is a black hole", says: late, make: proxyAt(blackHole + ":8080"), hangs: true, isProxy: true},
	{name: "silent proxy", says: late, make: proxyAt(mute + ":8080"), hangs: true, isProxy: true},
}

// said is an answer in the form of GitHub's API.
func said(status int, message string, header ...string) *ghcrtest.Fault {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &ghcrtest.Fault{Status: status, Header: h, Body: fmt.Sprintf(`{"message":%q,"status":"%d"}`, message, status)}
}

func apiAt(address string, nameServers ...string) func(*testing.T, *home) {
	return func(t *testing.T, _ *home) { check(t, leadAPITo(address, nameServers...)) }
}

func proxyAt(address string) func(*testing.T, *home) {
	return func(_ *testing.T, h *home) { h.setenv("HTTPS_PROXY", "http://"+address) }
}

// apiIsStrange puts the stranger in the API's place, with a certificate that is
// good from so many days from now on.
func apiIsStrange(by **authority, name string, days int) func(*testing.T, *home) {
	return func(t *testing.T, _ *home) {
		cert, err := (*by).issue(name, time.Now().AddDate(0, 0, days).Add(-time.Hour))
		check(t, err)
		become(cert, false, func(http.ResponseWriter, *http.Request) {})
		check(t, leadAPITo(strangeAddress))
	}
}

// slowBody is an API that begins an answer and does not end it.
func slowBody(t *testing.T, _ *home) {
	cert, err := strange.trusted.issue("api.github.com", time.Now().Add(-time.Hour))
	check(t, err)
	become(cert, true, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-OAuth-Scopes", "write:packages")
		_, _ = w.Write([]byte(`{"resources":`))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	check(t, leadAPITo(strangeAddress))
}

// in makes the fault, until the test ends.
func (f fault) in(t *testing.T, h *home) {
	t.Helper()
	if f.make != nil && !isInside {
		keyringtest.Skip(t, "only root can lead names astray")
	}
	if f.hangs {
		h.setenv("GHCR_TIMEOUT", "300ms")
	}
	if f.make != nil {
		t.Cleanup(func() { check(t, leadAPITo(apiAddress)) })
		f.make(t, h)
	}
	world.SetFault(f.world)
}

// heal ends the fault within the test.
func (f fault) heal(t *testing.T, h *home) {
	t.Helper()
	world.SetFault(nil)
	h.setenv("HTTPS_PROXY", "")
	h.setenv("GHCR_TIMEOUT", "20s")
	if !isInside {
		h.env = append(h.env, world.Env(inWorkshop("ca.pem"))...)
		return
	}
	check(t, leadAPITo(apiAddress))
}

func (f fault) isDead() bool { return f.says == "" }

// TestMatrix is every fault × what people and engines do. Whatever happens, a
// get for a good token gives it (the registry is the one to refuse), nothing is
// lost, the cause is said, and no one learns the token who must not.
func TestMatrix(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Run("get for pull", func(t *testing.T) { f.testGet(t, "docker pull ghcr.io/o/app") })
			t.Run("get for push", func(t *testing.T) { f.testGet(t, "docker push ghcr.io/o/app") })
			t.Run("store", f.testStore)
			t.Run("login", f.testLogin)
			t.Run("doctor", f.testDoctor)
		})
	}
}

const (
	deadWords = "the token of mona for ghcr.io is expired or revoked"
	refused   = "GitHub does not accept the token: it is expired, revoked or mistyped; nothing is stored"
	notFound  = "credentials not found in native keychain\n"
)

func (f fault) testGet(t *testing.T, engine string) {
	h := newHome(t)
	token := h.token()
	h.keep("ghcr.io", token)
	f.in(t, h)
	r := h.get(engine)
	isPush := strings.Contains(engine, "push")
	switch {
	case f.isDead() && isPush:
		if r.code != 1 || !strings.HasPrefix(r.stdout, program+": error: "+deadWords) || !strings.Contains(r.stderr, "hint: ") {
			t.Errorf("%+v", r)
		}
	case f.isDead():
		if r.code != 1 || r.stdout != notFound || !strings.HasPrefix(r.stderr, program+": warning: "+deadWords) {
			t.Errorf("%+v", r)
		}
	case r.code != 0 || r.stdout != credentials("ghcr.io", "mona", token):
		t.Errorf("exit code %d, and not the credentials\n%s", r.code, r.stderr)
	case r.stderr != program+": warning: the token of mona for ghcr.io is not verified: api.github.com "+f.says+"\n":
		t.Errorf("said:\n%s", r.stderr)
	}
}

// unverified is how a token is stored that GitHub could not be asked about.
const unverified = "stored but not verified: api.github.com "

func (f fault) testStore(t *testing.T) {
	h := newHome(t)
	token := h.token()
	f.in(t, h)
	f.isKept(t, h, token, h.run(login("ghcr.io", token), "store"))
}

func (f fault) testLogin(t *testing.T) {
	h := newHome(t)
	token := h.token()
	f.in(t, h)
	f.isKept(t, h, token, h.run(token, "login", "--with-token"))
}

// isKept wants a token to be stored and usable once the fault is over, with a
// word about it; or not stored, if it is dead.
func (f fault) isKept(t *testing.T, h *home, token string, r result) {
	t.Helper()
	if f.isDead() {
		if r.code != 1 || !r.says(refused) || h.kept("ghcr.io") != "" {
			t.Errorf("%+v", r)
		}
		return
	}
	if r.code != 0 || !r.says(unverified+f.says) {
		t.Errorf("%+v", r)
	}
	f.heal(t, h)
	if r := h.get("docker push ghcr.io/o/app"); r.code != 0 || r.stdout != credentials("ghcr.io", "mona", token) {
		t.Errorf("then a get: exit code %d\n%s", r.code, r.stderr)
	}
}

// testDoctor: it names what is wrong, and finds out from the registry what can
// be done all the same.
func (f fault) testDoctor(t *testing.T) {
	h := newHome(t)
	h.keep("ghcr.io", h.token())
	if r := h.run("", "configure"); r.code != 0 {
		t.Fatalf("configure: %+v", r)
	}
	f.in(t, h)
	args := []string{"doctor", "ghcr.io/o/app"}
	if f.hangs {
		args = append(args, "--timeout", "3s")
	}
	r := h.run("", args...)
	code, lines := 0, []string{"! api.github.com " + f.says + "\n", "! The token is not verified, and pushes and pulls go on: api.github.com " + f.says + "\n"}
	switch {
	case f.isDead():
		code, lines = 2, []string{"✗ GitHub does not accept the token: it is expired or revoked\n"}
	case f.isProxy: // the registry is out of reach too
		code, lines = 2, append(lines, "✗ ghcr.io "+f.says+"\n")
	}
	if r.code != code {
		t.Errorf("exit code %d, want %d\n%s", r.code, code, r.stdout)
	}
	for _, line := range lines {
		if !strings.Contains(r.stdout, line) {
			t.Errorf("%q is not said:\n%s", line, r.stdout)
		}
	}
}

// TestDeadlines has nobody answer at all, with no variable set: a get and a
// store end when GitHub's four seconds are over, and doctor within ten.
func TestDeadlines(t *testing.T) {
	f := fault{says: late, make: apiAt(blackHole)}
	h := newHome(t)
	token := h.token()
	h.keep("ghcr.io", token)
	f.in(t, h)
	world.SetFault(&ghcrtest.Fault{Side: ghcrtest.Registry, Hold: true})
	h.setenv("GHCR_TIMEOUT", "")
	const busy = 10 * time.Second // what a busy machine may add
	var all sync.WaitGroup
	all.Go(func() {
		if r := h.get("docker push ghcr.io/o/app"); r.code != 0 || r.took > 4*time.Second+busy {
			t.Errorf("get: exit code %d after %v\n%s", r.code, r.took, r.stderr)
		}
	})
	all.Go(func() {
		if r := h.run(login("ghcr.io", token), "store"); r.code != 0 || r.took > 4*time.Second+busy {
			t.Errorf("store: %+v", r)
		}
	})
	all.Go(func() {
		if r := h.run("", "doctor", "ghcr.io/o/app"); r.code != 2 || r.took > 10*time.Second+busy || !strings.Contains(r.stdout, "! api.github.com "+late) {
			t.Errorf("doctor: %+v", r)
		}
	})
	all.Wait()
}
