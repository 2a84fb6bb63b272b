package ghcrtest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/registry"
)

// Repo says who may do what with a package.
type Repo struct {
	Public   bool     // anybody may pull
	Owner    string   // a login or an organization; the name's first part when empty
	Writers  []string // logins that may push, and pull
	Readers  []string // logins that may pull
	Deny     string   // refuses every push with this text: permission_denied: write_package
	DenyRead string   // refuses every pull with this text: denied
}

// What GHCR says.
const (
	denied         = "denied"
	noCredential   = "authentication required"
	wrongScopes    = "permission_denied: The token provided does not match expected scopes."
	noReadRole     = "permission_denied: read_package"
	noWriteRole    = "permission_denied: write_package"
	noCreateRole   = "permission_denied: create_package"
	appMayNotWrite = "installation not allowed to Write organization package"
	appMayNotMake  = "installation not allowed to Create organization package"
	deadBearer     = "unauthenticated: User cannot be authenticated with the token provided."
)

// SetRepo adds a package, or replaces its rights. Pushing to a name without one
// makes a private package, if the token is the owner's.
func (w *World) SetRepo(name string, r Repo) {
	r.Writers, r.Readers = slices.Clone(r.Writers), slices.Clone(r.Readers)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.repos[name] = r
}

func (w *World) newRegistry() {
	real := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /token", w.getToken)
	mux.HandleFunc("/token", func(rw http.ResponseWriter, _ *http.Request) {
		registryError(rw, http.StatusMethodNotAllowed, "UNSUPPORTED", "The operation is unsupported.")
	})
	mux.Handle("/v2/", w.guarded(real))
	w.registry = mux
}

// getToken gives a bearer to whoever shows a live token, whatever its rights,
// and to those that show none. A dead token gets nothing, not even for public
// packages.
func (w *World) getToken(rw http.ResponseWriter, req *http.Request) {
	value := ""
	if req.Header.Get("Authorization") != "" {
		value = credential(req)
		if _, alive := w.token(value, server(hostname(req))); !alive {
			registryError(rw, http.StatusForbidden, "DENIED", denied)
			return
		}
	}
	bearer := rand.Text()
	w.mu.Lock()
	w.bearers[bearer] = value
	w.mu.Unlock()
	apiJSON(rw, http.StatusOK, map[string]string{"token": bearer})
}

// guarded lets through to the registry what GHCR would.
func (w *World) guarded(real http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		rw.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
		name := repoOf(req.URL.Path)
		if req.Header.Get("Authorization") == "" {
			unauthorized(rw, req, name, noCredential)
			return
		}
		w.mu.Lock()
		value, known := w.bearers[credential(req)]
		w.mu.Unlock()
		if !known {
			registryError(rw, http.StatusForbidden, "DENIED", "invalid token")
			return
		}
		t, alive := w.token(value, server(hostname(req)))
		if value != "" && !alive {
			unauthorized(rw, req, name, deadBearer)
			return
		}
		if req.Method == http.MethodDelete {
			registryError(rw, http.StatusMethodNotAllowed, "UNSUPPORTED", "The operation is unsupported.")
			return
		}
		if name == "" {
			real.ServeHTTP(rw, req)
			return
		}
		isWrite := req.Method != http.MethodGet && req.Method != http.MethodHead
		switch denial := w.denial(t, name, isWrite); {
		case denial == "":
			w.pass(real, rw, req, name)
		case value == "":
			unauthorized(rw, req, name, noCredential)
		default:
			registryError(rw, http.StatusForbidden, "DENIED", denial)
		}
	})
}

// pass hands a request to the real registry. A manifest that arrives makes the
// package.
func (w *World) pass(real http.Handler, rw http.ResponseWriter, req *http.Request, name string) {
	isManifest := strings.Contains(req.URL.Path, "/manifests/")
	out := &ghcrWriter{statusWriter: statusWriter{ResponseWriter: rw}, isManifest: isManifest}
	real.ServeHTTP(out, req)
	if req.Method != http.MethodPut || !isManifest || out.status != http.StatusCreated {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.repos[name]; !known {
		w.repos[name] = Repo{}
	}
}

// denial is GHCR's text for a token that may not do it, "" if it may. The zero
// Token is nobody's.
func (w *World) denial(t Token, name string, isWrite bool) string {
	w.mu.Lock()
	repo, exists := w.repos[name]
	w.mu.Unlock()
	if repo.Owner == "" {
		repo.Owner, _, _ = strings.Cut(name, "/")
	}
	isOne := func(login string) bool { return t.Login != "" && strings.EqualFold(login, t.Login) }
	owns := isOne(repo.Owner)
	if isWrite {
		switch {
		case repo.Deny != "":
			return repo.Deny
		case t.isApp() && !t.mayWrite() && exists:
			return appMayNotWrite
		case t.isApp() && (!t.mayWrite() || !exists && !owns):
			return appMayNotMake
		case !t.mayWrite():
			return wrongScopes
		case t.lacksSSO(repo.Owner):
			return denied
		case owns || slices.ContainsFunc(repo.Writers, isOne):
			return ""
		case exists:
			return noWriteRole
		}
		return noCreateRole
	}
	switch {
	case repo.DenyRead != "":
		return repo.DenyRead
	case repo.Public:
		return ""
	case !t.mayRead():
		return wrongScopes
	case t.lacksSSO(repo.Owner):
		return denied
	case owns || slices.ContainsFunc(repo.Writers, isOne) || slices.ContainsFunc(repo.Readers, isOne):
		return ""
	case exists:
		return noReadRole
	}
	return denied
}

// repoOf is the package that a path under /v2/ is about, "" for none.
func repoOf(path string) string {
	rest := strings.TrimPrefix(path, "/v2/")
	for _, part := range []string{"/blobs/", "/manifests/", "/tags/", "/referrers/"} {
		if i := strings.LastIndex(rest, part); i > 0 {
			return rest[:i]
		}
	}
	return ""
}

// unauthorized sends the client to the token endpoint. GHCR's example name
// stands in for a package when there is none.
func unauthorized(rw http.ResponseWriter, req *http.Request, name, message string) {
	if name == "" {
		name = "user/image"
	}
	rw.Header().Set("WWW-Authenticate", fmt.Sprintf(
		`Bearer realm="https://%s/token",service="%s",scope="repository:%s:pull"`, req.Host, hostname(req), name))
	registryError(rw, http.StatusUnauthorized, "UNAUTHORIZED", message)
}

func registryError(rw http.ResponseWriter, status int, code, message string) {
	type problem struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(map[string][]problem{"errors": {{code, message}}})
}

// ghcrWriter puts GHCR's words for a missing manifest in place of the registry's.
type ghcrWriter struct {
	statusWriter
	isManifest bool
	replaced   bool
}

func (g *ghcrWriter) WriteHeader(status int) {
	if status == http.StatusNotFound && g.isManifest {
		g.replaced = true
		registryError(&g.statusWriter, status, "MANIFEST_UNKNOWN", "manifest unknown")
		return
	}
	g.statusWriter.WriteHeader(status)
}

func (g *ghcrWriter) Write(b []byte) (int, error) {
	if g.replaced {
		return len(b), nil
	}
	return g.statusWriter.Write(b)
}
