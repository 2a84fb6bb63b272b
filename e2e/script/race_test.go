package script

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

// home is a person's home folder in a world with one good token.
type home struct {
	t     *testing.T
	world *ghcrtest.World
	dir   string
	env   []string
	token string
}

func newHome(t *testing.T) *home {
	t.Helper()
	world, err := ghcrtest.New(ghcrtest.Options{})
	check(t, err)
	t.Cleanup(func() { _ = world.Close() })
	dir := t.TempDir()
	caFile := filepath.Join(dir, "ca.pem")
	check(t, world.WriteCABundle(caFile, false))
	check(t, os.MkdirAll(filepath.Join(dir, ".docker"), 0o700))
	h := &home{t: t, world: world, dir: dir, token: ghcrtest.SampleToken("ghp_", t.Name())}
	world.SetToken(ghcrtest.Token{Value: h.token, Login: "mona", Scopes: []string{"write:packages"}})
	h.env = append(world.Env(caFile), "HOME="+dir, "XDG_RUNTIME_DIR="+dir, "PATH="+bin+":"+os.Getenv("PATH"), "LANG=C.UTF-8")
	return h
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *home) command(stdin string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(h.t.Context(), filepath.Join(bin, program), args...)
	cmd.Env, cmd.Dir = h.env, h.dir
	cmd.Stdin = strings.NewReader(stdin)
	return cmd
}

func (h *home) login() string {
	text, err := json.Marshal(struct{ ServerURL, Username, Secret string }{"ghcr.io", "mona", h.token})
	check(h.t, err)
	return string(text)
}

func (h *home) path(name string) string { return filepath.Join(h.dir, filepath.FromSlash(name)) }

// isStored reports whether a get gives the token.
func (h *home) isStored() bool {
	out, err := h.command("ghcr.io", "get").Output()
	return err == nil && bytes.Contains(out, []byte(h.token))
}

// isPlain reports whether the token stands in docker's file, which must be valid.
func (h *home) isPlain() bool {
	var config struct {
		Auths map[string]struct{ Auth string }
		Other string
	}
	text, err := os.ReadFile(h.path(".docker/config.json"))
	check(h.t, err)
	if err := json.Unmarshal(text, &config); err != nil || config.Other != "kept" {
		h.t.Fatalf("config.json was damaged: %v\n%s", err, strings.ReplaceAll(string(text), h.token, "[token]"))
	}
	return config.Auths["ghcr.io"].Auth == h.plain()
}

func (h *home) plain() string { return base64.StdEncoding.EncodeToString([]byte("mona:" + h.token)) }

func (h *home) writePlain() {
	text := fmt.Sprintf(`{"auths": {"ghcr.io": {"auth": %q}}, "other": "kept"}`, h.plain())
	check(h.t, os.WriteFile(h.path(".docker/config.json"), []byte(text), 0o600))
}

// A migration killed at any moment leaves the token in at least one place, and
// the next one finishes the work.
func TestMigrateKilled(t *testing.T) {
	h := newHome(t)
	// How long an undisturbed one takes bounds the moments to kill at.
	h.writePlain()
	begin := time.Now()
	check(t, h.command("", "migrate").Run())
	whole := time.Since(begin)
	if h.isPlain() || !h.isStored() {
		t.Fatal("migrate did not move the token")
	}
	for i := range 40 {
		check(t, h.command("", "logout").Run())
		h.writePlain()
		cmd := h.command("", "migrate")
		check(t, cmd.Start())
		timer := time.AfterFunc(time.Duration(rand.Int64N(int64(whole))), func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		timer.Stop()
		plain, stored := h.isPlain(), h.isStored()
		if !plain && !stored {
			t.Fatalf("round %d: the token is lost", i)
		}
		if out, err := h.command("", "migrate").CombinedOutput(); err != nil {
			t.Fatalf("round %d: the next migrate fails: %v\n%s", i, err, out)
		}
		if h.isPlain() || !h.isStored() {
			t.Fatalf("round %d: the next migrate did not finish the work", i)
		}
	}
}

// Killed while GitHub is asked: nothing has changed yet.
func TestMigrateKilledWhileAsking(t *testing.T) {
	h := newHome(t)
	h.writePlain()
	h.world.SetFault(&ghcrtest.Fault{Hold: true})
	cmd := h.command("", "migrate")
	check(t, cmd.Start())
	check(t, h.world.Wait(t.Context(), func(r []ghcrtest.Request) bool { return len(r) > 0 }))
	check(t, cmd.Process.Kill())
	_ = cmd.Wait()
	h.world.SetFault(nil)
	if !h.isPlain() || h.isStored() {
		t.Error("the token has left its place before it was checked")
	}
}

// Many at once: no file is damaged, no host gets another's token.
func TestManyAtOnce(t *testing.T) {
	h := newHome(t)
	check(t, os.WriteFile(h.path(".docker/config.json"), []byte(`{"other": "kept"}`), 0o600))
	check(t, h.command(h.login(), "store").Run())
	var all sync.WaitGroup
	run := func(ok func(out []byte) bool, stdin string, args ...string) {
		all.Go(func() {
			out, err := h.command(stdin, args...).Output()
			if err != nil || !ok(out) {
				t.Errorf("%s: %v\n%s", args[0], err, bytes.ReplaceAll(out, []byte(h.token), []byte("[token]")))
			}
		})
	}
	anything := func([]byte) bool { return true }
	for i := range 50 {
		run(anything, "", "configure", fmt.Sprintf("containers.git%d.example.com", i))
		run(anything, h.login(), "store")
		run(func(out []byte) bool { return bytes.Contains(out, []byte(h.token)) }, "ghcr.io", "get")
	}
	all.Wait()
	if h.isPlain() {
		t.Error("a plain login came from nowhere")
	}
	text, err := os.ReadFile(h.path(".docker/config.json"))
	check(t, err)
	var config struct{ CredHelpers map[string]string }
	check(t, json.Unmarshal(text, &config))
	if len(config.CredHelpers) != 50 {
		t.Errorf("%d of 50 entries are in config.json", len(config.CredHelpers))
	}
}
