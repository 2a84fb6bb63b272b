package engine

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/diff"
)

// Diff is the plan as a unified diff in which no secret stands.
func (p Plan) Diff() []byte {
	var all []byte
	for _, c := range p.Changes {
		before, after := c.Path, c.Path
		if c.Creates {
			before = "/dev/null"
		}
		if c.Removes {
			after = "/dev/null"
		}
		all = append(all, diff.Diff(before, mask(c.Before), after, mask(c.After))...)
	}
	return all
}

var (
	secretKey   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)token|pass|secret|auth|apikey`) })
	secretValue = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bgh[a-z]_|\bgithub_pat_|://[^/]*@`) })
)

// secretive are parts of a file whose strings are hidden all: proxies, HTTP
// headers and plugins have tokens under names that nobody can list.
var secretive = []string{"auths", "HttpHeaders", "proxies", "plugins"}

// mask hides what is or may be a secret. Settings stay to be read: hidden ones
// look as if they were overwritten.
func mask(data []byte) []byte {
	if len(bytes.TrimSpace(data)) == 0 {
		return data
	}
	plain := append([]string{credHelpers, "credsStore"}, misspelt...)
	var out []byte
	done := 0
	for _, m := range scan(data, start(data)).members {
		if slices.Contains(plain, m.name) {
			continue
		}
		hideAll := slices.ContainsFunc(secretive, func(s string) bool { return strings.EqualFold(s, m.name) })
		name := m.name
		for i := m.start; i < m.end; {
			if data[i] != '"' {
				i++
				continue
			}
			end := text(data, i)
			var s string
			_ = json.Unmarshal(data[i:end], &s)
			switch next := space(data, end); {
			case next < m.end && data[next] == ':':
				name = s
			case hideAll || secretKey().MatchString(name) || secretValue().MatchString(s):
				out = append(append(out, data[done:i]...), `"***"`...)
				done = end
			}
			i = end
		}
	}
	return append(out, data[done:]...)
}
