//go:build linux

package engines

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

// engine is a program that pushes and pulls.
type engine struct {
	name   string
	client string                          // the program, as it is called
	ready  func(s *scene)                  // what must be done before anything
	tag    func(s *scene, from, to string) // what must be done before a push
	push   func(s *scene, image string) []string
	pull   func(s *scene, image string) []string
	// old is docker up to 28: it throws away what a helper says on stdout, and
	// goes on without credentials when the helper fails.
	old bool
}

// debianEngines are the engines that Debian has.
func debianEngines() []engine {
	tag := func(client string) func(s *scene, from, to string) {
		return func(s *scene, from, to string) { s.t.Helper(); s.run(client, "tag", from, to).ok() }
	}
	words := func(words ...string) func(*scene, string) []string {
		return func(_ *scene, image string) []string { return append(words[:len(words):len(words)], image) }
	}
	list := []engine{
		{
			name: "podman", client: "podman", ready: needPodman, tag: tag("podman"),
			push: words("podman", "push"), pull: words("podman", "pull"),
		},
		{
			name: "buildah", client: "buildah", ready: func(s *scene) { needPodman(s); keyringtest.Need(s.t, "buildah") }, tag: tag("buildah"),
			push: words("buildah", "push"), pull: words("buildah", "pull", "--policy=always"),
		},
		{
			name: "skopeo", client: "skopeo", ready: func(s *scene) { keyringtest.Need(s.t, "skopeo") }, tag: func(*scene, string, string) {},
			push: func(s *scene, image string) []string {
				return []string{"skopeo", "copy", "oci:" + here.path("oci"), "docker://" + image}
			},
			pull: func(s *scene, image string) []string {
				return []string{"skopeo", "copy", "docker://" + image, "dir:" + s.path("pulled")}
			},
		},
	}
	for _, docker := range dockers() {
		list = append(list, engine{
			name: strings.TrimPrefix(docker, "/"), client: docker, ready: needDocker, old: true, tag: tag(docker),
			push: words(docker, "push"), pull: words(docker, "pull"),
		})
	}
	return list
}

// needPodman puts the images into the storage of podman and buildah.
func needPodman(s *scene) {
	s.t.Helper()
	keyringtest.Need(s.t, "podman")
	if s.run("podman", "image", "exists", localName).code == 0 {
		return
	}
	for _, file := range []string{"bare.tar", "app.tar"} {
		s.run("podman", "load", "--quiet", "--input", here.path(file)).ok()
	}
}

// answer is what the program shall have told an engine. The zero answer is
// credentials without a word.
type answer struct {
	refused   string   // it failed with this cause
	warned    []string // each stands on stderr in one line, once
	anonymous bool     // it had no credentials for the engine
}

// The beginnings of what people are told.
const (
	readOnly    = "the token of mona can pull from ghcr.io but not push: it has read:packages and lacks write:packages"
	asOf        = " (as of 20" // when GitHub cannot be asked
	noRead      = "the token of mona for ghcr.io lacks read:packages: it has no packages scope"
	noWrite     = "the token of mona for ghcr.io lacks write:packages: it has no packages scope"
	dead        = "the token of mona for ghcr.io is expired or revoked"
	expiring    = "the token of mona for ghcr.io expires in "
	unreachable = "the token of mona for ghcr.io is not verified: api.github.com cannot be reached: connection refused"
	silentAPI   = "the token of mona for ghcr.io is not verified: api.github.com did not answer in time"
	locked      = "the token for ghcr.io cannot be used: the OS keyring is locked and nothing here can ask for its password"
	noSession   = "the token for ghcr.io cannot be used: no OS keyring in this session"
	fileNotice  = "no OS keyring here: the token rests in an encrypted file"
)

// apiState is how api.github.com is while the engine works.
type apiState int

const (
	up      apiState = iota
	refuses          // nothing listens there
	hangs            // it takes the request and never answers
)

func TestPushAndPull(t *testing.T) {
	warned := func(texts ...string) answer { return answer{warned: texts} }
	rows := []struct {
		name         string
		scopes       []string
		after        func(s *scene, token string) // it was stored
		noKeyring    bool
		api          apiState
		apiWhenStore apiState
		env          string
		open         answer // a pull of a public image
		pull, push   answer // of a private image
	}{
		{name: "good token", scopes: []string{"write:packages"}},
		{name: "good token, no D-Bus", scopes: []string{"write:packages"}, noKeyring: true},
		{
			name: "good token, no D-Bus, API refuses, always", scopes: []string{"write:packages"}, noKeyring: true,
			api: refuses, apiWhenStore: refuses,
			open: warned(unreachable), pull: warned(unreachable), push: warned(unreachable),
		},
		{
			name: "good token, API refuses", scopes: []string{"write:packages"}, api: refuses,
			open: warned(unreachable), pull: warned(unreachable), push: warned(unreachable),
		},
		{
			name: "good token, API hangs", scopes: []string{"write:packages"}, api: hangs, env: "GHCR_TIMEOUT=300ms",
			open: warned(silentAPI), pull: warned(silentAPI), push: warned(silentAPI),
		},
		{
			name: "good token that expires soon", scopes: []string{"write:packages"},
			after: expiresSoon,
			open:  warned(expiring), pull: warned(expiring), push: warned(expiring),
		},
		{name: "read-only token", scopes: []string{"read:packages"}, push: answer{refused: readOnly}},
		{name: "read-only token, no D-Bus", scopes: []string{"read:packages"}, noKeyring: true, push: answer{refused: readOnly}},
		{
			name: "read-only token, API refuses", scopes: []string{"read:packages"}, api: refuses,
			open: warned(unreachable), pull: warned(unreachable), push: answer{refused: readOnly + asOf},
		},
		{
			name: "useless token", scopes: []string{"repo"},
			open: answer{refused: noRead}, pull: answer{refused: noRead}, push: answer{refused: noWrite},
		},
		{
			name: "useless token, anonymous wanted", scopes: []string{"repo"}, env: "GHCR_ON_DENIED=anonymous",
			open: answer{anonymous: true, warned: []string{noRead}},
			pull: answer{anonymous: true, warned: []string{noRead}},
			push: answer{anonymous: true, warned: []string{noWrite}},
		},
		{
			name: "dead token", scopes: []string{"write:packages"},
			after: func(_ *scene, token string) { world.Revoke(token) },
			open:  answer{anonymous: true, warned: []string{dead}},
			pull:  answer{anonymous: true, warned: []string{dead}},
			push:  answer{refused: dead},
		},
		{
			name: "locked keyring", scopes: []string{"write:packages"},
			after: func(s *scene, _ string) { s.startKeyring(keyringtest.Locked) },
			open:  answer{refused: locked}, pull: answer{refused: locked}, push: answer{refused: locked},
		},
		{
			name: "keyring of another session", scopes: []string{"write:packages"},
			after: func(s *scene, _ string) { s.setenv("DBUS_SESSION_BUS_ADDRESS", "") },
			open:  answer{refused: noSession}, pull: answer{refused: noSession}, push: answer{refused: noSession},
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			for _, e := range debianEngines() {
				t.Run(e.name, func(t *testing.T) {
					s := newScene(t, !row.noKeyring)
					e.ready(s)
					token := s.token(row.scopes...)
					s.setAPI(row.apiWhenStore)
					stored := s.store(token)
					if row.noKeyring {
						stored.saysOnce("warning: " + fileNotice)
					}
					if row.after != nil {
						row.after(s, token)
					}
					if row.env != "" {
						s.env = append(s.env, row.env)
					}
					s.setAPI(row.api)
					e.pulls(s, public+":base", row.open)
					e.pulls(s, private+":base", row.pull)
					e.pushes(s, private+":"+s.tag, row.push)
				})
			}
		})
	}
}

// expiresSoon leaves mona's token three days.
func expiresSoon(_ *scene, token string) {
	world.SetToken(ghcrtest.Token{
		Value: token, Login: "mona", Scopes: []string{"write:packages"}, Expires: time.Now().Add(3*24*time.Hour + time.Hour),
	})
}

// setAPI sets how api.github.com is until the end of the scene.
func (s *scene) setAPI(state apiState) {
	s.t.Helper()
	address := apiAddress
	if state == refuses {
		address = nobody
	}
	must(s.t, pointAPI(address))
	var fault *ghcrtest.Fault
	if state == hangs {
		fault = &ghcrtest.Fault{Hold: true}
	}
	world.SetFault(fault)
}

func (e engine) pulls(s *scene, image string, want answer) {
	s.t.Helper()
	world.Reset()
	r := s.run(e.pull(s, image)...)
	e.judge(s, r, want, strings.HasPrefix(image, public), "GET", image)
}

func (e engine) pushes(s *scene, image string, want answer) {
	s.t.Helper()
	from := localName
	if e.old && (want.refused != "" || want.anonymous) {
		from = bareName
	}
	e.tag(s, from, image)
	world.Reset()
	r := s.run(e.push(s, image)...)
	e.judge(s, r, want, false, "PUT", image)
}

// judge compares what was printed, the exit code, and what reached the registry.
func (e engine) judge(s *scene, r result, want answer, open bool, method, image string) {
	s.t.Helper()
	works := want.refused == "" && !want.anonymous
	goesOn := open && (want.anonymous || e.old)
	if works || goesOn {
		r.ok()
	} else {
		r.fails()
	}
	if works && len(want.warned) == 0 {
		r.isSilent()
	}
	for _, text := range want.warned {
		r.saysOnce("warning: " + text)
	}
	if want.refused != "" {
		r.saysOnce("error: " + want.refused)
		r.saysOnce("hint: ")
		if !e.old {
			r.says(fmt.Sprintf("error getting credentials - err: exit status 1, out: `%s: error: %s", program, want.refused))
		}
	}
	if want.anonymous && !open {
		r.says("unauthorized")
	}
	served := s.served(method, image)
	if works != served {
		s.t.Errorf("served by the registry with the token: %v: %v", served, r)
	}
	for _, request := range requests(s.tokens[len(s.tokens)-1]) {
		if request.Side == ghcrtest.Registry && !works {
			s.t.Errorf("the registry was shown the token: %s %s: %v", request.Method, request.Path, r)
		}
	}
	if want.refused != "" || want.anonymous && !open {
		// What the engine printed is known to explain.
		s.runWith(r.stdout+r.stderr, program, "explain").ok().says("Cause: ", "Fix: ")
	}
}

// served reports whether the registry did what an engine asked for an image,
// with a bearer that was given for the last token of the scene.
func (s *scene) served(method, image string) bool {
	name, tag, _ := strings.Cut(strings.TrimPrefix(image, "ghcr.io/"), ":")
	for _, r := range requests(s.tokens[len(s.tokens)-1]) {
		isManifest := r.Path == "/v2/"+name+"/manifests/"+tag
		if isManifest && (r.Method == method || method == http.MethodGet && r.Method == http.MethodHead) && r.Bearer != "" && r.Status < 300 {
			return true
		}
	}
	return false
}
