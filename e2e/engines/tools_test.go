//go:build linux

package engines

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

// needOras skips where oras could not be built.
func needOras(t *testing.T) {
	t.Helper()
	reason, err := os.ReadFile(here.path("no-oras"))
	if !errors.Is(err, fs.ErrNotExist) {
		must(t, err)
		keyringtest.Skip(t, "oras cannot be built: "+string(reason))
	}
}

// TestCrane and TestOras see the words of engines that Debian does not have.
// crane shows them as cosign, ko and kaniko do, oras as helm does.
func TestCrane(t *testing.T) {
	s := newScene(t, true)
	s.store(s.token("read:packages"))
	s.run("crane", "pull", private+":base", s.path("pulled.tar")).ok().isSilent()
	s.run("crane", "push", here.path("app.tar"), private+":"+s.tag).fails().
		says("error getting credentials - err: exit status 1, out: `" + program + ": error: " + readOnly).
		saysOnce("error: " + readOnly).saysOnce("hint: ")

	s.store(s.token("write:packages"))
	s.run("crane", "push", here.path("app.tar"), private+":"+s.tag).ok().isSilent()
}

func TestOras(t *testing.T) {
	s := newScene(t, true)
	needOras(t)
	must(t, os.WriteFile(s.path("hello.txt"), []byte("hello\n"), 0o600))
	s.store(s.token("read:packages"))
	s.run("oras", "pull", private+":base").ok().isSilent()
	s.run("oras", "push", private+":"+s.tag, "hello.txt").fails().
		says(": " + program + ": error: " + readOnly).
		saysOnce("error: " + readOnly).saysOnce("hint: ")

	s.store(s.token("write:packages"))
	s.run("oras", "push", private+":"+s.tag, "hello.txt").ok().isSilent()
	s.run("oras", "pull", "--output", s.path("pulled"), private+":"+s.tag).ok().isSilent()
}

// TestTerminal looks at oras on a terminal, where its progress rows paint over
// what the program prints on stderr.
func TestTerminal(t *testing.T) {
	s := newScene(t, true)
	needOras(t)
	keyringtest.Need(t, "tmux")
	must(t, os.WriteFile(s.path("hello.txt"), []byte("hello\n"), 0o600))
	s.store(s.token("read:packages"))
	screen := s.onTerminal("oras push " + private + ":" + s.tag + " hello.txt")
	if want := program + ": error: " + readOnly; !strings.Contains(screen, want) {
		t.Errorf("%q is not on the screen:\n%s", want, screen)
	}
}

// onTerminal runs a shell command on a terminal and returns its last screen.
func (s *scene) onTerminal(line string) string {
	s.t.Helper()
	const over = "the exit code is"
	tmux := func(words ...string) *exec.Cmd {
		return s.command(s.t.Context(), append([]string{"tmux", "-S", s.path("tmux"), "-f", "/dev/null"}, words...)...)
	}
	start := tmux("new-session", "-d", "-x", "150", "-y", "40", line+`; echo "`+over+` $?"; exec sleep infinity`)
	if text, err := start.CombinedOutput(); err != nil {
		s.t.Fatalf("tmux: %v: %s", err, text)
	}
	defer func() { _ = tmux("kill-server").Run() }()
	var screen string
	await(s.t, line, func() bool {
		text, _ := tmux("capture-pane", "-p", "-J").Output()
		screen = string(text)
		return strings.Contains(screen, over)
	})
	if s.leakIn([]byte(screen)) {
		s.t.Fatal("the screen holds a part of the token, and is not shown")
	}
	if strings.Contains(screen, over+" 0") {
		s.t.Errorf("it should have failed:\n%s", screen)
	}
	return screen
}

// TestNewDocker runs what docker 28.5 and later run before they speak to their
// daemon: docker/cli's own reading of the configuration that install.sh wrote.
func TestNewDocker(t *testing.T) {
	const quoted = "error getting credentials - err: exit status 1, out: `" + program + ": error: "
	s := newScene(t, true)
	docker := func(words ...string) result { return s.runAs("docker", append(words, private+":base")...) }
	docker("pull").ok().says("no credentials").isSilent()

	s.store(s.token("read:packages"))
	docker("pull").ok().says("credentials of mona").isSilent()
	docker("push").fails().says(quoted + readOnly).saysOnce("error: " + readOnly).saysOnce("hint: ")

	s.store(s.token("repo"))
	docker("pull").fails().says(quoted + noRead)
	docker("push").fails().says(quoted + noWrite)

	token := s.token("write:packages")
	s.store(token)
	docker("push").ok().says("credentials of mona").isSilent()
	world.Revoke(token)
	docker("pull").ok().says("no credentials").saysOnce("warning: " + dead)
	docker("push").fails().says(quoted + dead)
}
