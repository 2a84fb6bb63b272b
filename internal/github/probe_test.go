package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func probe(t *testing.T, h http.HandlerFunc, token string) (Probe, error) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	c, err := New(server.URL+"/", "test")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	return c.Probe(ctx, token)
}

func TestProbe(t *testing.T) {
	reset := time.Now().Add(time.Hour).Truncate(time.Second)
	tests := []struct {
		name, token string
		status      int
		header      map[string]string
		body        string
		skew        time.Duration
		limit, left int
		err         string
	}{
		{name: "well", token: token, body: rateLimits, limit: 5000, left: 4999},
		{name: "nobody", body: rateLimits, limit: 5000, left: 4999},
		{name: "clock behind", body: rateLimits, header: map[string]string{"Date": time.Now().Add(2*time.Hour + time.Second/2).UTC().Format(http.TimeFormat)}, skew: -2 * time.Hour, limit: 5000, left: 4999},
		{name: "clock ahead", body: rateLimits, header: map[string]string{"Date": time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)}, skew: time.Hour, limit: 5000, left: 4999},
		{name: "an enterprise server without limits", token: token, status: 404, body: `{"message":"Rate limiting is not enabled."}`},
		{name: "an enterprise server that is private", status: 401, body: `{"message":"Must authenticate to access this API."}`},
		{name: "dead token", token: token, status: 401, body: `{"message":"Bad credentials"}`, err: "does not accept the token"},
		{name: "no token at all", token: "two words", err: "does not accept the token"},
		{name: "used up", token: token, status: 403, body: `{"message":"API rate limit exceeded"}`, header: map[string]string{
			"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint(reset.Unix()),
		}, limit: 5000, err: "limits the rate"},
		{name: "captive portal", body: "<html>", err: "captive portal"},
		{name: "another server", body: "{}", err: "captive portal"},
		{name: "somebody else's 404", status: 404, body: "not here", err: "answered 404"},
		{name: "trouble", status: 502, body: "<html>", err: "in trouble: it answered 502"},
		{name: "refused without a token", status: 403, body: `{"message":"Forbidden by rules"}`, err: "answered 403: Forbidden by rules"},
	}
	for _, tt := range tests {
		p, err := probe(t, func(w http.ResponseWriter, r *http.Request) {
			want := ""
			if tt.token != "" {
				want = "Bearer " + tt.token
			}
			if got := r.Header.Get("Authorization"); got != want {
				t.Errorf("%s: wrong Authorization", tt.name)
			}
			for name, value := range tt.header {
				w.Header().Set(name, value)
			}
			w.WriteHeader(max(tt.status, 200))
			fmt.Fprint(w, tt.body)
		}, tt.token)
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.err)
		}
		if tt.token == "two words" {
			continue
		}
		if !p.Dated || (p.Skew-tt.skew).Abs() > 10*time.Second { // a slow machine is not a wrong clock
			t.Errorf("%s: the clock is %v ahead, want %v", tt.name, p.Skew, tt.skew)
		}
		if p.Limit != tt.limit || p.Remaining != tt.left {
			t.Errorf("%s: %d of %d left, want %d of %d", tt.name, p.Remaining, p.Limit, tt.left, tt.limit)
		}
		if tt.name == "used up" && !p.Reset.Equal(reset) {
			t.Errorf("%s: until %v, want %v", tt.name, p.Reset, reset)
		}
		if p.Total <= 0 || p.Connect <= 0 || p.Connect > p.Total {
			t.Errorf("%s: connected in %v of %v", tt.name, p.Connect, p.Total)
		}
	}
}

func TestProbeTimesTheGreeting(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, rateLimits) }))
	defer server.Close()
	p, err := clientOf(t, server, nil).Probe(t.Context(), "")
	if err != nil || p.Greeting <= 0 || p.Greeting > p.Total {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestOwner(t *testing.T) {
	const sso = "https://HERE/orgs/octo/sso?authorization_request=AAAA"
	saml := `{"message":"Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization."}`
	list := "Although you appear to have the correct authorization credentials, the `octo` organization has an IP allow list enabled, and your IP address is not permitted to access this resource."
	type answer struct {
		status int
		body   string
		header map[string]string
	}
	tests := []struct {
		name      string
		org, user answer
		want      Owner
		err       string
	}{
		{name: "an organization", org: answer{body: `{"login":"octo"}`}, want: Owner{Exists: true, IsOrg: true}},
		{name: "a person", org: answer{404, `{"message":"Not Found"}`, nil}, user: answer{body: `{"login":"octo"}`}, want: Owner{Exists: true}},
		{name: "nobody", org: answer{404, `{"message":"Not Found"}`, nil}, user: answer{404, `{"message":"Not Found"}`, nil}},
		{name: "single sign-on", org: answer{403, saml, map[string]string{"X-GitHub-SSO": "required; url=" + sso}},
			want: Owner{Exists: true, IsOrg: true, NeedsSSO: true, SSO: sso, Refused: saml[len(`{"message":"`) : len(saml)-2]}},
		{name: "single sign-on with a page of elsewhere", org: answer{403, saml, map[string]string{"X-GitHub-SSO": "required; url=https://evil.example/sso"}},
			want: Owner{Exists: true, IsOrg: true, NeedsSSO: true, Refused: saml[len(`{"message":"`) : len(saml)-2]}},
		{name: "the address", org: answer{403, `{"message":"` + list + `"}`, nil}, want: Owner{Exists: true, IsOrg: true, Refused: list}},
		{name: "rate limit", org: answer{403, `{"message":"You have exceeded a secondary rate limit"}`, map[string]string{"Retry-After": "60"}}, err: "limits the rate"},
		{name: "dead token", org: answer{401, `{"message":"Bad credentials"}`, nil}, err: "does not accept the token"},
		{name: "trouble", org: answer{500, `{}`, nil}, err: "in trouble"},
		{name: "trouble with the second", org: answer{404, `{"message":"Not Found"}`, nil}, user: answer{500, `{}`, nil}, err: "in trouble"},
		{name: "a portal", org: answer{200, `<html>`, nil}, err: "captive portal"},
	}
	for _, tt := range tests {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a := map[string]answer{"/orgs/octo": tt.org, "/users/octo": tt.user}[r.URL.Path]
			for name, value := range a.header {
				w.Header().Set(name, strings.ReplaceAll(value, "HERE", r.Host))
			}
			w.WriteHeader(max(a.status, 200))
			fmt.Fprint(w, a.body)
		}))
		c, err := New(server.URL+"/", "test")
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Owner(t.Context(), token, "octo")
		server.Close()
		got.SSO = strings.ReplaceAll(got.SSO, server.Listener.Addr().String(), "HERE")
		if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: %+v, %v; want %+v, %q", tt.name, got, err, tt.want, tt.err)
		}
		var unverified *Unverified
		if err != nil && !errors.Is(err, ErrBadCredentials) && !errors.As(err, &unverified) {
			t.Errorf("%s: an error of another kind: %v", tt.name, err)
		}
	}
}
