package github

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var token = sample("ghp_", strings.Repeat("A", 30), "0uCPlr")

const rateLimits = `{"resources":{"core":{"limit":5000,"remaining":4999,"reset":1}},"rate":{"limit":5000}}`

func check(t *testing.T, server *httptest.Server, timeout time.Duration) (Facts, error) {
	t.Helper()
	c, err := New(server.URL+"/", "test")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	facts, err := c.Check(ctx, token)
	if err != nil && strings.Contains(err.Error(), token[4:16]) {
		t.Errorf("the error holds a part of the token")
	}
	return facts, err
}

func TestCheckScopes(t *testing.T) {
	tests := []struct {
		name   string
		header map[string][]string
		want   string
		known  bool
	}{
		{"several", map[string][]string{"X-Oauth-Scopes": {"repo, write:packages"}}, "repo|write:packages", true},
		{"no space", map[string][]string{"X-Oauth-Scopes": {"repo,read:packages"}}, "repo|read:packages", true},
		{"two headers", map[string][]string{"X-Oauth-Scopes": {"repo", "read:packages"}}, "repo|read:packages", true},
		{"empty is known", map[string][]string{"X-Oauth-Scopes": {""}}, "", true},
		{"absent is not", map[string][]string{"X-Accepted-Oauth-Scopes": {"repo"}}, "", false},
	}
	for _, tt := range tests {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if got := r.Header.Get("Authorization"); got != "Bearer "+token {
				t.Errorf("%s: wrong Authorization", tt.name)
			}
			if r.URL.Path != "/rate_limit" {
				t.Errorf("%s: asked %s", tt.name, r.URL.Path)
			}
			for name, values := range tt.header {
				w.Header()[name] = values
			}
			fmt.Fprint(w, rateLimits)
		}))
		facts, err := check(t, server, time.Minute)
		server.Close()
		if got := strings.Join(facts.Scopes.List, "|"); err != nil || got != tt.want || facts.Scopes.Known != tt.known {
			t.Errorf("%s: got %q, known %v, %v; want %q, known %v", tt.name, got, facts.Scopes.Known, err, tt.want, tt.known)
		}
	}
}

func TestInclude(t *testing.T) {
	tests := []struct {
		have, want string
		ok         bool
	}{
		{"read:packages", ReadPackages, true},
		{"write:packages", ReadPackages, true},
		{"delete:packages", ReadPackages, false},
		{"delete:packages", WritePackages, false},
		{"repo", ReadPackages, false},
		{"read:packages", WritePackages, false},
		{"write:packages", DeletePackages, false},
		{"admin:packages", ReadPackages, false}, // there is no such scope
		{"", ReadPackages, false},
	}
	for _, tt := range tests {
		s := Scopes{Known: true, List: []string{tt.have}}
		if got := s.Include(tt.want); got != tt.ok {
			t.Errorf("%q includes %q: got %v, want %v", tt.have, tt.want, got, tt.ok)
		}
	}
}

func TestExpiry(t *testing.T) {
	tests := []struct{ header, want string }{
		{"2027-10-12 09:00:00 UTC", "2027-10-12T09:00:00Z"},
		{"2027-10-12 21:00:00 UTC", "2027-10-12T21:00:00Z"},
		{"2023-04-26 23:23:18 +0200", "2023-04-26T21:23:18Z"},
		{"2027-10-12T09:00:00Z", "2027-10-12T09:00:00Z"},
		{"2027-10-12 09:00:00 PST", "0001-01-01T00:00:00Z"},
		{"soon", "0001-01-01T00:00:00Z"},
		{"", "0001-01-01T00:00:00Z"},
	}
	for _, tt := range tests {
		h := http.Header{"Github-Authentication-Token-Expiration": {tt.header}}
		if got := expiryOf(h).Format(time.RFC3339); got != tt.want {
			t.Errorf("expiry of %q = %s, want %s", tt.header, got, tt.want)
		}
	}
}

// What GitHub's failures mean: only a 401 with its message speaks of the token.
func TestCheckFailures(t *testing.T) {
	reply := func(status int, body string, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	tests := []struct {
		name    string
		handler http.HandlerFunc
		want    string // "bad", or a part of the cause
	}{
		{"401", reply(401, `{"message":"Bad credentials"}`), "bad"},
		{"401 of a proxy", reply(401, `<html><title>Log in</title></html>`), "answered 401"},
		{"401 without a body", reply(401, ""), "answered 401"},
		{"401 of another API", reply(401, `{"error":"unauthorized"}`), "answered 401"},
		{"403 primary limit", reply(403, `{"message":"API rate limit exceeded"}`, "X-RateLimit-Remaining", "0"), "limits the rate"},
		{"403 secondary limit", reply(403, `{"message":"You have exceeded a secondary rate limit"}`, "Retry-After", "60"), "limits the rate"},
		{"429", reply(429, `{}`), "limits the rate"},
		{"403 after many 401", reply(403, `{"message":"Maximum number of login attempts exceeded"}`), "answered 403: Maximum number"},
		{"403 echo", reply(403, `{"message":"no `+token+` here"}`), "answered 403: no [token] here"},
		{"500", reply(500, "oops"), "in trouble: it answered 500"},
		{"502", reply(502, "<html>"), "in trouble: it answered 502"},
		{"HTML", reply(200, "<html>Sign in to the hotel</html>"), "not GitHub's API"},
		{"empty object", reply(200, "{}"), "not GitHub's API"},
		{"empty", reply(200, ""), "not GitHub's API"},
		{"cut", reply(200, rateLimits[:40]), "not GitHub's API"},
		{"10 MB", reply(200, `{"x":"`+strings.Repeat("x", 10<<20)+`"}`), "not GitHub's API"},
		{"404 twice", reply(404, `{"message":"Not Found"}`), "answered 404"},
		{"hangs", hang, "did not answer in time"},
		{"slow body", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, rateLimits[:10])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "not GitHub's API"},
		{"closes", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "connection broke"},
		{"1 MB of headers", reply(200, rateLimits, "X-Long", strings.Repeat("x", 1<<20)), "no usable answer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(tt.handler)
			defer server.Close()
			timeout := time.Minute
			if strings.HasPrefix(tt.want, "did not") || tt.name == "slow body" {
				timeout = 100 * time.Millisecond
			}
			_, err := check(t, server, timeout)
			var unverified *Unverified
			switch {
			case tt.want == "bad":
				if !errors.Is(err, ErrBadCredentials) {
					t.Errorf("got %v, want ErrBadCredentials", err)
				}
			case !errors.As(err, &unverified) || !strings.Contains(err.Error(), tt.want):
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestCheckFallsBackToRoot(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/rate_limit" {
			w.WriteHeader(404)
			fmt.Fprint(w, `{"message":"Rate limiting is not enabled."}`)
			return
		}
		w.Header().Set("X-OAuth-Scopes", "write:packages")
		fmt.Fprint(w, `{"current_user_url":"x"}`)
	}))
	defer server.Close()
	facts, err := check(t, server, time.Minute)
	if err != nil || !facts.Scopes.Include(WritePackages) {
		t.Errorf("got %+v, %v", facts, err)
	}
}

func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := httptest.NewUnstartedServer(nil)
	refusing.URL = "http://" + l.Addr().String()
	_ = l.Close()
	if _, err := check(t, refusing, time.Minute); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("closed port: got %v", err)
	}
	strange := httptest.NewTLSServer(nil)
	defer strange.Close()
	for _, warm := range []bool{false, true} {
		c, err := New(strange.URL+"/", "test")
		if err != nil {
			t.Fatal(err)
		}
		if warm {
			c.Warm(t.Context())
		}
		if _, err := c.Check(t.Context(), token); err == nil || !strings.Contains(err.Error(), "unknown authority") {
			t.Errorf("warm %v: got %v, want an unknown authority", warm, err)
		}
	}
}

// go-github's transport adds the token to every request, redirected ones too.
func TestTokenDoesNotFollowRedirects(t *testing.T) {
	var reached atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.RedirectHandler(other.URL+"/rate_limit", status))
		_, err := check(t, server, time.Minute)
		server.Close()
		if err == nil || !strings.Contains(err.Error(), "redirects to another host") {
			t.Errorf("%d: got %v", status, err)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("another host got %d requests", n)
	}
}

func TestRedirectOnOneHost(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/rate_limit" {
			http.Redirect(w, r, "/elsewhere", http.StatusMovedPermanently)
			return
		}
		fmt.Fprint(w, rateLimits)
	}))
	defer server.Close()
	if _, err := check(t, server, time.Minute); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestNewRefusesPlainHTTP(t *testing.T) {
	tests := []struct {
		base string
		ok   bool
	}{
		{"https://api.github.com/", true},
		{"http://127.0.0.1:8080/", true},
		{"http://[::1]:8080/", true},
		{"http://localhost:8080/api/v3/", true},
		{"http://api.github.com/", false},
		{"http://localhost.evil.com/", false},
		{"http://10.0.0.1/", false},
		{"https://api.github.com", false},
		{"ftp://localhost/", false},
		{"https:///", false},
	}
	for _, tt := range tests {
		if _, err := New(tt.base, "test"); (err == nil) != tt.ok {
			t.Errorf("New(%q): %v, want ok %v", tt.base, err, tt.ok)
		}
	}
}

func TestLogin(t *testing.T) {
	tests := []struct{ body, want string }{
		{`{"login":"mona"}`, "mona"},
		{`{"login":"mona_corp"}`, "mona_corp"},
		{`{"login":"mo\nna"}`, ""},
		{`{}`, ""},
		{`<html>`, ""},
	}
	for _, tt := range tests {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, tt.body) }))
		c, err := New(server.URL+"/", "test")
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Login(t.Context(), token)
		server.Close()
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s: got %q, %v; want %q", tt.body, got, err, tt.want)
		}
	}
}
