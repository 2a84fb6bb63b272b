package ghcrtest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"
)

func newWorld(t *testing.T) *World {
	t.Helper()
	w, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// httpClient lives in the World until the test ends.
func httpClient(t *testing.T, w *World) *http.Client {
	t.Helper()
	tr := w.Transport()
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

func get(t *testing.T, c *http.Client, url, authorization string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, strings.TrimSpace(string(body))
}

func TestAPIHeaders(t *testing.T) {
	w := newWorld(t)
	classic, none := SampleToken("ghp_", "classic"), SampleToken("ghp_", "none")
	fine, actions := SampleToken("github_pat_", "fine"), SampleActionsToken("run")
	expires := time.Now().Add(48 * time.Hour).UTC().Truncate(time.Second)
	w.SetToken(Token{Value: classic, Login: "mona", Scopes: []string{"repo", "write:packages", "read:packages"}, Expires: expires})
	w.SetToken(Token{Value: none, Login: "mona"})
	w.SetToken(Token{Value: fine, Login: "mona"})
	w.SetToken(Token{Value: actions, Login: "github-actions[bot]", Scopes: []string{"write:packages"}})
	for token, want := range map[string][]string{
		classic: {"repo, write:packages"}, none: {""}, fine: nil, actions: nil,
	} {
		gh := github.NewClient(httpClient(t, w)).WithAuthToken(token)
		_, resp, err := gh.RateLimit.Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := resp.Header.Values("X-OAuth-Scopes"); !slices.Equal(got, want) {
			t.Errorf("X-OAuth-Scopes of %.4s = %q, want %q", token, got, want)
		}
		if token == classic && !resp.TokenExpiration.Equal(github.Timestamp{Time: expires}) {
			t.Errorf("expires %v, want %v", resp.TokenExpiration, expires)
		}
		user, resp, err := gh.Users.Get(t.Context(), "")
		if token == actions {
			if resp == nil || resp.StatusCode != http.StatusForbidden || !strings.Contains(err.Error(), "Resource not accessible by integration") {
				t.Errorf("GET /user with ghs_: %v", err)
			}
		} else if err != nil || user.GetLogin() != "mona" {
			t.Errorf("GET /user with %.4s: %q, %v", token, user.GetLogin(), err)
		}
	}
}

func TestAPIBadCredentials(t *testing.T) {
	w := newWorld(t)
	c := httpClient(t, w)
	token, refresh := SampleToken("ghp_", "mona"), SampleToken("ghr_", "mona")
	w.SetToken(Token{Value: token, Login: "mona"})
	w.SetToken(Token{Value: refresh, Login: "mona"})
	const want = `{"message":"Bad credentials","documentation_url":"https://docs.github.com/rest","status":"401"}`
	refused := func(authorization string) {
		t.Helper()
		if resp, body := get(t, c, "https://api.github.com/rate_limit", authorization); resp.StatusCode != 401 || body != want {
			t.Errorf("%d %s", resp.StatusCode, body)
		}
	}
	if resp, _ := get(t, c, "https://api.github.com/", "token "+token); resp.StatusCode != 200 {
		t.Errorf("a live token: %s", resp.Status)
	}
	if resp, _ := get(t, c, "https://api.github.com/rate_limit", ""); resp.StatusCode != 200 || resp.Header.Get("X-RateLimit-Limit") != "60" {
		t.Errorf("without a token: %s", resp.Status)
	}
	refused("Bearer ")
	refused("Bearer nobody")
	refused("Bearer " + refresh)
	w.Revoke(token)
	refused("Bearer " + token)
	w.SetToken(Token{Value: token, Login: "mona", Expires: time.Now().Add(-time.Minute)})
	refused("Bearer " + token)
}

func TestEnterprise(t *testing.T) {
	w := newWorld(t)
	w.AddHost("git.example.com", API)
	w.AddHost("api.octocorp.ghe.com", API)
	w.AddHost("containers.git.example.com", Registry)
	c := httpClient(t, w)
	ours, theirs := SampleToken("ghp_", "ours"), SampleToken("ghp_", "theirs")
	w.SetToken(Token{Value: ours, Login: "mona", Scopes: []string{"read:packages"}, NoSSO: []string{"octo"}})
	w.SetToken(Token{Value: theirs, Login: "mona", Server: "git.example.com"})
	w.RateLimitDisabled(true)
	for _, tt := range []struct {
		url, token string
		status     int
		body       string
	}{
		{"https://git.example.com/api/v3/rate_limit", theirs, 404, `"Rate limiting is not enabled."`},
		{"https://git.example.com/api/v3/", theirs, 200, `"https://git.example.com/api/v3/user"`},
		{"https://git.example.com/", theirs, 404, "Not Found"},
		{"https://git.example.com/api/v3/user", ours, 401, "Bad credentials"},
		{"https://api.github.com/user", theirs, 401, "Bad credentials"},
		{"https://api.github.com/user", ours, 200, `"login":"mona"`},
		{"https://api.github.com/orgs/octo", ours, 403, "SAML"},
		{"https://api.github.com/orgs/other", ours, 200, `"other"`},
		{"https://api.octocorp.ghe.com/", ours, 401, "Bad credentials"},
		{"https://containers.git.example.com/token", theirs, 200, `"token"`},
		{"https://containers.git.example.com/token", ours, 403, `DENIED`},
	} {
		authorization := "Bearer " + tt.token
		if strings.HasSuffix(tt.url, "/token") {
			req := http.Request{Header: http.Header{}}
			req.SetBasicAuth("mona", tt.token)
			authorization = req.Header.Get("Authorization")
		}
		resp, body := get(t, c, tt.url, authorization)
		if resp.StatusCode != tt.status || !strings.Contains(body, tt.body) {
			t.Errorf("%s: %d %s, want %d %s", tt.url, resp.StatusCode, body, tt.status, tt.body)
		}
	}
}

func TestHandle(t *testing.T) {
	w := newWorld(t)
	token := SampleToken("ghp_", "mona")
	w.SetToken(Token{Value: token, Login: "mona", Scopes: []string{"repo"}})
	w.Handle("GET /repos/{owner}/{repo}", func(rw http.ResponseWriter, req *http.Request) {
		t, _ := TokenOf(req)
		_, _ = io.WriteString(rw, req.PathValue("owner")+" "+t.Login)
	})
	if _, body := get(t, httpClient(t, w), "https://api.github.com/repos/octo/app", "Bearer "+token); body != "octo mona" {
		t.Error(body)
	}
}

func TestFaults(t *testing.T) {
	w := newWorld(t)
	w.AddHost("evil.example.com", Trap)
	token := SampleToken("ghp_", "mona")
	w.SetToken(Token{Value: token, Login: "mona"})
	gh := github.NewClient(httpClient(t, w)).WithAuthToken(token)
	ask := func() error {
		_, _, err := gh.RateLimit.Get(t.Context())
		return err
	}

	w.SetFault(RateLimited(403, time.Now().Add(-time.Second)))
	if err := ask(); !errors.As(err, new(*github.RateLimitError)) {
		t.Errorf("primary limit: %v", err)
	}
	w.SetFault(SecondaryLimit(403, 0))
	if err := ask(); !errors.As(err, new(*github.AbuseRateLimitError)) {
		t.Errorf("secondary limit: %v", err)
	}
	gh = github.NewClient(httpClient(t, w)).WithAuthToken(token)
	for name, f := range map[string]*Fault{
		"invalid character '<'": CaptivePortal(),
		"EOF":                   {Drop: true},
		"malformed HTTP":        {Raw: "garbage\r\n\r\n"},
		"unexpected EOF":        {Body: `{"rate":`, CutBody: true},
		"502":                   {Status: 502, Path: "/rate_limit"},
	} {
		w.SetFault(f)
		if err := ask(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.SetFault(&Fault{Status: 500, Path: "/user"})
	if err := ask(); err != nil {
		t.Errorf("a fault of another path: %v", err)
	}
	w.SetFault(&Fault{Status: 500, Times: 1})
	if err := ask(); err == nil {
		t.Error("the first of one failing requests went well")
	}
	if err := ask(); err != nil {
		t.Errorf("the second: %v", err)
	}

	w.Reset()
	w.SetFault(&Fault{Redirect: "https://evil.example.com/"})
	if err := ask(); err == nil {
		t.Error("a redirect to a trap went well")
	}
	// go-github's transport adds the token again: the log must show the leak.
	if got := w.Requests(); len(got) != 2 || got[1].Side != Trap || got[1].Token != Fingerprint(token) {
		t.Errorf("requests: %+v", got)
	}
}

func TestHold(t *testing.T) {
	w := newWorld(t)
	c := httpClient(t, w)
	arrived := func(n int) func([]Request) bool {
		return func(rs []Request) bool { return len(rs) == n }
	}
	w.SetFault(&Fault{Hold: true})
	answer := make(chan error, 1)
	start := func(ctx context.Context) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://api.github.com/", nil)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			resp, err := c.Do(req)
			if err == nil {
				err = resp.Body.Close()
			}
			answer <- err
		}()
	}
	ctx, cancel := context.WithCancel(t.Context())
	start(ctx)
	if err := w.Wait(t.Context(), arrived(1)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-answer; !errors.Is(err, context.Canceled) {
		t.Errorf("the client that left: %v", err)
	}
	start(t.Context())
	if err := w.Wait(t.Context(), arrived(2)); err != nil {
		t.Fatal(err)
	}
	w.SetFault(nil)
	if err := <-answer; err != nil {
		t.Errorf("the client that stayed: %v", err)
	}
}
