package keyring

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"filippo.io/age"
	"filippo.io/age/plugin"
)

func fileStore(t *testing.T, env ...string) (*ageFile, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "config")
	return &ageFile{Config{Dir: dir, Getenv: func(name string) string {
		for _, pair := range env {
			if value, found := strings.CutPrefix(pair, name+"="); found {
				return value
			}
		}
		return ""
	}}}, dir
}

func TestFile(t *testing.T) {
	a, dir := fileStore(t)
	ctx := context.Background()
	_, err := a.Get(ctx, "ghcr.io")
	check(t, err, ErrNotFound)
	check(t, a.Delete(ctx, "ghcr.io"), ErrNotFound)
	if _, err := os.Stat(dir); err == nil {
		t.Error("reading made the folder")
	}
	for range 2 {
		check(t, a.Set(ctx, "ghcr.io", testRecord()), nil)
	}
	check(t, a.Set(ctx, "other.example", Record{Username: "lisa", Token: testToken()}), nil)
	r, err := a.Get(ctx, "ghcr.io")
	check(t, err, nil)
	if r != testRecord() {
		t.Errorf("another record came back: %v", r)
	}
	leftovers(t, dir, "key.txt", "lock", "secrets")
	leftovers(t, filepath.Join(dir, "secrets"), "ghcr.io.age", "other.example.age")
	for name, want := range map[string]os.FileMode{
		dir: 0o700, a.keyPath(): 0o600, filepath.Join(dir, "secrets"): 0o700, a.secretPath("ghcr.io"): 0o600,
	} {
		if info, err := os.Stat(name); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	if text, _ := os.ReadFile(a.secretPath("ghcr.io")); bytes.Contains(text, []byte("ghp_")) || bytes.Contains(text, []byte("mona")) {
		t.Error("the record is not encrypted")
	}
	check(t, a.Delete(ctx, "ghcr.io"), nil)
	check(t, a.Delete(ctx, "ghcr.io"), ErrNotFound)
	_, err = a.Get(ctx, "other.example")
	check(t, err, nil)
}

func TestFileExposed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no mode bits on Windows")
	}
	a, _ := fileStore(t)
	ctx := context.Background()
	check(t, a.Set(ctx, "ghcr.io", testRecord()), nil)
	for _, path := range []string{a.keyPath(), a.secretPath("ghcr.io")} {
		for _, mode := range []os.FileMode{0o640, 0o604, 0o620} {
			check(t, os.Chmod(path, mode), nil)
			_, err := a.Get(ctx, "ghcr.io")
			check(t, err, ErrExposed)
			hint := err.(*Error).Hint
			if !strings.Contains(err.Error(), filepath.Base(path)) || !strings.Contains(hint, "chmod 600 ") {
				t.Errorf("said %q, hint %q", err, hint)
			}
			if path == a.keyPath() {
				check(t, a.Set(ctx, "ghcr.io", testRecord()), ErrExposed)
			}
			check(t, os.Chmod(path, 0o600), nil)
		}
	}
	_, err := a.Get(ctx, "ghcr.io")
	check(t, err, nil)
}

func TestFileLostKey(t *testing.T) {
	a, _ := fileStore(t)
	ctx := context.Background()
	check(t, a.Set(ctx, "ghcr.io", testRecord()), nil)
	check(t, a.Set(ctx, "other.example", testRecord()), nil)
	check(t, os.Rename(a.keyPath(), a.keyPath()+".away"), nil)
	_, err := a.Get(ctx, "ghcr.io")
	check(t, err, ErrUnreadable)
	if !strings.Contains(err.Error(), "missing") {
		t.Errorf("said %q", err)
	}
	// Storing again makes a key, and leaves the other secret to the old one.
	check(t, a.Set(ctx, "ghcr.io", testRecord()), nil)
	_, err = a.Get(ctx, "ghcr.io")
	check(t, err, nil)
	_, err = a.Get(ctx, "other.example")
	check(t, err, ErrUnreadable)
	if !strings.Contains(err.Error(), "another key") {
		t.Errorf("said %q", err)
	}
	check(t, os.Rename(a.keyPath()+".away", a.keyPath()), nil)
	_, err = a.Get(ctx, "other.example")
	check(t, err, nil)
}

func TestFileDamaged(t *testing.T) {
	a, _ := fileStore(t)
	ctx := context.Background()
	check(t, a.Set(ctx, "ghcr.io", testRecord()), nil)
	whole, err := os.ReadFile(a.secretPath("ghcr.io"))
	check(t, err, nil)
	for _, text := range [][]byte{nil, []byte("x"), whole[:len(whole)-1], whole[:100], append(bytes.Clone(whole), 'x')} {
		check(t, os.WriteFile(a.secretPath("ghcr.io"), text, 0o600), nil)
		_, err := a.Get(ctx, "ghcr.io")
		check(t, err, ErrUnreadable)
	}
	// What opens but is no record of ours.
	keys, err := a.keys()
	check(t, err, nil)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipient(keys[0]))
	check(t, err, nil)
	_, _ = w.Write([]byte(testToken()))
	check(t, w.Close(), nil)
	check(t, os.WriteFile(a.secretPath("ghcr.io"), sealed.Bytes(), 0o600), nil)
	_, err = a.Get(ctx, "ghcr.io")
	check(t, err, ErrUnreadable)

	for _, text := range []string{"", "# nothing\n", "AGE-SECRET-KEY-1XYZ\n", "AGE-PLUGIN-\n", testToken()} {
		check(t, os.WriteFile(a.keyPath(), []byte(text), 0o600), nil)
		_, err = a.Get(ctx, "ghcr.io")
		check(t, err, ErrUnreadable)
		check(t, a.Set(ctx, "ghcr.io", testRecord()), ErrUnreadable)
		if now, _ := os.ReadFile(a.keyPath()); string(now) != text {
			t.Error("a key that is not understood was replaced")
		}
	}
}

func TestFileKeyElsewhere(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "my key")
	a, dir := fileStore(t, "GHCR_KEY_FILE="+path)
	check(t, a.Set(ctx, "ghcr.io", testRecord()), nil)
	leftovers(t, dir, "lock", "secrets")
	if runtime.GOOS != "windows" {
		check(t, os.Chmod(path, 0o644), nil)
		_, err := a.Get(ctx, "ghcr.io")
		check(t, err, ErrExposed)
		if hint := err.(*Error).Hint; !strings.Contains(hint, "my key'") {
			t.Errorf("hint %q is not for pasting", hint)
		}
	}
	// Any identity of age will do: a post-quantum one, with comments around.
	hybrid, err := age.GenerateHybridIdentity()
	check(t, err, nil)
	check(t, os.Remove(path), nil)
	check(t, os.WriteFile(path, []byte("# made elsewhere\r\n\r\n"+hybrid.String()+"\r\n"), 0o600), nil)
	check(t, a.Set(ctx, "ghcr.io", testRecord()), nil)
	r, err := a.Get(ctx, "ghcr.io")
	check(t, err, nil)
	if r != testRecord() {
		t.Error("another record came back")
	}
	// The medium is not there: its folder is not made on this disk.
	b, _ := fileStore(t, "GHCR_KEY_FILE="+filepath.Join(t.TempDir(), "usb", "key.txt"))
	check(t, b.Set(ctx, "ghcr.io", testRecord()), ErrNotStored)
}

// Only a person who may be asked is waited for.
func TestFileAsks(t *testing.T) {
	a, _ := fileStore(t)
	check(t, a.Set(context.Background(), "ghcr.io", testRecord()), nil)
	s, err := a.load("ghcr.io")
	check(t, err, nil)
	if s.mayAsk() {
		t.Error("a plain key asks")
	}
	key, err := age.GenerateX25519Identity()
	check(t, err, nil)
	check(t, os.WriteFile(a.keyPath(), []byte(plugin.EncodeIdentity("ghcrtest", []byte(key.String()))+"\n"), 0o600), nil)
	s, err = a.load("ghcr.io")
	check(t, err, nil)
	if !s.mayAsk() {
		t.Error("a plugin does not ask")
	}
}

// A key in hardware, behind an age plugin: this binary plays the plugin.
func TestFilePlugin(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the plugin is a shell script")
	}
	a, _ := fileStore(t)
	ctx := context.Background()
	key, err := age.GenerateX25519Identity()
	check(t, err, nil)
	check(t, os.MkdirAll(a.c.Dir, 0o700), nil)
	check(t, os.WriteFile(a.keyPath(), []byte(plugin.EncodeIdentity("ghcrtest", []byte(key.String()))+"\n"), 0o600), nil)

	err = a.Set(ctx, "ghcr.io", testRecord())
	check(t, err, ErrNotStored)
	if !strings.Contains(err.Error(), "plugin is not installed") {
		t.Errorf("said %q", err)
	}
	bin := t.TempDir()
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	script := "#!/bin/sh\nKEYRING_TEST_CHILD=plugin GORACE=atexit_sleep_ms=0 exec '" + os.Args[0] + "' \"$@\"\n"
	check(t, os.WriteFile(filepath.Join(bin, "age-plugin-ghcrtest"), []byte(script), 0o755), nil)
	check(t, a.Set(ctx, "ghcr.io", testRecord()), nil)
	r, err := a.Get(ctx, "ghcr.io")
	check(t, err, nil)
	if r != testRecord() {
		t.Error("another record came back")
	}
	check(t, os.Remove(filepath.Join(bin, "age-plugin-ghcrtest")), nil)
	_, err = a.Get(ctx, "ghcr.io")
	check(t, err, ErrUnreadable)
	if !strings.Contains(err.Error(), "plugin is not installed") {
		t.Errorf("said %q", err)
	}
}

// playPlugin is an age plugin whose identities hold the key itself.
func playPlugin() int {
	p, err := plugin.New("ghcrtest")
	if err != nil {
		return 1
	}
	p.HandleIdentityAsRecipient(func(data []byte) (age.Recipient, error) {
		key, err := age.ParseX25519Identity(string(data))
		if err != nil {
			return nil, err
		}
		return key.Recipient(), nil
	})
	p.HandleIdentity(func(data []byte) (age.Identity, error) { return age.ParseX25519Identity(string(data)) })
	return p.Main()
}

// Many processes that store for the first time end up with one key.
func TestFileConcurrent(t *testing.T) {
	a, dir := fileStore(t)
	var all sync.WaitGroup
	hosts := []string{"a.example", "b.example", "c.example", "d.example", "a.example", "a.example"}
	for _, host := range hosts {
		all.Go(func() {
			got := runChild(t, "set", "KEYRING_TEST_PLACE=file", "KEYRING_TEST_DIR="+dir, "KEYRING_TEST_HOST="+host)
			if got.Kind != "ok" {
				t.Errorf("%s: %s (%s)", host, got.Kind, got.Cause)
			}
		})
		all.Go(func() {
			if err := a.Set(context.Background(), host, testRecord()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, host := range hosts {
		_, err := a.Get(context.Background(), host)
		check(t, err, nil)
	}
}

func TestFileCannotBeWritten(t *testing.T) {
	a, dir := fileStore(t)
	check(t, os.WriteFile(dir, nil, 0o600), nil)
	check(t, a.Set(context.Background(), "ghcr.io", testRecord()), ErrNotStored)

	b, dir := fileStore(t)
	check(t, os.MkdirAll(filepath.Join(dir, "secrets", "ghcr.io.age", "x"), 0o700), nil)
	check(t, b.Set(context.Background(), "ghcr.io", testRecord()), ErrNotStored)
	_, err := b.Get(context.Background(), "ghcr.io")
	check(t, err, ErrUnreadable)
	check(t, b.Delete(context.Background(), "ghcr.io"), ErrNotDeleted)
	leftovers(t, filepath.Join(dir, "secrets"), "ghcr.io.age")
}

func TestFileCancelled(t *testing.T) {
	a, dir := fileStore(t)
	ctx, cancel := context.WithCancel(context.Background())
	held, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- withLock(context.Background(), dir, func() error { close(held); <-release; return nil })
	}()
	<-held
	cancel()
	check(t, a.Set(ctx, "ghcr.io", testRecord()), context.Canceled)
	close(release)
	check(t, <-done, nil)
}

func TestPaths(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	if runtime.GOOS == "windows" {
		t.Skip("for a POSIX shell")
	}
	long := "/" + strings.Repeat("long/", 40) + "key.txt"
	for path, want := range map[string]string{
		home + "/.config/x/key.txt": "~/.config/x/key.txt",
		home + "/a b":               "'" + home + "/a b'",
		"/srv/it's":                 `'/srv/it'\''s'`,
		"/srv/key.txt":              "/srv/key.txt",
		long:                        "'key.txt'",
	} {
		if got := quoted(path); got != want {
			t.Errorf("quoted(%s) = %s, want %s", path, got, want)
		}
	}
	checkLine(t, display(long)+" is not an age identity file")
}
