package keyring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	gokeyring "github.com/zalando/go-keyring"
)

func TestParsePlace(t *testing.T) {
	for text, ok := range map[string]bool{
		"keyring": true, "file": true, "helper:pass": true, "helper:wincred.exe": true, "helper:A_b-1": true,
		"": false, "Keyring": false, "helper": false, "helper:": false, "helper:a/b": false, "helper:a b": false,
		"helper:pass\n": false, "helper:ghcr": false, "helper:GHCR": false, "helper:ghcr.exe": false, "age": false,
		"helper:" + strings.Repeat("x", 65): false,
	} {
		place, err := ParsePlace(text)
		if (err == nil) != ok || ok && string(place) != text {
			t.Errorf("ParsePlace(%q) = %q, %v", text, place, err)
		}
		if _, err := Open(Place(text), Config{}); (err == nil) != ok {
			t.Errorf("Open(%q) = %v", text, err)
		}
	}
	if _, err := ParsePlace(testToken()); err == nil || strings.Contains(err.Error(), "ghp_") {
		t.Error("ParsePlace takes or repeats a token")
	}
	if place, err := ParsePlace(string(HelperPlace("pass"))); err != nil || place != "helper:pass" {
		t.Errorf("HelperPlace = %q, %v", place, err)
	}
}

func TestRecordNeverShowsTheToken(t *testing.T) {
	r := testRecord()
	for _, v := range []any{r, &r, []Record{r}, map[string]Record{"x": r}, struct{ R Record }{r}, struct{ R *Record }{&r}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			text := fmt.Sprintf(verb, v)
			if strings.Contains(text, "ghp_") || strings.Contains(text, fmt.Sprintf("%x", "ghp_")) {
				t.Errorf("%s of %T shows the token", verb, v)
			}
		}
		if text, err := json.Marshal(v); err != nil || strings.Contains(string(text), "ghp_") {
			t.Errorf("JSON of %T shows the token (%v)", v, err)
		}
	}
	if !strings.Contains(r.String(), "mona") {
		t.Error("String does not name the user")
	}
}

func TestRecordEncoding(t *testing.T) {
	text, err := testRecord().encode()
	check(t, err, nil)
	var keys map[string]any
	if err := json.Unmarshal([]byte(text), &keys); err != nil {
		t.Fatal(err)
	}
	if len(keys) != 4 || keys["username"] != "mona" || keys["token"] != testToken() || keys["v"] != 1.0 || keys["stored_at"] != "2026-11-24T05:00:00Z" {
		t.Error("the record rests in another form")
	}
	r, err := decode(text, "it")
	check(t, err, nil)
	if r != testRecord() {
		t.Error("decode gives another record")
	}
	for _, bad := range []string{
		"", "null", "{}", "[]", testToken(), `{"v":1}`, `{"token":"x"}`, `{"v":0,"token":"x"}`, `{"v":2,"token":"x"}`,
		`{"v":1,"token":7}`, `{"v":1,"token":"` + testToken() + `","stored_at":"` + testToken() + `"}`, text + "x", text[:20],
	} {
		_, err := decode(bad, "it")
		check(t, err, ErrUnreadable)
	}
	for _, bad := range []Record{
		{Username: "mona"}, {Username: "mo\nna", Token: testToken()}, {Token: testToken() + "\n"},
		{Token: testToken() + "\x00"}, {Token: testToken() + "\xff"},
		{Token: testToken(), StoredAt: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		_, err := bad.encode()
		check(t, err, ErrNotStored)
	}
}

// A host goes into file names, attributes and other programs' input.
func TestHosts(t *testing.T) {
	dir := t.TempDir()
	for _, place := range []Place{Keyring, File, HelperPlace("none")} {
		store, err := Open(place, Config{Dir: dir})
		check(t, err, nil)
		for _, host := range []string{
			"", ".", "..", "-s", "../x", "a/b", `a\b`, "GHCR.io", "ghcr.io\n", "ghcr.io:443", "a b", "gh\x00", "ghcr.io;x", testToken(),
			strings.Repeat("a", 254),
		} {
			_, get := store.Get(context.Background(), host)
			for _, err := range []error{get, store.Set(context.Background(), host, testRecord()), store.Delete(context.Background(), host)} {
				if !errors.Is(err, errInvalid) || strings.Contains(err.Error(), "ghp_") {
					t.Errorf("%s, host %q: %v", place, host, err)
				}
			}
		}
	}
	if err := OpenIndex(dir).Put(context.Background(), "../x", Account{}); !errors.Is(err, errInvalid) {
		t.Errorf("Put = %v", err)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 0 {
		t.Errorf("refused hosts left %q", names)
	}
}

func TestError(t *testing.T) {
	err := error(fail(ErrLocked, "a `cause`\nof "+strings.Repeat("much ", 50), ""))
	if !errors.Is(err, ErrLocked) || errors.Is(err, ErrTimeout) {
		t.Error("the kind is lost")
	}
	checkLine(t, err.Error())
	if got := (&Error{Kind: ErrTimeout}).Error(); got != ErrTimeout.Error() {
		t.Errorf("without a cause it says %q", got)
	}
}

func TestLimit(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": time.Minute, "5": 5 * time.Second, "1500ms": 1500 * time.Millisecond, "2m": 2 * time.Minute,
		"0": time.Minute, "-1": time.Minute, "soon": time.Minute, "99h": time.Hour,
		"18446744074": time.Hour, "-18446744073": time.Minute, "99999999999999999999": time.Minute,
	} {
		c := Config{Getenv: func(string) string { return text }}
		if got := c.limit(time.Minute); got != want {
			t.Errorf("GHCR_KEYRING_TIMEOUT=%s: %v, want %v", text, got, want)
		}
	}
}

func TestBounded(t *testing.T) {
	if _, err := bounded(context.Background(), 0, nil, func() (int, error) {
		var none *int
		return *none, nil
	}); !errors.Is(err, errBroke) {
		t.Errorf("a panic gave %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	block := make(chan struct{})
	defer close(block)
	calls := 0
	_, err := bounded(ctx, time.Millisecond, func() { calls++; cancel() }, func() (int, error) { <-block; return 0, nil })
	if !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("err = %v after %d calls", err, calls)
	}
}

func TestExplainExit(t *testing.T) {
	for _, tt := range []struct {
		goos string
		code int
		want error
	}{
		{"darwin", 36, ErrLocked}, {"darwin", 51, ErrLocked}, {"darwin", 128, ErrLocked}, {"darwin", 44, ErrNotFound},
		{"darwin", 1, nil}, {"linux", 36, nil},
	} {
		if runtime.GOOS == "windows" {
			break
		}
		err := exec.Command("/bin/sh", "-c", fmt.Sprintf("exit %d", tt.code)).Run()
		if cause, kind := explainExit(tt.goos, err); kind != tt.want || (kind != nil) != (cause != "") {
			t.Errorf("%s, exit %d: %v, %q", tt.goos, tt.code, kind, cause)
		}
	}
	if _, kind := explainExit("windows", syscall.Errno(1312)); kind != ErrUnavailable {
		t.Errorf("1312: %v", kind)
	}
	if _, kind := explainExit("windows", fmt.Errorf("x: %w", syscall.Errno(5))); kind != nil {
		t.Errorf("5: %v", kind)
	}
	if _, kind := explainExit("freebsd", gokeyring.ErrUnsupportedPlatform); kind != ErrUnavailable {
		t.Errorf("freebsd: %v", kind)
	}
}

func TestConfigDir(t *testing.T) {
	root := filepath.VolumeName(t.TempDir()) + string(filepath.Separator)
	home, data := filepath.Join(root, "home", "mona"), filepath.Join(root, "data")
	for _, tt := range []struct {
		goos, xdg, home, appData string
		want                     string
	}{
		{goos: "linux", home: home, want: filepath.Join(home, ".config")},
		{goos: "linux", home: home, xdg: data, want: data},
		{goos: "freebsd", home: home, want: filepath.Join(home, ".config")},
		{goos: "darwin", home: home, want: filepath.Join(home, "Library", "Application Support")},
		{goos: "darwin", home: home, xdg: data, want: data},
		{goos: "windows", appData: data, want: data},
		{goos: "windows", xdg: data, want: data},
		{goos: "linux"}, {goos: "darwin"}, {goos: "windows", home: home},
		{goos: "linux", home: home, xdg: "relative"},
	} {
		env := map[string]string{"XDG_CONFIG_HOME": tt.xdg, "HOME": tt.home, "AppData": tt.appData}
		got, err := configBase(tt.goos, func(name string) string { return env[name] })
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%+v: %q, %v", tt, got, err)
		}
	}
	got, err := ConfigDir(func(name string) string { return map[string]string{"XDG_CONFIG_HOME": data}[name] })
	if want := filepath.Join(data, "docker-credential-ghcr"); got != want || err != nil {
		t.Errorf("ConfigDir = %q, %v", got, err)
	}
}
