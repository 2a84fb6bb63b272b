//go:build linux

package engines

import (
	"fmt"
	"os"
	"os/exec"
	"sync"

	"github.com/docker/cli/cli/config"

	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

// debianDocker is the client of Debian's docker.io. Another one may come before
// it on the PATH.
const debianDocker = "/usr/bin/docker"

// dockers are the docker clients of this machine.
func dockers() []string {
	first, err := exec.LookPath("docker")
	if err != nil || first == debianDocker {
		return []string{"docker"}
	}
	if _, err := os.Stat(debianDocker); err != nil {
		return []string{"docker"}
	}
	return []string{"docker", debianDocker}
}

func dockerHost() string { return "unix://" + here.path("docker.sock") }

var dockerd struct {
	sync.Once
	ready bool
}

// needDocker starts the one dockerd of this run, if it does not run yet, and
// gives it its images. It ends with the namespaces.
func needDocker(s *scene) {
	t := s.t
	t.Helper()
	keyringtest.Need(t, "docker", "dockerd", "containerd", "runc")
	dockerd.Do(func() {
		log, err := os.Create(here.path("dockerd.log"))
		must(t, err)
		must(t, os.WriteFile(here.path("daemon.json"), []byte("{}"), 0o600))
		cmd := exec.Command("dockerd", "--config-file="+here.path("daemon.json"), "--host="+dockerHost(),
			"--data-root="+here.path("docker"), "--exec-root=/run/docker-exec", "--pidfile=/run/docker.pid",
			"--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=vfs")
		cmd.Stdout, cmd.Stderr = log, log
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + here.dir}
		must(t, cmd.Start())
		ended := make(chan struct{})
		go func() { _ = cmd.Wait(); close(ended) }()
		await(t, "dockerd", func() bool {
			select {
			case <-ended:
				text, _ := os.ReadFile(log.Name())
				t.Fatalf("dockerd ended: %s", text)
			default:
			}
			return s.run("docker", "--host="+dockerHost(), "version").code == 0
		})
		for _, file := range []string{"app.tar", "bare.tar"} {
			s.run("docker", "--host="+dockerHost(), "load", "--input="+here.path(file)).ok()
		}
		dockerd.ready = true
	})
	if !dockerd.ready {
		t.Fatal("dockerd did not start")
	}
}

// playDocker does what docker 28.5 and later do before they speak to their
// daemon: they ask for credentials, and end when that fails. Debian has none of
// these, but the library that they use is public.
// Source: docker/cli, cli/command/registry.go, RetrieveAuthTokenFromImage.
func playDocker() int {
	configFile := config.LoadDefaultConfigFile(os.Stderr)
	auth, err := configFile.GetAuthConfig("ghcr.io")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if auth.Username == "" {
		fmt.Println("no credentials")
		return 0
	}
	fmt.Println("credentials of", auth.Username)
	return 0
}
