package registry

import (
	"encoding/base64"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

// A registry that names another host for its tokens, or for its uploads, does
// not get the credentials sent there.
func TestCredentialsStayWithTheRegistry(t *testing.T) {
	l := newLab(t)
	l.AddHost("evil.example", ghcrtest.Trap)
	auth := l.writer()
	for what, f := range map[string]*ghcrtest.Fault{
		"realm":          {Side: ghcrtest.Registry, Path: "/v2/", Status: 401, Header: http.Header{"Www-Authenticate": {`Bearer realm="https://evil.example/token",service="ghcr.io"`}}},
		"plain realm":    {Side: ghcrtest.Registry, Path: "/v2/", Status: 401, Header: http.Header{"Www-Authenticate": {`Bearer realm="http://ghcr.io/token",service="ghcr.io"`}}},
		"look-alike":     {Side: ghcrtest.Registry, Path: "/v2/", Status: 401, Header: http.Header{"Www-Authenticate": {`Bearer realm="https://ghcr.io@evil.example/token",service="ghcr.io"`}}},
		"basic":          {Side: ghcrtest.Registry, Path: "/v2/", Status: 401, Header: http.Header{"Www-Authenticate": {`Basic realm="ghcr.io"`}}},
		"token redirect": {Side: ghcrtest.Registry, Path: "/token", Redirect: "https://evil.example/token"},
		"manifest":       {Side: ghcrtest.Registry, Path: "/v2/octo/app/manifests/latest", Redirect: "https://evil.example/m"},
		"upload":         {Side: ghcrtest.Registry, Path: "/v2/octo/app/blobs/uploads/", Redirect: "https://evil.example/u", Status: 307},
	} {
		l.Reset()
		l.SetFault(f)
		results := []Result{
			l.client().TokenExchange(deadline(t), "ghcr.io", auth),
			l.client().CanPull(deadline(t), "ghcr.io/octo/app", auth),
			l.client().CanPush(deadline(t), "ghcr.io/octo/app", auth),
		}
		if what != "manifest" && what != "upload" {
			check(t, what, results[0], Unknown, "", "ghcr.io ")
		}
		if results[2].Verdict == Allowed && what != "manifest" {
			t.Errorf("%s: the push is allowed", what)
		}
		for _, r := range l.Requests() {
			if r.Host != "ghcr.io" || r.Token != "" && r.Path != "/token" {
				t.Errorf("%s: %s %s%s, token %q", what, r.Method, r.Host, r.Path, r.Token)
			}
		}
	}
	l.SetFault(&ghcrtest.Fault{Side: ghcrtest.Registry, Path: "/v2/mona/app/blobs/uploads/", Status: 202, Header: http.Header{"Location": {"https://evil.example/u"}}})
	check(t, "upload elsewhere", l.client().CanPush(deadline(t), "ghcr.io/mona/app", auth), Allowed, "", "")
	if n := l.Count("evil.example", ""); n != 0 {
		t.Errorf("%d requests went to the other host", n)
	}
}

func TestRegistryThatRepeatsTheToken(t *testing.T) {
	l := newLab(t)
	auth := l.writer()
	pair := base64.StdEncoding.EncodeToString([]byte(auth.Username + ":" + auth.Password))
	body := `{"errors":[{"code":"DENIED","message":"denied to ` + auth.Password + ` alias ` + pair + `\u001b[31m"}]}`
	l.SetFault(&ghcrtest.Fault{Side: ghcrtest.Registry, Path: "/token", Status: 403, Body: body})
	r := l.client().CanPush(deadline(t), "ghcr.io/mona/app", auth)
	check(t, "push", r, Denied, "token-refused", "DENIED: denied to [redacted] alias [redacted] [31m")
	if r.Finding != nil && strings.Contains(r.Finding.Line, auth.Password) {
		t.Error("the token is in the line")
	}
}

// Plain HTTP is for loopback alone, where test registries are.
func TestPlainHTTP(t *testing.T) {
	srv := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(srv.Close)
	address := strings.TrimPrefix(srv.URL, "http://")
	var seen atomic.Int32
	c := Client{Transport: through(func(req *http.Request) (*http.Response, error) {
		if req.Header.Get("Authorization") != "" {
			seen.Add(1)
		}
		return http.DefaultTransport.RoundTrip(req)
	})}
	auth := Auth{"mona", ghcrtest.SampleToken("ghp_", "x")}
	check(t, "push", c.CanPush(deadline(t), address+"/octo/app", auth), Allowed, "", "")
	check(t, "pull", c.CanPull(deadline(t), address+"/octo/app", auth), Denied, "manifest-unknown", "NAME_UNKNOWN")
	if seen.Load() != 0 {
		t.Error("a registry that wants no credentials got them")
	}
	check(t, "token", c.TokenExchange(deadline(t), address, auth), Allowed, "", "")
	for _, image := range []string{"10.0.0.1:5000/octo/app", "registry.local/octo/app", "octo/app", "docker.io/octo/app"} {
		r := Client{Transport: through(func(req *http.Request) (*http.Response, error) {
			t.Errorf("%s: %s was asked", image, req.URL)
			return nil, io.EOF
		})}.CanPull(deadline(t), image, auth)
		check(t, image, r, Unknown, "", "is no image name")
	}
}

// A registry on loopback that wants a bearer gets the credentials over plain HTTP.
func TestBearerOnLoopback(t *testing.T) {
	auth := Auth{"mona", ghcrtest.SampleToken("ghp_", "x")}
	var address string
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		_, password, _ := req.BasicAuth()
		switch {
		case req.URL.Path == "/token" && password == auth.Password:
			_, _ = io.WriteString(rw, `{"access_token":"opaque"}`)
		case req.Header.Get("Authorization") == "Bearer opaque":
			rw.WriteHeader(http.StatusAccepted)
		default:
			rw.Header().Set("WWW-Authenticate", `Bearer realm="http://`+address+`/token",service="x"`)
			rw.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(rw, `{"errors":[{"code":"UNAUTHORIZED","message":"log in"}]}`)
		}
	}))
	t.Cleanup(srv.Close)
	address = strings.TrimPrefix(srv.URL, "http://")
	c := Client{}
	check(t, "push", c.CanPush(deadline(t), address+"/octo/app", auth), Allowed, "", "")
	check(t, "nobody", c.CanPush(deadline(t), address+"/octo/app", Auth{}), Denied, "", "UNAUTHORIZED: log in")
}
