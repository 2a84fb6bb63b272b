package ghcrtest

import (
	"strings"
	"testing"
)

func TestChecksums(t *testing.T) {
	// Published vectors, in pieces so that no scanner takes them for tokens.
	for body, want := range map[string]string{
		"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ": "0mLq17",
		"adE7dp8rHP6gUTuPwxLTZjZdtya3sV": "0UQzQM",
		strings.Repeat("A", 30):          "0uCPlr",
		strings.Repeat("B", 30):          "1rpRcy",
		strings.Repeat("0", 30):          "2C8GjS",
	} {
		if got := checksum(body); got != want {
			t.Errorf("checksum(%s) = %s, want %s", body, got, want)
		}
	}
	body := "github_pat_" + "11" + strings.Repeat("A", 20) + "_" + strings.Repeat("B", 43)
	if got := patChecksum(body); got != "KAJCXJFB" {
		t.Errorf("patChecksum = %s, want KAJCXJFB", got)
	}
}

func TestSampleTokens(t *testing.T) {
	for prefix, length := range map[string]int{
		"ghp_": 40, "gho_": 40, "ghu_": 40, "ghs_": 40, "ghr_": 80, "github_pat_": 93, "": 40,
	} {
		token := SampleToken(prefix, "mona")
		if len(token) != length || !strings.HasPrefix(token, prefix) {
			t.Errorf("SampleToken(%q) has %d characters, want %d", prefix, len(token), length)
		}
		if token != SampleToken(prefix, "mona") || token == SampleToken(prefix, "lisa") {
			t.Errorf("SampleToken(%q) does not follow its seed", prefix)
		}
	}
	if token := SampleActionsToken("run"); len(token) < 500 || strings.Count(token, ".") != 2 {
		t.Errorf("SampleActionsToken has %d characters, %d dots", len(token), strings.Count(token, "."))
	}
}

func TestScopeHeader(t *testing.T) {
	for scopes, want := range map[string]string{
		"":                             "",
		"read:packages":                "read:packages",
		"write:packages,read:packages": "write:packages",
		"repo,write:packages,delete:packages,read:packages": "delete:packages, repo, write:packages",
		"delete:packages,read:packages":                     "delete:packages, read:packages",
	} {
		tok := Token{Scopes: strings.Split(scopes, ",")}
		if got := tok.scopeHeader(); got != want {
			t.Errorf("scopes %s told as %q, want %q", scopes, got, want)
		}
	}
	if got := (Token{Scopes: []string{"repo"}, ScopeHeader: "a,b"}).scopeHeader(); got != "a,b" {
		t.Errorf("ScopeHeader told as %q", got)
	}
}
