package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	gogithub "github.com/google/go-github/v62/github"
)

// The scopes that a classic PAT or an OAuth token needs to reach the secrets
// and the runs of a repository, and the secrets of an organization.
// Source: docs.github.com, "REST API endpoints for GitHub Actions Secrets".
const (
	RepoScope     = "repo"
	AdminOrgScope = "admin:org"
)

// Actions works on the secrets and workflow runs of repositories. The token of
// the registry may not do that and need not: this takes another one.
type Actions struct {
	c     *Client
	gh    *gogithub.Client
	token string
}

// Actions gives access to GitHub Actions with a token. It makes no connection.
func (c *Client) Actions(token string) *Actions {
	return &Actions{c: c, gh: c.api(token), token: token}
}

// Refused says that GitHub took the token and did not do what was asked.
type Refused struct {
	Host    string
	Status  int
	Message string // GitHub's own words
	SSO     string // the page that authorises the token for the organization, where that is what it lacks
	Needs   string // the permission that GitHub wants, for tokens that have no scopes
}

func (e *Refused) Error() string {
	text := fmt.Sprintf("%s answered %d", e.Host, e.Status)
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// NotFound reports an answer for what is not there, or not for this token:
// GitHub does not tell these apart.
func (e *Refused) NotFound() bool { return e.Status == http.StatusNotFound }

// do asks one thing of the API. The error is ErrBadCredentials, a *Refused or
// an *Unverified; ctx's deadline bounds it.
func (a *Actions) do(ctx context.Context, method, path string, body, into any) (*gogithub.Response, error) {
	if !isTokenText(a.token) || a.token == "" {
		return nil, ErrBadCredentials
	}
	req, err := a.gh.NewRequest(method, path, body)
	if err != nil {
		return nil, fmt.Errorf("not an address of %s: %s", a.c.base.Host, quotable(path, a.token))
	}
	resp, err := a.gh.Do(ctx, req, into)
	if err != nil {
		return resp, a.failure(ctx, resp, err)
	}
	return resp, nil
}

func (a *Actions) failure(ctx context.Context, resp *gogithub.Response, err error) error {
	if resp == nil || resp.StatusCode == http.StatusUnauthorized || resp.StatusCode < 400 || resp.StatusCode >= 500 || isLimited(resp, err) {
		return a.c.failure(ctx, resp, err, a.token)
	}
	refused := &Refused{
		Host:   a.c.base.Host,
		Status: resp.StatusCode,
		SSO:    ssoPage(resp.Header, a.c.base),
		Needs:  quotable(resp.Header.Get("X-Accepted-GitHub-Permissions"), a.token),
	}
	var apiErr *gogithub.ErrorResponse
	if errors.As(err, &apiErr) {
		refused.Message = quotable(apiErr.Message, a.token)
	}
	return refused
}

// isLimited reports a rate limit. v62 of go-github takes a 429 for a plain error.
func isLimited(resp *gogithub.Response, err error) bool {
	var (
		primary   *gogithub.RateLimitError
		secondary *gogithub.AbuseRateLimitError
	)
	return errors.As(err, &primary) || errors.As(err, &secondary) || resp != nil &&
		(resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusForbidden && resp.Header.Get("Retry-After") != "")
}

// limitEnds says how long a rate limit asks to wait, zero when there is none.
// Source: docs.github.com, "Rate limits for the REST API": without a hint wait
// a minute at least.
func limitEnds(resp *gogithub.Response, now time.Time) time.Duration {
	if resp == nil || resp.StatusCode != http.StatusForbidden && resp.StatusCode != http.StatusTooManyRequests {
		return 0
	}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	if reset, err := strconv.ParseInt(resp.Header.Get("X-RateLimit-Reset"), 10, 64); err == nil && resp.Header.Get("X-RateLimit-Remaining") == "0" {
		return max(time.Unix(reset, 0).Sub(now), time.Second)
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		return time.Minute
	}
	return 0
}

// ssoPage reads the page that X-GitHub-SSO names, if it is one of this GitHub:
// people are sent there to authorise a token.
func ssoPage(h http.Header, api *url.URL) string {
	_, page, found := strings.Cut(h.Get("X-GitHub-SSO"), "url=")
	u, err := url.Parse(page)
	if !found || err != nil || u.Scheme != "https" || u.Host != strings.TrimPrefix(api.Host, "api.") {
		return ""
	}
	return quotablePage(u)
}

func quotablePage(u *url.URL) string {
	text := u.String()
	if len(text) > 300 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' || r == '`' }) {
		return ""
	}
	return text
}

// pages walks through a list. fetch asks for one page and returns its response.
func pages(limit int, fetch func(page int) (*gogithub.Response, error)) error {
	for page := 1; page > 0 && page <= limit; {
		resp, err := fetch(page)
		if err != nil {
			return err
		}
		page = resp.NextPage
	}
	return nil
}

// CheckRepo reports what is no OWNER/NAME.
func CheckRepo(repo string) error {
	owner, name, found := strings.Cut(repo, "/")
	if !found || !isName(owner) || !isName(name) {
		return fmt.Errorf("%q is not a repository: give OWNER/NAME", quotable(repo, ""))
	}
	return nil
}

// isName reports whether s can be the name of an owner or a repository: a part
// of a path that means nothing else.
func isName(s string) bool {
	if s == "" || s == "." || s == ".." || len(s) > 100 {
		return false
	}
	for _, c := range []byte(s) {
		if !isAlphanumeric(c) && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}
