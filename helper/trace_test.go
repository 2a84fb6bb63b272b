package helper

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

var traceLine = regexp.MustCompile(`^docker-credential-ghcr: debug: +[0-9]+\.[0-9] ms  .+$`)

// traced are the steps of a call, without names and times.
func (m *machine) traced(r result) []string {
	m.t.Helper()
	noLeak(m.t, r.stderr, m.tokens...)
	var steps []string
	for line := range strings.Lines(r.stderr) {
		line = strings.TrimSuffix(line, "\n")
		if !strings.Contains(line, ": debug: ") {
			continue
		}
		if !traceLine.MatchString(line) {
			m.t.Errorf("not a line of a trace: %q", line)
		}
		_, step, _ := strings.Cut(line, " ms  ")
		steps = append(steps, step)
	}
	return steps
}

// holdInOrder reports whether the steps have these beginnings, in this order.
func holdInOrder(steps []string, beginnings ...string) bool {
	for _, step := range steps {
		if len(beginnings) > 0 && strings.HasPrefix(step, beginnings[0]) {
			beginnings = beginnings[1:]
		}
	}
	return len(beginnings) == 0
}

func TestTrace(t *testing.T) {
	m := newMachine(t)
	token := m.stored("read:packages")
	m.env["GHCR_DEBUG"] = "1"
	m.intent = engine.Push
	r := m.call("get", "ghcr.io")
	if steps := m.traced(r); !holdInOrder(steps, "host: ghcr.io; intent: push", "source: the encrypted file", "the encrypted file: read: done",
		"token: a personal access token (classic)", "network: connection to 127.0.0.1:", "network: TLS greeting: done", "network: request: done",
		"network: the answer begins", "GitHub: the token is accepted; scopes: read:packages", "verdict: an error: the token of mona can pull", "get: done") {
		t.Errorf("steps = %q", steps)
	}
	if !strings.Contains(r.stderr, Name+": hint: tick") {
		t.Error("the hint is missing")
	}

	m.intent = engine.Pull
	r = m.call("get", "ghcr.io")
	if steps := m.traced(r); r.code != 0 || !holdInOrder(steps, "verdict: credentials", "get: done") {
		t.Errorf("steps = %q", steps)
	}
	world.SetFault(&ghcrtest.Fault{Status: 500})
	if steps := m.traced(m.call("get", "ghcr.io")); !holdInOrder(steps, "GitHub: api.github.com is in trouble", "verdict: credentials") {
		t.Errorf("steps = %q", steps)
	}
	world.SetFault(nil)
	world.Revoke(token)
	m.call("get", "ghcr.io")
	if steps := m.traced(m.call("get", "ghcr.io")); !holdInOrder(steps, "GitHub: not asked, it refused this token at ", "verdict: not found") {
		t.Errorf("steps = %q", steps)
	}
	if steps := m.traced(m.call("get", "docker.io")); !holdInOrder(steps, "host: no registry of GitHub, left to others", "get: done") {
		t.Errorf("steps = %q", steps)
	}
	next := m.classic("write:packages")
	if steps := m.traced(m.storeVerb("mona", next)); !holdInOrder(steps, "host: ghcr.io", "token: a personal", "GitHub: the token is accepted", `GitHub: account "mona"`,
		"the encrypted file: write: done", "store: done") {
		t.Errorf("steps = %q", steps)
	}
	if steps := m.traced(m.storeVerb("mona", next)); !holdInOrder(steps, "the encrypted file: holds just this already", "store: done") {
		t.Errorf("steps = %q", steps)
	}
	if steps := m.traced(m.call("erase", "ghcr.io")); !holdInOrder(steps, "the encrypted file: delete: done", "erase: done") {
		t.Errorf("steps = %q", steps)
	}
	m.env["GHCR_DEBUG"] = "0"
	if r := m.call("get", "ghcr.io"); r.stderr != "" {
		t.Errorf("GHCR_DEBUG=0 says %q", r.stderr)
	}
}

func TestTraceIsFreeWhenOff(t *testing.T) {
	var off *trace
	if n := testing.AllocsPerRun(100, func() { off.step("nothing") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if ctx := t.Context(); off.network(ctx) != ctx {
		t.Error("the network is traced")
	}
}
