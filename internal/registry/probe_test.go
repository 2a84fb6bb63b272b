package registry

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

// check compares a result with what a person is to see of it.
func check(t *testing.T, what string, r Result, verdict Verdict, row, text string) {
	t.Helper()
	got := ""
	if r.Finding != nil {
		got = r.Finding.Row.ID
	}
	if r.Verdict != verdict || got != row || !strings.Contains(r.Text+r.Why, text) {
		t.Errorf("%s: %v, row %q, text %q, why %q; want %v, %q, %q", what, r.Verdict, got, r.Text, r.Why, verdict, row, text)
	}
	if (r.Why != "") != (r.Verdict == Unknown) {
		t.Errorf("%s: %v says why: %q", what, r.Verdict, r.Why)
	}
}

func TestCanPullAndPush(t *testing.T) {
	l := newLab(t)
	l.SetRepo("octo/public", ghcrtest.Repo{Public: true, Owner: "mona"})
	l.SetRepo("octo/private", ghcrtest.Repo{Owner: "mona"})
	for _, repo := range []string{"octo/public:1", "octo/private:1"} {
		l.pushImage("ghcr.io/"+repo, randomImage(t, 100, 1))
	}
	l.SetRepo("octo/public", ghcrtest.Repo{Public: true})
	l.SetRepo("octo/private", ghcrtest.Repo{Writers: []string{"mona"}})
	l.SetRepo("octo/hers", ghcrtest.Repo{Writers: []string{"lisa"}})
	l.SetRepo("octo/policy", ghcrtest.Repo{Writers: []string{"mona"}, Deny: "permission_denied: `octo` forbids access via a personal access token (classic). Please use a GitHub App."})
	l.SetRepo("octo/busy", ghcrtest.Repo{Writers: []string{"mona"}, Deny: `permission_denied: "You have exceeded a secondary rate limit."`})
	who := map[string]Auth{
		"writer":  l.writer(),
		"reader":  l.token("reader", ghcrtest.Token{Scopes: []string{"read:packages"}}),
		"none":    l.token("none", ghcrtest.Token{Scopes: []string{"repo"}}),
		"no-sso":  l.token("no-sso", ghcrtest.Token{Scopes: []string{"write:packages"}, NoSSO: []string{"octo"}}),
		"actions": l.token("actions", ghcrtest.Token{Value: "ghs_", Scopes: []string{"read:packages"}}),
		"dead":    l.token("dead", ghcrtest.Token{Dead: true}),
		"nobody":  {},
	}
	l.Reset()
	for _, tt := range []struct {
		who, image        string
		pull              Verdict
		pullRow, pullText string
		push              Verdict
		pushRow, pushText string
	}{
		{"writer", "octo/private:1", Allowed, "", "", Allowed, "", ""},
		{"writer", "octo/private:none", Denied, "manifest-unknown", "MANIFEST_UNKNOWN: manifest unknown", Allowed, "", ""},
		{"writer", "octo/hers:1", Denied, "no-read-role", "DENIED: permission_denied: read_package", Denied, "no-write-role", "write_package"},
		{"writer", "octo/absent:1", Denied, "pull-denied", "DENIED: denied", Denied, "no-create-right", "create_package"},
		{"writer", "mona/new", Denied, "manifest-unknown", "", Allowed, "", ""},
		{"writer", "octo/policy:1", Denied, "manifest-unknown", "", Denied, "org-forbids-classic", "forbids access"},
		{"writer", "octo/busy:1", Denied, "manifest-unknown", "", Unknown, "secondary-limit", "limits the rate"},
		{"reader", "octo/private:1", Allowed, "", "", Denied, "wrong-scopes", "does not match expected scopes"},
		{"none", "octo/private:1", Denied, "wrong-scopes", "expected scopes", Denied, "wrong-scopes", ""},
		{"none", "octo/public:1", Allowed, "", "", Denied, "wrong-scopes", ""},
		{"no-sso", "octo/private:1", Denied, "pull-denied", "DENIED: denied", Denied, "push-403", "DENIED: denied"},
		{"actions", "octo/private:1", Allowed, "", "", Denied, "app-cannot-write", "installation not allowed"},
		{"dead", "octo/public:1", Denied, "token-refused", "DENIED: denied", Denied, "token-refused", "DENIED: denied"},
		{"nobody", "octo/public:1", Allowed, "", "", Denied, "no-credential", "authentication required"},
		{"nobody", "octo/private:1", Denied, "no-credential", "UNAUTHORIZED", Denied, "no-credential", ""},
	} {
		what := tt.who + " " + tt.image
		check(t, what+" pull", l.client().CanPull(deadline(t), "ghcr.io/"+tt.image, who[tt.who]), tt.pull, tt.pullRow, tt.pullText)
		check(t, what+" push", l.client().CanPush(deadline(t), "ghcr.io/"+tt.image, who[tt.who]), tt.push, tt.pushRow, tt.pushText)
	}
	for _, r := range l.Requests() {
		if r.Method == http.MethodPut || r.Method == http.MethodPatch {
			t.Errorf("a probe wrote: %s %s", r.Method, r.Path)
		}
		if r.Token != "" && r.Path != "/token" || r.UserAgent != "test" {
			t.Errorf("%s %s, token %q, user agent %q", r.Method, r.Path, r.Token, r.UserAgent)
		}
	}
}

func TestDenialOfALiveTokenIsNotItsDeath(t *testing.T) {
	l := newLab(t)
	r := l.client().CanPull(deadline(t), "ghcr.io/octo/absent", l.writer())
	if r.Finding == nil || len(r.Finding.Suspects) == 0 || r.Finding.Suspects[0].ID != "sso-required" {
		t.Errorf("the first suspect: %+v", r.Finding)
	}
	if r.Finding.Image != "ghcr.io/octo/absent:latest" || r.Finding.Owner != "octo" {
		t.Errorf("image %q, owner %q", r.Finding.Image, r.Finding.Owner)
	}
}

func TestTokenExchange(t *testing.T) {
	l := newLab(t)
	l.AddHost("containers.octo.ghe.com", ghcrtest.Registry)
	for _, tt := range []struct {
		what, server string
		auth         Auth
		verdict      Verdict
		row, text    string
	}{
		{"live", "ghcr.io", l.writer(), Allowed, "", ""},
		{"live, as a URL", "https://ghcr.io/v2/", l.writer(), Allowed, "", ""},
		{"nobody", "ghcr.io", Auth{}, Allowed, "", ""},
		{"dead", "ghcr.io", l.token("dead", ghcrtest.Token{Dead: true}), Denied, "token-refused", "DENIED: denied"},
		{"of another server", "containers.octo.ghe.com", l.writer(), Denied, "token-refused", "denied"},
		{"not a registry", "example.com", l.writer(), Unknown, "", "not a GitHub container registry"},
	} {
		check(t, tt.what, l.client().TokenExchange(deadline(t), tt.server, tt.auth), tt.verdict, tt.row, tt.text)
	}
	if n := l.Count("example.com", ""); n != 0 {
		t.Error("a token's owner asked example.com")
	}
}

func TestProbesOnABadNetwork(t *testing.T) {
	unreachable := through(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF })
	for _, tt := range []struct {
		what string
		set  *ghcrtest.Fault
		via  http.RoundTripper
		why  string
	}{
		{"500", &ghcrtest.Fault{Side: ghcrtest.Registry, Status: 500, Body: "oops"}, nil, "ghcr.io is in trouble: it answered 500"},
		{"429", &ghcrtest.Fault{Side: ghcrtest.Registry, Status: 429, Body: `{"errors":[{"code":"TOOMANYREQUESTS","message":"retry-after: 1ms, allowed: 44000/minute"}]}`}, nil, "limits the rate"},
		{"dropped", &ghcrtest.Fault{Side: ghcrtest.Registry, Drop: true}, nil, "the connection broke"},
		{"not HTTP", &ghcrtest.Fault{Side: ghcrtest.Registry, Raw: "hello"}, nil, "ghcr.io gave no usable answer"},
		{"captive portal", &ghcrtest.Fault{Side: ghcrtest.Registry, Status: 200, Body: "<html>"}, nil, "asks for no bearer token"},
		{"redirect to http", &ghcrtest.Fault{Side: ghcrtest.Registry, Redirect: "http://ghcr.io/v2/"}, nil, "plain HTTP"},
		{"redirect elsewhere", &ghcrtest.Fault{Side: ghcrtest.Registry, Redirect: "https://hotel.example/login"}, nil, "another host"},
		{"bad token answer", &ghcrtest.Fault{Side: ghcrtest.Registry, Path: "/token", Body: `{"refresh_token":"leak-me-not"}`}, nil, "gave no usable answer"},
		{"cut", nil, unreachable, "the connection broke"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			l := newLab(t)
			l.AddHost("hotel.example", ghcrtest.Trap)
			auth := l.writer()
			l.SetFault(tt.set)
			c := l.client()
			if tt.via != nil {
				c.Transport = tt.via
			}
			row := ""
			if tt.what == "429" {
				row = "burst-limit"
			}
			for what, r := range map[string]Result{
				"pull":  c.CanPull(deadline(t), "ghcr.io/octo/app", auth),
				"push":  c.CanPush(deadline(t), "ghcr.io/octo/app", auth),
				"token": c.TokenExchange(deadline(t), "ghcr.io", auth),
			} {
				check(t, what, r, Unknown, row, tt.why)
				if strings.Contains(r.Text+r.Why, "leak-me-not") {
					t.Errorf("%s repeats what a server sent: %q %q", what, r.Text, r.Why)
				}
			}
			if n := l.Count("hotel.example", ""); n != 0 {
				t.Errorf("%d requests went to the other host", n)
			}
		})
	}
}

// A 401 or 403 without words of the registry's is a proxy's or a gateway's.
func TestRefusalsOfOthersProveNothing(t *testing.T) {
	l := newLab(t)
	auth := l.writer()
	for _, path := range []string{"/token", "/v2/mona/app/manifests/latest", "/v2/mona/app/blobs/uploads/"} {
		for _, status := range []int{401, 403} {
			for _, body := range []string{"", "<html><title>blocked by the web filter</title>", `{"error":"denied"}`} {
				l.SetFault(&ghcrtest.Fault{Side: ghcrtest.Registry, Path: path, Status: status, Body: body})
				var results []Result
				if path != "/v2/mona/app/blobs/uploads/" {
					results = append(results, l.client().CanPull(deadline(t), "ghcr.io/mona/app", auth))
				}
				if path != "/v2/mona/app/manifests/latest" {
					results = append(results, l.client().CanPush(deadline(t), "ghcr.io/mona/app", auth))
				}
				if path == "/token" {
					results = append(results, l.client().TokenExchange(deadline(t), "ghcr.io", auth))
				}
				for _, r := range results {
					check(t, path+" "+body, r, Unknown, "", fmt.Sprintf("ghcr.io answered %d, which proves nothing", status))
				}
			}
		}
	}
}

func TestUntrustedCertificate(t *testing.T) {
	l := newLab(t)
	tr := l.Transport()
	tr.TLSClientConfig.RootCAs = nil
	t.Cleanup(tr.CloseIdleConnections)
	r := Client{Transport: tr}.CanPull(deadline(t), "ghcr.io/octo/app", l.writer())
	check(t, "pull", r, Unknown, "", "ghcr.io cannot be trusted")
}

func TestHangingRegistryIsBoundedByTheContext(t *testing.T) {
	l := newLab(t)
	auth := l.writer()
	l.SetFault(&ghcrtest.Fault{Side: ghcrtest.Registry, Hold: true})
	for what, probe := range map[string]func(context.Context) Result{
		"pull":  func(ctx context.Context) Result { return l.client().CanPull(ctx, "ghcr.io/octo/app", auth) },
		"push":  func(ctx context.Context) Result { return l.client().CanPush(ctx, "ghcr.io/octo/app", auth) },
		"token": func(ctx context.Context) Result { return l.client().TokenExchange(ctx, "ghcr.io", auth) },
	} {
		l.Reset()
		ctx, cancel := context.WithCancel(deadline(t))
		go func() {
			_ = l.Wait(ctx, func(rs []ghcrtest.Request) bool { return len(rs) > 0 })
			cancel()
		}()
		check(t, what, probe(ctx), Unknown, "", "ghcr.io was not waited for")
	}
	expired, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	check(t, "expired", l.client().CanPull(expired, "ghcr.io/octo/app", auth), Unknown, "", "ghcr.io did not answer in time")
}

// The upload that a push probe opens is cancelled before it returns, and a
// registry that does not answer to that changes nothing.
func TestPushProbeCancelsItsUpload(t *testing.T) {
	for _, hang := range []bool{false, true} {
		l := newLab(t)
		var cancelled atomic.Bool
		ctx, cancel := context.WithCancel(deadline(t))
		defer cancel()
		c := Client{Transport: through(func(req *http.Request) (*http.Response, error) {
			if req.Method != http.MethodDelete {
				return l.tr.RoundTrip(req)
			}
			if hang {
				cancel()
				<-req.Context().Done()
				cancelled.Store(true)
				return nil, req.Context().Err()
			}
			resp, err := l.tr.RoundTrip(req)
			cancelled.Store(true)
			return resp, err
		})}
		check(t, "push", c.CanPush(ctx, "ghcr.io/mona/app", l.writer()), Allowed, "", "")
		if !cancelled.Load() {
			t.Error("the upload stays open")
		}
	}
}

func TestVerdictNames(t *testing.T) {
	if got := fmt.Sprint(Unknown, Allowed, Denied); got != "unknown allowed denied" {
		t.Error(got)
	}
}
