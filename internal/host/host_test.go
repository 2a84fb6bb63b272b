package host

import (
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	tests := []struct {
		in       string
		registry string
		api      string
		err      error
	}{
		{in: "ghcr.io", registry: "ghcr.io", api: "https://api.github.com/"},
		{in: "https://ghcr.io", registry: "ghcr.io", api: "https://api.github.com/"},
		{in: "http://ghcr.io", registry: "ghcr.io", api: "https://api.github.com/"},
		{in: "https://ghcr.io/", registry: "ghcr.io", api: "https://api.github.com/"},
		{in: "https://ghcr.io/v2/", registry: "ghcr.io", api: "https://api.github.com/"},
		{in: "ghcr.io/owner/app", registry: "ghcr.io", api: "https://api.github.com/"},
		{in: "HTTPS://GHCR.IO", registry: "ghcr.io", api: "https://api.github.com/"},
		{in: "ghcr.io:443", registry: "ghcr.io", api: "https://api.github.com/"},
		{in: "https://ghcr.io:443/v2/?a=b#c", registry: "ghcr.io", api: "https://api.github.com/"},
		{in: " ghcr.io\r\n", registry: "ghcr.io", api: "https://api.github.com/"},
		{in: "containers.octocorp.ghe.com", registry: "containers.octocorp.ghe.com", api: "https://api.octocorp.ghe.com/"},
		{in: "containers.git.example.com", registry: "containers.git.example.com", api: "https://git.example.com/api/v3/"},

		{in: "ghcr.io.evil.com", err: ErrNotGitHub},
		{in: "evil.com/ghcr.io", err: ErrNotGitHub},
		{in: "evil.com?ghcr.io", err: ErrNotGitHub},
		{in: "ghcr.io.", err: ErrNotGitHub},
		{in: "ghcr.io:5000", err: ErrNotGitHub},
		{in: "ghcr.io:", err: ErrNotGitHub},
		{in: "docker.io", err: ErrNotGitHub},
		{in: "localhost:5000", err: ErrNotGitHub},
		{in: "[::1]:443", err: ErrNotGitHub},
		{in: "127.0.0.1", err: ErrNotGitHub},
		{in: "ftp://ghcr.io", err: ErrNotGitHub},
		{in: "xn--ghcr-xyz.io", err: ErrNotGitHub},
		{in: "containers.ghe.com", err: ErrNotGitHub},
		{in: "containers.a.b.ghe.com", err: ErrNotGitHub},
		{in: "containers.localhost", err: ErrNotGitHub},
		{in: "containers.pkg.github.com", err: ErrNotGitHub},
		{in: "containers.-x.com", err: ErrNotGitHub},

		{in: "ghcr.io@evil.com", err: ErrInvalid},
		{in: "https://ghcr.io@evil.com", err: ErrInvalid},
		{in: "ghcr.io:443@evil.com", err: ErrInvalid},
		{in: "ghcr.io%2eevil.com", err: ErrInvalid},
		{in: "ghcr.io%00", err: ErrInvalid},
		{in: "gh\ncr.io", err: ErrInvalid},
		{in: "ghcr.io\x00", err: ErrInvalid},
		{in: "ghcr.io evil.com", err: ErrInvalid},
		{in: "ghcr\u202e.io", err: ErrInvalid},
		{in: "\u0261hcr.io", err: ErrInvalid},
		{in: "ghcr.io\xff", err: ErrInvalid},
		{in: "https://", err: ErrInvalid},
		{in: "", err: ErrInvalid},
		{in: "ghcr.io/" + strings.Repeat("x", maxServerURL), err: ErrInvalid},
	}
	for _, tt := range tests {
		got, err := Parse(tt.in)
		if !errors.Is(err, tt.err) || got.Registry != tt.registry || got.API != tt.api {
			t.Errorf("Parse(%.60q) = %+v, %v; want %q, %q, %v", tt.in, got, err, tt.registry, tt.api, tt.err)
		}
	}
}

func TestTokenPages(t *testing.T) {
	h, err := Parse("containers.octocorp.ghe.com")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := h.NewTokenURL("write:packages"), "https://octocorp.ghe.com/settings/tokens/new?scopes=write:packages"; got != want {
		t.Errorf("NewTokenURL = %q, want %q", got, want)
	}
	if got, want := h.TokensURL(), "https://octocorp.ghe.com/settings/tokens"; got != want {
		t.Errorf("TokensURL = %q, want %q", got, want)
	}
}
