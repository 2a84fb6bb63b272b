package registry

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
)

// maxText is how much of an output is looked at, from its end: there the errors are.
const maxText = 1 << 20

// Finding is a row of the table that was found in a text.
type Finding struct {
	Row      Row
	Line     string // the line with it, no secret
	Image    string // the image that it is about, such as ghcr.io/octo/app:1, "" if untold
	Owner    string // the organization or account, "" if untold
	Suspects []Row  // what to check, in this order, when the row itself tells no cause

	// What this program itself said in the output, if the row is about that: the
	// cause, and the hint that followed it.
	Said, Hint string
}

// Explain finds the most specific row that an output contains. The output may be
// a whole log of any engine, with colours, time stamps and escaped line breaks.
func Explain(output string) (Finding, bool) { return newText(output).explain() }

func (t *text) explain() (Finding, bool) {
	elsewhere := -1
	for i := range table {
		r := &table[i]
		if r.Needs != nil && !slices.ContainsFunc(r.Needs, func(s string) bool { return bytes.Contains(t.low, []byte(s)) }) {
			continue
		}
		for _, tail := range r.tails() {
			at, ok := t.find(tail, func(at int) bool {
				if !r.Generic || t.isOurs(at) {
					return true
				}
				elsewhere = at
				return false
			})
			if ok {
				return t.finding(*r, at), true
			}
		}
	}
	if elsewhere >= 0 {
		r, _ := RowByID("other-registry")
		f := t.finding(r, elsewhere)
		f.Image, f.Owner = "", ""
		return f, true
	}
	return Finding{}, false
}

// Rows are all rows of the table, in its order.
func Rows() []Row { return append([]Row(nil), table...) }

// RowByID finds a row by its name.
func RowByID(id string) (Row, bool) {
	for _, r := range table {
		if r.ID == id {
			return r, true
		}
	}
	return Row{}, false
}

// suspects are the rows behind a row that tells no cause.
func (r Row) suspects() []Row {
	var rows []Row
	for _, id := range r.Suspects {
		if s, ok := RowByID(id); ok {
			rows = append(rows, s)
		}
	}
	return rows
}

func (r Row) tails() []string {
	if r.Tails != nil {
		return r.Tails
	}
	return []string{strings.ToLower(r.Text)}
}

// text is an output made plain, and the same in lower case byte for byte.
type text struct {
	plain, low []byte
	search     func([]byte) (ours, others bool) // for registries' names
	registries func() (ours, others bool)       // that it names anywhere
	searched   int                              // bytes of lines
}

func newText(output string) *text {
	if len(output) > maxText {
		output = output[len(output)-maxText:]
	}
	plain := plainText(output)
	low := make([]byte, len(plain))
	for i, c := range plain {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		low[i] = c
	}
	t := &text{plain: plain, low: low, search: registriesIn}
	t.registries = sync.OnceValues(func() (bool, bool) { return t.search(t.low) })
	return t
}

// plainText takes out colours and resolves the escapes of loggers that put a
// whole error into one quoted line. A carriage return ends a line. Without the
// NULs, UTF-16 (PowerShell writes it) reads as ASCII.
func plainText(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == 0x1b:
			i += escapeLen(s[i:]) - 1
		case c == 0:
		case c == '\r':
			out = append(out, '\n')
		case c == '\\' && i+1 < len(s) && strings.IndexByte(`nrt"`, s[i+1]) >= 0:
			i++
			out = append(out, map[byte]byte{'n': '\n', 'r': '\n', 't': ' ', '"': '"'}[s[i]])
		default:
			out = append(out, c)
		}
	}
	return out
}

// escapeLen is the length of the terminal's escape sequence that s begins with.
func escapeLen(s string) int {
	if len(s) < 2 {
		return len(s)
	}
	switch s[1] {
	case '[':
		for i := 2; i < len(s); i++ {
			if 0x40 <= s[i] && s[i] <= 0x7e {
				return i + 1
			}
			if s[i] < ' ' {
				return i
			}
		}
		return len(s)
	case ']':
		for i := 2; i < len(s); i++ {
			if s[i] == 7 {
				return i + 1
			}
			if s[i] < ' ' {
				return i
			}
		}
		return len(s)
	}
	return 2
}

// Lines are looked at no further than this from a hit, and no more hits than
// this for one tail, so that no input takes long.
const (
	lineBefore = 2 << 10
	lineAfter  = 4 << 10
	maxHits    = 1000
	maxSearch  = 1 << 20 // bytes of all lines that are searched for a registry's name
)

// line is the line around a position, or as much of it as is looked at.
func (t *text) line(at int) (from, to int) {
	from = max(0, at-lineBefore)
	if i := bytes.LastIndexByte(t.low[from:at], '\n'); i >= 0 {
		from += i + 1
	}
	to = min(len(t.low), at+lineAfter)
	if i := bytes.IndexByte(t.low[at:to], '\n'); i >= 0 {
		to = at + i
	}
	return from, to
}

// find finds a tail where accept takes it.
func (t *text) find(tail string, accept func(at int) bool) (int, bool) {
	tail, fromStart := strings.CutPrefix(tail, "^")
	tail, toEnd := strings.CutSuffix(tail, "$")
	parts := strings.Split(tail, "…")
	first := []byte(parts[0])
	at := 0
	for range maxHits {
		i := bytes.Index(t.low[at:], first)
		if i < 0 {
			return 0, false
		}
		at += i
		if t.matches(at, parts, fromStart, toEnd) && accept(at) {
			return at, true
		}
		at += len(first)
	}
	return 0, false
}

func (t *text) matches(at int, parts []string, fromStart, toEnd bool) bool {
	from, to := t.line(at)
	if fromStart && !isPrefix(t.low[from:at]) {
		return false
	}
	rest := t.low[at+len(parts[0]) : max(to, at+len(parts[0]))]
	for _, part := range parts[1:] {
		i := bytes.Index(rest, []byte(part))
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return !toEnd || len(bytes.Trim(rest, " \t\"'`.,)}]")) == 0
}

// isPrefix reports whether what stands before a message is only the marks that
// logs put there: a time, a step's number, the word error.
func isPrefix(b []byte) bool {
	for _, field := range bytes.Fields(b) {
		isTime := '0' <= field[0] && field[0] <= '9' && bytes.IndexByte(field, ':') > 0
		isStep := field[0] == '#' || field[0] == '>'
		if !isTime && !isStep && !bytes.HasPrefix(field, []byte("err")) {
			return false
		}
	}
	return true
}

// isOurs reports whether a text that other registries use too is GitHub's here.
// The line tells it, else the whole output; with no registry named it is taken
// for GitHub's. An output with so many of these that their lines would take long
// is told by the whole as well.
func (t *text) isOurs(at int) bool {
	from, to := t.line(at)
	if t.searched+to-from <= maxSearch {
		t.searched += to - from
		if ours, others := t.search(t.low[from:to]); ours || others {
			return ours
		}
	}
	ours, others := t.registries()
	return ours || !others
}

var (
	registryName = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:https?://|docker://|oci://| in | for | push |["\[])((?:[a-z0-9-]+\.)+[a-z]{2,})(?::[0-9]+)?/`)
	})
	hubName = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`pull access denied for [a-z0-9_-]+(?:/[a-z0-9._-]+)?, repository`)
	})
)

// registriesIn tells whether a text in lower case names a registry of GitHub,
// and whether it names another one.
func registriesIn(b []byte) (ours, others bool) {
	if bytes.Contains(b, []byte(host.DefaultRegistry)) {
		return true, false
	}
	for _, m := range registryName().FindAllSubmatch(b, 100) {
		name := string(m[1])
		if _, err := host.Parse(name); err == nil || strings.HasSuffix(name, "."+oldRegistries) {
			return true, false
		}
		others = others || !isPage(name)
	}
	return false, others || hubName().Match(b)
}

// oldRegistries are docker.pkg.github.com and its like.
const oldRegistries = "pkg.github.com"

// isPage reports a host that messages point people to.
func isPage(name string) bool {
	return strings.HasPrefix(name, "docs.") || strings.HasPrefix(name, "www.") || name == "github.com" || strings.HasSuffix(name, ".github.com")
}

// finding is what is told of a row at a position.
func (t *text) finding(r Row, at int) Finding {
	from, to := t.line(at)
	f := Finding{Row: r, Suspects: r.suspects()}
	f.Line = OneLine(string(t.plain[from:to]))
	f.Image = imageIn(t.plain, from, to)
	_, rest, _ := strings.Cut(f.Image, "/")
	f.Owner, _, _ = strings.Cut(rest, "/")
	f.Said, f.Hint = t.own(r, from, to)
	if r.Org != "" {
		if m := regexp.MustCompile(r.Org).FindSubmatch(t.plain[from:to]); m != nil {
			f.Owner = string(m[1])
		}
	}
	return f
}

// own finds this program's words on the line, and its hint there or below.
func (t *text) own(r Row, from, to int) (said, hint string) {
	if !strings.HasPrefix(r.ID, "helper-") {
		return "", ""
	}
	after := func(b []byte, mark string) string {
		_, rest, found := bytes.Cut(b, []byte("docker-credential-ghcr: "+mark+": "))
		if !found {
			return ""
		}
		rest, _, _ = bytes.Cut(rest, []byte("\n"))
		return strings.TrimRight(OneLine(string(rest)), "`'\" ")
	}
	line := t.plain[from:to]
	said = after(line, "error")
	if said == "" {
		said = after(line, "warning")
	}
	if said != "" {
		hint = after(t.plain[from:min(len(t.plain), to+lineAfter)], "hint")
	}
	return said, hint
}
