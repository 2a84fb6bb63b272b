//go:build linux

package faults

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// kills is how often each of the four commands that write is killed: 500 times
// in all.
const kills = 125

// killed starts the program and kills it at a random moment of the time that it
// takes undisturbed. It reports whether the program was not faster: then that
// time is known better.
func (h *home) killed(whole *time.Duration, stdin string, args ...string) bool {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), longest)
	defer cancel()
	cmd := h.command(ctx, built("program"), stdin, args...)
	begin := time.Now()
	check(h.t, cmd.Start())
	timer := time.AfterFunc(time.Duration(rand.Int64N(int64(*whole))), func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait()
	timer.Stop()
	if ctx.Err() != nil {
		h.t.Fatalf("%s hangs", args[0])
	}
	if !cmd.ProcessState.Exited() {
		return true
	}
	*whole = time.Since(begin)
	return false
}

// whole runs the program undisturbed, and tells how long that took.
func (h *home) whole(stdin string, args ...string) time.Duration {
	h.t.Helper()
	begin := time.Now()
	h.done(stdin, args...)
	return time.Since(begin)
}

func (h *home) done(stdin string, args ...string) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), longest)
	defer cancel()
	if text, err := h.command(ctx, built("program"), stdin, args...).CombinedOutput(); err != nil {
		if h.leaksIn(text) {
			text = []byte("(it holds a part of a token)")
		}
		h.t.Fatalf("%s: %v\n%s", args[0], err, text)
	}
}

// isWhole wants every file of the program's to be valid and for its owner alone,
// whatever was going on when it was killed.
func (h *home) isWhole() {
	h.t.Helper()
	files := []string{h.config("hosts.json"), h.config("configured.json"), h.path(".docker/config.json"), h.path(".config/containers/auth.json")}
	verdicts, _ := filepath.Glob(h.config("verdicts/*.json"))
	for _, path := range append(files, verdicts...) {
		text, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			continue
		}
		check(h.t, err)
		if !json.Valid(text) {
			h.t.Fatalf("%s is damaged", path)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
			h.t.Fatalf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

// A store that is killed leaves the old token or the new one, and no harm to the
// next store. Every other time it is the first of all, and makes the key.
func TestStoreKilled(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	old, fresh := h.token(), h.token()
	whole := h.whole(login("ghcr.io", old), "store")
	for i, n := 0, 0; n < kills; i++ {
		if i%2 == 1 {
			check(t, os.RemoveAll(h.config("")))
			old = ""
		}
		if h.killed(&whole, login("ghcr.io", fresh), "store") {
			n++
		}
		h.isWhole()
		if now := h.kept("ghcr.io"); now != old && now != fresh {
			t.Fatalf("round %d: the token is lost", i)
		}
		h.done(login("ghcr.io", fresh), "store")
		if h.kept("ghcr.io") != fresh {
			t.Fatalf("round %d: the next store stored nothing", i)
		}
		old, fresh = fresh, map[bool]string{true: h.tokens[0], false: h.tokens[1]}[fresh == h.tokens[1]]
	}
	h.done(login("ghcr.io", fresh), "store")
	h.get("docker push ghcr.io/o/app").gives(t, fresh)
	h.noLeftovers() // of those that were killed
}

const engineFile = "{\n\t\"auths\": {\"quay.io\": {\"auth\": \"eDp5\"}},\n\t\"other\": \"kept\"\n}"

func (h *home) writeEngineFile() {
	check(h.t, os.WriteFile(h.path(".docker/config.json"), []byte(engineFile), 0o600))
}

// A login stores and configures. Killed, it loses neither the token that was
// there nor anything in docker's file.
func TestLoginKilled(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	old, fresh := h.token(), h.token()
	h.writeEngineFile()
	whole := h.whole(old, "login", "--with-token")
	for i, n := 0, 0; n < kills; i++ {
		h.done("", "unconfigure")
		if text, err := os.ReadFile(h.path(".docker/config.json")); err != nil || string(text) != engineFile {
			t.Fatalf("round %d: unconfigure left %q, %v", i, text, err)
		}
		if h.killed(&whole, fresh, "login", "--with-token") {
			n++
		}
		h.isWhole()
		now := h.kept("ghcr.io")
		if now != old && now != fresh {
			t.Fatalf("round %d: the token is lost", i)
		}
		if now == fresh {
			old, fresh = fresh, old
		}
	}
	h.done(fresh, "login", "--with-token")
	h.get("docker push ghcr.io/o/app").gives(t, fresh)
	h.noLeftovers()
}

// A configure that is killed has changed a file or not, and can be taken back.
func TestConfigureKilled(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.writeEngineFile()
	whole := h.whole("", "configure")
	configured, err := os.ReadFile(h.path(".docker/config.json"))
	check(t, err)
	h.done("", "unconfigure")
	for i, n := 0, 0; n < kills; i++ {
		if h.killed(&whole, "", "configure") {
			n++
		}
		h.isWhole()
		if text, err := os.ReadFile(h.path(".docker/config.json")); err != nil || string(text) != engineFile && string(text) != string(configured) {
			t.Fatalf("round %d: the file is %q, %v", i, text, err)
		}
		if i%2 == 1 {
			h.killed(&whole, "", "unconfigure")
			h.isWhole()
		}
		h.done("", "unconfigure")
		if text, err := os.ReadFile(h.path(".docker/config.json")); err != nil || string(text) != engineFile {
			t.Fatalf("round %d: unconfigure left %q, %v", i, text, err)
		}
		if _, err := os.Stat(h.path(".config/containers/auth.json")); err == nil {
			t.Fatalf("round %d: unconfigure left podman's file", i)
		}
	}
}

// A migration that is killed leaves the token in at least one place.
func TestMigrateKilled(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	token := h.token()
	plain := base64.StdEncoding.EncodeToString([]byte("mona:" + token))
	file := h.path(".docker/config.json")
	write := func() {
		check(t, os.WriteFile(file, fmt.Appendf(nil, `{"auths": {"ghcr.io": {"auth": %q}}, "other": "kept"}`, plain), 0o600))
	}
	isPlain := func() bool {
		var config struct {
			Auths map[string]struct{ Auth string }
			Other string
		}
		text, err := os.ReadFile(file)
		check(t, err)
		if err := json.Unmarshal(text, &config); err != nil || config.Other != "kept" {
			t.Fatal("docker's file is damaged")
		}
		return config.Auths["ghcr.io"].Auth == plain
	}
	write()
	whole := h.whole("", "migrate")
	for i, n := 0, 0; n < kills; i++ {
		check(t, os.RemoveAll(h.config("")))
		write()
		if h.killed(&whole, "", "migrate") {
			n++
		}
		h.isWhole()
		if !isPlain() && h.kept("ghcr.io") != token {
			t.Fatalf("round %d: the token is lost", i)
		}
		h.done("", "migrate")
		if isPlain() || h.kept("ghcr.io") != token {
			t.Fatalf("round %d: the next migrate did not finish the work", i)
		}
	}
}
