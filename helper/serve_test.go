package helper

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/docker/docker-credential-helpers/credentials"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

// What docker-credential-helpers' own helpers print, byte for byte.
func TestProtocol(t *testing.T) {
	m := newMachine(t)
	expect := func(verb, stdin string, code int, stdout string) result {
		t.Helper()
		r := m.call(verb, stdin)
		if r.code != code || r.stdout != stdout {
			t.Errorf("%s: %d, %q; want %d, %q", verb, r.code, withoutSecrets(r.stdout, m.tokens), code, withoutSecrets(stdout, m.tokens))
		}
		return r
	}
	const notFound = "credentials not found in native keychain\n"
	expect("list", "", 0, "{}\n")
	expect("list", "unused", 0, "{}\n")
	expect("get", "ghcr.io", 1, notFound)
	warned(t, expect("erase", "ghcr.io", 0, ""), "nothing is stored for ghcr.io")

	token := m.classic("write:packages")
	expect("store", m.credentials("ghcr.io", "mona", token), 0, "")
	expect("list", "unused", 0, `{"ghcr.io":"mona"}`+"\n")
	// The server URL comes back as it was given.
	for _, server := range []string{"ghcr.io", "https://ghcr.io", "http://ghcr.io", "https://ghcr.io/", "https://ghcr.io/v2/", "GHCR.IO", "ghcr.io:443", "ghcr.io/octo/app"} {
		warned(t, expect("get", server, 0, m.credentials(server, "mona", token)), "")
	}
	expect("get", "ghcr.io\r\n", 0, m.credentials("ghcr.io", "mona", token))

	// docker login gives it under any of its names: it is one host.
	other := m.classic("write:packages")
	expect("store", m.credentials("https://ghcr.io/v2/", "mona", other), 0, "")
	expect("get", "ghcr.io", 0, m.credentials("ghcr.io", "mona", other))
	expect("list", "unused", 0, `{"ghcr.io":"mona"}`+"\n")

	warned(t, expect("erase", "https://ghcr.io", 0, ""), "the token of mona for ghcr.io is gone from the encrypted file; it still exists on GitHub: https://github.com/settings/tokens")
	expect("get", "ghcr.io", 1, notFound)
	expect("list", "unused", 0, "{}\n")

	expect("get", "", 1, "no credentials server URL\n")
	expect("get", " \n", 1, "no credentials server URL\n")
	expect("erase", "", 1, "no credentials server URL\n")
	expect("store", "{}", 1, "no credentials server URL\n")
	expect("store", `{"ServerURL":"","Username":"mona","Secret":"x"}`, 1, "no credentials server URL\n")
}

// docker logout erases one host under several names.
func TestEraseIsToldOnce(t *testing.T) {
	m := newMachine(t)
	m.stored("write:packages")
	m.run = "1-1"
	warned(t, m.call("erase", "ghcr.io"), "is gone from the encrypted file")
	for _, name := range []string{"ghcr.io", "http://ghcr.io", "https://ghcr.io"} {
		if r := m.call("erase", name); r.code != 0 || r.stderr != "" {
			t.Errorf("%s again: %+v", name, r)
		}
	}
	warned(t, m.call("erase", "index.docker.io"), "not a registry of GitHub")
}

func TestSeveralHosts(t *testing.T) {
	m := newMachine(t)
	tokens := map[string]string{"ghcr.io": m.classic("write:packages")}
	for registry, server := range map[string]string{"containers.octo.ghe.com": "octo.ghe.com", "containers.git.example.com": "git.example.com"} {
		tokens[registry] = m.token("ghp_")
		world.SetToken(ghcrtest.Token{Value: tokens[registry], Login: "mona", Server: server, Scopes: []string{"write:packages"}})
	}
	world.AddHost("api.octo.ghe.com", ghcrtest.API)
	world.AddHost("git.example.com", ghcrtest.API)
	for registry, token := range tokens {
		m.put(registry, token)
	}
	for registry, token := range tokens {
		if r := m.call("get", registry); r.stdout != m.credentials(registry, "mona", token) {
			t.Errorf("%s: another token: %s", registry, withoutSecrets(r.stdout, m.tokens))
		}
	}
	var list map[string]string
	if err := json.Unmarshal([]byte(m.call("list", "").stdout), &list); err != nil || len(list) != len(tokens) {
		t.Errorf("list = %v, %v", list, err)
	}
	m.call("erase", "containers.octo.ghe.com")
	if r := m.call("get", "containers.octo.ghe.com"); r.code != 1 {
		t.Error("the erased one is still there")
	}
	m.gets("mona", tokens["ghcr.io"])
	// Each token went to its own server alone.
	servers := map[string]string{"ghcr.io": "api.github.com", "containers.octo.ghe.com": "api.octo.ghe.com", "containers.git.example.com": "git.example.com"}
	for _, r := range world.Requests() {
		for registry, token := range tokens {
			if r.Token == ghcrtest.Fingerprint(token) && r.Host != servers[registry] {
				t.Errorf("the token for %s went to %s", registry, r.Host)
			}
		}
	}
}

// Hosts of others: the protocol's not-found, no look at the store, no request.
func TestUnknownHosts(t *testing.T) {
	m := newMachine(t)
	m.stored("write:packages")
	for _, server := range []string{
		"docker.io", "https://index.docker.io/v1/", "quay.io", "localhost:5000", "ghcr.io.evil.com", "evil.com/ghcr.io", "ghcr.io:5000",
		"ghcr.io.", "xn--ghcr-.io", "[::1]:443", "github.com", "containers.github.com", "containers.evil", "ssh://ghcr.io", "a.containers.b.com",
	} {
		r := m.call("get", server)
		if r.code != 1 || r.stdout != "credentials not found in native keychain\n" || r.stderr != "" {
			t.Errorf("%s: %+v", server, r)
		}
	}
	m.fails("store", m.credentials("docker.io", "mona", m.classic()), "only tokens for ghcr.io and registries of GitHub Enterprise are kept here", "another credential helper")
	if n := len(world.Requests()); n > 0 {
		t.Errorf("%d requests", n)
	}
}

// Input that is no good: one line on stdout, exit code 1, nothing stored.
func TestBadInput(t *testing.T) {
	m := newMachine(t)
	token := m.token("ghp_")
	world.SetToken(ghcrtest.Token{Value: token, Login: "mona", Scopes: []string{"write:packages"}})
	huge := strings.Repeat("x", 10<<20)
	valid := m.credentials("ghcr.io", "mona", token)
	tests := map[string]map[string]string{
		"get": {
			"ghcr.io\x00": "not a registry host", "ghcr.io\nevil.com": "not a registry host", "ghcr.io\r\nX: y": "not a registry host", "gh\xffcr.io": "not UTF-8", "\u202eghcr.io": "not a registry host",
			huge: "too long", "ghcr.io@evil.com": "not a registry host", "user:pass@ghcr.io": "not a registry host", strings.Repeat("g", 5000): "not a registry host", "http://[::1": "not a registry host",
		},
		"erase": {"ghcr.io\x00": "not a registry host", "ghcr.io\nevil.com": "not a registry host", "gh\xffcr.io": "not UTF-8", huge: "too long"},
		"store": {
			"":       "is not JSON",
			"\n":     "is not JSON",
			"null x": "is not JSON", "[]": "is not JSON", `"` + token + `"`: "is not JSON", valid[:len(valid)-10]: "is not JSON",
			strings.Replace(valid, "mona", "mo\xffna", 1):             "not UTF-8",
			strings.Replace(valid, "mona", `mona\u0000`, 1):           "user name",
			strings.Replace(valid, "mona", `mona\nlisa`, 1):           "user name",
			strings.Replace(valid, "mona", `mona\u202e`, 1):           "user name",
			strings.Replace(valid, "mona", huge[:2<<10], 1):           "user name",
			strings.Replace(valid, "ghcr.io", `ghcr.io\u0000`, 1):     "not a registry host",
			strings.Replace(valid, "ghcr.io", `ghcr.io\nevil.com`, 1): "not a registry host",
			strings.Replace(valid, "ghcr.io", `a:b@ghcr.io`, 1):       "not a registry host",
			strings.Replace(valid, "mona", huge, 1):                   "too long",
		},
	}
	for verb, inputs := range tests {
		for stdin, cause := range inputs {
			r := m.call(verb, stdin)
			if r.code != 1 || !strings.HasPrefix(r.stdout, Name+": error: ") || !strings.Contains(r.stdout, cause) {
				t.Errorf("%s %.40q: %d, %q; want %q", verb, withoutSecrets(stdin, m.tokens), r.code, r.stdout, cause)
			}
		}
	}
	if r := m.call("list", huge); r.stdout != "{}\n" {
		t.Errorf("list = %q: something was stored", r.stdout)
	}
	if n := len(world.Requests()); n > 0 {
		t.Errorf("%d requests", n)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("broken") }

func TestUnreadableInput(t *testing.T) {
	m := newMachine(t)
	var out bytes.Buffer
	var errOut buffer
	if code := m.helper(&errOut).serve("get", brokenReader{}, &out); code != 1 || !strings.Contains(out.String(), "cannot be read") {
		t.Errorf("%d, %q", code, out.String())
	}
}

func TestVersionLine(t *testing.T) {
	var want bytes.Buffer
	name, pkg, version := credentials.Name, credentials.Package, credentials.Version
	defer func() { credentials.Name, credentials.Package, credentials.Version = name, pkg, version }()
	credentials.Name, credentials.Package, credentials.Version = Name, Package, Version()
	if err := credentials.PrintVersion(&want); err != nil {
		t.Fatal(err)
	}
	if got := VersionLine() + "\n"; got != want.String() {
		t.Errorf("%q, want %q", got, want.String())
	}
}

func TestVerbs(t *testing.T) {
	for _, word := range []string{"store", "get", "erase", "list"} {
		if !IsVerb(word) {
			t.Errorf("%s is a verb", word)
		}
	}
	for _, word := range []string{"", "version", "login", "Get", "--help"} {
		if IsVerb(word) {
			t.Errorf("%s is no verb", word)
		}
	}
}

// A protocol verb must not pay for the commands, nor for a registry client.
func TestDependencies(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	for _, path := range strings.Fields(string(out)) {
		for _, banned := range []string{
			"/internal/registry", "/internal/cli", "/internal/ghcrtest", "/keyring/keyringtest", "testing",
			"github.com/spf13/cobra", "github.com/docker/cli/", "github.com/google/go-containerregistry/", "github.com/docker/docker/",
		} {
			if path == banned || strings.Contains(path, banned) && banned != "testing" {
				t.Errorf("helper links %s", path)
			}
		}
	}
}

// Whatever stands on stdin: an answer in one line or JSON, an exit code that fits
// it, and no crash.
func FuzzServeInput(f *testing.F) {
	for _, seed := range []string{"", "ghcr.io", "https://ghcr.io/v2/", "ghcr.io\x00", "{}", `{"ServerURL":"ghcr.io","Username":"mona","Secret":"x"}`,
		`{"ServerURL":"containers.octo.ghe.com","Username":"<token>","Secret":"ghr_abc"}`, "gh\xffcr.io", "[::1]", "ghcr.io\n\nx", `{"ServerURL":1}`, "null"} {
		f.Add("get", seed)
		f.Add("store", seed)
		f.Add("erase", seed)
	}
	f.Fuzz(func(t *testing.T, verb, stdin string) {
		if !IsVerb(verb) {
			verb = "get"
		}
		m := newMachine(t)
		world.SetFault(&ghcrtest.Fault{Drop: true})
		r := m.call(verb, stdin)
		isAnswer := r.stdout == "" || json.Valid([]byte(r.stdout))
		switch {
		case r.code == 0 && !isAnswer, r.code == 1 && (r.stdout == "" || json.Valid([]byte(r.stdout))), r.code != 0 && r.code != 1:
			t.Errorf("%s %q: %+v", verb, stdin, r)
		case strings.ContainsAny(r.stdout+r.stderr, "`\x00\x1b"):
			t.Errorf("%s %q: %+v", verb, stdin, r)
		}
	})
}

func ExampleFailure() {
	fmt.Println(&Failure{Cause: "something is wrong", Hint: "mend it"})
	// Output: docker-credential-ghcr: error: something is wrong
}
