package keyring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The tests run their own binary again as a child: godbus keeps one session bus
// per process, and locks are between processes.
func TestMain(m *testing.M) {
	if verb := os.Getenv("KEYRING_TEST_CHILD"); verb != "" {
		if verb == "plugin" {
			os.Exit(playPlugin())
		}
		child(verb)
		return
	}
	os.Exit(m.Run())
}

// testToken is made at run time: no scanner shall find a token in the source.
func testToken() string { return "ghp_" + strings.Repeat("x", 30) + "123456" }

func testRecord() Record {
	return Record{Username: "mona", Token: testToken(), StoredAt: time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)}
}

// answer is what a child says. It holds no token.
type answer struct {
	Kind, Cause, Hint string
	Place             Place
	Same              bool // the record is testRecord
	Waited            int  // how often Waiting was called
	Took              time.Duration
	Fastest           time.Duration
}

var kinds = map[error]string{
	ErrNotFound: "not found", ErrUnavailable: "unavailable", ErrLocked: "locked", ErrTimeout: "timeout",
	ErrNotStored: "not stored", ErrNotDeleted: "not deleted", ErrUnreadable: "unreadable", ErrExposed: "exposed",
}

func kindOf(err error) string {
	var e *Error
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &e):
		return kinds[e.Kind]
	}
	return "other: " + err.Error()
}

func child(verb string) {
	var a answer
	ctx := context.Background()
	if dir := os.Getenv("KEYRING_TEST_RUNDIR"); dir != "" {
		setRuntimeDir(dir)
	}
	c := Config{Dir: os.Getenv("KEYRING_TEST_DIR"), Waiting: func() { a.Waited++ }}
	place, err := ParsePlace(os.Getenv("KEYRING_TEST_PLACE"))
	if err != nil {
		place = Keyring
	}
	store, err := Open(place, c)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	host := "ghcr.io"
	if name := os.Getenv("KEYRING_TEST_HOST"); name != "" {
		host = name
	}
	start := time.Now()
	var r Record
	switch verb {
	case "get":
		r, err = store.Get(ctx, host)
		a.Same = r == testRecord()
	case "get-many":
		for range 20 {
			begin := time.Now()
			if r, err = store.Get(ctx, host); err != nil {
				break
			}
			if took := time.Since(begin); a.Fastest == 0 || took < a.Fastest {
				a.Fastest = took
			}
		}
		a.Same = r == testRecord()
	case "set":
		err = store.Set(ctx, host, testRecord())
	case "delete":
		err = store.Delete(ctx, host)
	case "detect":
		a.Place, err = Detect(ctx, c)
	case "put":
		for i := range 5 {
			name := fmt.Sprintf("%s%d.example", host, i)
			if err = OpenIndex(c.Dir).Put(ctx, name, Account{Username: "mona", Storage: File}); err != nil {
				break
			}
		}
	}
	a.Took, a.Kind = time.Since(start), kindOf(err)
	var e *Error
	if errors.As(err, &e) {
		a.Cause, a.Hint = e.Error(), e.Hint
	}
	_ = json.NewEncoder(os.Stdout).Encode(a)
}

// runChild runs a verb in a child process. Later env wins.
func runChild(t testing.TB, verb string, env ...string) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), "SUDO_USER=", "SSH_CONNECTION=", "SSH_TTY=", "WSL_DISTRO_NAME=",
		"DISPLAY=", "WAYLAND_DISPLAY=", "GHCR_KEYRING_TIMEOUT=", "GHCR_KEY_FILE=", "KEYRING_TEST_CHILD="+verb,
		"GORACE=atexit_sleep_ms=0") // the race detector lets every process sleep for a second
	cmd.Env = append(cmd.Env, env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("child %s: %v\n%s", verb, err, stderr.String())
	}
	if text := string(out) + stderr.String(); strings.Contains(text, testToken()) {
		t.Fatalf("child %s shows the token", verb)
	}
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatalf("child %s printed no answer: %v", verb, err)
	}
	checkLine(t, a.Cause)
	checkLine(t, a.Hint)
	return a
}

// checkLine holds for every cause and hint.
func checkLine(t testing.TB, text string) {
	t.Helper()
	if len(text) >= 160 || strings.ContainsAny(text, "`\n\r\t") || text != "" && strings.ToLower(text[:1]) != text[:1] {
		t.Errorf("not a line for an engine to show: %q", text)
	}
}

// check fails the test unless err has the kind wanted (nil is success).
func check(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) || want == nil && err != nil {
		t.Fatalf("error = %v (%s), want %v", err, kindOf(err), want)
	}
	var e *Error
	if errors.As(err, &e) {
		checkLine(t, e.Error())
		checkLine(t, e.Hint)
		if strings.Contains(e.Error()+e.Hint, testToken()) {
			t.Error("the error shows the token")
		}
	}
}
