// Package githubtest stands in for the part of GitHub's API that GitHub Actions
// has: secrets, which it opens as GitHub does, runs, jobs and their logs.
package githubtest

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/nacl/box"
)

// Actions holds the secrets and runs. Its fields are set before it serves, or
// by Change.
type Actions struct {
	// Scopes tells the scopes of a request's token. Without it every request may
	// do everything.
	Scopes func(*http.Request) []string
	// Now is the clock behind created_at and updated_at.
	Now func() time.Time
	// Blobs is the address of the storage that holds logs, with no slash at the
	// end. BlobHandler serves there.
	Blobs string
	// Advance is called before a run is shown: the time in which runs go on.
	Advance func(*Run)

	mu        sync.Mutex
	public    *[32]byte
	private   *[32]byte
	secrets   map[string]Secret
	Runs      []*Run
	Repos     map[string]int64 // OWNER/NAME and its number
	Reruns    []int64          // runs that were run again
	blobCalls []http.Header
}

// Secret is a secret as GitHub keeps it.
type Secret struct {
	Value      string
	Visibility string
	Repos      []int64
	Created    time.Time
	Updated    time.Time
}

// Run is a run of a workflow with its jobs.
type Run struct {
	ID, WorkflowID int64
	Repo           string
	Head           string // the repository of the commit; Repo when empty
	Name           string
	Branch         string
	Event          string
	Number         int
	Attempt        int
	Status         string
	Conclusion     string
	Created        time.Time
	Jobs           []Job
	NoRerun        string // why it cannot be run again
}

// Job is a job of a run.
type Job struct {
	ID         int64
	Name       string
	Status     string
	Conclusion string
	Step       string
	Log        string
}

// New makes an Actions and adds its endpoints by handle, which takes the
// patterns of http.ServeMux.
func New(handle func(pattern string, h http.HandlerFunc)) (*Actions, error) {
	public, private, err := box.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	a := &Actions{Now: time.Now, public: public, private: private, secrets: map[string]Secret{}, Repos: map[string]int64{}}
	for _, place := range []string{
		"/repos/{owner}/{repo}/actions/secrets", "/repos/{owner}/{repo}/dependabot/secrets",
		"/repos/{owner}/{repo}/environments/{env}/secrets",
		"/orgs/{org}/actions/secrets", "/orgs/{org}/dependabot/secrets",
	} {
		handle("GET "+place, a.allowed(a.listSecrets))
		handle("GET "+place+"/public-key", a.allowed(a.publicKey))
		handle("GET "+place+"/{name}", a.allowed(a.getSecret))
		handle("PUT "+place+"/{name}", a.allowed(a.putSecret))
		handle("GET "+place+"/{name}/repositories", a.allowed(a.secretRepos))
	}
	handle("GET /repos/{owner}/{repo}", a.getRepo)
	const runs = "/repos/{owner}/{repo}/actions/runs"
	handle("GET "+runs, a.allowed(a.listRuns))
	handle("GET "+runs+"/{id}", a.allowed(a.getRun))
	handle("GET "+runs+"/{id}/jobs", a.allowed(a.listJobs))
	handle("POST "+runs+"/{id}/rerun-failed-jobs", a.allowed(a.rerun))
	handle("GET /repos/{owner}/{repo}/actions/jobs/{id}/logs", a.allowed(a.logs))
	return a, nil
}

// Change sets fields while requests may be under way.
func (a *Actions) Change(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f()
}

// Secret shows a secret: by the path of its API, without the first slash.
func (a *Actions) Secret(path string) (Secret, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, found := a.secrets["/"+path]
	return s, found
}

// SetSecret puts one there, as somebody else might have done.
func (a *Actions) SetSecret(path string, s Secret) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.secrets["/"+path] = s
}

// Remove deletes a secret, as somebody else might have done.
func (a *Actions) Remove(path string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.secrets, "/"+path)
}

// BlobHeaders are the headers of all requests for logs.
func (a *Actions) BlobHeaders() []http.Header {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.blobCalls)
}

// allowed answers 404 to a token without the scope, as GitHub does.
func (a *Actions) allowed(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		scope := "repo"
		if r.PathValue("org") != "" {
			scope = "admin:org"
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.Scopes != nil && !slices.Contains(a.Scopes(r), scope) {
			problem(w, http.StatusNotFound, "Not Found")
			return
		}
		next(w, r)
	}
}

func (a *Actions) publicKey(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"key_id": "568250167242549743", "key": base64.StdEncoding.EncodeToString(a.public[:])})
}

func shown(name string, s Secret) map[string]any {
	out := map[string]any{"name": name, "created_at": s.Created.UTC().Format(time.RFC3339), "updated_at": s.Updated.UTC().Format(time.RFC3339)}
	if s.Visibility != "" {
		out["visibility"] = s.Visibility
	}
	return out
}

func (a *Actions) listSecrets(w http.ResponseWriter, r *http.Request) {
	list := []map[string]any{}
	for path, s := range a.secrets {
		if name, found := strings.CutPrefix(path, r.URL.EscapedPath()+"/"); found {
			list = append(list, shown(name, s))
		}
	}
	slices.SortFunc(list, func(x, y map[string]any) int { return strings.Compare(x["name"].(string), y["name"].(string)) })
	answer(w, http.StatusOK, map[string]any{"total_count": len(list), "secrets": list})
}

func (a *Actions) getSecret(w http.ResponseWriter, r *http.Request) {
	s, found := a.secrets[r.URL.EscapedPath()]
	if !found {
		problem(w, http.StatusNotFound, "Not Found")
		return
	}
	answer(w, http.StatusOK, shown(r.PathValue("name"), s))
}

func (a *Actions) putSecret(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Value      string  `json:"encrypted_value"`
		Visibility string  `json:"visibility"`
		Repos      []int64 `json:"selected_repository_ids"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		problem(w, http.StatusBadRequest, "Problems parsing JSON")
		return
	}
	sealed, err := base64.StdEncoding.DecodeString(in.Value)
	value, ok := box.OpenAnonymous(nil, sealed, a.public, a.private)
	if err != nil || !ok {
		problem(w, http.StatusUnprocessableEntity, "Bad request - Secret could not be decrypted")
		return
	}
	if r.PathValue("org") != "" && in.Visibility == "" {
		problem(w, http.StatusUnprocessableEntity, "Visibility is required")
		return
	}
	now := a.Now().UTC().Truncate(time.Second)
	old, found := a.secrets[r.URL.EscapedPath()]
	if !found {
		old.Created = now
	}
	a.secrets[r.URL.EscapedPath()] = Secret{Value: string(value), Visibility: in.Visibility, Repos: in.Repos, Created: old.Created, Updated: now}
	if found {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	answer(w, http.StatusCreated, struct{}{})
}

func (a *Actions) secretRepos(w http.ResponseWriter, r *http.Request) {
	repos := []map[string]any{}
	for _, id := range a.secrets[strings.TrimSuffix(r.URL.EscapedPath(), "/repositories")].Repos {
		repos = append(repos, map[string]any{"id": id})
	}
	answer(w, http.StatusOK, map[string]any{"total_count": len(repos), "repositories": repos})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func problem(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]string{"message": message, "documentation_url": "https://docs.github.com/rest"})
}
