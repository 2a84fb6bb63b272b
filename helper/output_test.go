package helper

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
)

// checkOutput: what failed says why in one line on stdout; stderr has two lines
// at most; no token shows but in credentials.
func checkOutput(t *testing.T, r result, debug bool, tokens ...string) {
	t.Helper()
	if r.code != 0 || r.stdout != "" {
		checkLines(t, r.stdout, 1)
	}
	noLeak(t, r.stderr, tokens...)
	if r.code != 0 {
		noLeak(t, r.stdout, tokens...)
	}
	if debug {
		return
	}
	// In Actions each line has its annotation besides.
	lines := slices.DeleteFunc(slices.Collect(strings.Lines(r.stderr)), func(line string) bool {
		return strings.HasPrefix(line, "::error title="+Name+"::") || strings.HasPrefix(line, "::warning title="+Name+"::")
	})
	for line := range checkLines(t, strings.Join(lines, ""), 2) {
		if !strings.HasPrefix(line, Name+": ") {
			t.Errorf("a line without the program's name: %q", line)
		}
	}
}

func checkLines(t *testing.T, text string, most int) func(func(string) bool) {
	t.Helper()
	if n := strings.Count(text, "\n"); n > most || text != "" && !strings.HasSuffix(text, "\n") {
		t.Errorf("%d lines, want %d whole ones at most: %q", n, most, text)
	}
	if strings.Contains(text, "`") {
		t.Errorf("a backquote: %q", text)
	}
	for line := range strings.Lines(text) {
		if isJSON := strings.HasPrefix(line, "{"); !isJSON && len(strings.TrimSuffix(line, "\n")) >= 200 {
			t.Errorf("%d bytes in a line: %q", len(line), line)
		}
	}
	return strings.Lines(text)
}

// noLeak fails when 12 characters in a row of a token stand in a text.
func noLeak(t *testing.T, text string, tokens ...string) {
	t.Helper()
	const part = 12
	for _, token := range tokens {
		for i := 0; i+part <= len(token); i++ {
			if strings.Contains(text, token[i:i+part]) {
				t.Fatalf("the output holds a part of a token (of kind %.4s, at %d)", token, i)
			}
		}
	}
}

// buffer is written to by several goroutines when the network is traced.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func withoutSecrets(text string, tokens []string) string {
	for _, token := range tokens {
		text = strings.ReplaceAll(text, token, "[token]")
	}
	return text
}

// warned expects one warning on stderr that holds some words, or none.
func warned(t *testing.T, r result, words string) {
	t.Helper()
	switch {
	case words == "" && r.stderr != "":
		t.Errorf("stderr = %q, want none", r.stderr)
	case words != "" && (strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, words)):
		t.Errorf("stderr = %q, want one line with %q", r.stderr, words)
	}
}
