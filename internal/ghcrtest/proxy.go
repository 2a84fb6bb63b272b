package ghcrtest

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
)

// proxy is an HTTP proxy that knows the World's hosts and no other.
type proxy struct {
	world *World
	addr  string

	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]bool
	copies sync.WaitGroup
}

// forRequest is an http.Transport.Proxy.
func (p *proxy) forRequest(*http.Request) (*url.URL, error) {
	return &url.URL{Scheme: "http", Host: p.addr}, nil
}

// ServeHTTP joins the client of a CONNECT to the listener of its host.
func (p *proxy) ServeHTTP(rw http.ResponseWriter, req *http.Request) {
	name, port, err := net.SplitHostPort(req.Host)
	addr, known := p.world.address(name)
	if req.Method != http.MethodConnect || err != nil || port != "443" || !known {
		p.world.refused(req)
		http.Error(rw, "ghcrtest: no such host in this world", http.StatusBadGateway)
		return
	}
	upstream, err := net.Dial("tcp", addr)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadGateway)
		return
	}
	client, buffered, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		_ = upstream.Close()
		return
	}
	if !p.hold(client, upstream) {
		return
	}
	_, _ = io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		defer p.release(client, upstream)
		var both sync.WaitGroup
		both.Go(func() { pipe(upstream, buffered) })
		both.Go(func() { pipe(client, upstream) })
		both.Wait()
	}()
}

// pipe copies until the end, and passes the end on.
func pipe(dst net.Conn, src io.Reader) {
	_, err := io.Copy(dst, src)
	if half, ok := dst.(interface{ CloseWrite() error }); ok && err == nil {
		_ = half.CloseWrite()
		return
	}
	_ = dst.Close()
}

// hold keeps connections for close to end; after close it ends them at once.
func (p *proxy) hold(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conns == nil {
		p.conns = map[net.Conn]bool{}
	}
	for _, c := range conns {
		if p.closed {
			_ = c.Close()
			continue
		}
		p.conns[c] = true
	}
	if !p.closed {
		p.copies.Add(1)
	}
	return !p.closed
}

func (p *proxy) release(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		_ = c.Close()
		delete(p.conns, c)
	}
	p.copies.Done()
}

func (p *proxy) close() {
	p.mu.Lock()
	p.closed = true
	for c := range p.conns {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.copies.Wait()
}
