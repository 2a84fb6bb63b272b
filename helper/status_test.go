package helper

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

func TestStatus(t *testing.T) {
	m := newMachine(t)
	h := m.helper(&buffer{})
	if list, err := h.Status(); err != nil || len(list) > 0 {
		t.Errorf("%+v, %v", list, err)
	}
	world.AddHost("git.example.com", ghcrtest.API)
	token := m.stored("read:packages")
	ghes := m.token("ghp_")
	world.SetToken(ghcrtest.Token{Value: ghes, Login: "lisa", Server: "git.example.com", Scopes: []string{"write:packages"}})
	m.put("containers.git.example.com", ghes)
	m.replaceAccount("helper:missing") // no store is touched
	list, err := h.Status()
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	first, second := list[0], list[1]
	if first.Host.Registry != "containers.git.example.com" || first.Username != "lisa" || first.Source != FromStore ||
		first.Storage != keyring.File || first.StoredAt.IsZero() || !first.Verdict.Scopes.Include("write:packages") {
		t.Errorf("%+v", first)
	}
	if second.Host.Registry != "ghcr.io" || second.Storage != "helper:missing" || !second.StoredAt.Equal(noon) || second.Verdict.Dead ||
		!slices.Equal(second.Verdict.Scopes.List, []string{"read:packages"}) || second.Verdict.Login != "mona" {
		t.Errorf("%+v", second)
	}
	// A token of the environment comes first; what is stored still shows.
	m.env["GHCR_TOKEN"] = m.classic("write:packages")
	m.gets("mona", m.env["GHCR_TOKEN"])
	list, _ = h.Status()
	if s := list[1]; s.Source != FromToken || s.Username != "mona" || s.Storage != "helper:missing" || !s.Verdict.Scopes.Include("write:packages") {
		t.Errorf("%+v", s)
	}
	m.env["GHCR_TOKEN_FILE"] = m.tokenFile(token, 0o600)
	if list, _ = h.Status(); list[1].Source != FromToken {
		t.Errorf("%+v", list[1])
	}
	delete(m.env, "GHCR_TOKEN_FILE")
	m.env["GHCR_TOKEN"] = ""
	list, _ = h.Status()
	if s := list[1]; s.Source != FromToken || s.Verdict != nil || s.Failure == nil || !strings.Contains(s.Failure.Cause, "set but empty") {
		t.Errorf("%+v", s)
	}
	m.env["GHCR_TOKEN"] = token // the stored one's verdict is not told for it
	list, _ = h.Status()
	if s := list[1]; s.Failure != nil || s.Verdict != nil {
		t.Errorf("%+v", s)
	}
	world.Reset()
	if _, err = h.Status(); err != nil || len(world.Requests()) > 0 {
		t.Errorf("the network was used, or %v", err)
	}
}

func TestCheck(t *testing.T) {
	m := newMachine(t)
	h := m.helper(&buffer{})
	ghcr, _ := host.Parse("ghcr.io")
	if _, err := h.Check(ghcr); !errors.Is(err, keyring.ErrNotFound) || !strings.Contains(err.Error(), "no token is stored for ghcr.io") {
		t.Errorf("%v", err)
	}
	if _, _, _, err := h.Credential(ghcr); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("%v", err)
	}
	token := m.stored("read:packages")
	c, err := h.Check(ghcr)
	if err != nil || c.Username != "mona" || c.Source != FromStore || c.Storage != keyring.File || c.Kind.String() != "personal access token (classic)" ||
		c.Mistyped || !c.Asked || c.Err != nil || !c.Pull.Given || c.Push.Given || !strings.Contains(c.Push.Failure.Cause, "not push") {
		t.Errorf("%+v, %v", c, err)
	}
	user, got, source, err := h.Credential(ghcr)
	if err != nil || user != "mona" || got != token || source != FromStore {
		t.Errorf("%s, %s, %v", user, source, err)
	}
	m.asked(1) // Credential asks nobody

	// A person who asks gets an answer of now, even about a dead token.
	world.Revoke(token)
	for range 2 {
		if c, err = h.Check(ghcr); err != nil || c.Err == nil || c.Pull.Given || c.Pull.Failure != nil || c.Push.Failure == nil {
			t.Errorf("%+v, %v", c, err)
		}
	}
	m.asked(3)
	m.env["GHCR_TOKEN"] = token[:len(token)-1] + "_"
	if c, _ = h.Check(ghcr); !c.Mistyped || c.Source != FromToken || c.Storage != "" {
		t.Errorf("%+v", c)
	}
	m.env["GHCR_TOKEN"] = m.token("github_pat_")
	world.Reset()
	if c, err = h.Check(ghcr); err != nil || c.Asked || c.Push.Failure == nil || len(world.Requests()) > 0 {
		t.Errorf("%+v, %v", c, err)
	}
	m.env["GHCR_TOKEN"] = m.classic()
	if user, _, source, err = h.Credential(ghcr); err != nil || user != anyUser || source != FromToken {
		t.Errorf("%s, %s, %v", user, source, err)
	}
	m.env["GHCR_TOKEN"] = ""
	if _, err = h.Check(ghcr); err == nil || !strings.Contains(err.Error(), "set but empty") {
		t.Errorf("%v", err)
	}
}
