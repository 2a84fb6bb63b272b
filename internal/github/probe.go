package github

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	gogithub "github.com/google/go-github/v62/github"
)

// Probe is how an API host answers, for a diagnosis.
type Probe struct {
	Proxy string // host:port of the proxy in between, "" for none

	// How long each step took, zero for a step that was not needed. Behind a
	// proxy, Lookup and Connect are about the proxy.
	Lookup, Connect, Greeting, Total time.Duration

	// Skew is how far this machine's clock is ahead of the host's, to the second.
	// Dated is false when the host did not tell its time.
	Skew  time.Duration
	Dated bool

	// The primary rate limit of whoever asked. Limit is 0 when there is none.
	Limit, Remaining int
	Reset            time.Time
}

// Probe looks at the way to the API host. Without a token it asks as nobody. The
// error is ErrBadCredentials or an *Unverified; what was seen until then is
// returned with it.
func (c *Client) Probe(ctx context.Context, token string) (Probe, error) {
	p := Probe{Proxy: c.proxy()}
	if token != "" && !isTokenText(token) {
		return p, ErrBadCredentials
	}
	gh := c.asker(token)
	req, err := gh.NewRequest(http.MethodGet, "rate_limit", nil)
	if err != nil {
		return p, err
	}
	watch := &stopwatch{start: time.Now()}
	var limits struct {
		Resources struct{ Core *gogithub.Rate }
	}
	resp, err := gh.Do(watch.trace(ctx), req, &limits)
	watch.read(&p)
	if resp != nil {
		p.readHeaders(resp.Header)
	}
	if core := limits.Resources.Core; core != nil && core.Limit > 0 {
		p.Limit, p.Remaining, p.Reset = core.Limit, core.Remaining, core.Reset.Time
	}
	if err == nil && limits.Resources.Core == nil {
		err = errNotGitHub
	}
	if err == nil || isWell(resp, err, token) {
		return p, nil
	}
	return p, c.failure(ctx, resp, err, token)
}

// isWell reports a refusal of a server that is in order: an Enterprise Server
// answers 404 where rate limits are off, and may answer 401 to strangers.
func isWell(resp *gogithub.Response, err error, token string) bool {
	var said *gogithub.ErrorResponse
	if resp == nil || !errors.As(err, &said) || said.Message == "" {
		return false
	}
	return resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusUnauthorized && token == ""
}

func (c *Client) proxy() string {
	u, err := c.transport.Proxy(&http.Request{URL: c.base})
	if err != nil || u == nil {
		return ""
	}
	return u.Host
}

func (p *Probe) readHeaders(h http.Header) {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		p.Dated = true
		// The header drops the fraction of the second.
		if p.Skew = time.Since(date).Truncate(time.Second); p.Skew == time.Second {
			p.Skew = 0
		}
	}
	p.Limit, _ = strconv.Atoi(h.Get("X-RateLimit-Limit"))
	p.Remaining, _ = strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	if reset, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64); err == nil {
		p.Reset = time.Unix(reset, 0)
	}
}

// stopwatch takes the times of one request. Connections to several addresses of
// a host are tried at once, so its events come from several goroutines.
type stopwatch struct {
	mu                                sync.Mutex
	start, asked, found, dialled, met time.Time
}

func (s *stopwatch) note(at *time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at.IsZero() {
		*at = time.Now()
	}
}

func (s *stopwatch) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { s.note(&s.asked) },
		DNSDone:  func(httptrace.DNSDoneInfo) { s.note(&s.found) },
		ConnectDone: func(_, _ string, err error) {
			if err == nil {
				s.note(&s.dialled)
			}
		},
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err == nil {
				s.note(&s.met)
			}
		},
	})
}

func (s *stopwatch) read(p *Probe) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.Total = time.Since(s.start)
	between := func(from, to time.Time) time.Duration {
		if from.IsZero() || to.IsZero() || to.Before(from) {
			return 0
		}
		return to.Sub(from)
	}
	p.Lookup = between(s.asked, s.found)
	if s.found.IsZero() {
		s.found = s.start
	}
	p.Connect, p.Greeting = between(s.found, s.dialled), between(s.dialled, s.met)
}

// Owner is what GitHub says of the account that images belong to.
type Owner struct {
	Exists bool
	IsOrg  bool
	// NeedsSSO says that the organization's single sign-on has not authorised
	// the token. SSO is the page that does so, "" where GitHub gives none.
	NeedsSSO bool
	SSO      string
	// Refused is GitHub's own text, in one line, where the organization does not
	// let the token in.
	Refused string
}

// Owner asks about an organization or a person, with a token or as nobody. The
// error is ErrBadCredentials or an *Unverified.
//
// Source: docs.github.com, "Authenticating to the REST API", on X-GitHub-SSO.
func (c *Client) Owner(ctx context.Context, token, login string) (Owner, error) {
	if !isLogin(login) {
		return Owner{}, nil
	}
	gh := c.asker(token)
	resp, err := account(ctx, gh, "orgs/"+url.PathEscape(login))
	var said *gogithub.ErrorResponse
	switch {
	case err == nil:
		return Owner{Exists: true, IsOrg: true}, nil
	case resp == nil, isLimited(resp, err), !errors.As(err, &said):
		return Owner{}, c.failure(ctx, resp, err, token)
	case resp.StatusCode == http.StatusForbidden:
		return Owner{
			Exists: true, IsOrg: true, Refused: refusal(said.Message, token),
			NeedsSSO: resp.Header.Get("X-GitHub-SSO") != "", SSO: ssoPage(resp.Header, c.base),
		}, nil
	case resp.StatusCode != http.StatusNotFound:
		return Owner{}, c.failure(ctx, resp, err, token)
	}
	resp, err = account(ctx, gh, "users/"+url.PathEscape(login))
	switch {
	case err == nil:
		return Owner{Exists: true}, nil
	case resp != nil && resp.StatusCode == http.StatusNotFound && errors.As(err, &said):
		return Owner{}, nil
	}
	return Owner{}, c.failure(ctx, resp, err, token)
}

// account asks for an account, of which only that it is there is of interest.
func account(ctx context.Context, gh *gogithub.Client, path string) (*gogithub.Response, error) {
	req, err := gh.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	var found struct{ Login string }
	resp, err := gh.Do(ctx, req, &found)
	if err == nil && !isLogin(found.Login) {
		err = errNotGitHub
	}
	return resp, err
}

// asker asks with a token, or as nobody: WithAuthToken would send an empty one.
func (c *Client) asker(token string) *gogithub.Client {
	if token != "" {
		return c.api(token)
	}
	gh := gogithub.NewClient(&http.Client{Transport: c.transport, CheckRedirect: sameHostOnly})
	gh.BaseURL, gh.UserAgent = c.base, c.userAgent
	return gh
}

// refusal makes GitHub's text fit to be shown and looked up: one line, and the
// token not in it.
func refusal(text, token string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return ' '
		}
		return r
	}, hide(text, token))
	const longest = 300
	return strings.Join(strings.Fields(text[:min(len(text), longest)]), " ")
}
