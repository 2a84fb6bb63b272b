package helper

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
)

// trace tells each step with the time since the start, for GHCR_DEBUG. A nil
// trace tells nothing. Neither tokens nor the engine's argv go into it.
type trace struct {
	start time.Time
	w     io.Writer
}

func (t *trace) step(format string, args ...any) {
	if t == nil {
		return
	}
	const longest = 500
	text := plain(fmt.Sprintf(format, args...), longest)
	fmt.Fprintf(t.w, "%s: debug: %7.1f ms  %s\n", Name, float64(time.Since(t.start).Microseconds())/1000, text)
}

// lockedWriter is for lines from several goroutines: connections are made
// beside the main flow.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(line)
}

// network makes a context whose connections are traced.
func (t *trace) network(ctx context.Context) context.Context {
	if t == nil {
		return ctx
	}
	tell := func(what string, err error) { t.step("network: %s: %s", what, outcome(err)) }
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSDone:              func(i httptrace.DNSDoneInfo) { tell("name look-up", i.Err) },
		ConnectDone:          func(_, address string, err error) { tell("connection to "+address, err) },
		TLSHandshakeDone:     func(_ tls.ConnectionState, err error) { tell("TLS greeting", err) },
		WroteRequest:         func(i httptrace.WroteRequestInfo) { tell("request", i.Err) },
		GotFirstResponseByte: func() { t.step("network: the answer begins") },
	})
}

func outcome(err error) string {
	if err != nil {
		return err.Error()
	}
	return "done"
}

func factWords(f github.Facts, err error) string {
	if err != nil {
		return err.Error()
	}
	text := "the token is accepted; scopes: not told"
	if f.Scopes.Known {
		text = "the token is accepted; scopes: " + strings.Join(f.Scopes.List, ", ")
	}
	if !f.Expires.IsZero() {
		text += "; expires " + f.Expires.Format(time.RFC3339)
	}
	return text
}
