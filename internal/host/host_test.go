package host

import (
	"errors"
	"strings"
	"testing"
)

// parseTests are server URLs with the one right answer to each. FuzzParse begins
// with them.
var parseTests = []struct {
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
	{in: "ghcr.io?@evil.com", registry: "ghcr.io", api: "https://api.github.com/"},
	{in: "ghcr.io#@evil.com", registry: "ghcr.io", api: "https://api.github.com/"},
	{in: "ghcr.io/@evil.com", registry: "ghcr.io", api: "https://api.github.com/"},
	{in: "ghcr.io/%2f..%2fevil.com", registry: "ghcr.io", api: "https://api.github.com/"},
	{in: "containers.octocorp.ghe.com", registry: "containers.octocorp.ghe.com", api: "https://api.octocorp.ghe.com/"},
	{in: "containers.git.example.com", registry: "containers.git.example.com", api: "https://git.example.com/api/v3/"},

	{in: "ghcr.io.evil.com", err: ErrNotGitHub},
	{in: "evil.com/ghcr.io", err: ErrNotGitHub},
	{in: "evil.com?ghcr.io", err: ErrNotGitHub},
	{in: "evil.com#ghcr.io", err: ErrNotGitHub},
	{in: "https://evil.com/https://ghcr.io", err: ErrNotGitHub},
	{in: "evilghcr.io", err: ErrNotGitHub},
	{in: "ghcr-io", err: ErrNotGitHub},
	{in: "ghcr.io-evil.com", err: ErrNotGitHub},
	{in: "www.ghcr.io", err: ErrNotGitHub},
	{in: "ghcr.io,evil.com", err: ErrNotGitHub},
	{in: "ghcr.io;evil.com", err: ErrNotGitHub},
	{in: "ghcr..io", err: ErrNotGitHub},
	{in: ".ghcr.io", err: ErrNotGitHub},
	{in: "ghcr.io.", err: ErrNotGitHub},
	{in: "ghcr.io:5000", err: ErrNotGitHub},
	{in: "ghcr.io:", err: ErrNotGitHub},
	{in: "ghcr.io:0443", err: ErrNotGitHub},
	{in: "ghcr.io.:443", err: ErrNotGitHub},
	{in: "docker.io", err: ErrNotGitHub},
	{in: "localhost:5000", err: ErrNotGitHub},
	{in: "[::1]:443", err: ErrNotGitHub},
	{in: "[::ffff:140.82.121.33]", err: ErrNotGitHub},
	{in: "127.0.0.1", err: ErrNotGitHub},
	{in: "ftp://ghcr.io", err: ErrNotGitHub},
	{in: "javascript://ghcr.io", err: ErrNotGitHub},
	{in: "xn--ghcr-xyz.io", err: ErrNotGitHub},
	{in: "xn--hcr-kpa.io", err: ErrNotGitHub}, // ɡhcr.io
	{in: "containers.ghe.com", err: ErrNotGitHub},
	{in: "containers.a.b.ghe.com", err: ErrNotGitHub},
	{in: "containers.localhost", err: ErrNotGitHub},
	{in: "containers.pkg.github.com", err: ErrNotGitHub},
	{in: "containers.github.com", err: ErrNotGitHub},
	{in: "containers.", err: ErrNotGitHub},
	{in: "containers.-x.com", err: ErrNotGitHub},

	{in: "ghcr.io@evil.com", err: ErrInvalid},
	{in: "https://ghcr.io@evil.com", err: ErrInvalid},
	{in: "ghcr.io:443@evil.com", err: ErrInvalid},
	{in: "ghcr.io:443@evil", err: ErrInvalid},
	{in: "evil.com@ghcr.io", err: ErrInvalid},
	{in: "@ghcr.io", err: ErrInvalid},
	{in: "ghcr.io\\@evil.com", err: ErrInvalid},
	{in: "ghcr.io:443:443", err: ErrInvalid},
	{in: "[ghcr.io]", err: ErrInvalid},
	{in: "ghcr.io%2eevil.com", err: ErrInvalid},
	{in: "ghcr%2eio", err: ErrInvalid},
	{in: "ghcr.io%40evil.com", err: ErrInvalid},
	{in: "ghcr.io%00", err: ErrInvalid},
	{in: "gh\ncr.io", err: ErrInvalid},
	{in: "gh\rcr.io", err: ErrInvalid},
	{in: "ghcr.io\r\nHost: evil.com", err: ErrInvalid},
	{in: "ghcr.io\tevil.com", err: ErrInvalid},
	{in: "ghcr.io/\x00", err: ErrInvalid},
	{in: "ghcr.io\x00", err: ErrInvalid},
	{in: "ghcr.io evil.com", err: ErrInvalid},
	{in: "ghcr\u202e.io", err: ErrInvalid},
	{in: "\u202eoi.rchg", err: ErrInvalid},
	{in: "ghcr\u200b.io", err: ErrInvalid},
	{in: "\ufeffghcr.io", err: ErrInvalid},
	{in: "ghcr\u3002io", err: ErrInvalid},
	{in: "\uff47hcr.io", err: ErrInvalid},
	{in: "ghcr.\u0131o", err: ErrInvalid},
	{in: "\u0261hcr.io", err: ErrInvalid},
	{in: "ghcr.io\xff", err: ErrInvalid},
	{in: "https://", err: ErrInvalid},
	{in: "", err: ErrInvalid},
	{in: "ghcr.io/" + strings.Repeat("x", maxServerURL), err: ErrInvalid},
}

func TestParse(t *testing.T) {
	for _, tt := range parseTests {
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
