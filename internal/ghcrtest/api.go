package ghcrtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// RateLimitDisabled makes GET /rate_limit answer 404, as an Enterprise Server
// does whose rate limits are off (which is how it is installed).
func (w *World) RateLimitDisabled(disabled bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.noRateLimit = disabled
}

// Handle adds an endpoint to the API side. pattern is that of http.ServeMux,
// without /api/v3. The token has been checked when h is called.
func (w *World) Handle(pattern string, h http.HandlerFunc) { w.apiMux.HandleFunc(pattern, h) }

func (w *World) newAPI() {
	w.apiMux = http.NewServeMux()
	w.apiMux.HandleFunc("GET /{$}", w.getRoot)
	w.apiMux.HandleFunc("GET /rate_limit", w.getRateLimit)
	w.apiMux.HandleFunc("GET /user", w.getUser)
	w.apiMux.HandleFunc("GET /orgs/{org}", w.getOrg)
	w.apiMux.HandleFunc("/", func(rw http.ResponseWriter, _ *http.Request) {
		apiError(rw, http.StatusNotFound, "Not Found")
	})
	w.api = http.HandlerFunc(w.serveAPI)
}

type tokenKey struct{}

// TokenOf is the token that a request to an endpoint of Handle came with.
func TokenOf(req *http.Request) (Token, bool) {
	t, found := req.Context().Value(tokenKey{}).(Token)
	return t, found
}

// serveAPI does what GitHub does for every endpoint: it looks at the token and
// sets the headers.
func (w *World) serveAPI(rw http.ResponseWriter, req *http.Request) {
	h := rw.Header()
	h.Set("Server", "github.com")
	h.Set("X-GitHub-Media-Type", "github.v3; format=json")
	h.Set("X-GitHub-Request-Id", "0000:000000:0000000:0000000:00000000")
	h.Set("Access-Control-Expose-Headers", "ETag, Link, Location, Retry-After, X-GitHub-OTP, X-RateLimit-Limit, "+
		"X-RateLimit-Remaining, X-RateLimit-Used, X-RateLimit-Resource, X-RateLimit-Reset, X-OAuth-Scopes, "+
		"X-Accepted-OAuth-Scopes, X-Poll-Interval, X-GitHub-Media-Type, X-GitHub-SSO, X-GitHub-Request-Id")
	if req.UserAgent() == "" {
		http.Error(rw, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
			http.StatusForbidden)
		return
	}
	path, ok := apiPath(hostname(req), req.URL.Path)
	if !ok {
		apiError(rw, http.StatusNotFound, "Not Found")
		return
	}
	limit := 60
	if req.Header.Get("Authorization") != "" {
		t, alive := w.token(credential(req), server(hostname(req)))
		if !alive {
			apiError(rw, http.StatusUnauthorized, "Bad credentials")
			return
		}
		limit = 5000
		t.setHeaders(h)
		req = req.WithContext(context.WithValue(req.Context(), tokenKey{}, t))
	}
	w.setRateLimit(h, limit)
	inner := req.Clone(req.Context())
	inner.URL = &url.URL{Path: path, RawQuery: req.URL.RawQuery}
	w.apiMux.ServeHTTP(rw, inner)
}

// apiPath cuts off /api/v3, which an Enterprise Server has and no other host.
// When dialled by address both forms are served.
func apiPath(host, path string) (string, bool) {
	rest, isEnterprise := strings.CutPrefix(path, "/api/v3/")
	if server(host) == githubCom {
		isCloud := host == "api.github.com"
		if isEnterprise && !isCloud {
			return "/" + rest, true
		}
		return path, true
	}
	if strings.HasSuffix(host, ".ghe.com") {
		return path, strings.HasPrefix(host, "api.")
	}
	return "/" + rest, isEnterprise
}

func (t Token) setHeaders(h http.Header) {
	if t.tellsScopes() {
		h.Set("X-OAuth-Scopes", t.scopeHeader())
		h.Set("X-Accepted-OAuth-Scopes", "")
	}
	if !t.Expires.IsZero() {
		h.Set("GitHub-Authentication-Token-Expiration", t.Expires.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
}

func (w *World) setRateLimit(h http.Header, limit int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.noRateLimit {
		return
	}
	h.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(limit-1))
	h.Set("X-RateLimit-Used", "1")
	h.Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10))
	h.Set("X-RateLimit-Resource", "core")
}

func (w *World) getRoot(rw http.ResponseWriter, req *http.Request) {
	base := "https://" + req.Host
	if server(hostname(req)) == hostname(req) {
		base += "/api/v3"
	}
	apiJSON(rw, http.StatusOK, map[string]string{
		"current_user_url": base + "/user",
		"rate_limit_url":   base + "/rate_limit",
		"organization_url": base + "/orgs/{org}",
	})
}

func (w *World) getRateLimit(rw http.ResponseWriter, _ *http.Request) {
	w.mu.Lock()
	disabled := w.noRateLimit
	w.mu.Unlock()
	if disabled {
		apiError(rw, http.StatusNotFound, "Rate limiting is not enabled.")
		return
	}
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(rw.Header().Get(name), 10, 64)
		return n
	}
	core := map[string]any{
		"limit": number("X-RateLimit-Limit"), "remaining": number("X-RateLimit-Remaining"),
		"used": number("X-RateLimit-Used"), "reset": number("X-RateLimit-Reset"), "resource": "core",
	}
	apiJSON(rw, http.StatusOK, map[string]any{"resources": map[string]any{"core": core}, "rate": core})
}

func (w *World) getUser(rw http.ResponseWriter, req *http.Request) {
	t, found := TokenOf(req)
	switch {
	case !found:
		apiError(rw, http.StatusUnauthorized, "Requires authentication")
	case t.is("ghs_"):
		apiError(rw, http.StatusForbidden, "Resource not accessible by integration")
	default:
		apiJSON(rw, http.StatusOK, map[string]any{"login": t.Login, "id": 1, "type": "User"})
	}
}

func (w *World) getOrg(rw http.ResponseWriter, req *http.Request) {
	org := req.PathValue("org")
	if t, found := TokenOf(req); found && t.lacksSSO(org) {
		rw.Header().Set("X-GitHub-SSO", fmt.Sprintf(
			"required; url=https://github.com/orgs/%s/sso?authorization_request=AAAAAAAA", url.PathEscape(org)))
		apiError(rw, http.StatusForbidden, "Resource protected by organization SAML enforcement. "+
			"You must grant your Personal Access token access to this organization.")
		return
	}
	apiJSON(rw, http.StatusOK, map[string]any{"login": org, "id": 2, "type": "Organization"})
}

func (t Token) lacksSSO(org string) bool {
	return slices.ContainsFunc(t.NoSSO, func(o string) bool { return strings.EqualFold(o, org) })
}

func apiError(rw http.ResponseWriter, status int, message string) {
	apiJSON(rw, status, struct {
		Message string `json:"message"`
		URL     string `json:"documentation_url"`
		Status  string `json:"status"`
	}{message, "https://docs.github.com/rest", strconv.Itoa(status)})
}

func apiJSON(rw http.ResponseWriter, status int, v any) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(v)
}
