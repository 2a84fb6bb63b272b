package github

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	maxHeaderBytes = 64 << 10
	maxBodyBytes   = 1 << 20
	maxRedirects   = 3

	// freshFor is how long a connection may wait for its request. Servers close
	// silent ones, and a person may be typing the keyring's password meanwhile.
	freshFor = 3 * time.Second
)

// errRedirect refuses to follow an answer that leads away from the API host:
// go-github's transport would send the token along.
var errRedirect = errors.New("redirects to another host")

// transport keeps at most one connection, and can open it ahead of time. It
// speaks HTTP/1.1: for a single request HTTP/2 saves nothing.
type transport struct {
	http.Transport
	base     *url.URL
	freshFor time.Duration
	dialed   chan dialResult // nil until warm

	bundle func() *x509.CertPool // tried first
	system *x509.CertPool        // tried then; nil is all that the system trusts
}

type dialResult struct {
	conn net.Conn
	err  error
	at   time.Time
}

func newTransport(base *url.URL) *transport {
	t := &transport{base: base, freshFor: freshFor, bundle: bundle}
	t.Transport = http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialTLSContext:         t.connect,
		MaxResponseHeaderBytes: maxHeaderBytes,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12}, // behind a proxy
	}
	return t
}

// warm opens the connection while the caller reads the keyring. Behind a proxy
// only the certificates are loaded: net/http makes that connection itself.
func (t *transport) warm(ctx context.Context) {
	if t.base.Scheme != "https" || t.dialed != nil {
		return
	}
	proxy, err := t.Proxy(&http.Request{URL: t.base})
	if err != nil {
		return
	}
	if proxy != nil {
		go func() { _, _ = x509.SystemCertPool() }()
		return
	}
	t.dialed = make(chan dialResult, 1)
	go func() {
		conn, err := t.dialTLS(ctx, "tcp", hostPort(t.base))
		t.dialed <- dialResult{conn, err, time.Now()}
	}()
}

// connect takes the connection that warm made, if it is good still.
func (t *transport) connect(ctx context.Context, network, addr string) (net.Conn, error) {
	if t.dialed == nil || addr != hostPort(t.base) {
		return t.dialTLS(ctx, network, addr)
	}
	select {
	case r := <-t.dialed:
		t.dialed = nil
		if time.Since(r.at) < t.freshFor {
			return r.conn, r.err
		}
		if r.err == nil {
			_ = r.conn.Close()
		}
		return t.dialTLS(ctx, network, addr)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// dialTLS trusts the certificates in the bundle, which are read while TCP
// connects, and only where those do not suffice, all that the system trusts.
func (t *transport) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	roots := make(chan *x509.CertPool, 1)
	go func() { roots <- t.bundle() }()
	plain, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	pool := <-roots
	if pool == nil {
		pool = t.system
	}
	conn, err := handshake(ctx, plain, addr, pool)
	var unknown x509.UnknownAuthorityError
	if pool == t.system || !errors.As(err, &unknown) {
		return conn, err
	}
	plain, err = new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return handshake(ctx, plain, addr, t.system)
}

func handshake(ctx context.Context, plain net.Conn, addr string, roots *x509.CertPool) (net.Conn, error) {
	name, _, err := net.SplitHostPort(addr)
	if err == nil {
		conn := tls.Client(plain, &tls.Config{ServerName: name, RootCAs: roots, MinVersion: tls.VersionTLS12})
		if err = conn.HandshakeContext(ctx); err == nil {
			return conn, nil
		}
	}
	_ = plain.Close()
	return nil, err
}

func hostPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	return net.JoinHostPort(u.Hostname(), "443")
}

// RoundTrip bounds the body: go-github v62 reads it whole.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.Transport.RoundTrip(req)
	if err == nil {
		resp.Body = &boundedBody{io.LimitReader(resp.Body, maxBodyBytes), resp.Body}
	}
	return resp, err
}

type boundedBody struct {
	io.Reader
	io.Closer
}

func sameHostOnly(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	if len(via) > maxRedirects || req.URL.Host != first.Host || req.URL.Scheme != first.Scheme {
		return errRedirect
	}
	return nil
}

// isSafeBase allows https, and plain http on the loopback interface alone.
func isSafeBase(u *url.URL) bool {
	if u.Scheme == "https" {
		return u.Host != ""
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && (strings.EqualFold(u.Hostname(), "localhost") || ip != nil && ip.IsLoopback())
}
