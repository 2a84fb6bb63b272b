package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github/githubtest"
)

// serveActions starts GitHub's API and the storage of logs beside it.
func serveActions(t *testing.T) (*Actions, *githubtest.Actions) {
	t.Helper()
	mux := http.NewServeMux()
	fake, err := githubtest.New(func(pattern string, h http.HandlerFunc) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if got := r.Header.Get("Authorization"); got != "Bearer "+token {
				t.Errorf("%s %s: wrong Authorization", r.Method, r.URL.Path)
			}
			h(w, r)
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(mux)
	t.Cleanup(api.Close)
	blobs := httptest.NewServer(http.HandlerFunc(fake.BlobHandler))
	t.Cleanup(blobs.Close)
	fake.Blobs = blobs.URL
	return actionsAt(t, api.URL), fake
}

func actionsAt(t *testing.T, url string) *Actions {
	t.Helper()
	c, err := New(url+"/", "test")
	if err != nil {
		t.Fatal(err)
	}
	return c.Actions(token)
}

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func TestSetSecret(t *testing.T) {
	tests := []struct {
		place SecretPlace
		path  string
	}{
		{SecretPlace{Repo: "octo/app"}, "repos/octo/app/actions/secrets/"},
		{SecretPlace{Repo: "octo/app", Dependabot: true}, "repos/octo/app/dependabot/secrets/"},
		{SecretPlace{Repo: "octo/app", Env: "a/b c"}, "repos/octo/app/environments/a%2Fb%20c/secrets/"},
		{SecretPlace{Org: "octo"}, "orgs/octo/actions/secrets/"},
		{SecretPlace{Org: "octo", Dependabot: true}, "orgs/octo/dependabot/secrets/"},
	}
	for _, tt := range tests {
		a, fake := serveActions(t)
		if _, err := a.Secret(deadline(t), tt.place, "GHCR_TOKEN"); !isNotFound(err) {
			t.Errorf("%s: before it is set: %v", tt.place, err)
		}
		for _, value := range []string{"first", "second"} {
			if err := a.SetSecret(deadline(t), tt.place, NewSecret{Name: "GHCR_TOKEN", Value: value}); err != nil {
				t.Errorf("%s: %v", tt.place, err)
			}
			if got, _ := fake.Secret(tt.path + "GHCR_TOKEN"); got.Value != value {
				t.Errorf("%s: GitHub has %q, want %q", tt.place, got.Value, value)
			}
		}
		list, err := a.Secrets(deadline(t), tt.place)
		if err != nil || len(list) != 1 || list[0].Name != "GHCR_TOKEN" || list[0].Updated.IsZero() {
			t.Errorf("%s: list %+v, %v", tt.place, list, err)
		}
	}
}

func isNotFound(err error) bool {
	var refused *Refused
	return errors.As(err, &refused) && refused.NotFound()
}

// A secret of an organization keeps the repositories that may use it.
func TestSetSecretKeepsVisibility(t *testing.T) {
	const path = "orgs/octo/actions/secrets/GHCR_TOKEN"
	tests := []struct {
		name  string
		old   *githubtest.Secret
		set   NewSecret
		want  string
		repos string
	}{
		{"new", nil, NewSecret{}, "private", "[]"},
		{"all stays", &githubtest.Secret{Visibility: "all"}, NewSecret{}, "all", "[]"},
		{"selected stays", &githubtest.Secret{Visibility: "selected", Repos: []int64{7, 8}}, NewSecret{}, "selected", "[7 8]"},
		{"changed", &githubtest.Secret{Visibility: "selected", Repos: []int64{7, 8}}, NewSecret{Visibility: AllRepos}, "all", "[]"},
		{"selected", nil, NewSecret{Visibility: SelectedRepos, Repos: []string{"octo/app"}}, "selected", "[42]"},
	}
	for _, tt := range tests {
		a, fake := serveActions(t)
		fake.Repos["octo/app"] = 42
		if tt.old != nil {
			fake.SetSecret(path, *tt.old)
		}
		tt.set.Name, tt.set.Value = "GHCR_TOKEN", "x"
		if err := a.SetSecret(deadline(t), SecretPlace{Org: "octo"}, tt.set); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		got, _ := fake.Secret(path)
		if repos := fmt.Sprint(got.Repos); got.Visibility != tt.want || repos != tt.repos {
			t.Errorf("%s: got %s %s, want %s %s", tt.name, got.Visibility, repos, tt.want, tt.repos)
		}
	}
}

func TestSecretNamesAndPlaces(t *testing.T) {
	names := []struct{ name, want string }{
		{"GHCR_TOKEN", ""}, {"_x9", ""}, {"", "empty"}, {"9A", "no digit at the start"}, {"A-B", "only letters"},
		{"A B", "only letters"}, {"GITHUB_PAT", "for itself"}, {"github_pat", "for itself"}, {"A/../B", "only letters"}, {"Ä", "only letters"},
	}
	for _, tt := range names {
		if err := CheckSecretName(tt.name); (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("name %q: %v, want %q", tt.name, err, tt.want)
		}
	}
	places := []struct {
		place SecretPlace
		want  string
	}{
		{SecretPlace{Repo: "octo/app"}, ""},
		{SecretPlace{Repo: "octo/.github"}, ""},
		{SecretPlace{Org: "octo"}, ""},
		{SecretPlace{}, "name a repository"},
		{SecretPlace{Repo: "octo/app", Org: "octo"}, "not both"},
		{SecretPlace{Repo: "octo"}, "OWNER/NAME"},
		{SecretPlace{Repo: "octo/.."}, "OWNER/NAME"},
		{SecretPlace{Repo: "octo/app/x"}, "OWNER/NAME"},
		{SecretPlace{Repo: "octo/a?b"}, "OWNER/NAME"},
		{SecretPlace{Repo: "https://github.com/octo/app"}, "OWNER/NAME"},
		{SecretPlace{Org: "../x"}, "not the name of an organization"},
		{SecretPlace{Org: "octo", Env: "prod"}, "no environments"},
		{SecretPlace{Repo: "octo/app", Env: "prod", Dependabot: true}, "no environments"},
	}
	for _, tt := range places {
		if err := tt.place.Check(); (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("place %+v: %v, want %q", tt.place, err, tt.want)
		}
	}
}

// The key of the wrong size would make a box that nobody can open.
func TestSetSecretChecksTheKey(t *testing.T) {
	for _, key := range []string{"", "!", "QUJD", strings.Repeat("QUJD", 20)} {
		puts := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut {
				puts++
			}
			fmt.Fprintf(w, `{"key_id":"1","key":%q}`, key)
		}))
		err := actionsAt(t, server.URL).SetSecret(deadline(t), SecretPlace{Repo: "octo/app"}, NewSecret{Name: "A", Value: "x"})
		server.Close()
		if err == nil || !strings.Contains(err.Error(), "public key") || puts != 0 {
			t.Errorf("key %q: %v, %d secrets written", key, err, puts)
		}
	}
}

func TestRefusals(t *testing.T) {
	reply := func(status int, body string, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	const sso = "https://127.0.0.1:1/orgs/octo/sso?authorization_request=A"
	tests := []struct {
		name    string
		handler http.HandlerFunc
		want    string
		kind    any
	}{
		{"dead", reply(401, `{"message":"Bad credentials"}`), "does not accept the token", new(error)},
		{"hidden", reply(404, `{"message":"Not Found"}`), "answered 404: Not Found", new(*Refused)},
		{"fine-grained", reply(403, `{"message":"Resource not accessible by personal access token"}`, "X-Accepted-GitHub-Permissions", "secrets=write"), "answered 403: Resource", new(*Refused)},
		{"SSO of elsewhere", reply(403, `{"message":"Resource protected"}`, "X-GitHub-SSO", "required; url="+sso), "answered 403: Resource protected", new(*Refused)},
		{"echo", reply(422, `{"message":"no `+token+`"}`), "answered 422: no [token]", new(*Refused)},
		{"limit", reply(429, `{}`), "limits the rate", new(*Unverified)},
		{"secondary", reply(403, `{"message":"x"}`, "Retry-After", "9"), "limits the rate", new(*Unverified)},
		{"down", reply(503, ``), "in trouble", new(*Unverified)},
		{"portal", reply(200, `<html>`), "not GitHub's API", new(*Unverified)},
		{"elsewhere", http.RedirectHandler("http://127.0.0.2:1/", http.StatusTemporaryRedirect).ServeHTTP, "redirects to another host", new(*Unverified)},
	}
	for _, tt := range tests {
		server := httptest.NewServer(tt.handler)
		_, err := actionsAt(t, server.URL).Secrets(deadline(t), SecretPlace{Repo: "octo/app"})
		server.Close()
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), token) || !errors.As(err, tt.kind) {
			t.Errorf("%s: %T %v, want %q", tt.name, err, err, tt.want)
		}
		var refused *Refused
		if errors.As(err, &refused) && (refused.SSO != "" || tt.name == "fine-grained" && refused.Needs != "secrets=write") {
			t.Errorf("%s: %+v", tt.name, refused)
		}
	}
}

// Only a page of the very GitHub that was asked is shown to people.
func TestSSOPage(t *testing.T) {
	tests := []struct{ header, want string }{
		{"required; url=https://github.com/orgs/octo/sso?authorization_request=A", "https://github.com/orgs/octo/sso?authorization_request=A"},
		{"required; url=https://github.com.evil.com/orgs/octo/sso", ""},
		{"required; url=http://github.com/orgs/octo/sso", ""},
		{"partial-results; organizations=1,2", ""},
		{"", ""},
	}
	for _, tt := range tests {
		c, err := New("https://api.github.com/", "test")
		if err != nil {
			t.Fatal(err)
		}
		if got := ssoPage(http.Header{"X-Github-Sso": {tt.header}}, c.base); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.header, got, tt.want)
		}
	}
}
