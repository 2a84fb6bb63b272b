package github

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
)

// tlsServer answers as the API and counts its connections.
func tlsServer(t *testing.T) (server *httptest.Server, connections *atomic.Int32) {
	connections = new(atomic.Int32)
	server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, rateLimits) }))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, connections
}

// clientOf trusts what bundle holds first, and then the server.
func clientOf(t *testing.T, server *httptest.Server, bundle *x509.CertPool) *Client {
	t.Helper()
	c, err := New(server.URL+"/", "test")
	if err != nil {
		t.Fatal(err)
	}
	c.transport.bundle = func() *x509.CertPool { return bundle }
	c.transport.system = poolOf(server)
	return c
}

func poolOf(server *httptest.Server) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	return pool
}

func TestWarmConnectionIsUsed(t *testing.T) {
	for _, tt := range []struct {
		name     string
		stale    bool
		requests int
		want     int32
	}{
		{"one request", false, 1, 1},
		{"two requests", false, 2, 1},
		{"waited too long", true, 1, 2},
	} {
		server, connections := tlsServer(t)
		c := clientOf(t, server, poolOf(server))
		if tt.stale {
			c.transport.freshFor = 0
		}
		c.Warm(t.Context())
		c.Warm(t.Context()) // does nothing more
		for range tt.requests {
			if _, err := c.Check(t.Context(), token); err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		if n := connections.Load(); n != tt.want {
			t.Errorf("%s: %d connections, want %d", tt.name, n, tt.want)
		}
	}
}

// A server that closes the warm connection while the keyring asks a person for
// a password costs nothing but another connection.
func TestWarmConnectionMayDie(t *testing.T) {
	server, connections := tlsServer(t)
	c := clientOf(t, server, poolOf(server))
	c.transport.freshFor = 0
	c.Warm(t.Context())
	r := <-c.transport.dialed
	if r.err != nil {
		t.Fatal(r.err)
	}
	server.CloseClientConnections()
	c.transport.dialed <- r
	if _, err := c.Check(t.Context(), token); err != nil {
		t.Error(err)
	}
	if n := connections.Load(); n != 2 {
		t.Errorf("%d connections, want 2", n)
	}
}

func TestCheckDoesNotOutwaitItsDeadline(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	c, err := New("https://"+silent.Addr().String()+"/", "test")
	if err != nil {
		t.Fatal(err)
	}
	warm, stop := context.WithCancel(t.Context())
	defer stop()
	c.Warm(warm)
	ctx, cancel := context.WithTimeout(t.Context(), 1)
	defer cancel()
	if _, err := c.Check(ctx, token); err == nil || !strings.Contains(err.Error(), "did not answer in time") {
		t.Errorf("got %v", err)
	}
}

// The bundle is a short cut: what the system trusts beside it is trusted too.
func TestTrust(t *testing.T) {
	server, _ := tlsServer(t)
	tests := []struct {
		name           string
		bundle, system *x509.CertPool
		want           string
	}{
		{"in the bundle", poolOf(server), x509.NewCertPool(), ""},
		{"elsewhere in the system", x509.NewCertPool(), poolOf(server), ""},
		{"no bundle", nil, poolOf(server), ""},
		{"nowhere", x509.NewCertPool(), x509.NewCertPool(), "unknown authority"},
		{"nowhere, no bundle", nil, x509.NewCertPool(), "unknown authority"},
	}
	for _, tt := range tests {
		for _, warm := range []bool{false, true} {
			c := clientOf(t, server, tt.bundle)
			c.transport.system = tt.system
			if warm {
				c.Warm(t.Context())
			}
			_, err := c.Check(t.Context(), token)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%s, warm %v: got %v, want %q", tt.name, warm, err, tt.want)
			}
		}
	}
}

func TestWrongNameIsRefused(t *testing.T) {
	server, _ := tlsServer(t)
	plain, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, err = handshake(t.Context(), plain, "api.github.com:443", poolOf(server))
	var name x509.HostnameError
	if !errors.As(err, &name) {
		t.Errorf("got %v, want a certificate for another name", err)
	}
}

func TestBundleFollowsTheEnvironment(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("certificates come from files on Linux only")
	}
	server, _ := tlsServer(t)
	dir := t.TempDir()
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	tests := []struct {
		name, file, dir string
		want            *x509.CertPool
	}{
		{"a file", good, "", poolOf(server)},
		{"no such file", filepath.Join(dir, "missing.pem"), "", nil},
		{"no certificate in it", write("bad.pem", []byte("hello\n")), "", nil},
		{"folders too", good, dir, nil},
	}
	for _, tt := range tests {
		t.Setenv("SSL_CERT_FILE", tt.file)
		t.Setenv("SSL_CERT_DIR", tt.dir)
		if got := bundle(); (got == nil) != (tt.want == nil) || got != nil && !got.Equal(tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
