package host

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

// Whatever the server URL, it is one registry or none: its name stands in the
// URL as its host, is its own server URL, and leads to an API of its own.
func FuzzParse(f *testing.F) {
	for _, tt := range parseTests {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, serverURL string) {
		h, err := Parse(serverURL)
		if err != nil {
			if !errors.Is(err, ErrInvalid) && !errors.Is(err, ErrNotGitHub) || h != (Host{}) {
				t.Fatalf("%q: %+v, %v", serverURL, h, err)
			}
			return
		}
		if again, err := Parse(h.Registry); err != nil || again != h {
			t.Errorf("%q is %+v, and %q is %+v, %v", serverURL, h, h.Registry, again, err)
		}
		if !isDomain(h.Registry) {
			t.Errorf("%q has the name %q", serverURL, h.Registry)
		}
		if named := hostOf(t, serverURL); named != h.Registry {
			t.Errorf("%q names %q, not %q", serverURL, named, h.Registry)
		}
		api, err := url.Parse(h.API)
		if err != nil || api.Scheme != "https" || !strings.HasSuffix(api.Path, "/") {
			t.Fatalf("%q: API %q, %v", serverURL, h.API, err)
		}
		server := strings.TrimPrefix(h.Registry, "containers.")
		if isOurs := api.Host == server || api.Host == "api."+server || server == DefaultRegistry && api.Host == "api.github.com"; !isOurs {
			t.Errorf("%q: the API of %q is at %q", serverURL, h.Registry, api.Host)
		}
	})
}

// hostOf reads a server URL as a client does that knows URLs and nothing else.
func hostOf(t *testing.T, serverURL string) string {
	t.Helper()
	text := strings.TrimSpace(serverURL)
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		t.Fatalf("%q was taken and is no URL: %v", serverURL, err)
	}
	return strings.ToLower(u.Hostname())
}
