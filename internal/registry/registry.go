// Package registry knows what GitHub's container registry says: it asks whether
// an image may be pulled or pushed, checks that an image arrives whole, and puts
// a cause and a fix to the texts with which the registry and the engines refuse.
//
//	c := registry.Client{Transport: transport}
//	r := c.CanPush(ctx, "ghcr.io/octo/app", registry.Auth{Username: "mona", Password: token})
//	if r.Verdict == registry.Denied {
//		fmt.Println(r.Text, r.Finding.Row.Fix.EN)
//	}
//
//	if f, ok := registry.Explain(output); ok {
//		fmt.Println(f.Row.Cause.EN)
//	}
//
// Credentials go to the registry's own host alone, over verified TLS (plain HTTP
// on loopback), never along with a redirect. The bearer that they are exchanged
// for is opaque: GHCR's is no JWT, and nothing here looks into it. No text that
// this package returns holds a token.
package registry

import (
	"net/http"

	"github.com/google/go-containerregistry/pkg/authn"
)

// Client asks registries. Its zero value uses http.DefaultTransport.
type Client struct {
	Transport http.RoundTripper
	UserAgent string // sent with every request, if set
}

// Auth is a user name and a token. The zero value is nobody.
type Auth struct {
	Username string
	Password string
}

func (a Auth) authenticator() authn.Authenticator {
	if a == (Auth{}) {
		return authn.Anonymous
	}
	return &authn.Basic{Username: a.Username, Password: a.Password}
}

// Verdict is what a probe proves.
type Verdict int

// The verdicts. Unknown is the zero value: nothing was proved.
const (
	Unknown Verdict = iota
	Allowed
	Denied
)

// String names the verdict.
func (v Verdict) String() string { return [...]string{"unknown", "allowed", "denied"}[v] }

// Result is the outcome of a probe.
type Result struct {
	Verdict Verdict
	Text    string   // what the registry said, one line, no secret; "" if it said nothing
	Why     string   // why nothing is proved, if Unknown, in words
	Finding *Finding // the table's row for Text, nil if it has none
}
