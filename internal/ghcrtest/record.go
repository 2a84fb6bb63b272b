package ghcrtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
)

// Request is a request that reached the World. It holds no token.
type Request struct {
	Side      Side
	Host      string // the name that the client believed to speak to, without a port
	SNI       string // the name in its TLS greeting
	Method    string
	Path      string
	Query     string // with tokens replaced by their fingerprints
	UserAgent string
	Status    int    // what it got; 0 while it is under way or when it got nothing
	Token     string // Fingerprint of the token that it carried anywhere, "" for none
	Bearer    string // Fingerprint of the token for which its registry bearer was given
}

// Fingerprint names a token without telling it.
func Fingerprint(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:6])
}

// Requests are the requests so far, in order of arrival.
func (w *World) Requests() []Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]Request, len(w.requests))
	for i, r := range w.requests {
		out[i] = *r
	}
	return out
}

// Count counts the requests so far to a host with a path. An empty path counts all.
func (w *World) Count(host, path string) int {
	n := 0
	for _, r := range w.Requests() {
		if r.Host == host && (path == "" || r.Path == path) {
			n++
		}
	}
	return n
}

// Reset empties the request log.
func (w *World) Reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests = nil
}

// recorded serves what arrives at a listener and writes it down.
func (w *World) recorded(listener Side) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		side := w.sideOf(hostname(req), listener)
		r := w.record(side, req)
		out := &statusWriter{ResponseWriter: rw}
		defer func() { w.finish(r, out.status) }()
		if w.failed(out, req, side) {
			return
		}
		switch side {
		case API:
			w.api.ServeHTTP(out, req)
		case Registry:
			w.registry.ServeHTTP(out, req)
		default:
			http.NotFound(out, req)
		}
	})
}

// refused writes down what the proxy did not let through.
func (w *World) refused(req *http.Request) {
	w.finish(w.record(Outside, req), http.StatusBadGateway)
}

func (w *World) record(side Side, req *http.Request) *Request {
	r := &Request{
		Side: side, Host: hostname(req), Method: req.Method,
		Path: req.URL.Path, Query: req.URL.RawQuery, UserAgent: req.UserAgent(),
	}
	if req.TLS != nil {
		r.SNI = req.TLS.ServerName
	}
	text := w.textOf(side, req)

	w.mu.Lock()
	defer w.mu.Unlock()
	secret := credential(req)
	if token, isBearer := w.bearers[secret]; isBearer {
		secret = ""
		if token != "" {
			r.Bearer = Fingerprint(token)
		}
	}
	for value := range w.tokens {
		if strings.Contains(text, value) {
			secret = value
			r.Path = strings.ReplaceAll(r.Path, value, Fingerprint(value))
			r.Query = strings.ReplaceAll(r.Query, value, Fingerprint(value))
			r.UserAgent = strings.ReplaceAll(r.UserAgent, value, Fingerprint(value))
		}
	}
	if secret != "" {
		r.Token = Fingerprint(secret)
	}
	w.requests = append(w.requests, r)
	w.announce()
	return r
}

func (w *World) finish(r *Request, status int) {
	w.mu.Lock()
	r.Status = status
	done := *r
	w.announce()
	w.mu.Unlock()
	w.log.Printf("%s %s %s %d token=%q bearer=%q", done.Host, done.Method, done.Path, status, done.Token, done.Bearer)
}

// announce wakes those that Wait. The caller holds the lock.
func (w *World) announce() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// textOf is everything of a request that could hide a token: address, headers
// and, except for layers and manifests, the body.
func (w *World) textOf(side Side, req *http.Request) string {
	var b bytes.Buffer
	b.WriteString(req.URL.String() + "\n")
	_ = req.Header.Write(&b)
	if _, password, ok := req.BasicAuth(); ok {
		b.WriteString(password)
	}
	if side == Registry && strings.HasPrefix(req.URL.Path, "/v2/") || side == Outside {
		return b.String()
	}
	const most = 1 << 20
	body, err := io.ReadAll(io.LimitReader(req.Body, most))
	if err == nil {
		req.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), req.Body))
	}
	b.Write(body)
	return b.String()
}

// credential is what the Authorization header carries: a bearer, a token or the
// password of HTTP Basic.
func credential(req *http.Request) string {
	scheme, value, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	switch strings.ToLower(scheme) {
	case "bearer", "token":
		return value
	case "basic":
		pair, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return value
		}
		_, password, _ := strings.Cut(string(pair), ":")
		return password
	}
	return ""
}

// statusWriter remembers the status that was sent.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s *statusWriter) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusWriter) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

// Unwrap serves http.ResponseController.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
