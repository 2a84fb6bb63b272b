package main

import (
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

func TestDemo(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the demo needs Linux")
	}
	text, err := exec.CommandContext(t.Context(), "go", "run", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("go run: %v\n%s", err, text)
	}
	rest := string(text)
	for _, want := range []string{
		"Building docker-credential-ghcr ...\n",
		"0. docker is told", "  $ docker-credential-ghcr configure --docker\n",
		"1. mona stores", "  $ docker-credential-ghcr store", "write:packages",
		"2. A pull", "  $ crane pull ghcr.io/octo/app:1 app.tar\n",
		"3. A push is refused", "  $ crane push app.tar ghcr.io/octo/app:2\n", "lacks write:packages", "hint:",
		"4. mona ticks", "  $ crane push app.tar ghcr.io/octo/app:2\n", "  ghcr.io/octo/app@sha256:",
		"Every step went as told.",
	} {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("%q is missing, or not in its place:\n%s", want, text)
		}
		rest = after
	}
	if strings.Contains(string(text), "ghp_") {
		t.Errorf("the demo shows a token:\n%s", text)
	}
}
