package cli

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github/githubtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
)

var (
	registryToken = ghcrtest.SampleToken("ghp_", "registry") // what is stored
	newToken      = ghcrtest.SampleToken("ghp_", "renewed")
	repoToken     = ghcrtest.SampleToken("gho_", "repositories") // for GitHub Actions
)

// ciWorld is GitHub's API with a store and a terminal around it.
type ciWorld struct {
	t       *testing.T
	actions *githubtest.Actions
	tokens  map[string]*ghcrtest.Token
	broken  map[string]int // path of the API → status that it answers with
	calls   []string
	vault   *fakeVault
	env     map[string]string
	stdin   string
	now     time.Time
	url     string
	wait    func(time.Duration) // what watch's waiting does
	ask     func(context.Context) (string, error)

	out, err bytes.Buffer
}

func newCIWorld(t *testing.T) *ciWorld {
	t.Helper()
	w := &ciWorld{
		t: t, broken: map[string]int{}, now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC),
		tokens: map[string]*ghcrtest.Token{
			registryToken: {Value: registryToken, Login: "mona", Scopes: []string{"write:packages"}},
			newToken:      {Value: newToken, Login: "mona", Scopes: []string{"write:packages"}},
			repoToken:     {Value: repoToken, Login: "mona", Scopes: []string{"gist", "repo"}},
		},
		env:  map[string]string{"GH_TOKEN": repoToken, "XDG_CONFIG_HOME": t.TempDir(), "SSH_TTY": "no browser here"},
		wait: func(time.Duration) {},
		ask:  func(context.Context) (string, error) { return newToken + "\n", nil },
	}
	w.vault = &fakeVault{w: w, token: registryToken, source: helper.FromStore, at: w.now.Add(-time.Hour)}
	mux := http.NewServeMux()
	var err error
	w.actions, err = githubtest.New(func(pattern string, h http.HandlerFunc) { mux.HandleFunc(pattern, h) })
	if err != nil {
		t.Fatal(err)
	}
	w.actions.Now = func() time.Time { return w.now }
	w.actions.Scopes = func(r *http.Request) []string { return w.tokenOf(r).Scopes }
	mux.HandleFunc("GET /rate_limit", func(rw http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(rw, `{"resources":{"core":{"limit":5000,"remaining":4999,"reset":1}},"rate":{"limit":5000}}`)
	})
	mux.HandleFunc("GET /user", func(rw http.ResponseWriter, r *http.Request) { fmt.Fprintf(rw, `{"login":%q}`, w.tokenOf(r).Login) })
	api := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		token := w.tokenOf(r)
		w.calls = append(w.calls, r.Method+" "+r.URL.Path+" "+token.Login)
		switch status := w.broken[r.URL.Path]; {
		case token.Login == "" || token.Dead:
			rw.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(rw, `{"message":"Bad credentials"}`)
			return
		case status != 0:
			rw.WriteHeader(status)
			fmt.Fprint(rw, `{"message":"no"}`)
			return
		}
		if !strings.HasPrefix(token.Value, "github_pat_") {
			rw.Header().Set("X-OAuth-Scopes", strings.Join(token.Scopes, ", "))
		}
		mux.ServeHTTP(rw, r)
	}))
	t.Cleanup(api.Close)
	w.url = api.URL
	blobs := httptest.NewServer(http.HandlerFunc(w.actions.BlobHandler))
	t.Cleanup(blobs.Close)
	w.actions.Blobs = blobs.URL
	return w
}

func (w *ciWorld) tokenOf(r *http.Request) ghcrtest.Token {
	if t := w.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]; t != nil {
		return *t
	}
	return ghcrtest.Token{}
}

// run runs a command in this world and returns its exit code.
func (w *ciWorld) run(args ...string) int {
	w.t.Helper()
	w.out.Reset()
	w.err.Reset()
	u := &ui{in: strings.NewReader(w.stdin), out: &w.out, err: &w.err, utf8: true, getenv: func(name string) string { return w.env[name] }}
	if w.env["LANG"] == "zh_CN.UTF-8" {
		u.lang = chinese
	}
	c := newCI(u)
	c.api = func(host.Host) string { return w.url + "/" }
	c.vault = func(context.Context) vault { return w.vault }
	c.now = func() time.Time { return w.now }
	re := &rerun{ci: c, explain: explainLog(u)}
	re.watcher = github.Watcher{Sleep: func(ctx context.Context, d time.Duration) error { w.wait(d); return ctx.Err() }}
	root := &cobra.Command{Use: helper.Name, SilenceErrors: true, SilenceUsage: true}
	root.AddCommand(c.secretCommand(), re.command(), c.rotateCommand(w.ask))
	u.wordMistakes(root)
	root.SetArgs(args)
	code := u.exitCode(root.ExecuteContextC(w.t.Context()))
	for value := range w.tokens {
		if text := w.out.String() + w.err.String(); strings.Contains(text, value[8:20]) {
			w.t.Errorf("%v printed a part of a token", args)
		}
	}
	return code
}

// see checks what a run printed.
func (w *ciWorld) see(args []string, code int, texts ...string) {
	w.t.Helper()
	if got := w.run(args...); got != code {
		w.t.Errorf("%v: exit code %d, want %d\n%s%s", args, got, code, w.out.String(), w.err.String())
	}
	all := w.out.String() + w.err.String()
	for _, text := range texts {
		if !strings.Contains(all, text) {
			w.t.Errorf("%v: does not say %q:\n%s", args, text, all)
		}
	}
}

func words(line string) []string { return strings.Fields(line) }

// fakeVault is a store with one token for ghcr.io.
type fakeVault struct {
	w        *ciWorld
	token    string
	source   helper.Source
	at       time.Time
	err      error
	storeErr error
}

func (v *fakeVault) Credential(host.Host) (user, token string, source helper.Source, err error) {
	return "mona", v.token, v.source, v.err
}

func (v *fakeVault) Status() ([]helper.HostStatus, error) {
	target, _ := host.Parse(host.DefaultRegistry)
	return []helper.HostStatus{{Host: target, Username: "mona", Source: v.source, StoredAt: v.at}}, nil
}

func (v *fakeVault) Store(r helper.StoreRequest) (helper.Stored, error) {
	if v.storeErr != nil {
		return helper.Stored{}, v.storeErr
	}
	token := v.w.tokens[r.Secret]
	if token == nil {
		return helper.Stored{}, &helper.Failure{Cause: "GitHub does not accept the token"}
	}
	scopes := github.Scopes{Known: true, List: token.Scopes}
	for _, scope := range r.Require {
		if !scopes.Include(scope) {
			return helper.Stored{}, &helper.Failure{Cause: "the token lacks " + scope}
		}
	}
	v.token, v.at = r.Secret, v.w.now
	return helper.Stored{Username: token.Login, Scopes: scopes, Verified: true}, nil
}
