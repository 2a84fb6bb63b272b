package github

import (
	"strings"
	"testing"
)

// sample joins the parts of a token here, so that no scanner takes the source
// text for a leaked secret.
func sample(parts ...string) string { return strings.Join(parts, "") }

func TestKindOf(t *testing.T) {
	a36 := strings.Repeat("A", 36)
	tests := []struct {
		token string
		want  Kind
	}{
		{sample("ghp_", a36), ClassicPAT},
		{sample("gho_", a36), OAuth},
		{sample("ghu_", a36), AppUser},
		{sample("ghs_", a36), AppServer},
		{sample("ghs_", "12345_eyJh", ".eyJp-c3M_", strings.Repeat("x", 480), ".c2ln"), AppServer},
		{sample("ghr_", a36, a36), Refresh},
		{sample("github_pat_", "11", strings.Repeat("A", 20), "_", strings.Repeat("B", 59)), FineGrained},
		{strings.Repeat("0a", 20), Legacy},
		{strings.Repeat("0A", 20), NotAToken},
		{sample("ghx_", a36), Unknown},
		{"ghp_", NotAToken},
		{"gh_x", NotAToken},
		{"", NotAToken},
		{"correct horse", NotAToken},
		{"hunter2", NotAToken},
		{sample("ghp_", a36, "\n"), NotAToken},
		{sample("ghp_", "<", a36), NotAToken},
	}
	for _, tt := range tests {
		if got := KindOf(tt.token); got != tt.want {
			t.Errorf("KindOf(%.8q…) = %v, want %v", tt.token, got, tt.want)
		}
	}
}

func TestLooksMistyped(t *testing.T) {
	a, b, zero := strings.Repeat("A", 30), strings.Repeat("B", 30), strings.Repeat("0", 30)
	tests := []struct {
		name  string
		token string
		want  bool
	}{
		{"published, expired", sample("ghp_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"), false},
		{"A", sample("ghp_", a, "0uCPlr"), false},
		{"B", sample("gho_", b, "1rpRcy"), false},
		{"B, one off", sample("gho_", b, "1rpRcx"), true},
		{"0", sample("ghu_", zero, "2C8GjS"), false},
		{"cut", sample("ghp_", a, "0uCPl"), true},
		{"two letters changed places", sample("ghp_", "zQBWuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"), true},
		{"tokens of Actions have no checksum", sample("ghs_", a, "000000"), false},
		{"legacy tokens have no checksum", strings.Repeat("0a", 20), false},
	}
	for _, tt := range tests {
		if got := LooksMistyped(tt.token); got != tt.want {
			t.Errorf("%s: LooksMistyped = %v, want %v", tt.name, got, tt.want)
		}
	}
}
