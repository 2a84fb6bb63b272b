package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Editing bytes, not values: what is not ours to change stays as its author
// wrote it. Everything here expects text that parse has taken.

// member is a member of a JSON object by its offsets in the text.
type member struct {
	name       string
	gap        int // where the white space before the name begins
	key        int // the name's opening quote
	colon      int // behind the name's closing quote
	start, end int // the value
}

// object is a JSON object by its offsets.
type object struct {
	open, close int // its braces
	members     []member
}

// start is where the first value of data begins.
func start(data []byte) int { return space(data, 0) }

func space(data []byte, i int) int {
	for i < len(data) && strings.IndexByte(" \t\r\n", data[i]) >= 0 {
		i++
	}
	return i
}

// text is the offset behind the string that begins at i.
func text(data []byte, i int) int {
	for i++; data[i] != '"'; i++ {
		if data[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// value is the offset behind the value that begins at i. It does not recurse:
// files may be nested deeply.
func value(data []byte, i int) int {
	for depth := 0; i < len(data); {
		switch data[i] {
		case '"':
			i = text(data, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		default:
			i++
			if depth == 0 { // a number or a word
				for i < len(data) && strings.IndexByte(" \t\r\n,]}", data[i]) < 0 {
					i++
				}
			}
		}
		if depth == 0 {
			return i
		}
	}
	return i
}

// scan reads the object that begins at i.
func scan(data []byte, i int) object {
	o := object{open: i}
	i++
	for {
		m := member{gap: i, key: space(data, i)}
		if data[m.key] == '}' {
			o.close = m.key
			return o
		}
		m.colon = text(data, m.key)
		_ = json.Unmarshal(data[m.key:m.colon], &m.name)
		m.start = space(data, space(data, m.colon)+1)
		m.end = value(data, m.start)
		o.members = append(o.members, m)
		i = space(data, m.end)
		if data[i] == ',' {
			i++
		}
	}
}

// duplicateError says that a name that we would edit stands twice in one object.
// Docker takes the last one and merges objects, other readers do otherwise:
// which one its author means is not ours to guess.
type duplicateError struct {
	name          string
	first, second int // offsets
}

func (e *duplicateError) Error() string { return e.name + " stands there twice" }

// in gives the error its place.
func (e *duplicateError) in(f file) error {
	other := fileErrorAt(f.path, f.data, e.first, "")
	return fileErrorAt(f.path, f.data, e.second,
		fmt.Sprintf("%s stands there a second time, after line %d", e.name, other.Line))
}

// find is the index of a member, -1 without one. Encoding/json, and so docker
// and podman, take a field's name in any case, the key of a map as it is.
func (o object) find(name string, isField bool) (int, error) {
	found := -1
	for i, m := range o.members {
		if m.name != name && !(isField && strings.EqualFold(m.name, name)) {
			continue
		}
		if found >= 0 {
			return -1, &duplicateError{name, o.members[found].key, m.key}
		}
		found = i
	}
	return found, nil
}

// locate finds the object that a path of one or two names ends in, and the
// index of the last name in it (-1: not there). held is false when there is no
// such object.
func locate(data []byte, path []string) (o object, index int, held bool, err error) {
	o = scan(data, start(data))
	index, err = o.find(path[0], true)
	if err != nil || len(path) == 1 {
		return o, index, true, err
	}
	if index < 0 || data[o.members[index].start] != '{' {
		return o, -1, false, nil
	}
	o = scan(data, o.members[index].start)
	index, err = o.find(path[1], false)
	return o, index, true, err
}

// get is the text of the value at path, "" when there is none.
func get(data []byte, path []string) (string, error) {
	o, i, _, err := locate(data, path)
	if err != nil || i < 0 {
		return "", err
	}
	return string(data[o.members[i].start:o.members[i].end]), nil
}

// put is data with the value at path replaced, added or (value "") removed.
// inside is the white space that an object gets when its last member goes; was
// is the white space that stood in an object that gets its first.
func put(data []byte, path []string, value, inside string) (after []byte, was string, err error) {
	o, i, held, err := locate(data, path)
	switch {
	case err != nil || !held:
		return data, "", err
	case i < 0 && value == "":
		return data, "", nil
	case i < 0:
		after, was = insert(data, o, len(path), path[len(path)-1], value)
		return after, was, nil
	}
	m, members := o.members[i], o.members
	switch {
	case value != "":
		return splice(data, m.start, m.end, value), "", nil
	case len(members) == 1:
		return splice(data, o.open+1, o.close, inside), "", nil
	case i > 0: // with the comma before it
		return splice(data, members[i-1].end, m.end), "", nil
	}
	return splice(data, m.key, members[1].key), "", nil
}

// insert adds a member at the end of an object, in the manner of its neighbours.
func insert(data []byte, o object, depth int, name, value string) (after []byte, was string) {
	key, _ := json.Marshal(name)
	if n := len(o.members); n > 0 {
		last := o.members[n-1]
		gap, colon := string(data[last.gap:last.key]), string(data[last.colon:last.start])
		if n == 1 && gap == "" && strings.HasSuffix(colon, " ") { // {"a": 1} has no comma to look at
			gap = " "
		}
		return splice(data, last.end, last.end, ",", gap, string(key), colon, value), ""
	}
	s := styleOf(data)
	was = string(data[o.open+1 : o.close])
	return splice(data, o.open+1, o.close, s.line(depth), string(key), s.colon, value, s.line(depth-1)), was
}

// style is how a file is laid out.
type style struct{ newline, indent, colon string }

// styleOf looks at a file's first member. A file without one gets docker's own
// layout.
func styleOf(data []byte) style {
	o := scan(data, start(data))
	if len(o.members) == 0 {
		s := style{"\n", "\t", ": "}
		if bytes.Contains(data, []byte("\r\n")) {
			s.newline = "\r\n"
		}
		return s
	}
	first := o.members[0]
	gap, colon := string(data[first.gap:first.key]), string(data[first.colon:first.start])
	at := strings.LastIndexByte(gap, '\n')
	if at < 0 { // all on one line
		return style{gap, "", colon}
	}
	newline := "\n"
	if at > 0 && gap[at-1] == '\r' {
		newline = "\r\n"
	}
	return style{newline, gap[at+1:], colon}
}

// line is a line's end and the indentation of the next one.
func (s style) line(depth int) string { return s.newline + strings.Repeat(s.indent, depth) }

// splice is data with the bytes from start to end replaced, in memory of its own.
func splice(data []byte, start, end int, parts ...string) []byte {
	added := strings.Join(parts, "")
	after := make([]byte, 0, len(data)+len(added))
	after = append(after, data[:start]...)
	after = append(after, added...)
	return append(after, data[end:]...)
}

// isHollow reports an object without members.
func isHollow(data []byte) bool { return len(scan(data, start(data)).members) == 0 }

// isBare reports a file that says nothing: docker and podman leave empty auths
// behind.
func isBare(data []byte) bool {
	for _, m := range scan(data, start(data)).members {
		if m.name != "auths" || data[m.start] != '{' || len(scan(data, m.start).members) > 0 {
			return false
		}
	}
	return true
}
