package helper

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAnnotate(t *testing.T) {
	failure := &Failure{Cause: "the token of mona lacks 100% of <write>", Hint: "tick it at https://github.com/settings/tokens"}
	tests := []struct {
		name    string
		env     map[string]string
		file    bool
		stderr  string
		summary string
	}{
		{"elsewhere", map[string]string{"GITHUB_STEP_SUMMARY": "set"}, true, "", ""},
		{"in Actions", map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "set"}, true,
			"::error title=docker-credential-ghcr::the token of mona lacks 100%25 of <write>%0Atick it at https://github.com/settings/tokens\n",
			"\n### docker-credential-ghcr\n\n**the token of mona lacks 100% of &lt;write&gt;**\n\ntick it at https://github.com/settings/tokens\n"},
		{"without a summary", map[string]string{"GITHUB_ACTIONS": "true"}, false, "::error ", ""},
		{"the file is not there", map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "set"}, false, "::error ", ""},
	}
	for _, tt := range tests {
		path := filepath.Join(t.TempDir(), "summary")
		if tt.file {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if tt.env["GITHUB_STEP_SUMMARY"] != "" {
			tt.env["GITHUB_STEP_SUMMARY"] = path
		}
		var stderr bytes.Buffer
		h := &Helper{warn: &stderr, env: func(name string) (string, bool) { v, set := tt.env[name]; return v, set }}
		h.annotate(failure)
		summary, _ := os.ReadFile(path)
		if got := stderr.String(); !strings.HasPrefix(got, tt.stderr) || tt.stderr == "" && got != "" {
			t.Errorf("%s: stderr %q, want %q", tt.name, got, tt.stderr)
		}
		if string(summary) != tt.summary {
			t.Errorf("%s: summary %q, want %q", tt.name, summary, tt.summary)
		}
	}
}

// No text can end the command or begin another one.
func TestAnnotationIsOneLine(t *testing.T) {
	var stderr bytes.Buffer
	h := &Helper{warn: &stderr, env: func(name string) (string, bool) { return "true", name == "GITHUB_ACTIONS" }}
	h.annotate(&Failure{Cause: "a\r\n::set-env name=X::y", Hint: "b\x00c"})
	h.annotateWarning("it expires\n::error::")
	for line := range strings.Lines(stderr.String()) {
		if !strings.HasPrefix(line, "::error title=docker-credential-ghcr::") && !strings.HasPrefix(line, "::warning title=docker-credential-ghcr::") || strings.ContainsAny(strings.TrimSuffix(line, "\n"), "\r\n\x00") {
			t.Errorf("line %q", line)
		}
	}
	if n := strings.Count(stderr.String(), "\n"); n != 2 {
		t.Errorf("%d lines, want 2", n)
	}
}
