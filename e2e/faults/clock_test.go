//go:build linux

package faults

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// clockVariable is by how many seconds the clock of the program is wrong.
const clockVariable = "GHCR_FAULTS_CLOCK"

// wrongClock is what is added to Go's time.Now.
const wrongClock = `
func wrongBy() (seconds int64) {
	text, _ := syscall.Getenv("` + clockVariable + `")
	for _, c := range []byte(text) {
		if c != '-' {
			seconds = seconds*10 + int64(c-'0')
		}
	}
	if text != "" && text[0] == '-' {
		return -seconds
	}
	return seconds
}
`

// buildWithClock builds the program from its own source, but with a clock that
// can be wrong: a machine has only one, and others use it too.
func buildWithClock(ctx context.Context) error {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return err
	}
	original := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	text, err := os.ReadFile(original)
	if err != nil {
		return err
	}
	const reading, imports = "sec, nsec, mono := runtimeNow()\n", "import (\n"
	if !strings.Contains(string(text), reading) {
		return errors.New("time.Now of this Go reads its clock in another way")
	}
	changed := strings.Replace(string(text), reading, reading+"\tsec += wrongBy()\n", 1)
	changed = strings.Replace(changed, imports, imports+"\t\"syscall\"\n", 1) + wrongClock
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {original: inWorkshop("time.go")}})
	if err != nil {
		return err
	}
	err = errors.Join(os.WriteFile(inWorkshop("time.go"), []byte(changed), 0o600), os.WriteFile(inWorkshop("overlay.json"), overlay, 0o600))
	if err != nil {
		return err
	}
	return build(ctx, "clock", "-overlay", inWorkshop("overlay.json"))
}

// In 1970, as on a board without a battery, and in 2099: no certificate is
// valid, which is said, and everything works as without a network. What was
// stored then is good when the clock is right again.
func TestWrongClock(t *testing.T) {
	check(t, buildWithClock(t.Context()))
	for _, day := range []string{"1970-01-02", "2099-06-01"} {
		t.Run(day, func(t *testing.T) {
			h := newHome(t)
			first, second := h.token(), h.token()
			h.keep("ghcr.io", first)
			at, err := time.Parse(time.DateOnly, day)
			check(t, err)
			h.setenv(clockVariable, strconv.FormatInt(int64(time.Until(at.Add(12*time.Hour)).Seconds()), 10))
			wrong := func(stdin string, args ...string) result {
				return h.watch(args[0] == "get", func(ctx context.Context) *exec.Cmd {
					return h.command(ctx, built("clock"), stdin, args...)
				})
			}
			get := func() result { return wrong("ghcr.io", "get") }
			r := get()
			r.gives(t, first)
			if !r.says("is not verified: api.github.com " + badValidity) {
				t.Errorf("get: %+v", r.stderr)
			}
			if r := wrong(login("ghcr.io", second), "store"); r.code != 0 || !r.says(unverified+badValidity) {
				t.Errorf("store: %+v", r)
			}
			get().gives(t, second)
			text, err := os.ReadFile(h.config("hosts.json"))
			check(t, err)
			if !strings.Contains(string(text), day) {
				t.Errorf("the clock was not wrong: %s", text)
			}
			for _, command := range []string{"status", "list"} {
				if r := wrong("", command); !r.says("mona") {
					t.Errorf("%s: %+v", command, r)
				}
			}
			h.get("docker push ghcr.io/o/app").gives(t, second)
			if r := wrong("", "logout"); r.code != 0 || h.kept("ghcr.io") != "" {
				t.Errorf("logout: %+v", r)
			}
		})
	}
}
