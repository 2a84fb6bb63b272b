//go:build linux

package engines

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/hellocplusplus0/docker-credential-ghcr/e2e/namespaces"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

// Where the hosts of the internet are. Nothing listens at nobody.
const (
	apiAddress      = "127.0.0.2"
	registryAddress = "127.0.0.3"
	nobody          = "127.0.0.4"
)

// world is api.github.com and ghcr.io for all scenes. Each scene has a token of
// its own, by which its requests are told from those of others.
var world *ghcrtest.World

// inside makes the simulated internet and runs the tests in it.
func inside(m *testing.M) (code int, err error) {
	// Not every shell of root has the folders of dockerd and runc.
	if err := os.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin:/sbin"); err != nil {
		return 1, err
	}
	if err := namespaces.SetUp(); err != nil {
		return 1, err
	}
	world, err = ghcrtest.New(ghcrtest.Options{API: apiAddress + ":443", Registry: registryAddress + ":443"})
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	if err := moveIn(); err != nil {
		return 1, err
	}
	if err := populate(world); err != nil {
		return 1, err
	}
	if err := writeStorage(); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// moveIn makes this mount namespace a machine of its own: other names, another
// certificate authority, no name server, no session of whoever runs the tests,
// and room for what engines keep.
func moveIn() error {
	if err := world.WriteCABundle(here.path("ca.pem"), true); err != nil {
		return err
	}
	if err := os.WriteFile(here.path("resolv.conf"), nil, 0o644); err != nil {
		return err
	}
	if err := pointAPI(apiAddress); err != nil {
		return err
	}
	for file, target := range map[string]string{
		"hosts":       "/etc/hosts",
		"ca.pem":      "/etc/ssl/certs/ca-certificates.crt",
		"resolv.conf": "/etc/resolv.conf",
	} {
		if err := namespaces.Bind(here.path(file), target); err != nil {
			return err
		}
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mount on /proc: %w", err)
	}
	for _, dir := range []string{"/run", "/dev/shm", "/var/lib", "/etc/docker"} {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "mode=755"); err != nil {
			return fmt.Errorf("mount on %s: %w", dir, err)
		}
	}
	return os.MkdirAll("/run/lock", 0o777)
}

// pointAPI lets the name api.github.com lead to an address.
func pointAPI(address string) error {
	text := fmt.Sprintf("127.0.0.1 localhost\n%s ghcr.io\n%s api.github.com\n", registryAddress, address)
	return os.WriteFile(here.path("hosts"), []byte(text), 0o644)
}
