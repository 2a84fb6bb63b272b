//go:build linux

package engines

import (
	"fmt"
	"strings"
	"testing"
)

// result is what a person sees of a command.
type result struct {
	t              *testing.T
	what           string
	code           int
	stdout, stderr string
}

func (r result) String() string {
	return fmt.Sprintf("$ %s\nexit code %d\nstdout:\n%s\nstderr:\n%s", r.what, r.code, r.stdout, r.stderr)
}

func (r result) ok() result {
	r.t.Helper()
	if r.code != 0 {
		r.t.Fatalf("it should have gone well: %v", r)
	}
	return r
}

func (r result) fails() result {
	r.t.Helper()
	if r.code == 0 {
		r.t.Fatalf("it should have failed: %v", r)
	}
	return r
}

// says wants each text to stand somewhere in the output.
func (r result) says(texts ...string) result {
	r.t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.stdout+r.stderr, text) {
			r.t.Errorf("%q is missing: %v", text, r)
		}
	}
	return r
}

// saysOnce wants exactly one line of the program in stderr to begin with a text.
func (r result) saysOnce(text string) result {
	r.t.Helper()
	n := 0
	for line := range strings.Lines(r.stderr) {
		if strings.HasPrefix(line, program+": "+text) {
			n++
		}
	}
	if n != 1 {
		r.t.Errorf("%q stands in %d lines of stderr, not in one: %v", text, n, r)
	}
	return r
}

// isSilent wants nothing to be seen of the program.
func (r result) isSilent() result {
	r.t.Helper()
	if strings.Contains(r.stdout+r.stderr, program) {
		r.t.Errorf("%s should have nothing to say: %v", program, r)
	}
	return r
}
