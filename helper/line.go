package helper

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Name is the program's name, in front of every line that an engine shows.
const Name = "docker-credential-ghcr"

// maxLine is the longest line shown, the program's name included: engines cut
// longer ones, or people stop reading.
const maxLine = 199

// line makes a line of the program's out of a text, whatever is in that.
func line(text string) string { return plain(Name+": "+text, maxLine) }

// plain makes text printable and at most limit bytes long. Engines quote it in
// backquotes, so there are none inside.
func plain(text string, limit int) string {
	text = strings.ToValidUTF8(text, "?")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '`':
			return '\''
		case !unicode.IsPrint(r):
			return ' '
		}
		return r
	}, text)
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:limit-3], "") + "..."
	}
	return text
}

// fit gives the first text that makes a line of its kind (error, hint, warning
// or none) without being cut: the best one first, the shortest last.
func fit(kind string, texts ...string) string {
	room := maxLine - len(Name+": ")
	if kind != "" {
		room -= len(kind + ": ")
	}
	for _, text := range texts {
		if len(text) <= room {
			return text
		}
	}
	return texts[len(texts)-1]
}

// Failure is an error as people read it: what happened and what to do next.
type Failure struct {
	Cause string // one line, lower case, no token
	Hint  string // one line, the one thing to do
	err   error
}

// Error is the line that engines show.
func (f *Failure) Error() string { return line("error: " + f.Cause) }

// Unwrap gives the error behind the words, if there is one.
func (f *Failure) Unwrap() error { return f.err }

// Explain writes a failure for people: cause and hint, a line each.
func Explain(w io.Writer, f *Failure) {
	fmt.Fprintln(w, f.Error())
	if f.Hint != "" {
		fmt.Fprintln(w, line("hint: "+f.Hint))
	}
}
