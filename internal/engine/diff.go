package engine

import (
	"bytes"
	"slices"

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

// mask hides every string but those about helpers. Tokens stand not only in
// auths: proxies, HTTP headers and plugins have theirs, under names that nobody
// can list.
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
		for i := m.start; i < m.end; {
			if data[i] != '"' {
				i++
				continue
			}
			end := text(data, i)
			if next := space(data, end); next >= m.end || data[next] != ':' { // not a name
				out = append(append(out, data[done:i]...), `"***"`...)
				done = end
			}
			i = end
		}
	}
	return append(out, data[done:]...)
}
