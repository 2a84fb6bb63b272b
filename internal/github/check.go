// Package github asks the REST API of GitHub what a token is and may do. It is
// the only package that knows GitHub's HTTP headers. It never puts a token into
// an error.
//
//	c, _ := github.New(h.API)
//	c.Warm(ctx) // connect while the token is fetched from elsewhere
//	facts, err := c.Check(ctx, token)
package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/trouble"
)

// ErrBadCredentials says that GitHub knows no such token: mistyped, expired or
// revoked; the API does not tell which.
var ErrBadCredentials = errors.New("GitHub does not accept the token: it is expired, revoked or mistyped")

// Unverified says that GitHub gave no answer about the token. It says nothing
// about the token itself.
type Unverified struct {
	Host  string // the API host that was asked
	Cause string // what happened, in words
}

func (e *Unverified) Error() string { return e.Host + " " + e.Cause }

// Facts are what GitHub says of a token.
type Facts struct {
	Scopes  Scopes
	Expires time.Time // zero when the token does not expire or GitHub does not say
}

// Client asks one API host. It is meant for one token and a short life.
type Client struct {
	base      *url.URL
	transport *transport
	userAgent string
}

// New makes a client for an API base URL (with a trailing slash). The URL is
// https, or http on loopback.
func New(api, userAgent string) (*Client, error) {
	base, err := url.Parse(api)
	if err != nil || !isSafeBase(base) || !strings.HasSuffix(base.Path, "/") {
		return nil, fmt.Errorf("not an API address to send a token to: %s", api)
	}
	return &Client{base: base, transport: newTransport(base), userAgent: userAgent}, nil
}

// Warm begins to connect, TLS included, so that a later Check need not wait for
// it. No token is sent.
func (c *Client) Warm(ctx context.Context) { c.transport.warm(ctx) }

func (c *Client) api(token string) *gogithub.Client {
	gh := gogithub.NewClient(&http.Client{Transport: c.transport, CheckRedirect: sameHostOnly}).WithAuthToken(token)
	gh.BaseURL = c.base
	gh.UserAgent = c.userAgent
	return gh
}

// Check asks what a token may do. It costs nothing of the primary rate limit.
// The error is ErrBadCredentials or an *Unverified; ctx's deadline bounds it.
//
// Sources: docs.github.com, "Rate limits for the REST API" (the endpoint is
// free, and answers 404 on GHES where rate limits are off, the default).
func (c *Client) Check(ctx context.Context, token string) (Facts, error) {
	if !isTokenText(token) || token == "" {
		return Facts{}, ErrBadCredentials
	}
	gh := c.api(token)
	limits, resp, err := gh.RateLimit.Get(ctx)
	if resp != nil && resp.StatusCode == http.StatusNotFound {
		resp, err = c.root(ctx, gh)
	} else if err == nil && limits == nil {
		err = errNotGitHub
	}
	if err != nil {
		return Facts{}, c.failure(ctx, resp, err, token)
	}
	return Facts{Scopes: scopesOf(resp.Header), Expires: expiryOf(resp.Header)}, nil
}

// Login asks for the account that a token belongs to. Tokens of Apps have none.
func (c *Client) Login(ctx context.Context, token string) (string, error) {
	user, resp, err := c.api(token).Users.Get(ctx, "")
	if err == nil && !isLogin(user.GetLogin()) {
		err = errNotGitHub
	}
	if err != nil {
		return "", c.failure(ctx, resp, err, token)
	}
	return user.GetLogin(), nil
}

var errNotGitHub = errors.New("not an answer of GitHub's API")

// root is the fallback that gh itself uses: any API answer carries the scopes.
func (c *Client) root(ctx context.Context, gh *gogithub.Client) (*gogithub.Response, error) {
	req, err := gh.NewRequest(http.MethodGet, "", nil)
	if err != nil {
		return nil, err
	}
	var links struct {
		CurrentUserURL string `json:"current_user_url"`
	}
	resp, err := gh.Do(ctx, req, &links)
	if err == nil && links.CurrentUserURL == "" {
		err = errNotGitHub
	}
	return resp, err
}

// failure sorts an error: either the token is bad for certain, or nothing is
// known. A 401 without GitHub's message is a proxy's or a gateway's.
func (c *Client) failure(ctx context.Context, resp *gogithub.Response, err error, token string) error {
	var said *gogithub.ErrorResponse
	if resp != nil && resp.StatusCode == http.StatusUnauthorized && errors.As(err, &said) && said.Message != "" {
		return ErrBadCredentials
	}
	return &Unverified{Host: c.base.Host, Cause: cause(ctx, resp, err, token)}
}

func cause(ctx context.Context, resp *gogithub.Response, err error, token string) string {
	if resp != nil {
		return answered(resp, err, token)
	}
	if errors.Is(err, errRedirect) {
		return "redirects to another host, where the token does not go"
	}
	return trouble.Words(ctx, err)
}

// answered words an answer that says nothing about the token.
func answered(resp *gogithub.Response, err error, token string) string {
	status := resp.StatusCode
	var (
		primary   *gogithub.RateLimitError
		secondary *gogithub.AbuseRateLimitError
		apiErr    *gogithub.ErrorResponse
	)
	limited := status == http.StatusTooManyRequests || // v62 takes 429 for a plain error
		errors.As(err, &primary) || errors.As(err, &secondary) ||
		status == http.StatusForbidden && resp.Header.Get("Retry-After") != ""
	switch {
	case limited:
		return "limits the rate of requests for now"
	case status >= 500:
		return fmt.Sprintf("is in trouble: it answered %d", status)
	case status == http.StatusOK:
		return "answered something that is not GitHub's API (a captive portal or a proxy?)"
	case errors.As(err, &apiErr) && apiErr.Message != "":
		return fmt.Sprintf("answered %d: %s", status, quotable(apiErr.Message, token))
	}
	return fmt.Sprintf("answered %d", status)
}

// secretLike finds tokens and pieces of base64, whoever's they are: a proxy may
// repeat what it was sent, and a person may paste a token in the wrong place.
var secretLike = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`gh[a-z]_[A-Za-z0-9._-]{8,}|github_pat_[A-Za-z0-9_]{8,}|[A-Za-z0-9+]{24,}`)
})

// hide takes the token, and what looks like one, out of a text.
func hide(s, token string) string {
	if token != "" {
		s = strings.ReplaceAll(s, token, "[token]")
	}
	return secretLike().ReplaceAllString(s, "[redacted]")
}

// quotable cuts a server's text to one short line that holds no token.
func quotable(s, token string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '`' {
			return ' '
		}
		return r
	}, hide(s, token))
	if len(s) > 100 {
		s = s[:100]
	}
	return strings.Join(strings.Fields(s), " ")
}

// expiryOf reads the day a token dies. go-github reads two of the three forms
// seen, and takes an unknown time zone for UTC.
func expiryOf(h http.Header) time.Time {
	value := h.Get("GitHub-Authentication-Token-Expiration")
	for _, layout := range []string{"2006-01-02 15:04:05 UTC", "2006-01-02 15:04:05 -0700", time.RFC3339} {
		if t, err := time.Parse(layout, value); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// isLogin reports whether s can be the name of an account on GitHub, those of
// enterprises (mona_corp) and bots (x[bot]) included.
func isLogin(s string) bool {
	if s == "" || len(s) > 100 {
		return false
	}
	for _, c := range []byte(s) {
		if !isAlphanumeric(c) && c != '-' && c != '_' && c != '[' && c != ']' {
			return false
		}
	}
	return true
}
