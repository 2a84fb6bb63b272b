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
)

const (
	maxHeaderBytes = 64 << 10
	maxBodyBytes   = 1 << 20
	maxRedirects   = 3
)

// errRedirect refuses to follow an answer that leads away from the API host:
// go-github's transport would send the token along.
var errRedirect = errors.New("redirects to another host")

// transport keeps at most one connection, and can open it ahead of time.
type transport struct {
	http.Transport
	base   *url.URL
	dialed chan dialResult // nil until Warm
}

type dialResult struct {
	conn net.Conn
	err  error
}

func newTransport(base *url.URL) *transport {
	t := &transport{base: base}
	t.Transport = http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialTLSContext:         t.dialTLS,
		MaxResponseHeaderBytes: maxHeaderBytes,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
	}
	return t
}

// warm opens the connection while the caller reads the keyring. Behind a proxy
// only the certificates are loaded: net/http makes that connection itself.
func (t *transport) warm(ctx context.Context) {
	if t.base.Scheme != "https" || t.dialed != nil {
		return
	}
	go func() { _, _ = x509.SystemCertPool() }() // parsed once, and slow
	proxy, err := t.Proxy(&http.Request{URL: t.base})
	if proxy != nil || err != nil {
		return
	}
	t.dialed = make(chan dialResult, 1)
	go func() {
		conn, err := dialTLS(ctx, "tcp", hostPort(t.base))
		t.dialed <- dialResult{conn, err}
	}()
}

func (t *transport) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	if t.dialed == nil || addr != hostPort(t.base) {
		return dialTLS(ctx, network, addr)
	}
	select {
	case r := <-t.dialed:
		t.dialed = nil
		return r.conn, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	d := tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS12}}
	return d.DialContext(ctx, network, addr)
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
