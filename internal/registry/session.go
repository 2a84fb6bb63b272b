package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
)

// The reasons why a request is not sent.
var (
	errElsewhere = errors.New("sends us to another host, where the token does not go")
	errPlain     = errors.New("asks for plain HTTP, which is for loopback alone")
	errNoBearer  = errors.New("asks for no bearer token, so it is no registry of GitHub")
)

// session is a registry with a bearer for one repository.
type session struct {
	registry name.Registry
	scheme   string
	signed   *http.Client // sends the bearer, to the registry alone
	bare     *http.Client // for redirects to a store of blobs: sends nothing of ours
}

// open exchanges credentials for a bearer: ping, challenge, token. The scopes
// are what the challenge names when none is given.
func (c Client) open(ctx context.Context, reg name.Registry, auth Auth, scopes ...string) (*session, error) {
	plainAllowed := isLoopback(reg.RegistryStr())
	g := guard{inner: c.Transport, registry: reg.RegistryStr(), agent: c.UserAgent, plainAllowed: plainAllowed}
	if g.inner == nil {
		g.inner = http.DefaultTransport
	}
	ping := g
	challenge, err := transport.Ping(ctx, reg, &ping)
	if err != nil {
		return nil, err
	}
	s := &session{registry: reg, scheme: "https"}
	if challenge.Insecure {
		s.scheme = "http"
	}
	if challenge.Scheme == "" && plainAllowed {
		auth = Auth{} // a test registry that wants nothing gets nothing
	} else if err := s.checkRealm(challenge); err != nil {
		return nil, err
	}
	signed := g
	signed.scheme = s.scheme
	token := &transport.Token{}
	if challenge.Scheme != "" {
		if len(scopes) == 0 && challenge.Parameters["scope"] != "" {
			scopes = []string{challenge.Parameters["scope"]}
		}
		token, err = transport.Exchange(ctx, reg, auth.authenticator(), &signed, scopes, challenge)
		if err != nil {
			return nil, err
		}
		// Some registries say access_token.
		token.Token = cmp.Or(token.AccessToken, token.Token)
	}
	withBearer, err := transport.FromToken(reg, auth.authenticator(), &signed, challenge, token)
	if err != nil {
		return nil, err
	}
	s.signed = &http.Client{Transport: withBearer, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if !sameHost(req.URL, g.registry) || len(via) >= maxRedirects {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	bare := g
	bare.anywhere = true
	s.bare = &http.Client{Transport: &bare, CheckRedirect: func(_ *http.Request, via []*http.Request) error {
		if len(via) >= maxRedirects {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	return s, nil
}

const maxRedirects = 5

// checkRealm sees to it that the credentials go to the registry itself: the
// challenge could name any host.
func (s *session) checkRealm(c *transport.Challenge) error {
	if !strings.EqualFold(c.Scheme, "bearer") {
		return errNoBearer
	}
	realm, err := url.Parse(c.Parameters["realm"])
	switch {
	case err != nil || realm.Host == "":
		return errNoBearer
	case !sameHost(realm, s.registry.RegistryStr()):
		return errElsewhere
	case realm.Scheme != s.scheme:
		return errPlain
	}
	return nil
}

// url is an address in the registry's API.
func (s *session) url(path string) string {
	return s.scheme + "://" + s.registry.RegistryStr() + "/v2/" + path
}

// do sends a request with the bearer. A redirect to another host is the answer.
func (s *session) do(ctx context.Context, method, address string, accept ...string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return nil, err
	}
	if len(accept) > 0 {
		req.Header.Set("Accept", strings.Join(accept, ","))
	}
	return s.signed.Do(req)
}

// guard is the last stop before the network: whatever the libraries above it
// do, no credential leaves for another host and nothing goes unencrypted.
type guard struct {
	inner        http.RoundTripper
	registry     string // host, with its port if it has one
	scheme       string // of the registry, once it is known
	agent        string
	plainAllowed bool
	anywhere     bool // other hosts are allowed, and get no credentials
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	own := sameHost(req.URL, g.registry)
	out := req.Clone(req.Context())
	if own && g.scheme != "" {
		out.URL.Scheme = g.scheme
	}
	var refused error
	switch {
	case !own && !g.anywhere:
		refused = errElsewhere
	case out.URL.Scheme != "https" && !(g.plainAllowed && isLoopback(out.URL.Host)):
		refused = errPlain
	}
	if refused != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, refused
	}
	if g.anywhere {
		out.Header.Del("Authorization")
	}
	if g.agent != "" {
		out.Header.Set("User-Agent", g.agent)
	}
	return g.inner.RoundTrip(out)
}

// sameHost reports whether an address is at a registry. The default port of
// HTTPS may be written or not.
func sameHost(u *url.URL, registry string) bool {
	bare := func(hostport string) string { return strings.ToLower(strings.TrimSuffix(hostport, ":443")) }
	return bare(u.Host) == bare(registry)
}

func isLoopback(hostport string) bool {
	name, _, err := net.SplitHostPort(hostport)
	if err != nil {
		name = strings.Trim(hostport, "[]")
	}
	ip := net.ParseIP(name)
	return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}

// parse reads the name of an image in a registry of GitHub, or on loopback.
// Another registry must never see a token of GitHub's, and a name without a
// registry means Docker Hub.
func parse(image string) (name.Reference, error) {
	if p := NameProblem(image); p != nil && (p.Code != OtherRegistry || !isLoopback(firstPart(image))) {
		return nil, fmt.Errorf("%s is no image name to ask for: %s", OneLine(image), p.Words.EN)
	}
	ref, err := name.ParseReference(image)
	if err != nil {
		return nil, fmt.Errorf("%s is no image name", OneLine(image))
	}
	return ref, nil
}

func parseRegistry(server string) (name.Registry, error) {
	if isLoopback(server) {
		return name.NewRegistry(server)
	}
	h, err := host.Parse(server)
	if err != nil {
		return name.Registry{}, fmt.Errorf("%s is %w", OneLine(server), err)
	}
	return name.NewRegistry(h.Registry)
}
