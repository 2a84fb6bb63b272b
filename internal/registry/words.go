package registry

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode"
)

var (
	imageName = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\b(ghcr\.io|containers\.(?:[a-z0-9-]+\.)+[a-z]{2,}|docker\.pkg\.github\.com)(?::443)?/` +
			`(token\?[^\s"]*scope=repository[^\s"]+|[a-z0-9._-]+(?:/[a-z0-9._-]+)+)(:[a-z0-9_][a-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64}|:[0-9a-f]{64})?`)
	})
	// podman: initiating layer upload to /v2/octo/app/blobs/uploads/ in ghcr.io
	uploadName = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`/v2/([A-Za-z0-9._/-]+)/blobs/uploads/ in ([a-z0-9.-]+[a-z0-9])`)
	})
	secret = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\bgh[a-z]_[A-Za-z0-9._-]{8,}|\bgithub_pat_[A-Za-z0-9_]{8,}|(?i:\b(?:bearer|basic|token) +[A-Za-z0-9+/._~-]{16,}=*)|//[^/\s:@]*:[^/\s@]+@`)
	})
)

// imageIn finds the image that a line is about: on it, else the nearest before
// it, else just after: what is further on may be another command's.
func imageIn(b []byte, from, to int) string {
	const near, after = 64 << 10, 1 << 10
	if m := uploadName().FindSubmatch(b[from:to]); m != nil {
		return string(m[2]) + "/" + string(m[1])
	}
	if images := imagesIn(b[from:to]); len(images) > 0 {
		return images[0]
	}
	if images := imagesIn(b[max(0, from-near):from]); len(images) > 0 {
		return images[len(images)-1]
	}
	if images := imagesIn(b[to:min(len(b), to+after)]); len(images) > 0 {
		return images[0]
	}
	return ""
}

func imagesIn(b []byte) []string {
	var images []string
	for _, m := range imageName().FindAllSubmatch(b, -1) {
		if image := imageOf(m); image != "" {
			images = append(images, image)
		}
	}
	return images
}

// imageOf words a match of imageName: an image, a path of the registry's API, or
// the scope that is asked of its token endpoint.
func imageOf(m [][]byte) string {
	registry, path := strings.ToLower(string(m[1])), string(m[2])
	if strings.HasPrefix(path, "token?") {
		_, scope, _ := strings.Cut(path, "scope=repository")
		scope, _ = url.QueryUnescape(scope)
		parts := strings.Split(scope, ":")
		if len(parts) < 2 || !strings.Contains(parts[1], "/") {
			return ""
		}
		return registry + "/" + parts[1]
	}
	rest, isAPI := strings.CutPrefix(path, "v2/")
	if !isAPI {
		return registry + "/" + strings.TrimRight(path, ".") + string(bytes.TrimRight(m[3], ".")) + digestOf(m[4])
	}
	for _, kind := range []string{"/manifests/", "/blobs/", "/tags/", "/referrers/"} {
		name, id, found := strings.Cut(rest, kind)
		switch {
		case !found:
			continue
		case kind == "/manifests/" && id == "sha256" && m[4] != nil:
			return registry + "/" + name + "@sha256" + string(m[4])
		case kind == "/manifests/" && id != "sha256":
			return registry + "/" + name + ":" + strings.TrimRight(id, ".")
		}
		return registry + "/" + name
	}
	return ""
}

func digestOf(b []byte) string {
	if bytes.HasPrefix(b, []byte("@")) {
		return string(b)
	}
	return ""
}

// maxLine is the longest text of somebody else's that is passed on.
const maxLine = 300

// OneLine makes a text fit for a line of ours: no control characters, no end of
// the world in length, and no secret, neither one of those given nor one that
// looks like it.
func OneLine(s string, secrets ...string) string {
	for _, one := range secrets {
		if one != "" {
			s = strings.ReplaceAll(s, one, "[redacted]")
		}
	}
	s = secret().ReplaceAllString(s, "[redacted]")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > maxLine {
		s = string(runes[:maxLine-1]) + "…"
	}
	return s
}
