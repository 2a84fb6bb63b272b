package helper

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// The old token does not stay behind in its old place.
func TestStoreElsewhere(t *testing.T) {
	m := newMachine(t)
	m.installHelper("other")
	token := m.stored("write:packages")
	if _, err := m.helper(&buffer{}).Store(StoreRequest{ServerURL: "ghcr.io", Secret: token, Storage: keyring.HelperPlace("other")}); err != nil {
		t.Fatal(err)
	}
	if a := m.accounts()["ghcr.io"]; a.Storage != "helper:other" {
		t.Errorf("account = %+v", a)
	}
	if _, err := os.Stat(filepath.Join(m.configDir(), "secrets", "ghcr.io.age")); err == nil {
		t.Error("the encrypted file is still there")
	}
	m.gets("mona", token)
	// docker login keeps the place.
	next := m.classic("write:packages")
	m.storesOK("mona", next)
	m.gets("mona", next)
	warned(t, m.call("erase", "ghcr.io"), "the token of mona for ghcr.io is gone from the credential helper other; it still exists on GitHub")
	warned(t, m.findsNothing(), "")

	m.put("ghcr.io", token)
	stderr := &buffer{}
	if _, err := m.helper(stderr).Store(StoreRequest{ServerURL: "ghcr.io", Secret: token, Storage: keyring.HelperPlace("missing")}); err == nil {
		t.Error("stored in a helper that is not installed")
	}
	m.gets("mona", token)
}

// installHelper puts a credential helper on the PATH that keeps one secret in a file.
func (m *machine) installHelper(name string) {
	m.t.Helper()
	dir := m.t.TempDir()
	script := `#!/bin/sh
f="` + dir + `/it.secret"
case "$1" in
store) umask 077; cat >"$f";;
get) if [ -s "$f" ]; then cat "$f"; else echo "credentials not found in native keychain"; exit 1; fi;;
erase) rm -f "$f";;
esac
`
	if err := os.WriteFile(filepath.Join(dir, "docker-credential-"+name), []byte(script), 0o755); err != nil {
		m.t.Fatal(err)
	}
	m.t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func TestForget(t *testing.T) {
	m := newMachine(t)
	token := m.stored("write:packages")
	ghcr, _ := host.Parse("ghcr.io")
	h := m.helper(&buffer{})
	got, err := h.Forget(ghcr)
	if err != nil || got.Username != "mona" || got.Storage != keyring.File || got.StillSet != "" {
		t.Errorf("%+v, %v", got, err)
	}
	if len(m.accounts()) > 0 || h.memory(FromStore).read("ghcr.io") != nil {
		t.Error("something is left")
	}
	m.env["GHCR_TOKEN"] = token
	if got, err = h.Forget(ghcr); err != nil || got.Storage != "" || got.StillSet != FromToken {
		t.Errorf("%+v, %v", got, err)
	}
	warned(t, m.call("erase", "ghcr.io"), "nothing is stored for ghcr.io; the token in GHCR_TOKEN stays in use")
	delete(m.env, "GHCR_TOKEN")

	// A place that fails keeps its account: it can be tried again.
	m.put("ghcr.io", token)
	m.replaceAccount("helper:missing")
	if r := m.call("erase", "ghcr.io"); r.code != 0 || !strings.Contains(r.stderr, "warning: the token for ghcr.io is not erased: docker-credential-missing is not on the PATH") {
		t.Errorf("%+v", r)
	}
	if len(m.accounts()) != 1 {
		t.Error("the account is gone")
	}
	var failure *Failure
	if _, err := h.Forget(ghcr); !errors.As(err, &failure) || failure.Hint == "" {
		t.Errorf("%v", err)
	}
}

// hooked is a context that runs f when somebody first asks for its deadline: as
// the lock is about to be taken.
type hooked struct {
	context.Context
	f *sync.Once
	g func()
}

func (c hooked) Deadline() (time.Time, bool) {
	c.f.Do(c.g)
	return c.Context.Deadline()
}

// Another process stores elsewhere between a look at the index and the lock: it
// is the new place that is emptied.
func TestForgetWhatMoved(t *testing.T) {
	m := newMachine(t)
	m.installHelper("other")
	token := m.stored("write:packages")
	move := func(place keyring.Place) func() {
		return func() {
			if _, err := m.helper(&buffer{}).Store(StoreRequest{ServerURL: "ghcr.io", Secret: token, Storage: place}); err != nil {
				t.Fatal(err)
			}
		}
	}
	h := m.helper(&buffer{})
	h.ctx = hooked{t.Context(), new(sync.Once), move(keyring.HelperPlace("other"))}
	done, err := h.Forget(hostOf(t))
	if err != nil || done.Storage != "helper:other" || len(m.accounts()) > 0 {
		t.Errorf("%+v, %v; left: %v", done, err, m.accounts())
	}
	store, err := m.helper(&buffer{}).open(keyring.HelperPlace("other"))
	must(err)
	if _, err := store.Get(t.Context(), "ghcr.io"); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("the token is still in the other helper: %v", err)
	}

	// Another process was first.
	m.put("ghcr.io", token)
	h = m.helper(&buffer{})
	h.ctx = hooked{t.Context(), new(sync.Once), func() { m.call("erase", "ghcr.io") }}
	if done, err := h.Forget(hostOf(t)); err != nil || done.Storage != "" {
		t.Errorf("%+v, %v", done, err)
	}
}

func (m *machine) replaceAccount(place keyring.Place) {
	m.t.Helper()
	err := keyring.OpenIndex(m.configDir()).Put(m.t.Context(), "ghcr.io", keyring.Account{Username: "mona", Storage: place, StoredAt: noon})
	if err != nil {
		m.t.Fatal(err)
	}
}
