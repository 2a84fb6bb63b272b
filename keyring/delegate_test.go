package keyring

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// helperScript is a credential helper: it keeps what it gets, as the real ones
// keep it, in a file per host. MODE makes it misbehave.
const helperScript = `#!/bin/sh
case "$MODE:$1" in
hang:*) sleep 60 & wait ;;
fail:*) echo "gpg: decryption failed: No secret key"; echo "second line"; exit 1 ;;
stderr:*) echo "pass is not set up" >&2; exit 2 ;;
echo:store) cat; exit 1 ;;
part:store) echo "no room for $PART"; exit 1 ;;
echo:get) cat "$STORE"; exit 1 ;;
forget:store) cat >/dev/null; exit 0 ;;
keep:erase) exit 0 ;;
nonsense:get) echo "$NONSENSE"; exit 0 ;;
flood:get) exec yes "$NONSENSE" ;;
floodfail:get) yes "$NONSENSE" | head -c 1000000; exit 1 ;;
loud:get) yes "$NONSENSE" | head -c 1000000 >&2 ;;
agent:get) sleep 60 & ;;
esac
case "$1" in
store) cat >"$STORE" ;;
get)
	read -r host || :
	if [ -f "$STORE" ] && grep -q "\"ServerURL\":\"$host\"" "$STORE"; then cat "$STORE"; else
		echo "credentials not found in native keychain"; exit 1
	fi ;;
erase) rm -f "$STORE" ;;
esac
`

func delegateStore(t *testing.T) (Store, string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the helper is a shell script")
	}
	bin := t.TempDir()
	check(t, os.WriteFile(filepath.Join(bin, "docker-credential-test"), []byte(helperScript), 0o755), nil)
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	file := filepath.Join(t.TempDir(), "store")
	t.Setenv("STORE", file)
	store, err := Open(HelperPlace("test"), Config{})
	check(t, err, nil)
	return store, file
}

func TestDelegate(t *testing.T) {
	store, file := delegateStore(t)
	ctx := context.Background()
	_, err := store.Get(ctx, "ghcr.io")
	check(t, err, ErrNotFound)
	check(t, store.Delete(ctx, "ghcr.io"), ErrNotFound)
	check(t, store.Set(ctx, "ghcr.io", testRecord()), nil)
	r, err := store.Get(ctx, "ghcr.io")
	check(t, err, nil)
	if r != testRecord() {
		t.Error("another record came back")
	}
	text, _ := os.ReadFile(file)
	if !strings.Contains(string(text), `"ServerURL":"ghcr.io","Username":"mona"`) {
		t.Error("the helper got another server or user")
	}
	_, err = store.Get(ctx, "other.example")
	check(t, err, ErrNotFound)

	t.Setenv("MODE", "keep")
	check(t, store.Delete(ctx, "ghcr.io"), ErrNotDeleted)
	t.Setenv("MODE", "")
	check(t, store.Delete(ctx, "ghcr.io"), nil)
	check(t, store.Delete(ctx, "ghcr.io"), ErrNotFound)
	t.Setenv("MODE", "forget")
	check(t, store.Set(ctx, "ghcr.io", testRecord()), ErrNotStored)
}

func TestDelegateFails(t *testing.T) {
	store, _ := delegateStore(t)
	ctx := context.Background()
	check(t, store.Set(ctx, "ghcr.io", testRecord()), nil)
	for mode, says := range map[string]string{
		"fail":   "docker-credential-test failed: gpg: decryption failed: No secret key",
		"stderr": "docker-credential-test failed: pass is not set up",
		"echo":   "docker-credential-test failed", // its output is the secret
	} {
		t.Setenv("MODE", mode)
		_, err := store.Get(ctx, "ghcr.io")
		check(t, err, ErrUnavailable)
		if err.Error() != says {
			t.Errorf("%s: %q, want %q", mode, err, says)
		}
		err = store.Set(ctx, "ghcr.io", testRecord())
		check(t, err, ErrUnavailable)
		if err.Error() != says {
			t.Errorf("%s: a store says %q, want %q", mode, err, says)
		}
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(e.Hint, "see what docker-credential-test list says") || strings.HasSuffix(e.Hint, "...") {
			t.Errorf("%s: the hint is %q", mode, e.Hint)
		}
		check(t, store.Delete(ctx, "ghcr.io"), ErrUnavailable)
	}
	t.Setenv("MODE", "part")
	for _, part := range []string{testToken()[10:16], base64.StdEncoding.EncodeToString([]byte(testToken())[5:])} {
		t.Setenv("PART", part)
		err := store.Set(ctx, "ghcr.io", testRecord())
		check(t, err, ErrUnavailable)
		if err.Error() != "docker-credential-test failed" {
			t.Error("a part of the token is repeated")
		}
	}
	t.Setenv("MODE", "nonsense")
	for _, text := range []string{"", testToken(), "[]", `{"Secret":"` + testToken() + `"}`, `{"Username":"x"}`} {
		t.Setenv("NONSENSE", text)
		_, err := store.Get(ctx, "ghcr.io")
		check(t, err, ErrUnreadable)
	}
}

// A helper that never stops talking does not fill the memory.
func TestDelegateFloods(t *testing.T) {
	store, _ := delegateStore(t)
	ctx := context.Background()
	check(t, store.Set(ctx, "ghcr.io", testRecord()), nil)
	t.Setenv("NONSENSE", "on and on")
	for _, mode := range []string{"flood", "floodfail"} {
		t.Setenv("MODE", mode)
		_, err := store.Get(ctx, "ghcr.io")
		check(t, err, ErrUnreadable)
		if err.Error() != "docker-credential-test gave no usable answer" {
			t.Errorf("%s: %q", mode, err)
		}
	}
	t.Setenv("MODE", "loud") // on stderr, which is no part of the answer
	r, err := store.Get(ctx, "ghcr.io")
	check(t, err, nil)
	if r != testRecord() {
		t.Error("another record came back")
	}
}

// A helper may start an agent that keeps its output open. Its answer counts.
func TestDelegateLeavesAgent(t *testing.T) {
	store, _ := delegateStore(t)
	ctx := context.Background()
	check(t, store.Set(ctx, "ghcr.io", testRecord()), nil)
	t.Setenv("MODE", "agent")
	r, err := store.Get(ctx, "ghcr.io")
	check(t, err, nil)
	if r != testRecord() {
		t.Error("another record came back")
	}
}

// What looks like a part of a secret is not repeated, whatever it is.
func TestSecretLike(t *testing.T) {
	for text, want := range map[string]bool{
		"gpg: decryption failed: No secret key":                                                                            false,
		"The name org.freedesktop.secrets was not provided by any .service files":                                          false,
		"error getting credentials: pass store is uninitialized":                                                           false,
		"Cannot autolaunch D-Bus without X11 $DISPLAY":                                                                     false,
		"secret is " + testToken()[4:]:                                                                                     true,
		"secret is " + testToken()[:12]:                                                                                    true,
		"Basic " + base64.StdEncoding.EncodeToString([]byte("mona:"+testToken())):                                          true,
		"key " + base64.URLEncoding.EncodeToString([]byte("\xff\xfe\xff\xfd\xfb\xef\xff\xfe\xff\xfd\xfb\xef\xff\xfe\xff")): true,
		"key " + base64.StdEncoding.EncodeToString([]byte("\xff\xfe\xff\xfd\xfb\xef\xff\xfe\xff\xfd\xfb\xef\xff\xfe\xff")): true,
	} {
		if got := secretLike().MatchString(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

func TestDelegateHangs(t *testing.T) {
	delegateStore(t)
	t.Setenv("MODE", "hang")
	waited := 0
	store, err := Open(HelperPlace("test"), Config{
		Getenv: func(name string) string {
			return map[string]string{"GHCR_KEYRING_TIMEOUT": "300ms"}[name]
		},
		Waiting: func() { waited++ },
	})
	check(t, err, nil)
	start := time.Now()
	_, err = store.Get(context.Background(), "ghcr.io")
	check(t, err, ErrTimeout)
	if took := time.Since(start); took > patienceForHelper {
		t.Errorf("it took %v", took)
	}
	if waited != 1 {
		t.Errorf("Waiting was called %d times", waited)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = store.Get(ctx, "ghcr.io")
	check(t, err, context.Canceled)
}

// The limit, and a second for a grandchild that holds the output open.
const patienceForHelper = 40 * time.Second

func TestDelegateMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	store, err := Open(HelperPlace("pass"), Config{})
	check(t, err, nil)
	_, err = store.Get(context.Background(), "ghcr.io")
	check(t, err, ErrUnavailable)
	if !strings.Contains(err.Error(), "docker-credential-pass is not on the PATH") {
		t.Errorf("said %q", err)
	}
}
