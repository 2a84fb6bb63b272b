package keyring

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestIndex(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "config")
	x, ctx := OpenIndex(dir), context.Background()
	accounts, err := x.Accounts(ctx)
	check(t, err, nil)
	if accounts == nil || len(accounts) != 0 {
		t.Errorf("without a file there is %v", accounts)
	}
	check(t, x.Remove(ctx, "ghcr.io"), nil)
	if _, err := os.Stat(dir); err == nil {
		t.Error("removing nothing made the folder")
	}
	at := testRecord().StoredAt
	mona := Account{Username: "mona", Storage: Keyring, StoredAt: at, Forced: true}
	check(t, x.Put(ctx, "ghcr.io", mona), nil)
	check(t, x.Put(ctx, "containers.a.ghe.com", Account{Username: "lisa", Storage: HelperPlace("pass"), StoredAt: at}), nil)
	accounts, err = x.Accounts(ctx)
	check(t, err, nil)
	if len(accounts) != 2 || accounts["ghcr.io"] != mona || accounts["containers.a.ghe.com"].Storage != "helper:pass" {
		t.Errorf("accounts = %v", accounts)
	}
	mona.Forced = false
	check(t, x.Put(ctx, "ghcr.io", mona), nil)
	if accounts, _ = x.Accounts(ctx); accounts["ghcr.io"] != mona {
		t.Errorf("account = %+v, want %+v", accounts["ghcr.io"], mona)
	}
	check(t, x.Remove(ctx, "ghcr.io"), nil)
	check(t, x.Remove(ctx, "ghcr.io"), nil)
	if accounts, _ = x.Accounts(ctx); len(accounts) != 1 {
		t.Errorf("accounts = %v", accounts)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for name, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "hosts.json"): 0o600, filepath.Join(dir, "lock"): 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", filepath.Base(name), info.Mode(), err)
		}
	}
	leftovers(t, dir, "hosts.json", "lock")
}

// leftovers fails when a folder holds anything else: temporary files stay nowhere.
func leftovers(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	check(t, err, nil)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if !reflect.DeepEqual(names, want) {
		t.Errorf("the folder holds %q, want %q", names, want)
	}
}

func indexFile(t *testing.T, text string) (x *Index, path string) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, "hosts.json")
	check(t, os.WriteFile(path, []byte(text), 0o600), nil)
	return OpenIndex(dir), path
}

func TestIndexKeepsWhatItDoesNotKnow(t *testing.T) {
	x, path := indexFile(t, `{"v":1,"new":{"a":[1.50,"<>"]},"hosts":{
		"ghcr.io":{"username":"old","storage":"file","verdict":{"scopes":["a&b"]},"forced":true},
		"other.example":{"username":"lisa","storage":"later","x":12345678901234567890}}}`)
	check(t, x.Put(context.Background(), "ghcr.io", Account{Username: "mona", Storage: Keyring, StoredAt: testRecord().StoredAt}), nil)
	text, err := os.ReadFile(path)
	check(t, err, nil)
	var got, want any
	check(t, json.Unmarshal(text, &got), nil)
	check(t, json.Unmarshal([]byte(`{"v":1,"new":{"a":[1.5,"<>"]},"hosts":{
		"ghcr.io":{"username":"mona","storage":"keyring","stored_at":"2026-11-24T05:00:00Z","verdict":{"scopes":["a&b"]}},
		"other.example":{"username":"lisa","storage":"later","x":12345678901234567890}}}`), &want), nil)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the file became %s", text)
	}
	if !strings.Contains(string(text), "12345678901234567890") || !strings.Contains(string(text), "1.50") {
		t.Errorf("numbers changed: %s", text)
	}
}

func TestIndexLeavesABrokenFileAlone(t *testing.T) {
	for _, broken := range []string{
		"", "null", "[]", "{", "x", `{"v":2,"hosts":{}}`, `{"v":"1"}`, `{"v":1,"hosts":[]}`,
		`{"v":1,"hosts":{"ghcr.io":"x"}}`, `{"v":1,"hosts":{"ghcr.io":{"username":1}}}`, "{}{}",
	} {
		x, path := indexFile(t, broken)
		_, err := x.Accounts(context.Background())
		check(t, err, ErrUnreadable)
		if !strings.Contains(err.Error(), "hosts.json") {
			t.Errorf("%q: the error does not name the file: %v", broken, err)
		}
		// An entry of the wrong type is repaired by storing it again; the rest is not ours to guess.
		if strings.Contains(broken, `"username":1`) {
			continue
		}
		check(t, x.Put(context.Background(), "ghcr.io", Account{}), ErrUnreadable)
		if text, _ := os.ReadFile(path); string(text) != broken {
			t.Errorf("%q became %q", broken, text)
		}
	}
	for _, whole := range []string{"{}", `{"hosts":null}`, `{"v":1}`, `{"v":1,"hosts":{"ghcr.io":null}}`} {
		x, _ := indexFile(t, whole)
		check(t, x.Put(context.Background(), "ghcr.io", Account{Username: "mona", Storage: File}), nil)
		if accounts, err := x.Accounts(context.Background()); err != nil || accounts["ghcr.io"].Username != "mona" {
			t.Errorf("%s: %v, %v", whole, accounts, err)
		}
	}
}

func TestIndexFollowsALink(t *testing.T) {
	dir, real := t.TempDir(), filepath.Join(t.TempDir(), "real.json")
	if err := os.Symlink(real, filepath.Join(dir, "hosts.json")); err != nil {
		t.Skip("no symbolic links here")
	}
	x := OpenIndex(dir)
	for _, host := range []string{"a.example", "b.example"} { // to nothing, then to a file
		check(t, x.Put(context.Background(), host, Account{Username: "mona", Storage: File}), nil)
	}
	if info, err := os.Lstat(filepath.Join(dir, "hosts.json")); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v", err)
	}
	if _, err := os.Stat(real); err != nil {
		t.Error(err)
	}
	if accounts, err := x.Accounts(context.Background()); err != nil || len(accounts) != 2 {
		t.Errorf("accounts = %v, %v", accounts, err)
	}
}

// 25 goroutines and 5 processes with 5 writes each lose nothing, and whoever
// reads meanwhile finds a whole file.
func TestIndexConcurrent(t *testing.T) {
	dir := t.TempDir()
	x := OpenIndex(dir)
	var all sync.WaitGroup
	for i := range 25 {
		all.Go(func() {
			if err := x.Put(context.Background(), fmt.Sprintf("g%d.example", i), Account{Username: "mona", Storage: File}); err != nil {
				t.Error(err)
			}
			if _, err := x.Accounts(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range 5 {
		all.Go(func() {
			a := runChild(t, "put", "KEYRING_TEST_DIR="+dir, fmt.Sprintf("KEYRING_TEST_HOST=p%d-", i))
			if a.Kind != "ok" {
				t.Errorf("child: %s (%s)", a.Kind, a.Cause)
			}
		})
	}
	all.Wait()
	if accounts, err := x.Accounts(context.Background()); err != nil || len(accounts) != 50 {
		t.Errorf("%d accounts, %v; want 50", len(accounts), err)
	}
	leftovers(t, dir, "hosts.json", "lock")
}

func TestIndexCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	dir := t.TempDir()
	held, release := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- withLock(context.Background(), dir, func() error { close(held); <-release; return nil })
	}()
	<-held
	put := make(chan error, 1)
	go func() { put <- OpenIndex(dir).Put(ctx, "ghcr.io", Account{}) }()
	cancel()
	check(t, <-put, context.Canceled)
	close(release)
	check(t, <-done, nil)
	_, err := OpenIndex(dir).Accounts(ctx)
	check(t, err, context.Canceled)
}

func TestIndexCannotWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "file")
	check(t, os.WriteFile(dir, nil, 0o600), nil)
	check(t, OpenIndex(dir).Put(context.Background(), "ghcr.io", Account{}), ErrNotStored)
}
