package registry

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// How long a probe, and the cancelling of the upload that one opens, may take
// when the caller's context allows more.
const (
	probeTime  = 20 * time.Second
	cancelTime = 3 * time.Second
)

var manifestTypes = []string{
	string(types.OCIImageIndex), string(types.OCIManifestSchema1),
	string(types.DockerManifestList), string(types.DockerManifestSchema2),
}

// probe is one question to a registry.
type probe struct {
	when   When
	server string
	auth   Auth
	taken  bool // the registry has given a bearer for the credentials
}

// TokenExchange asks whether a registry takes credentials at all. GHCR gives a
// bearer for every live token, whatever its rights.
func (c Client) TokenExchange(ctx context.Context, server string, auth Auth) Result {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	reg, err := parseRegistry(server)
	if err != nil {
		return Result{Why: err.Error()}
	}
	if _, err := c.open(ctx, reg, auth); err != nil {
		return probe{when: Login, server: reg.RegistryStr(), auth: auth}.refused(ctx, err)
	}
	return Result{Verdict: Allowed}
}

// CanPull asks whether an image may be pulled. A tag that does not exist is
// Denied with the row manifest-unknown.
func (c Client) CanPull(ctx context.Context, image string, auth Auth) Result {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	p, ref, s, failed := c.begin(ctx, image, auth, Pull, transport.PullScope)
	if failed != nil {
		return *failed
	}
	address := s.url(ref.Context().RepositoryStr() + "/manifests/" + ref.Identifier())
	first := s.ask(ctx, http.MethodHead, address, http.StatusOK)
	if first == nil {
		return Result{Verdict: Allowed}
	}
	// The answer to HEAD has no text: GET has it.
	second := s.ask(ctx, http.MethodGet, address, http.StatusOK)
	if second == nil {
		return Result{Verdict: Allowed}
	}
	if r := p.refused(ctx, second); r.Verdict == Denied || r.Finding != nil {
		return r
	}
	return p.refused(ctx, first)
}

// CanPush asks whether an image may be pushed, and writes nothing: it opens an
// upload, which is what a push begins with, and cancels it.
func (c Client) CanPush(ctx context.Context, image string, auth Auth) Result {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	p, ref, s, failed := c.begin(ctx, image, auth, Push, transport.PushScope)
	if failed != nil {
		return *failed
	}
	repo := ref.Context()
	resp, err := s.do(ctx, http.MethodPost, s.url(repo.RepositoryStr()+"/blobs/uploads/"))
	if err != nil {
		return p.refused(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := transport.CheckError(resp, http.StatusAccepted); err != nil {
		return p.refused(ctx, err)
	}
	s.cancelUpload(ctx, resp, repo)
	return Result{Verdict: Allowed}
}

// begin opens a session about an image. With failed set the probe ends there.
func (c Client) begin(ctx context.Context, image string, auth Auth, when When, scope string) (p probe, ref name.Reference, s *session, failed *Result) {
	ref, err := parse(image)
	if err != nil {
		return p, nil, nil, &Result{Why: err.Error()}
	}
	registry := ref.Context().Registry
	p = probe{when: when, server: registry.RegistryStr(), auth: auth}
	if s, err = c.open(ctx, registry, auth, ref.Scope(scope)); err != nil {
		refused := p.refused(ctx, err)
		return p, nil, nil, &refused
	}
	p.taken = auth != (Auth{})
	return p, ref, s, nil
}

// cancelUpload takes back an upload and waits until that is answered: a process
// that ends at once would leave it open. GHCR answers 405 and lets it expire.
func (s *session) cancelUpload(ctx context.Context, opened *http.Response, repo name.Repository) {
	location, err := opened.Location()
	if err != nil || !sameHost(location, repo.RegistryStr()) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, cancelTime)
	defer cancel()
	if resp, err := s.do(ctx, http.MethodDelete, location.String()); err == nil {
		_ = resp.Body.Close()
	}
}

// ask sends a request whose answer's body is of interest only when it refuses.
func (s *session) ask(ctx context.Context, method, address string, want int) error {
	resp, err := s.do(ctx, method, address, manifestTypes...)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	return transport.CheckError(resp, want)
}

// refused judges what came instead of consent. Only an answer in the registry's
// own form denies: the same status comes from proxies and gateways too.
func (p probe) refused(ctx context.Context, err error) Result {
	var said *transport.Error
	if !errors.As(err, &said) {
		return Result{Why: p.server + " " + whyNot(ctx, err)}
	}
	r := Result{Text: p.clean(wordsOf(said))}
	r.Finding = p.explain(said, r.Text)
	limited := r.Finding != nil && (r.Finding.Row.ID == "secondary-limit" || r.Finding.Row.ID == "burst-limit")
	refuses := isRefusal(said) && len(said.Errors) > 0
	absent := p.when == Pull && said.StatusCode == http.StatusNotFound && len(said.Errors) > 0
	isPing := said.Request != nil && said.Request.URL.Path == "/v2/"
	switch {
	case limited:
		r.Why = p.server + " limits the rate of requests for now"
	case (refuses || absent) && !isPing:
		r.Verdict = Denied
	case said.StatusCode >= 500:
		r.Why = fmt.Sprintf("%s is in trouble: it answered %d", p.server, said.StatusCode)
	default:
		r.Why = fmt.Sprintf("%s answered %d, which proves nothing", p.server, said.StatusCode)
	}
	return r
}

func isRefusal(said *transport.Error) bool {
	return said.StatusCode == http.StatusUnauthorized || said.StatusCode == http.StatusForbidden
}

// explain finds the row for an answer. Where the registry has given a bearer,
// the token is alive, and a denial without words means something else.
func (p probe) explain(said *transport.Error, text string) *Finding {
	if isRefusal(said) && len(said.Errors) == 0 {
		return nil // a proxy's or a gateway's: the registry has words of its own
	}
	line := text
	if said.Request != nil {
		line = fmt.Sprintf("%s %s: %s", said.Request.Method, said.Request.URL.Redacted(), text)
	}
	f, ok := Explain(line)
	bare := !ok || f.Row.ID == "denied" || f.Row.ID == "manifest-denied"
	onToken := said.Request != nil && said.Request.URL.Path == "/token"
	refuses := said.StatusCode == http.StatusForbidden || said.StatusCode == http.StatusUnauthorized && p.taken
	if bare && refuses && p.taken && !onToken {
		id := map[When]string{Pull: "pull-denied", Push: "push-403"}[p.when]
		f.Row, ok = RowByID(id)
		f.Suspects = f.Row.suspects()
	}
	if !ok {
		return nil
	}
	f.Line = text
	return &f
}

// clean makes a text of the registry's fit to be shown.
func (p probe) clean(s string) string {
	pair := p.auth.Username + ":" + p.auth.Password
	if p.auth.Password == "" {
		return OneLine(s)
	}
	return OneLine(s, p.auth.Password, url.QueryEscape(p.auth.Password),
		base64.StdEncoding.EncodeToString([]byte(pair)), base64.StdEncoding.EncodeToString([]byte(p.auth.Password)))
}

// wordsOf are the registry's own words, else the status. A body that is not in
// the registry's form (a page of HTML) is not repeated.
func wordsOf(said *transport.Error) string {
	words := ""
	for _, d := range said.Errors {
		if words != "" {
			words += "; "
		}
		words += string(d.Code) + ": " + d.Message
	}
	if words == "" {
		words = fmt.Sprintf("%d %s", said.StatusCode, http.StatusText(said.StatusCode))
	}
	return words
}
