package engine

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// TestChild is no test: it is what the processes do that other tests start.
func TestChild(t *testing.T) {
	verb, registry, _ := strings.Cut(os.Getenv("ENGINE_TEST_CHILD"), " ")
	home := os.Getenv("ENGINE_TEST_HOME")
	if verb == "" {
		return
	}
	env := Env{Dir: filepath.Join(home, "own"), Home: home, GOOS: "linux", Getenv: func(name string) string {
		return map[string]string{"XDG_RUNTIME_DIR": filepath.Join(home, "run")}[name]
	}}
	run := func(plan func(context.Context, Env, []Engine, string) (Plan, error)) {
		p, err := plan(t.Context(), env, both, registry)
		if err == nil {
			_, err = p.Apply(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	switch verb {
	case "configure":
		run(PlanConfigure)
	case "unconfigure":
		run(PlanUnconfigure)
	case "forever":
		for {
			fmt.Println("round")
			run(PlanConfigure)
			run(PlanUnconfigure)
		}
	}
}

func child(ctx context.Context, home, verb, registry string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), "ENGINE_TEST_CHILD="+verb+" "+registry, "ENGINE_TEST_HOME="+home, "GORACE=atexit_sleep_ms=0")
	return cmd
}

// Fifty processes at once, each for a registry of its own, lose nothing: not of
// the files, and not of what it takes to get back.
func TestFiftyAtOnce(t *testing.T) {
	w := newWorld(t)
	text := "{\n  \"auths\": {\n    \"quay.io\": {\n      \"auth\": \"eDp5\"\n    }\n  },\n  \"unknown\": [1, 2]\n}\n"
	w.write(".docker/config.json", text)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	all := func(verb string) {
		var group sync.WaitGroup
		for i := range 50 {
			group.Go(func() {
				out, err := child(ctx, w.Home, verb, fmt.Sprintf("containers.n%d.ghe.com", i)).CombinedOutput()
				if err != nil {
					t.Errorf("%s %d: %v\n%s", verb, i, err, out)
				}
			})
		}
		group.Wait()
	}
	all("configure")
	for _, name := range []string{".docker/config.json", ".config/containers/auth.json"} {
		c, err := parse(name, []byte(w.contents(name)))
		if err != nil || len(c.CredHelpers) != 50 {
			t.Errorf("%s: %d helpers, %v", name, len(c.CredHelpers), err)
		}
	}
	all("unconfigure")
	w.want(".docker/config.json", text)
	w.want(".config/containers/auth.json", "none")
	w.want("own/configured.json", "none")
}

// Whenever it is killed, the files are whole, the next run works, and the way
// back is known.
func TestKilledAtAnyMoment(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows cannot replace a file that a dying process has open")
	}
	w := newWorld(t)
	w.Env.Dir = w.path("own")
	text := "{\n\t\"auths\": {\"quay.io\": {\"auth\": \"eDp5\"}}\n}"
	configured := "{\n\t\"auths\": {\"quay.io\": {\"auth\": \"eDp5\"}},\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"ghcr\"\n\t}\n}"
	w.write(".docker/config.json", text)
	for range 40 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		cmd := child(ctx, w.Home, "forever", ghcr)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "round\n" {
			t.Fatalf("the child said %q, %v", line, err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(8 * time.Millisecond)))) // the random moment
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		cancel()
		if now := w.contents(".docker/config.json"); now != text && now != configured {
			t.Fatalf("the file is %q", now)
		}
		if now := w.contents(".config/containers/auth.json"); now != "none" && now != fresh {
			t.Fatalf("the file is %q", now)
		}
	}
	w.configure(ghcr, both...)
	w.want(".docker/config.json", configured)
	w.unconfigure(ghcr, both...)
	w.want(".docker/config.json", text)
	w.want(".config/containers/auth.json", "none")
	var left []string
	for name := range w.tree() {
		if strings.Contains(name, ".ghcr-") {
			left = append(left, name)
		}
	}
	if len(left) > 0 {
		t.Errorf("copies are left: %v", left)
	}
}

// Killed between the record and the file: the record speaks of an edit that is
// not there.
func TestRecordWithoutItsEdit(t *testing.T) {
	w := newWorld(t)
	text := `{"credHelpers": {"ghcr.io": "desktop"}}`
	w.write(".docker/config.json", text)
	w.configure(ghcr, Docker)
	w.write(".docker/config.json", text)
	w.unconfigure(ghcr, Docker)
	w.want(".docker/config.json", text)
	w.configure(ghcr, Docker)
	w.unconfigure(ghcr, Docker)
	w.want(".docker/config.json", text)
}

// Docker knows nothing of our lock: what it wrote after we planned stays.
func TestApplyPlansAgain(t *testing.T) {
	w := newWorld(t)
	w.write(".docker/config.json", `{"a": 1}`)
	p := w.plan(Docker)
	w.write(".docker/config.json", `{"a": 1, "auths": {"quay.io": {}}}`)
	done := w.apply(p)
	w.want(".docker/config.json", `{"a": 1, "auths": {"quay.io": {}}, "credHelpers": {"ghcr.io": "ghcr"}}`)
	if len(done) != 1 || string(done[0].After) != w.contents(".docker/config.json") {
		t.Errorf("Apply speaks of other changes than it made: %+v", done)
	}
}

// What is written in the moment between reading and writing is seen.
func TestReplaceLooksAgain(t *testing.T) {
	w := newWorld(t)
	path := w.path("config.json")
	none := load(t.Context(), path)
	w.write("config.json", "a")
	if err := replace(path, []byte("b"), &none); !errors.Is(err, errChanged) {
		t.Errorf("a file that was not there: %v", err)
	}
	old := file{path: path, data: []byte("x"), exists: true}
	if err := replace(path, []byte("b"), &old); !errors.Is(err, errChanged) {
		t.Errorf("a file with other contents: %v", err)
	}
	if err := discard(&old, nil); !errors.Is(err, errChanged) {
		t.Errorf("a file to be removed: %v", err)
	}
	w.want("config.json", "a")
	remove(t, path)
	if err := replace(path, []byte("b"), &old); !errors.Is(err, errChanged) {
		t.Errorf("a file that is gone: %v", err)
	}
	w.want("config.json", "none")
	if names, _ := filepath.Glob(w.path(".config.json*")); len(names) > 0 {
		t.Errorf("copies are left: %v", names)
	}
}

// A copy that a killed process left holds tokens: the next write removes it.
func TestLeftoversGo(t *testing.T) {
	w := newWorld(t)
	w.write(".docker/config.json", `{}`)
	w.write(".docker/.config.json.ghcr-123", "secret")
	w.write(".docker/.config.json.bak", "theirs")
	w.configure(ghcr, Docker)
	w.want(".docker/.config.json.ghcr-123", "none")
	w.want(".docker/.config.json.bak", "theirs")
}

func TestApplyHonoursItsContext(t *testing.T) {
	w := newWorld(t)
	p := w.plan(both...)
	if err := os.MkdirAll(w.Env.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	lock := flock.New(filepath.Join(w.Env.Dir, "configure.lock"))
	if err := lock.Lock(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	before := w.tree()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := p.Apply(ctx)
	if err == nil || !strings.Contains(err.Error(), "another process has the lock") {
		t.Errorf("Apply beside another: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Apply(cancelled); !errors.Is(err, context.Canceled) && err.Error() != context.Canceled.Error() {
		t.Errorf("Apply, cancelled: %v", err)
	}
	if _, err := PlanConfigure(cancelled, w.Env, both, ghcr); !errors.Is(err, context.Canceled) {
		t.Errorf("PlanConfigure, cancelled: %v", err)
	}
	if !reflect.DeepEqual(before, w.tree()) {
		t.Error("something was written")
	}
}

// The record is for its owner, and holds no more than the edit.
func TestRecordHoldsNoSecret(t *testing.T) {
	w := newWorld(t)
	token := sampleToken()
	w.write(".docker/config.json", fmt.Sprintf(`{"auths": {"ghcr.io": {"auth": %q}}, "x": %q}`, basic("mona", token), token))
	w.configure(ghcr, Docker)
	text := w.contents(".config/" + binary + "/configured.json")
	if !json.Valid([]byte(text)) || strings.Contains(text, token) || strings.Contains(text, basic("mona", token)) {
		t.Error("the record is no JSON or holds the token")
	}
	info, err := os.Stat(filepath.Join(w.Env.Dir, "configured.json"))
	if runtime.GOOS != "windows" && (err != nil || info.Mode() != 0o600) {
		t.Errorf("the record's mode: %v, %v", info.Mode(), err)
	}
}

// A file that cannot be written does not keep the other one from being written,
// and the error is one line.
func TestOneFolderCannotBeMade(t *testing.T) {
	w := newWorld(t)
	w.write(".docker", "a file where the folder should be")
	p, err := PlanConfigure(t.Context(), w.Env, both, ghcr)
	if err != nil {
		t.Fatal(err)
	}
	done, err := p.Apply(t.Context())
	isBad := slices.ContainsFunc(p.Findings, func(f Finding) bool { return f.Kind == BadFile && f.Path == w.path(".docker/config.json") })
	if !isBad && (err == nil || strings.Contains(err.Error(), "\n")) {
		t.Errorf("nobody says so: %v, %+v", err, p.Findings)
	}
	if paths := w.paths(done); !slices.Equal(paths, podmanFiles) {
		t.Errorf("changed: %v", paths)
	}
	w.want(".config/containers/auth.json", fresh)
}
