package cli

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"
)

// Most of what is printed has words of others in it: names in GitHub's answers,
// parts of logs, what was typed. They are made fit for a line here, where all
// printing passes.

// tokens are what a token may look like anywhere in a text. The tag of an image
// may be a commit, which has 40 digits as old tokens have: it is matched first, to
// be kept. So are digests, which have 64 and more.
var tokens = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`([\w.-]/[\w./-]+:(?:sha-)?[0-9a-f]{40}\b)` +
		`|github_pat_[A-Za-z0-9_]+|gh[a-z]_[A-Za-z0-9._-]{8,}|[0-9a-f]{40,}`)
})

// withoutTokens takes out what may be a token in the wrong place.
func withoutTokens(text string) string {
	return tokens().ReplaceAllStringFunc(text, func(found string) string {
		if isDigest := len(found) >= 64 && !strings.Contains(found, "_"); isDigest || strings.Contains(found, "/") {
			return found
		}
		return "[token]"
	})
}

// clean makes one line of a text: nothing in it moves the cursor, turns the
// direction of writing, begins a line of its own, or is a token. ##[ begins a
// command to GitHub Actions wherever it stands in a line, :: where one begins.
func clean(text string) string {
	text = strings.Map(visible, strings.ToValidUTF8(text, "?"))
	return withoutTokens(strings.ReplaceAll(text, "##[", "#["))
}

// visible puts a space in place of what cannot be seen.
func visible(r rune) rune {
	if !unicode.IsPrint(r) {
		return ' '
	}
	return r
}

// cleanArgs are the arguments of a message with their texts made clean.
func cleanArgs(args []any) []any {
	cleaned := make([]any, len(args))
	for i, arg := range args {
		cleaned[i] = arg
		switch v := arg.(type) {
		case error, fmt.Stringer:
			cleaned[i] = clean(fmt.Sprint(v))
		default:
			if value := reflect.ValueOf(arg); value.Kind() == reflect.String {
				cleaned[i] = clean(value.String())
			}
		}
	}
	return cleaned
}

// escaped writes what cannot be seen in a JSON text as JSON escapes it; Go
// leaves the second set of control characters and the marks of direction.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\n' || unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
