//go:build unix

package helper

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Pipes and devices in the place of our files keep no engine waiting.
func TestSpecialFiles(t *testing.T) {
	m := newMachine(t)
	token := m.stored("write:packages")
	m.gets("mona", token)
	pipe := filepath.Join(m.runDir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skipf("no pipes here: %v", err)
	}
	for _, special := range []string{pipe, "/dev/zero"} {
		verdict := filepath.Join(m.configDir(), "verdicts", "ghcr.io.json")
		must(os.Remove(verdict))
		must(os.Symlink(special, verdict))
		warned(t, m.gets("mona", token), "")
		if info, err := os.Lstat(verdict); err != nil || !info.Mode().IsRegular() {
			t.Error("the verdict is not kept")
		}

		m.env["GHCR_KEY_FILE"] = special
		m.fails("get", "ghcr.io", "not a regular file", "login")
		delete(m.env, "GHCR_KEY_FILE")

		m.env["GHCR_TOKEN_FILE"] = special
		m.fails("get", "ghcr.io", "the token in GHCR_TOKEN_FILE cannot be used: it is not a file", "chmod 600")
		delete(m.env, "GHCR_TOKEN_FILE")

		h := m.helper(&buffer{})
		m.env["GITHUB_ACTIONS"], m.env["GITHUB_STEP_SUMMARY"] = "true", special
		h.annotate(&Failure{Cause: "x"})
		delete(m.env, "GITHUB_ACTIONS")

		index := filepath.Join(m.configDir(), "hosts.json")
		must(os.Rename(index, index+".away"))
		must(os.Symlink(special, index))
		m.fails("get", "ghcr.io", "hosts.json cannot be read: not a regular file", "repair or remove the file")
		if r := m.call("list", ""); r.code != 0 || r.stdout != "{}\n" {
			t.Errorf("list: %+v", r)
		}
		must(os.Rename(index+".away", index))
	}
}

// A config folder that others may write in gets no token.
func TestSharedFolder(t *testing.T) {
	m := newMachine(t)
	token := m.stored("write:packages")
	must(os.Chmod(m.configDir(), 0o777))
	next := m.classic("write:packages")
	m.fails("store", m.credentials("ghcr.io", "mona", next), "is not stored: other users may write in the folder", "hint: run: chmod go-w "+m.configDir())
	m.gets("mona", token)
	must(os.Chmod(m.configDir(), 0o755))
	m.put("ghcr.io", next)
	m.gets("mona", next)
}
