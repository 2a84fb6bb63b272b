//go:build linux

package faults

import (
	"strings"
	"sync"
	"testing"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

// registries and the hosts of their APIs. Each has tokens of its own.
var registries = map[string]struct{ api, server string }{
	"ghcr.io":                    {"api.github.com", ""},
	"containers.octo.ghe.com":    {"api.octo.ghe.com", "octo.ghe.com"},
	"containers.acme.ghe.com":    {"api.acme.ghe.com", "acme.ghe.com"},
	"containers.git.example.com": {"git.example.com", "git.example.com"},
}

// 200 gets and 50 stores at once, for four registries: none fails, and none gets
// the token of another registry, nor one of before the first store.
func TestManyAtOnce(t *testing.T) {
	places := map[string]func(*testing.T, *home){
		"file": func(*testing.T, *home) {},
		"keyring": func(t *testing.T, h *home) {
			bus := keyringtest.StartBus(t)
			keyringtest.StartGnomeKeyring(t, bus, keyringtest.Unlocked)
			h.onBus(bus)
		},
	}
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			place(t, h)
			// Through the proxy, for the names of this test are led nowhere else.
			h.env = append(h.env, world.Env(inWorkshop("ca.pem"))...)
			h.setenv("GHCR_TIMEOUT", "60s")
			h.setenv("GHCR_KEYRING_TIMEOUT", "60s")
			testManyAtOnce(t, h)
		})
	}
}

func testManyAtOnce(t *testing.T, h *home) {
	tokens := map[string][2]string{}
	for registry, of := range registries {
		world.AddHost(of.api, ghcrtest.API)
		tokens[registry] = [2]string{h.tokenAt(of.server, "write:packages"), h.tokenAt(of.server, "write:packages")}
		if r := h.run(login(registry, tokens[registry][0]), "store"); r.code != 0 {
			t.Fatalf("%+v", r)
		}
	}
	world.Reset()
	var all sync.WaitGroup
	for registry, two := range tokens {
		for range 50 {
			all.Go(func() {
				r := h.run(registry, "get")
				if r.code != 0 || r.stderr != "" || r.stdout != credentials(registry, "mona", two[0]) && r.stdout != credentials(registry, "mona", two[1]) {
					t.Errorf("get %s: exit code %d, or not its token\n%s", registry, r.code, r.stderr)
				}
			})
		}
		for i := range 13 {
			all.Go(func() {
				if r := h.run(login(registry, two[(i+1)%2]), "store"); r.code != 0 || r.stderr != "" {
					t.Errorf("store %s: %+v", registry, r)
				}
			})
		}
	}
	all.Wait()
	for registry, two := range tokens {
		for _, r := range world.Requests() {
			if (r.Token == ghcrtest.Fingerprint(two[0]) || r.Token == ghcrtest.Fingerprint(two[1])) && r.Host != registries[registry].api {
				t.Errorf("a token for %s went to %s", registry, r.Host)
			}
		}
	}
	if r := h.run("", "list"); strings.Count(r.stdout, `"mona"`) != len(registries) {
		t.Errorf("list: %+v", r)
	}
	h.isWhole()
	h.noLeftovers()
}
