package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/term"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
)

// ui is how a command speaks to the person before it.
type ui struct {
	in     io.Reader
	out    io.Writer
	err    io.Writer
	getenv func(string) string

	lang   language
	utf8   bool // marks beyond ASCII can be shown
	colour bool // stdout is a terminal that shows colours
	debug  bool
}

func newUI(getenv func(string) string) *ui {
	u := &ui{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: getenv}
	u.utf8 = isUTF8(getenv, runtime.GOOS)
	u.lang = languageOf(getenv)
	if !u.utf8 {
		u.lang = english // its letters are in every character set
	}
	u.colour = term.IsTerminal(int(os.Stdout.Fd())) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
	return u
}

// locale is the first variable that is set, as setlocale(3) looks for them.
func locale(getenv func(string) string, category string) string {
	for _, name := range []string{"LC_ALL", category, "LANG"} {
		if value := getenv(name); value != "" {
			return value
		}
	}
	return ""
}

func languageOf(getenv func(string) string) language {
	if strings.HasPrefix(strings.ToLower(locale(getenv, "LC_MESSAGES")), "zh") {
		return chinese
	}
	return english
}

func isUTF8(getenv func(string) string, goos string) bool {
	charset := strings.ToLower(locale(getenv, "LC_CTYPE"))
	return strings.Contains(charset, "utf-8") || strings.Contains(charset, "utf8") ||
		charset == "" && (goos == "windows" || goos == "darwin")
}

// text is a message in the person's language.
func (u *ui) text(m message, args ...any) string {
	format := m.en
	if u.lang == chinese {
		format = m.zh
	}
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, cleanArgs(args)...)
}

// say prints a message of what was asked for.
func (u *ui) say(m message, args ...any) { u.print(u.text(m, args...)) }

// print prints lines that are worded already.
func (u *ui) print(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		line = clean(line)
		if strings.HasPrefix(strings.TrimLeft(line, " "), "::") { // a command to GitHub Actions
			line = "> " + line
		}
		fmt.Fprintln(u.out, strings.TrimRight(line, " "))
	}
}

func (u *ui) printJSON(v any) error {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(u.out, escaped(withoutTokens(text.String())))
	return err
}

// mark is how a check went.
type mark int

const (
	markOK mark = iota
	markBad
	markWarn
	markSkip
)

// line prints a mark and a text.
func (u *ui) line(k mark, text string) {
	ascii := [...]string{"ok", "x", "!", "-"}[k]
	sign := [...]string{"✓", "✗", "!", "–"}[k]
	if !u.utf8 {
		sign = ascii
	}
	if u.colour {
		sign = [...]string{"\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[2m"}[k] + sign + "\x1b[0m"
	}
	fmt.Fprintf(u.out, "%s %s\n", sign, clean(text))
}

// warn prints a warning to stderr.
func (u *ui) warn(m message, args ...any) {
	fmt.Fprintf(u.err, "%s: %s\n", helper.Name, u.text(m, args...))
}

// fail prints an error and, where it has one, its hint.
func (u *ui) fail(err error) {
	var failure *helper.Failure
	if errors.As(err, &failure) {
		var told strings.Builder
		helper.Explain(&told, failure)
		fmt.Fprint(u.err, withoutTokens(told.String()))
		return
	}
	fmt.Fprintf(u.err, "%s: error: %s\n", helper.Name, clean(err.Error()))
	var hinted *hintedError
	if errors.As(err, &hinted) {
		u.hint("%s", hinted.hint)
	}
}

func (u *ui) hint(format string, args ...any) {
	fmt.Fprintf(u.err, "%s: hint: %s\n", helper.Name, clean(fmt.Sprintf(format, args...)))
}

// hintedError is an error with what to do about it.
type hintedError struct {
	text string
	hint string
	err  error
}

func (e *hintedError) Error() string { return e.text }
func (e *hintedError) Unwrap() error { return e.err }

// failure makes an error in the person's language.
func (u *ui) failure(cause, hint message, args ...any) error {
	return &hintedError{text: u.text(cause, args...), hint: u.text(hint)}
}
