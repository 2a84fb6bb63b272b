//go:build linux

package engines

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

// TestWaysToSay gives a read-only token to commands that say push and pull in
// other ways than `podman push`: pulls must go well without a word, pushes must
// be refused.
func TestWaysToSay(t *testing.T) {
	rows := []struct {
		engine     string
		push, pull string // IMAGE and HOST are replaced
	}{
		{"podman", "podman --storage-driver vfs push IMAGE", "podman --storage-driver vfs pull IMAGE"},
		{"podman", "podman --log-level=error image push IMAGE", "podman image pull --quiet IMAGE"},
		{"podman", "podman push --tls-verify=true --format docker IMAGE", "podman create --pull=always IMAGE /hello"},
		{"podman", "/usr/bin/podman push --quiet " + localName + " docker://IMAGE", "/usr/bin/podman pull docker://IMAGE"},
		{"buildah", "buildah --log-level error push " + localName + " IMAGE", "buildah --log-level error from --pull-always IMAGE"},
		{"skopeo", "skopeo --debug=false copy oci:OCI docker://IMAGE", "skopeo inspect docker://IMAGE"},
		{"docker", "docker --context elsewhere push IMAGE", "docker --context elsewhere pull IMAGE"},
		{"docker", "docker --host=HOST push IMAGE", "docker --host=HOST create --pull always IMAGE /hello"},
		{"docker", "docker -H HOST image push IMAGE", "docker --host HOST image pull IMAGE"},
		{"docker", "docker --log-level error -H HOST push --quiet IMAGE", "docker -l error -H HOST pull -q IMAGE"},
	}
	for _, row := range rows {
		t.Run(row.push, func(t *testing.T) {
			s := newScene(t, true)
			e := engineOf(t, row.engine)
			e.ready(s)
			s.setenv("DOCKER_HOST", "")
			if e.old {
				s.run("docker", "context", "create", "elsewhere", "--docker", "host="+dockerHost()).ok()
			}
			words := func(line string) func(*scene, string) []string {
				return func(_ *scene, image string) []string {
					return strings.Fields(strings.NewReplacer("IMAGE", image, "HOST", dockerHost(), "OCI", here.path("oci")).Replace(line))
				}
			}
			if e.old {
				e.tag = func(s *scene, from, to string) { s.run("docker", "-H", dockerHost(), "tag", from, to).ok() }
			}
			e.push, e.pull = words(row.push), words(row.pull)
			s.store(s.token("read:packages"))
			e.pulls(s, private+":base", answer{})
			e.pulls(s, namedPush+":base", answer{})
			e.pushes(s, private+":"+s.tag, answer{refused: readOnly})
			e.pushes(s, namedPush+":"+s.tag, answer{refused: readOnly})
		})
	}
}

func engineOf(t *testing.T, name string) engine {
	t.Helper()
	all := debianEngines()
	i := slices.IndexFunc(all, func(e engine) bool { return e.name == name })
	if i < 0 {
		t.Fatalf("no engine %s", name)
	}
	return all[i]
}

// TestOncePerRun has commands ask for credentials several times: what the
// program has to say stands there once.
func TestOncePerRun(t *testing.T) {
	soon := func(s *scene) {
		token := s.token("write:packages")
		s.store(token)
		expiresSoon(s, token)
	}
	t.Run("skopeo copy from and to", func(t *testing.T) {
		s := newScene(t, true)
		keyringtest.Need(t, "skopeo")
		soon(s)
		world.Reset()
		s.run("skopeo", "copy", "docker://"+private+":base", "docker://"+namedPush+":"+s.tag).ok().saysOnce("warning: " + expiring)
		if n := world.Count("api.github.com", "/rate_limit"); n < 2 {
			t.Errorf("skopeo asked %d times; this test needs two", n)
		}
		s.run("skopeo", "inspect", "docker://"+private+":base").ok().saysOnce("warning: " + expiring)
	})
	for _, docker := range dockers() {
		t.Run(docker+" manifest inspect", func(t *testing.T) {
			s := newScene(t, true)
			keyringtest.Need(t, docker)
			soon(s)
			s.run(docker, "manifest", "inspect", private+":base").ok().saysOnce("warning: " + expiring)
		})
	}
	t.Run("podman build", func(t *testing.T) {
		s := newScene(t, true)
		needPodman(s)
		soon(s)
		s.build("podman", "build", "--pull-always").ok().saysOnce("warning: " + expiring)
	})
}

// build builds an image on top of a private one.
func (s *scene) build(words ...string) result {
	s.t.Helper()
	must(s.t, os.MkdirAll(s.path("context"), 0o700))
	must(s.t, os.WriteFile(s.path("context", "Dockerfile"), []byte("FROM "+private+":base\nLABEL by="+s.tag+"\n"), 0o600))
	return s.run(append(words, s.path("context"))...)
}

// TestBuild needs to pull, and with a read-only token it does.
func TestBuild(t *testing.T) {
	for _, words := range [][]string{
		{"podman", "build", "--pull-always", "--tag", "localhost/built"},
		{"buildah", "bud", "--pull-always", "--tag", "localhost/built"},
	} {
		t.Run(words[0], func(t *testing.T) {
			s := newScene(t, true)
			engineOf(t, words[0]).ready(s)
			s.store(s.token("read:packages"))
			s.build(words...).ok()
			s.store(s.token("repo"))
			s.build(words...).fails().says("out: `" + program + ": error: the token of mona for ghcr.io lacks ")
		})
	}
	for _, docker := range dockers() {
		t.Run(docker, func(t *testing.T) {
			s := newScene(t, true)
			needDocker(s)
			s.setenv("DOCKER_BUILDKIT", "0")
			s.store(s.token("read:packages"))
			s.build(docker, "build", "--pull").ok()
			s.store(s.token("repo"))
			s.build(docker, "build", "--pull").fails().says(program + ": error: the token of mona for ghcr.io lacks ")
		})
	}
}

// TestOtherRegistry pulls from a registry on localhost through a real podman
// service. The client of podman asks each helper for its host before it speaks
// to the service; a useless token for ghcr.io must not disturb it.
func TestOtherRegistry(t *testing.T) {
	s := newScene(t, true)
	needPodman(s)
	other := startRegistry(t)
	s.store(s.token("repo"))
	socket := "unix://" + s.startService()
	s.run("podman", "--remote", "--url", socket, "pull", "--tls-verify=false", "localhost:5000/x").ok()
	s.run("podman", "--url", socket, "push", "--tls-verify=false", "localhost:5000/x").ok()
	s.run("podman", "pull", "--tls-verify=false", "localhost:5000/x").ok().isSilent()
	if n := other.authorized.Load(); n != 0 {
		t.Errorf("the other registry got credentials %d times", n)
	}

	e := engine{
		client: "podman", tag: engineOf(t, "podman").tag,
		push: func(_ *scene, image string) []string {
			return []string{"podman", "--remote", "--url", socket, "push", image}
		},
		pull: func(_ *scene, image string) []string {
			return []string{"podman", "--remote", "--url", socket, "pull", image}
		},
	}
	s.store(s.token("read:packages"))
	e.pulls(s, private+":base", answer{})
	e.pushes(s, private+":"+s.tag, answer{refused: readOnly})
}

// startService runs a podman service until the end of the test and returns the
// path of its socket.
func (s *scene) startService() string {
	s.t.Helper()
	socket := s.path("podman.sock")
	ctx, stop := context.WithCancel(context.Background())
	service := s.command(ctx, "podman", "system", "service", "--time=0", "unix://"+socket)
	must(s.t, service.Start())
	s.t.Cleanup(func() {
		stop()
		_ = service.Wait()
	})
	await(s.t, "podman system service", func() bool {
		return s.command(s.t.Context(), "podman", "--remote", "--url", "unix://"+socket, "version").Run() == nil
	})
	return socket
}

// otherRegistry counts the requests that came with credentials.
type otherRegistry struct {
	http.Handler
	authorized atomic.Int64
}

func (o *otherRegistry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Header.Get("Authorization") != "" {
		o.authorized.Add(1)
	}
	o.Handler.ServeHTTP(w, req)
}

// startRegistry runs a registry at localhost:5000 that has the image x.
func startRegistry(t *testing.T) *otherRegistry {
	t.Helper()
	other := &otherRegistry{Handler: registry.New(registry.Logger(log.New(io.Discard, "", 0)))}
	listener, err := net.Listen("tcp", "127.0.0.1:5000")
	must(t, err)
	server := httptest.Server{Listener: listener, Config: &http.Server{Handler: other}}
	server.Start()
	t.Cleanup(server.Close)
	image, err := sampleImage()
	must(t, err)
	ref, err := name.NewTag("localhost:5000/x:latest", name.Insecure)
	must(t, err)
	must(t, remote.Write(ref, image, remote.WithContext(t.Context())))
	return other
}

// TestSudo has no token, because it is somebody else's: the line says whose.
func TestSudo(t *testing.T) {
	for _, e := range debianEngines() {
		t.Run(e.name, func(t *testing.T) {
			s := newScene(t, false)
			e.ready(s)
			s.setenv("SUDO_USER", "mona")
			const line = "warning: no token is stored for ghcr.io by this user: under sudo the token of mona is not seen"
			s.run(e.pull(s, public+":base")...).ok().saysOnce(line)
			s.run(e.pull(s, private+":base")...).fails().saysOnce(line)
		})
	}
}

// TestNoToken is a machine where nobody has logged in: public images come as
// ever, and a push says what to do.
func TestNoToken(t *testing.T) {
	for _, e := range debianEngines() {
		t.Run(e.name, func(t *testing.T) {
			s := newScene(t, true)
			e.ready(s)
			s.run(e.pull(s, public+":base")...).ok().isSilent()
			image := private + ":" + s.tag
			e.tag(s, bareName, image)
			s.run(e.push(s, image)...).fails().saysOnce("warning: no token is stored for ghcr.io; to push, run: " + program + " login")
		})
	}
}

// TestWatch makes sure that the command lines of the program's processes have
// been looked at in these tests: one that waits for GitHub cannot be missed.
func TestWatch(t *testing.T) {
	s := newScene(t, true)
	s.store(s.token("write:packages"))
	s.setAPI(hangs)
	s.setenv("GHCR_TIMEOUT", "500ms")
	seen.Store(0)
	s.run("crane", "digest", private+":base").ok().saysOnce("warning: " + silentAPI)
	if seen.Load() == 0 {
		t.Error("no process of the program was seen")
	}
}
