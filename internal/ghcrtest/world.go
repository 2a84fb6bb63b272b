// Package ghcrtest stands in for api.github.com and ghcr.io, in tests and in
// the demo. It speaks TLS with a certificate authority of its own and puts a
// real registry implementation behind GHCR's token exchange and denials.
//
//	w, err := ghcrtest.New(ghcrtest.Options{})
//	defer w.Close()
//	token := ghcrtest.SampleToken("ghp_", "mona")
//	w.SetToken(ghcrtest.Token{Value: token, Login: "mona", Scopes: []string{"read:packages"}})
//	w.SetRepo("octo/app", ghcrtest.Repo{Writers: []string{"mona"}})
//	cmd.Env = append(os.Environ(), w.Env(caFile)...) // an unmodified program lives in this world
//
// It imports nothing else of this module, so that every package's tests may use it.
package ghcrtest

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
)

// Side is a part of the world that a host belongs to.
type Side int

// The sides. A Trap has a certificate and answers 404 to everything: what a
// client sends there can be read in the request log.
const (
	API      Side = iota // api.github.com
	Registry             // ghcr.io
	Trap                 // somebody else's host
	Outside              // no host of this world: the proxy refused it
)

// String names the side.
func (s Side) String() string {
	return [...]string{"api", "registry", "trap", "outside"}[s]
}

// Options say where a World listens and what it tells about itself.
type Options struct {
	API      string    // listen address of the API side, 127.0.0.1:0 when empty
	Registry string    // listen address of the registry side, 127.0.0.1:0 when empty
	Log      io.Writer // one line for each request, never a token; nil for none
}

// World is api.github.com and ghcr.io on this machine. Its state may be changed
// while it serves.
type World struct {
	ca       *authority
	lns      [2]net.Listener // by Side: API, Registry
	proxy    *proxy
	servers  []*http.Server
	serving  sync.WaitGroup
	log      *log.Logger
	api      http.Handler
	apiMux   *http.ServeMux
	registry http.Handler
	done     chan struct{}

	mu           sync.Mutex
	hosts        map[string]Side
	tokens       map[string]Token
	bearers      map[string]string // a bearer of the registry → the token it was given for
	repos        map[string]Repo
	fault        *fault
	noRateLimit  bool
	requests     []*Request
	changed      chan struct{} // closed and replaced whenever requests changes
	closeOnce    sync.Once
	closeFailure error
}

// New starts a World with the hosts api.github.com and ghcr.io, no tokens and
// no packages. Close it after use.
func New(opts Options) (*World, error) {
	ca, err := newAuthority()
	if err != nil {
		return nil, err
	}
	out := opts.Log
	if out == nil {
		out = io.Discard
	}
	w := &World{
		ca:      ca,
		log:     log.New(out, "", 0),
		done:    make(chan struct{}),
		hosts:   map[string]Side{"api.github.com": API, "ghcr.io": Registry},
		tokens:  map[string]Token{},
		bearers: map[string]string{},
		repos:   map[string]Repo{},
		changed: make(chan struct{}),
	}
	w.newAPI()
	w.newRegistry()
	if err := w.listen(opts); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *World) listen(opts Options) error {
	for side, addr := range map[Side]string{API: opts.API, Registry: opts.Registry} {
		ln, err := net.Listen("tcp", cmp.Or(addr, "127.0.0.1:0"))
		if err != nil {
			return err
		}
		w.lns[side] = ln
		conf := &tls.Config{GetCertificate: w.ca.certificate, NextProtos: []string{"http/1.1"}}
		w.serve(tls.NewListener(ln, conf), w.recorded(side))
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	w.proxy = &proxy{world: w, addr: ln.Addr().String()}
	w.serve(ln, w.proxy)
	return nil
}

func (w *World) serve(ln net.Listener, h http.Handler) {
	srv := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
	w.servers = append(w.servers, srv)
	w.serving.Go(func() { _ = srv.Serve(ln) })
}

// Close ends the World with all its connections.
func (w *World) Close() error {
	w.closeOnce.Do(func() {
		close(w.done)
		for _, srv := range w.servers {
			w.closeFailure = errors.Join(w.closeFailure, srv.Close())
		}
		if w.proxy != nil {
			w.proxy.close()
		}
		w.serving.Wait()
	})
	return w.closeFailure
}

// APIAddr is the host:port of the API side's TLS listener.
func (w *World) APIAddr() string { return w.lns[API].Addr().String() }

// RegistryAddr is the host:port of the registry side's TLS listener.
func (w *World) RegistryAddr() string { return w.lns[Registry].Addr().String() }

// ProxyURL is an HTTP proxy that leads port 443 of the World's hosts to their
// listeners and refuses every other address with 502.
func (w *World) ProxyURL() string { return "http://" + w.proxy.addr }

// Env is what a program's environment needs to live in the World: the proxy and
// the certificates. caFile was written by WriteCABundle. Go programs read
// SSL_CERT_FILE on Linux and the BSDs only.
func (w *World) Env(caFile string) []string {
	p := w.ProxyURL()
	return []string{
		"HTTPS_PROXY=" + p, "https_proxy=" + p, "HTTP_PROXY=" + p, "http_proxy=" + p,
		"ALL_PROXY=", "all_proxy=", "NO_PROXY=", "no_proxy=",
		"SSL_CERT_FILE=" + caFile, "CURL_CA_BUNDLE=" + caFile,
	}
}

// Transport is for tests that speak to the World from this process: it goes
// through the proxy and trusts the World's authority alone.
func (w *World) Transport() *http.Transport {
	return &http.Transport{
		Proxy:           w.proxy.forRequest,
		TLSClientConfig: &tls.Config{RootCAs: w.ca.pool(), MinVersion: tls.VersionTLS12},
	}
}

// AddHost adds a host to the proxy's map, such as git.example.com (API, which
// serves /api/v3/ there) and containers.git.example.com (Registry).
func (w *World) AddHost(name string, side Side) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hosts[strings.ToLower(name)] = side
}

// Wait returns when the request log satisfies ok, or with ctx's error.
func (w *World) Wait(ctx context.Context, ok func([]Request) bool) error {
	for {
		w.mu.Lock()
		changed := w.changed
		w.mu.Unlock()
		if ok(w.Requests()) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// sideOf tells which side a host name is on; names that were never added belong
// to the listener that they came to.
func (w *World) sideOf(name string, listener Side) Side {
	w.mu.Lock()
	defer w.mu.Unlock()
	if side, known := w.hosts[name]; known {
		return side
	}
	return listener
}

// address is where the proxy leads a host.
func (w *World) address(name string) (string, bool) {
	w.mu.Lock()
	side, known := w.hosts[strings.ToLower(name)]
	w.mu.Unlock()
	switch {
	case !known:
		return "", false
	case side == Registry:
		return w.RegistryAddr(), true
	}
	return w.APIAddr(), true
}

// server is the GitHub that a host belongs to: github.com, SUBDOMAIN.ghe.com or
// the host name of an Enterprise Server. A token is good at its own server only.
func server(name string) string {
	switch {
	case name == "api.github.com", name == "ghcr.io", name == "localhost", net.ParseIP(name) != nil:
		return githubCom
	case strings.HasSuffix(name, ".ghe.com"):
		name = strings.TrimPrefix(name, "api.")
	}
	return strings.TrimPrefix(name, "containers.")
}

const githubCom = "github.com"

// hostname is the name that a request's Host header gives, without a port.
func hostname(req *http.Request) string {
	name, _, err := net.SplitHostPort(req.Host)
	if err != nil {
		name = req.Host
	}
	return strings.ToLower(name)
}
