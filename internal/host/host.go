// Package host knows which hosts are container registries of GitHub, and which
// API and web addresses belong to each. It makes no connection.
//
//	h, err := host.Parse("https://ghcr.io/v2/")
//	// h.Registry == "ghcr.io", h.API == "https://api.github.com/"
package host

import (
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"
)

// DefaultRegistry is the registry of github.com.
const DefaultRegistry = "ghcr.io"

// maxServerURL is the longest server URL taken, in bytes.
const maxServerURL = 4 << 10

// Host is a container registry of GitHub with the addresses that belong to it.
// A token of one Host is never sent to another.
type Host struct {
	Registry string // lower case, no scheme, no port: "ghcr.io"
	API      string // base URL of the REST API, with a trailing slash
	Web      string // where people manage their tokens, no trailing slash
}

// ErrNotGitHub says that a server URL is well formed but names no registry of GitHub.
var ErrNotGitHub = errors.New("not a GitHub container registry")

// ErrInvalid says that a server URL is none: control characters, user info, too long.
var ErrInvalid = errors.New("not a registry host")

// Parse finds the registry that a client's server URL means. Clients send bare
// hosts, hosts with a scheme, a port, a path, in any case: all are one host.
// The error is ErrInvalid or ErrNotGitHub.
//
// Registries: ghcr.io; containers.SUBDOMAIN.ghe.com (GitHub Enterprise Cloud
// with data residency); containers.HOSTNAME (GitHub Enterprise Server).
// Source: docs.github.com, "Working with the Container registry".
func Parse(serverURL string) (Host, error) {
	name, err := hostname(serverURL)
	if err != nil {
		return Host{}, err
	}
	if name == DefaultRegistry {
		return Host{Registry: name, API: "https://api.github.com/", Web: "https://github.com"}, nil
	}
	server, found := strings.CutPrefix(name, "containers.")
	if !found || strings.Count(server, ".") == 0 || !isDomain(server) {
		return Host{}, ErrNotGitHub
	}
	if sub, isCloud := strings.CutSuffix(server, ".ghe.com"); isCloud {
		if strings.Contains(sub, ".") {
			return Host{}, ErrNotGitHub
		}
		return Host{Registry: name, API: "https://api." + server + "/", Web: "https://" + server}, nil
	}
	if server == "ghe.com" || server == "github.com" || strings.HasSuffix(server, ".github.com") {
		return Host{}, ErrNotGitHub
	}
	return Host{Registry: name, API: "https://" + server + "/api/v3/", Web: "https://" + server}, nil
}

// NewTokenURL is the page that makes a classic PAT with scopes (comma separated)
// ticked already. The plain page would tick repo along with write:packages.
// Source: docs.github.com, "Authenticating with a personal access token (classic)".
func (h Host) NewTokenURL(scopes string) string {
	return h.Web + "/settings/tokens/new?scopes=" + scopes
}

// TokensURL is the page that lists the person's classic PATs.
func (h Host) TokensURL() string { return h.Web + "/settings/tokens" }

// hostname cuts scheme, port and path off a server URL. Only the HTTPS port is
// dropped: another port is another registry.
func hostname(serverURL string) (string, error) {
	if len(serverURL) > maxServerURL || !utf8.ValidString(serverURL) {
		return "", ErrInvalid
	}
	s := strings.TrimSpace(serverURL)
	for _, r := range s {
		// Only printable ASCII: a look-alike letter, a direction mark or a line
		// break has no business in a registry's name.
		if r <= ' ' || r > '~' {
			return "", ErrInvalid
		}
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.User != nil || u.Host == "" || u.Opaque != "" {
		return "", ErrInvalid
	}
	if u.Scheme != "https" && u.Scheme != "http" {
		return "", ErrNotGitHub
	}
	if port := u.Port(); port != "" && port != "443" {
		return "", ErrNotGitHub
	}
	name := strings.ToLower(u.Hostname())
	if !isDomain(name) || strings.HasSuffix(u.Host, ":") {
		return "", ErrNotGitHub
	}
	return name, nil
}

// isDomain reports whether name consists of letters, digits, dots and dashes,
// with no empty label.
func isDomain(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
				return false
			}
		}
	}
	return true
}
