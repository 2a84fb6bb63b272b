//go:build linux

package engines

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLogin stores a token through each engine's own login, over whatever was
// there before: a failing get would make podman's login impossible.
func TestLogin(t *testing.T) {
	before := []struct {
		name   string
		scopes []string
		dead   bool
		warned string // by podman, buildah and skopeo, which ask before they log in
	}{
		{name: "nothing"},
		{name: "useless token", scopes: []string{"repo"}, warned: noWrite},
		{name: "dead token", scopes: []string{"write:packages"}, dead: true, warned: dead},
		{name: "read-only token", scopes: []string{"read:packages"}},
	}
	for _, e := range debianEngines() {
		for _, old := range before {
			t.Run(e.name+" over "+old.name, func(t *testing.T) {
				s := newScene(t, true)
				e.ready(s)
				if old.scopes != nil {
					token := s.token(old.scopes...)
					s.store(token)
					if old.dead {
						world.Revoke(token)
					}
				}
				token := s.token("write:packages")
				r := s.runWith(token, e.client, "login", "-u", "mona", "--password-stdin", "ghcr.io").ok().says("Login Succeeded")
				if old.warned == "" || e.old {
					r.isSilent()
				} else {
					r.saysOnce("warning: " + old.warned)
				}
				if s.inKeyring() != token {
					t.Error("the token is not in the keyring")
				}
				e.pushes(s, private+":"+s.tag, answer{})
			})
		}
		t.Run(e.name+" with the password in argv", func(t *testing.T) {
			s := newScene(t, true)
			e.ready(s)
			token := s.token("write:packages")
			s.run(e.client, "login", "-u", "mona", "-p", token, "ghcr.io").ok().says("Login Succeeded")
			if s.inKeyring() != token {
				t.Error("the token is not in the keyring")
			}
			e.pushes(s, private+":"+s.tag, answer{})
		})
		t.Run(e.name+" with a read-only token", func(t *testing.T) {
			s := newScene(t, true)
			e.ready(s)
			token := s.token("read:packages")
			r := s.runWith(token, e.client, "login", "-u", "mona", "--password-stdin", "ghcr.io").ok()
			r.saysOnce("warning: the token of mona can pull, not push, for lack of write:packages")
			if s.inKeyring() != token {
				t.Error("the token is not in the keyring")
			}
		})
		t.Run(e.name+" with a fine-grained token", func(t *testing.T) {
			s := newScene(t, true)
			e.ready(s)
			token := s.tokenOf("github_pat_", "write:packages")
			r := s.runWith(token, e.client, "login", "-u", "mona", "--password-stdin", "ghcr.io").fails()
			r.says("out: `" + program + ": error: ghcr.io takes no fine-grained token")
			r.saysOnce("error: ghcr.io takes no fine-grained token")
			if s.inKeyring() != "" {
				t.Error("a token that cannot work is in the keyring")
			}
		})
	}
}

// TestLoginAfterReboot takes podman's file of the session away, as a reboot does.
// It says that the program is to store what podman, buildah and skopeo log in
// with; without it they would write the token there in clear text.
func TestLoginAfterReboot(t *testing.T) {
	for _, e := range debianEngines() {
		if e.old { // docker has one file, which stays
			continue
		}
		for _, folder := range []string{"", "/run"} { // XDG_RUNTIME_DIR, and where it is not set
			t.Run(e.name+folder, func(t *testing.T) {
				s := newScene(t, true)
				e.ready(s)
				session := s.path("run", "containers")
				if folder != "" {
					s.setenv("XDG_RUNTIME_DIR", "")
					session = "/run/containers/0"
					s.dirs = append(s.dirs, "/run/containers")
				}
				for _, made := range []string{session, s.path("home", ".config", "containers"), s.path("home", ".docker")} {
					must(t, os.RemoveAll(made))
				}
				s.run(program, "configure").ok().says("Wrote ")
				if _, err := os.Stat(filepath.Join(session, "auth.json")); err != nil {
					t.Fatalf("configure made no file of the session: %v", err)
				}
				must(t, os.RemoveAll(session))
				token := s.token("write:packages")
				s.runWith(token, e.client, "login", "-u", "mona", "--password-stdin", "ghcr.io").ok().says("Login Succeeded").isSilent()
				if s.inKeyring() != token {
					t.Error("the token is not in the keyring")
				}
				s.huntFiles()
				e.pushes(s, private+":"+s.tag, answer{})
				s.run(e.client, "logout", "ghcr.io").ok().saysOnce("the token of mona for ghcr.io is gone from the OS keyring")
				if s.inKeyring() != "" {
					t.Error("the token is still in the keyring")
				}
			})
		}
	}
}

// TestLoginWithoutKeyring stores through podman where there is no D-Bus.
func TestLoginWithoutKeyring(t *testing.T) {
	for _, e := range debianEngines() {
		t.Run(e.name, func(t *testing.T) {
			s := newScene(t, false)
			e.ready(s)
			login := func(token string) result {
				return s.runWith(token, e.client, "login", "-u", "mona", "--password-stdin", "ghcr.io").ok()
			}
			login(s.token("write:packages")).saysOnce("warning: " + fileNotice)
			again := login(s.token("write:packages"))
			if strings.Contains(again.stderr, fileNotice) {
				t.Errorf("it is said a second time: %v", again)
			}
			e.pushes(s, private+":"+s.tag, answer{})
		})
	}
}

// TestLogout sees the engines through their logout. A failing erase would make
// podman 4.3.1 and skopeo 1.9.3 overflow their stacks.
func TestLogout(t *testing.T) {
	rows := []struct {
		name  string
		state func(s *scene)
		says  string
	}{
		{
			"a good token", func(s *scene) { s.store(s.token("write:packages")) },
			"the token of mona for ghcr.io is gone from the OS keyring; it still exists on GitHub: https://github.com/settings/tokens",
		},
		{
			"a useless token", func(s *scene) { s.store(s.token("repo")) },
			"the token of mona for ghcr.io is gone from the OS keyring",
		},
		{
			"a dead token", func(s *scene) {
				token := s.token("write:packages")
				s.store(token)
				world.Revoke(token)
			},
			"the token of mona for ghcr.io is gone from the OS keyring",
		},
		{"nothing", func(*scene) {}, "nothing is stored for ghcr.io"},
		{
			"a keyring that is gone", func(s *scene) {
				s.store(s.token("write:packages"))
				s.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+s.path("nothing"))
			},
			"warning: the token for ghcr.io is not erased: ",
		},
	}
	for _, e := range debianEngines() {
		for _, row := range rows {
			t.Run(e.name+" from "+row.name, func(t *testing.T) {
				s := newScene(t, true)
				e.ready(s)
				row.state(s)
				r := s.run(e.client, "logout", "ghcr.io")
				if strings.Contains(r.stderr, "goroutine") || r.code == 2 {
					t.Fatalf("it crashed: %v", r)
				}
				r.saysOnce(row.says)
			})
		}
	}
}
