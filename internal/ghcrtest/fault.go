package ghcrtest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fault is something wrong with the World. Its parts happen in the order of the
// fields; a Fault with Hold alone is slow and then answers as usual.
type Fault struct {
	Side  Side   // API when zero
	Path  string // only this path, without /api/v3; every path when empty
	Times int    // how many requests meet the fault; all when 0

	Hold bool   // no answer until the client is gone or the fault is replaced
	Drop bool   // the connection ends without an answer
	Raw  string // these bytes, which need not be HTTP, and the end of the connection

	Redirect string // Location, with 302 unless Status is set
	Status   int    // 200 when only Header, Body or CutBody is set
	Header   http.Header
	Body     string
	CutBody  bool // the connection ends before the announced end of the body
}

// fault is a Fault in force.
type fault struct {
	Fault
	replaced chan struct{}
	left     int // how many requests may still meet it, if Times is set
}

// SetFault puts a fault in force instead of the one before. nil heals.
// Requests that the one before was holding go on.
func (w *World) SetFault(f *Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fault != nil {
		close(w.fault.replaced)
		w.fault = nil
	}
	if f != nil {
		w.fault = &fault{Fault: *f, replaced: make(chan struct{}), left: f.Times}
	}
}

// RateLimited is the fault of a used-up primary rate limit, with status 403 or 429.
func RateLimited(status int, reset time.Time) *Fault {
	return &Fault{
		Status: status,
		Header: http.Header{
			"X-Ratelimit-Limit":     {"5000"},
			"X-Ratelimit-Remaining": {"0"},
			"X-Ratelimit-Used":      {"5000"},
			"X-Ratelimit-Reset":     {strconv.FormatInt(reset.Unix(), 10)},
			"X-Ratelimit-Resource":  {"core"},
		},
		Body: `{"message":"API rate limit exceeded for user ID 1.","documentation_url":` +
			`"https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api","status":"` + strconv.Itoa(status) + `"}`,
	}
}

// SecondaryLimit is the fault of a secondary rate limit, with status 403 or 429.
func SecondaryLimit(status int, retryAfter time.Duration) *Fault {
	return &Fault{
		Status: status,
		Header: http.Header{"Retry-After": {strconv.Itoa(int(retryAfter.Seconds()))}},
		Body: `{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",` +
			`"documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`,
	}
}

// CaptivePortal is the fault of a network that answers every request with its
// own page.
func CaptivePortal() *Fault {
	return &Fault{
		Status: http.StatusOK,
		Header: http.Header{"Content-Type": {"text/html"}},
		Body:   "<!DOCTYPE html><title>Welcome to the hotel</title>",
	}
}

// failed lets a request meet the fault in force, if there is one for it, and
// reports whether that answered it.
func (w *World) failed(rw http.ResponseWriter, req *http.Request, side Side) bool {
	f := w.faultFor(side, strings.TrimPrefix(req.URL.Path, "/api/v3"))
	if f == nil {
		return false
	}
	if f.Hold {
		select {
		case <-f.replaced:
		case <-w.done:
		case <-req.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
	switch {
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Raw != "":
		sendRaw(rw, f.Raw)
		return true
	}
	return f.answer(rw)
}

func (w *World) faultFor(side Side, path string) *fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.fault
	if f == nil || f.Side != side || f.Path != "" && f.Path != path {
		return nil
	}
	if f.Times > 0 {
		if f.left == 0 {
			return nil
		}
		f.left--
	}
	return f
}

func (f *fault) answer(rw http.ResponseWriter) bool {
	status := f.Status
	switch {
	case status != 0:
	case f.Redirect != "":
		status = http.StatusFound
	case f.Header != nil || f.Body != "" || f.CutBody:
		status = http.StatusOK
	default:
		return false
	}
	h := rw.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	if f.Redirect != "" {
		h.Set("Location", f.Redirect)
	}
	for name, values := range f.Header {
		h[http.CanonicalHeaderKey(name)] = values
	}
	if f.CutBody {
		h.Set("Content-Length", fmt.Sprint(len(f.Body)+1))
	}
	rw.WriteHeader(status)
	_, _ = rw.Write([]byte(f.Body))
	if f.CutBody {
		_ = http.NewResponseController(rw).Flush()
		panic(http.ErrAbortHandler)
	}
	return true
}

// sendRaw takes the connection away from net/http.
func sendRaw(rw http.ResponseWriter, raw string) {
	conn, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_, _ = conn.Write([]byte(raw))
	_ = conn.Close()
}
