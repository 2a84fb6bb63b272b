//go:build !linux

package engines

import (
	"testing"

	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

func TestEngines(t *testing.T) {
	keyringtest.Skip(t, "the simulated internet is made of Linux namespaces")
}
