package registry

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

// lab is a World with tokens, packages and images in it.
type lab struct {
	*ghcrtest.World
	t  *testing.T
	tr *http.Transport
}

func newLab(t *testing.T) lab {
	t.Helper()
	w, err := ghcrtest.New(ghcrtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tr := w.Transport()
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return lab{w, t, tr}
}

func (l lab) client() Client { return Client{Transport: l.tr, UserAgent: "test"} }

// token makes a token of mona's. The same seed is the same token.
func (l lab) token(seed string, tok ghcrtest.Token) Auth {
	prefix := "ghp_"
	if tok.Value != "" {
		prefix = tok.Value
	}
	tok.Value = ghcrtest.SampleToken(prefix, seed)
	if tok.Login == "" {
		tok.Login = "mona"
	}
	l.SetToken(tok)
	return Auth{Username: tok.Login, Password: tok.Value}
}

func (l lab) writer() Auth {
	return l.token("writer", ghcrtest.Token{Scopes: []string{"write:packages"}})
}

// push puts an image into the World as mona, who owns mona/*.
func (l lab) push(image string, write func(name.Reference, ...remote.Option) error) {
	l.t.Helper()
	ref, err := name.ParseReference(image)
	if err != nil {
		l.t.Fatal(err)
	}
	a := l.writer()
	auth := &authn.Basic{Username: a.Username, Password: a.Password}
	if err := write(ref, remote.WithTransport(l.tr), remote.WithAuth(auth)); err != nil {
		l.t.Fatal(err)
	}
}

func (l lab) pushImage(image string, img v1.Image) {
	l.t.Helper()
	l.push(image, func(ref name.Reference, opts ...remote.Option) error { return remote.Write(ref, img, opts...) })
}

func randomImage(t *testing.T, size int64, layers int64) v1.Image {
	t.Helper()
	img, err := random.Image(size, layers)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// deadline is a context that ends long after any test should.
func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// through is a transport made of a function.
type through func(*http.Request) (*http.Response, error)

func (f through) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
