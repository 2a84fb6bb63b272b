//go:build linux

// Package faults runs the built program while what is around it fails: the
// network, proxies, GitHub's answers, keyrings, disks, the clock; and while it is
// killed, run by the hundred, and watched for its secret.
//
// As root the tests live in network and mount namespaces of their own, where
// api.github.com and ghcr.io are a ghcrtest.World. Without root they reach the
// World through its proxy, and what a proxy cannot show is skipped.
package faults

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/hellocplusplus0/docker-credential-ghcr/e2e/namespaces"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github/githubtest"
)

const program = "docker-credential-ghcr"

// insideVariable tells the test binary that it runs in the namespaces, and
// where the programs are that were built outside, where there may be a network.
const insideVariable = "GHCR_FAULTS_WORKSHOP"

// Where the hosts of the internet are, in the namespaces.
const (
	apiAddress      = "127.0.0.2" // api.github.com of the World
	registryAddress = "127.0.0.3"
	nobody          = "127.0.0.4" // nothing listens there
	blackHole       = "127.0.0.5" // takes no connection and refuses none
	strangeAddress  = "127.0.0.6" // the stranger
	mute            = "127.0.0.7" // takes what it gets and says nothing
)

var (
	workshop string              // the folder with what was built and written for the tests
	world    *ghcrtest.World     // api.github.com and ghcr.io for all tests
	actions  *githubtest.Actions // of the World
	isInside bool                // names can be led anywhere
)

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "docker" {
		os.Exit(playEngine())
	}
	workshop = os.Getenv(insideVariable)
	isInside = workshop != ""
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	if isInside {
		return inside(m)
	}
	if workshop, err = os.MkdirTemp("", "faults"); err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(workshop) }()
	if err := os.Chmod(workshop, 0o755); err != nil { // other users run what is in it
		return 1, err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := build(ctx, "program", raceFlag...); err != nil {
		return 1, err
	}
	if os.Getuid() == 0 {
		return namespaces.RunAgain(ctx, insideVariable+"="+workshop, 0)
	}
	fmt.Fprintln(os.Stderr, "faults: without root some faults cannot be made")
	return live(m, ghcrtest.Options{})
}

// build makes the program in a folder of its own.
func build(ctx context.Context, kind string, flags ...string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	args := append(append([]string{"build"}, flags...), "-o", built(kind), ".")
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = filepath.Join("..", "..")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, text)
	}
	return nil
}

func built(kind string) string { return filepath.Join(workshop, kind, program) }

func inside(m *testing.M) (int, error) {
	if err := namespaces.SetUp(); err != nil {
		return 1, err
	}
	for _, name := range []string{"hosts", "resolv.conf"} {
		if err := os.WriteFile(inWorkshop(name), nil, 0o644); err != nil {
			return 1, err
		}
		if err := namespaces.Bind(inWorkshop(name), filepath.Join("/etc", name)); err != nil {
			return 1, err
		}
	}
	return live(m, ghcrtest.Options{API: apiAddress + ":443", Registry: registryAddress + ":443"})
}

// live runs the tests in a World.
func live(m *testing.M, options ghcrtest.Options) (code int, err error) {
	if world, err = ghcrtest.New(options); err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	if err := fillPackage(); err != nil {
		return 1, err
	}
	world.AddHost("evil.example", ghcrtest.Trap)
	if actions, err = githubtest.New(world.Handle); err != nil {
		return 1, err
	}
	trusted := world.CAPEM()
	if isInside {
		if err := startStrangers(); err != nil {
			return 1, err
		}
		if err := leadAPITo(apiAddress); err != nil {
			return 1, err
		}
		trusted = append(trusted, strange.trusted.pem...)
	}
	if err := os.WriteFile(inWorkshop("ca.pem"), trusted, 0o644); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// fillPackage puts an image into ghcr.io/o/app, which mona may push to.
func fillPackage() error {
	world.SetRepo("o/app", ghcrtest.Repo{Writers: []string{"mona", "lisa"}})
	lisa := ghcrtest.Token{Value: ghcrtest.SampleToken("ghp_", "lisa"), Login: "lisa", Scopes: []string{"write:packages"}}
	world.SetToken(lisa)
	image, err := random.Image(1<<10, 1)
	if err != nil {
		return err
	}
	ref, err := name.NewTag("ghcr.io/o/app:latest")
	if err != nil {
		return err
	}
	return remote.Write(ref, image, remote.WithTransport(world.Transport()), remote.WithAuth(&authn.Basic{Username: lisa.Login, Password: lisa.Value}))
}

func inWorkshop(name string) string { return filepath.Join(workshop, name) }

// leadAPITo lets the name api.github.com mean an address; "" leaves it to name
// servers, of which there is none unless given.
func leadAPITo(address string, nameServers ...string) error {
	hosts := fmt.Sprintf("127.0.0.1 localhost\n%s ghcr.io\n%s evil.example\n", registryAddress, apiAddress)
	if address != "" {
		hosts += address + " api.github.com\n"
	}
	resolv := ""
	for _, server := range nameServers {
		resolv += "nameserver " + server + "\n"
	}
	if err := os.WriteFile(inWorkshop("resolv.conf"), []byte(resolv), 0o644); err != nil {
		return err
	}
	return os.WriteFile(inWorkshop("hosts"), []byte(hosts), 0o644)
}
