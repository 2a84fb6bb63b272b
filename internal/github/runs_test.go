package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github/githubtest"
)

func TestLatest(t *testing.T) {
	a, fake := serveActions(t)
	run := func(id, workflow int64, conclusion, head string) *githubtest.Run {
		return &githubtest.Run{ID: id, WorkflowID: workflow, Repo: "octo/app", Branch: "main", Status: "completed", Conclusion: conclusion, Head: head, Attempt: 1}
	}
	fake.Runs = []*githubtest.Run{
		run(9, 1, "failure", "stranger/app"), // a pull request from a fork's main
		run(8, 1, "failure", ""),
		run(7, 2, "success", ""),
		run(6, 2, "failure", ""), // mended by 7
		run(5, 1, "success", ""),
		run(4, 3, "cancelled", ""),
	}
	runs, err := a.Latest(deadline(t), "octo/app", "main")
	var got []string
	for _, r := range runs {
		got = append(got, fmt.Sprintf("%d %v", r.ID, r.Failed()))
	}
	if want := []string{"8 true", "7 false", "4 false"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

// Logs rest in a storage of another host, which must not see the token.
func TestFailureLog(t *testing.T) {
	a, fake := serveActions(t)
	const stamp = "2026-11-24T10:00:00.1234567Z "
	fake.Runs = []*githubtest.Run{{Repo: "octo/app", Jobs: []githubtest.Job{{ID: 3, Log: "\ufeff" +
		stamp + "##[group]Run make\n" + stamp + "denied by the unit test\n" +
		stamp + "##[group]Run docker push\n" + stamp + "\x1b[31mdenied: permission_denied\x1b[0m\n" + stamp + "##[error]Process completed with exit code 1.\n" +
		stamp + "Post job cleanup\n"}}}}
	text, err := a.FailureLog(deadline(t), "octo/app", 3)
	if want := "##[group]Run docker push\ndenied: permission_denied\nProcess completed with exit code 1."; err != nil || text != want {
		t.Errorf("got %q, %v; want %q", text, err, want)
	}
	for _, h := range fake.BlobHeaders() {
		if h.Get("Authorization") != "" || strings.Contains(fmt.Sprint(h), token) {
			t.Error("the storage got the token")
		}
	}
}

func TestFailureLogErrors(t *testing.T) {
	tests := []struct {
		name, location string
		status         int
		want           string
	}{
		{"plain http", "http://10.0.0.1/log?sig=SIGNATURE", 302, "not at a safe address"},
		{"another scheme", "file:///etc/passwd", 302, "not at a safe address"},
		{"gone", "", 410, "answered 410"},
		{"a 401, whose message is not read here", "", 401, "answered 401"},
		{"nobody there", "http://127.0.0.1:1/log?sig=SIGNATURE", 302, "cannot be reached"},
	}
	for _, tt := range tests {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if tt.location != "" {
				w.Header().Set("Location", tt.location)
			}
			w.WriteHeader(tt.status)
		}))
		_, err := actionsAt(t, server.URL).FailureLog(deadline(t), "octo/app", 1)
		server.Close()
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "SIGNATURE") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestFailurePart(t *testing.T) {
	many := strings.Repeat("line\n", 1000)
	tests := []struct{ name, log, want string }{
		{"empty", "", ""},
		{"no error", "a\nb\n", "a\nb"},
		{"last error wins", "a\n##[error]one\nb\n##[error]two\nc\n", "a\none\nb\ntwo"},
		{"only the last step", "x\n##[group]Run a\ny\n##[error]z\n", "##[group]Run a\ny\nz"},
		{"long", many + "##[error]e\n", strings.Repeat("line\n", maxLogLines-1) + "e"},
		{"long line", strings.Repeat("x", 3*maxLogLine) + "\n##[error]e", strings.Repeat("x", maxLogLine) + "\ne"},
	}
	for _, tt := range tests {
		if got, err := failurePart(strings.NewReader(tt.log)); err != nil || got != tt.want {
			t.Errorf("%s: got %q, %v", tt.name, got, err)
		}
	}
}

// A run that was started again is for a while shown as it ended before.
func TestWatch(t *testing.T) {
	a, fake := serveActions(t)
	looks := 0
	run := &githubtest.Run{ID: 1, Repo: "octo/app", Attempt: 1, Status: "completed", Conclusion: "failure", Jobs: []githubtest.Job{{ID: 2}, {ID: 3}}}
	fake.Runs = []*githubtest.Run{run}
	fake.Advance = func(r *githubtest.Run) {
		switch looks++; looks {
		case 3:
			r.Attempt, r.Status, r.Conclusion = 2, "queued", ""
		case 4:
			r.Status, r.Jobs[0].Status = "in_progress", "completed"
		case 5:
			r.Status, r.Conclusion, r.Jobs[1].Status = "completed", "success", "completed"
		}
	}
	var slept []time.Duration
	var seen []string
	got, err := a.Watch(deadline(t), "octo/app", 1, 1, Watcher{
		Every:  5 * time.Second,
		Sleep:  func(_ context.Context, d time.Duration) error { slept = append(slept, d); return nil },
		Report: func(r Run, done, jobs int) { seen = append(seen, fmt.Sprintf("%s %d/%d", r.Status, done, jobs)) },
	})
	want := []string{"queued 0/2", "in_progress 1/2", "completed 2/2"}
	if err != nil || !got.Succeeded() || got.Attempt != 2 || !slices.Equal(seen, want) || len(slept) != 4 {
		t.Errorf("got %+v, %v; saw %q, slept %v", got, err, seen, slept)
	}
}

func TestWatchBearsAndGivesUp(t *testing.T) {
	tests := []struct {
		name    string
		replies []func(http.ResponseWriter)
		want    string
		longest time.Duration
	}{
		{"a short outage", []func(http.ResponseWriter){status(502), status(502), finished}, "", time.Second},
		{"a rate limit", []func(http.ResponseWriter){retryAfter("90"), finished}, "", 90 * time.Second},
		{"a limit without a hint", []func(http.ResponseWriter){status(429), finished}, "", time.Minute},
		{"down for good", []func(http.ResponseWriter){status(502), status(502), status(502), status(502), status(502), status(502), finished}, "cannot follow the run", time.Second},
		{"gone", []func(http.ResponseWriter){status(404)}, "answered 404", 0},
		{"token dies", []func(http.ResponseWriter){said(401, "Bad credentials")}, "does not accept", 0},
	}
	for _, tt := range tests {
		i := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			tt.replies[i](w)
			i++
		}))
		var longest time.Duration
		_, err := actionsAt(t, server.URL).Watch(deadline(t), "octo/app", 1, 1, Watcher{
			Every: time.Second,
			Sleep: func(_ context.Context, d time.Duration) error { longest = max(longest, d); return nil },
		})
		server.Close()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) || longest != tt.longest {
			t.Errorf("%s: %v, slept %v at most; want %q, %v", tt.name, err, longest, tt.want, tt.longest)
		}
	}
}

func TestWatchEndsWithItsContext(t *testing.T) {
	a, fake := serveActions(t)
	fake.Runs = []*githubtest.Run{{ID: 1, Repo: "octo/app", Attempt: 1, Status: "queued"}}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := a.Watch(ctx, "octo/app", 1, 0, Watcher{Sleep: func(ctx context.Context, _ time.Duration) error {
		cancel()
		return ctx.Err()
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func status(code int) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { w.WriteHeader(code); fmt.Fprint(w, `{}`) }
}

func said(code int, message string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.WriteHeader(code)
		fmt.Fprintf(w, `{"message":%q}`, message)
	}
}

func retryAfter(seconds string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Retry-After", seconds)
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"message":"You have exceeded a secondary rate limit"}`)
	}
}

func finished(w http.ResponseWriter) {
	fmt.Fprint(w, `{"id":1,"status":"completed","conclusion":"success","run_attempt":2}`)
}
