package ghcrtest

import (
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// engine pulls and pushes as a person with a token ("" for nobody).
type engine struct {
	t    *testing.T
	opts []remote.Option
}

func newEngine(t *testing.T, w *World, token string) engine {
	t.Helper()
	auth := authn.Anonymous
	if token != "" {
		auth = &authn.Basic{Username: "any", Password: token}
	}
	tr := w.Transport()
	t.Cleanup(tr.CloseIdleConnections)
	return engine{t, []remote.Option{remote.WithTransport(tr), remote.WithAuth(auth)}}
}

func (e engine) push(image string, img v1.Image) error {
	return remote.Write(ref(e.t, image), img, e.opts...)
}

func (e engine) pull(image string) error {
	img, err := remote.Image(ref(e.t, image), e.opts...)
	if err != nil {
		return err
	}
	layers, err := img.Layers()
	if err != nil {
		return err
	}
	for _, l := range layers {
		r, err := l.Compressed()
		if err != nil {
			return err
		}
		if err := r.Close(); err != nil {
			return err
		}
	}
	return nil
}

func ref(t *testing.T, image string) name.Reference {
	t.Helper()
	r, err := name.ParseReference(image)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func image(t *testing.T) v1.Image {
	t.Helper()
	img, err := random.Image(1<<10, 2)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// says checks an error's text; "" wants no error.
func says(t *testing.T, what string, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("%s: %v, want %q", what, err, want)
	}
}

func TestPushAndPull(t *testing.T) {
	w := newWorld(t)
	tokens := map[string]Token{
		"writer":  {Value: SampleToken("ghp_", "w"), Login: "mona", Scopes: []string{"write:packages"}},
		"reader":  {Value: SampleToken("ghp_", "r"), Login: "mona", Scopes: []string{"read:packages"}},
		"none":    {Value: SampleToken("ghp_", "n"), Login: "mona", Scopes: []string{"repo"}},
		"fine":    {Value: SampleToken("github_pat_", "f"), Login: "mona", Scopes: []string{"write:packages"}},
		"actions": {Value: SampleActionsToken("a"), Login: "mona", Scopes: []string{"read:packages"}},
		"other":   {Value: SampleToken("gho_", "o"), Login: "lisa", Scopes: []string{"write:packages"}},
		"no-sso":  {Value: SampleToken("ghp_", "s"), Login: "mona", Scopes: []string{"write:packages"}, NoSSO: []string{"octo"}},
		"dead":    {Value: SampleToken("ghp_", "d"), Login: "mona", Dead: true},
	}
	for _, tok := range tokens {
		w.SetToken(tok)
	}
	img := image(t)
	w.SetRepo("octo/public", Repo{Public: true, Writers: []string{"Mona"}})
	w.SetRepo("octo/private", Repo{Writers: []string{"mona"}})
	w.SetRepo("octo/policy", Repo{Writers: []string{"mona"}, Deny: "permission_denied: a policy"})
	for _, repo := range []string{"octo/public", "octo/private", "mona/new"} {
		says(t, "first push to "+repo, newEngine(t, w, tokens["writer"].Value).push("ghcr.io/"+repo+":1", img), "")
	}
	digest, err := img.Digest()
	if err != nil {
		t.Fatal(err)
	}
	// 403: a push looks for the layers first, and the answer to HEAD has no text.
	for _, tt := range []struct{ who, repo, pull, push string }{
		{"writer", "octo/public:1", "", ""},
		{"writer", "octo/private:1", "", ""},
		{"writer", "octo/private@" + digest.String(), "", ""},
		{"writer", "octo/private:none", "MANIFEST_UNKNOWN: manifest unknown", ""},
		{"writer", "octo/policy:1", "manifest unknown", "DENIED: permission_denied: a policy"},
		{"writer", "octo/absent:1", "DENIED: denied", "403"},
		{"writer", "mona/new:1", "", ""},
		{"reader", "octo/private:1", "", "DENIED: " + wrongScopes},
		{"none", "octo/private:1", "DENIED: " + wrongScopes, "403"},
		{"none", "octo/public:1", "", "DENIED: " + wrongScopes},
		{"fine", "octo/private:1", "DENIED: " + wrongScopes, "403"},
		{"fine", "octo/public:1", "", "DENIED: " + wrongScopes},
		{"actions", "octo/private:1", "", "DENIED: " + appMayNotWrite},
		{"actions", "mona/fresh:1", "", "DENIED: " + appMayNotMake},
		{"other", "octo/public:1", "", "DENIED: " + noWriteRole},
		{"other", "octo/private:1", "DENIED: " + noReadRole, "403"},
		{"no-sso", "octo/private:1", "DENIED: denied", "403"},
		{"dead", "octo/public:1", "DENIED: denied", "DENIED: denied"},
		{"nobody", "octo/public:1", "", "UNAUTHORIZED"},
		{"nobody", "octo/private:1", "UNAUTHORIZED", "401"},
	} {
		if tt.who == "actions" && tt.repo == "mona/fresh:1" {
			tt.pull = "manifest unknown" // its owner may look
		}
		e := newEngine(t, w, tokens[tt.who].Value)
		says(t, tt.who+" pulls "+tt.repo, e.pull("ghcr.io/"+tt.repo), tt.pull)
		pushed := img
		if !strings.Contains(tt.repo, "@") {
			pushed = image(t)
		}
		says(t, tt.who+" pushes "+tt.repo, e.push("ghcr.io/"+tt.repo, pushed), tt.push)
	}
	tags, err := remote.List(ref(t, "ghcr.io/octo/private").Context(), newEngine(t, w, tokens["reader"].Value).opts...)
	if err != nil || strings.Join(tags, " ") != "1 none" {
		t.Errorf("tags: %v, %v", tags, err)
	}
	for _, r := range w.Requests() {
		if r.Token != "" && (r.Host != "ghcr.io" || r.Path != "/token") {
			t.Errorf("a token reached %s %s%s", r.Method, r.Host, r.Path)
		}
	}
}

func TestChallenge(t *testing.T) {
	w := newWorld(t)
	c := httpClient(t, w)
	token := SampleToken("ghp_", "mona")
	w.SetToken(Token{Value: token, Login: "mona"})
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("mona:"+token))
	for _, tt := range []struct{ path, authorization, challenge, body string }{
		{"/v2/", "", `Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:user/image:pull"`,
			`{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`},
		{"/v2/octo/app/tags/list", "", `Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:octo/app:pull"`,
			`{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`},
		{"/v2/", basic, "", `{"errors":[{"code":"DENIED","message":"invalid token"}]}`},
		{"/token", "Basic bm9ib2R5Om5vYm9keQ==", "", `{"errors":[{"code":"DENIED","message":"denied"}]}`},
	} {
		resp, body := get(t, c, "https://ghcr.io"+tt.path, tt.authorization)
		if got := resp.Header.Get("WWW-Authenticate"); got != tt.challenge || body != tt.body {
			t.Errorf("%s: %q %s", tt.path, got, body)
		}
	}
	resp, err := c.Post("https://ghcr.io/token", "application/x-www-form-urlencoded", strings.NewReader("password="+token))
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body.Close(); resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST /token: %s", resp.Status)
	}
	if rs := w.Requests(); rs[len(rs)-1].Token != Fingerprint(token) {
		t.Error("a token in a body went unseen")
	}
}

func TestRevokedWhileInUse(t *testing.T) {
	w := newWorld(t)
	token := SampleToken("ghp_", "mona")
	w.SetToken(Token{Value: token, Login: "mona", Scopes: []string{"write:packages"}})
	e := newEngine(t, w, token)
	p, err := remote.NewPusher(e.opts...)
	if err != nil {
		t.Fatal(err)
	}
	says(t, "push", p.Push(t.Context(), ref(t, "ghcr.io/mona/app"), image(t)), "")
	w.Revoke(token)
	says(t, "push with a dead bearer", p.Push(t.Context(), ref(t, "ghcr.io/mona/app"), image(t)), "DENIED: denied")
}

func TestProxyRefusesOthers(t *testing.T) {
	w := newWorld(t)
	c := httpClient(t, w)
	for _, url := range []string{"https://example.com/", "https://ghcr.io:444/", "https://ghcr.io.evil.example/"} {
		if resp, err := c.Get(url); err == nil || !strings.Contains(err.Error(), "Bad Gateway") {
			t.Errorf("%s: %v, %v", url, resp, err)
		}
	}
	if n := w.Count("example.com", ""); n != 1 || w.Requests()[0].Side != Outside {
		t.Errorf("the log: %+v", w.Requests())
	}
}

func TestEnvironment(t *testing.T) {
	w := newWorld(t)
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := w.WriteCABundle(path, false); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != string(w.CAPEM()) {
		t.Error("the bundle is not the certificate", err)
	}
	env := strings.Join(w.Env(path), "\n")
	for _, want := range []string{"HTTPS_PROXY=" + w.ProxyURL(), "SSL_CERT_FILE=" + path, "NO_PROXY=\n"} {
		if !strings.Contains(env, want) {
			t.Errorf("no %s in %s", want, env)
		}
	}
}
