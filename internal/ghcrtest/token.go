package ghcrtest

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"time"
)

// Token is a token that GitHub knows.
type Token struct {
	Value  string // SampleToken makes them; the prefix tells the kind
	Login  string // whose it is
	Server string // the GitHub that issued it, github.com when empty
	// Scopes are what was ticked; GitHub tells them normalised. For the kinds
	// without scopes (ghs_, ghu_) they are the permissions, and are not told.
	Scopes        []string
	ScopeHeader   string    // sent as X-OAuth-Scopes in place of the normalised Scopes
	NoScopeHeader bool      // no X-OAuth-Scopes at all; the prefix may imply it
	Expires       time.Time // zero: never
	Dead          bool      // revoked
	NoSSO         []string  // organizations whose single sign-on has not authorised it
}

// SetToken adds a token, or replaces the one with the same value.
func (w *World) SetToken(t Token) {
	t.Scopes, t.NoSSO = slices.Clone(t.Scopes), slices.Clone(t.NoSSO)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tokens[t.Value] = t
}

// Revoke makes a token dead, as a person does on GitHub's page.
func (w *World) Revoke(value string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t, known := w.tokens[value]; known {
		t.Dead = true
		w.tokens[value] = t
	}
}

// token finds a token that is alive at a server.
func (w *World) token(value, server string) (Token, bool) {
	w.mu.Lock()
	t, known := w.tokens[value]
	w.mu.Unlock()
	if t.Server == "" {
		t.Server = githubCom
	}
	expired := !t.Expires.IsZero() && time.Now().After(t.Expires)
	return t, known && !t.Dead && !expired && t.Server == server && !t.is("ghr_")
}

func (t Token) is(prefix string) bool { return strings.HasPrefix(t.Value, prefix) }

// isApp reports a token whose rights are permissions of a GitHub App.
func (t Token) isApp() bool { return t.is("ghs_") || t.is("ghu_") }

// tellsScopes: only classic PATs and OAuth tokens have the header.
func (t Token) tellsScopes() bool {
	return !t.NoScopeHeader && !t.isApp() && !t.is("github_pat_")
}

func (t Token) mayRead() bool {
	return t.mayWrite() || slices.Contains(t.Scopes, "read:packages") && !t.is("github_pat_")
}

func (t Token) mayWrite() bool {
	return slices.Contains(t.Scopes, "write:packages") && !t.is("github_pat_")
}

// implied is what a scope includes. delete:packages includes nothing.
// Source: docs.github.com, "Scopes for OAuth apps".
var implied = map[string][]string{
	"write:packages":  {"read:packages"},
	"repo":            {"repo:status", "repo_deployment", "public_repo", "repo:invite", "security_events"},
	"user":            {"read:user", "user:email", "user:follow"},
	"admin:org":       {"write:org", "read:org", "manage_runners:org"},
	"write:org":       {"read:org"},
	"admin:repo_hook": {"write:repo_hook", "read:repo_hook"},
	"write:repo_hook": {"read:repo_hook"},
}

// scopeHeader lists the scopes as GitHub does: sorted, without those that
// another one includes.
func (t Token) scopeHeader() string {
	if t.ScopeHeader != "" {
		return t.ScopeHeader
	}
	told := slices.DeleteFunc(slices.Clone(t.Scopes), func(s string) bool {
		return slices.ContainsFunc(t.Scopes, func(other string) bool {
			return slices.Contains(implied[other], s)
		})
	})
	slices.Sort(told)
	return strings.Join(slices.Compact(told), ", ")
}

// SampleToken makes a token in the form that GitHub gives to a prefix, with a
// right checksum, so that no file holds one for a scanner to find. The prefixes
// are ghp_, gho_, ghu_, ghs_ (the form before 2026), ghr_, github_pat_, and ""
// for 40 hexadecimal digits. The same prefix and seed make the same token.
func SampleToken(prefix, seed string) string {
	text := sampleText(prefix+seed, 128)
	switch prefix {
	case "":
		sum := sha256.Sum256([]byte(seed))
		return hex.EncodeToString(sum[:20])
	case "github_pat_":
		body := prefix + "1" + text[:21] + "_" + text[21:64]
		return body + patChecksum(body) + text[64:72]
	case "ghr_":
		return prefix + text[:70] + checksum(text[:70])
	}
	return prefix + text[:30] + checksum(text[:30])
}

// SampleActionsToken makes a token in the form that GitHub Actions has had since
// 2026: ghs_APPID_JWT, about 520 characters with dots, dashes and underscores.
func SampleActionsToken(seed string) string {
	text := sampleText(seed, 500)
	return fmt.Sprintf("ghs_%d_eyJ%s.eyJ%s.%s-_%s", 15368, text[:33], text[33:300], text[300:380], text[380:500])
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func sampleText(seed string, n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		for _, c := range sha256.Sum256(fmt.Appendf(nil, "%d %s", i, seed)) {
			b.WriteByte(base62[c%62])
		}
	}
	return b.String()[:n]
}

// checksum is the end of a ghp_, gho_, ghu_ or ghr_ token.
// Source: github.blog, "Behind GitHub's new authentication token formats".
func checksum(body string) string {
	n := crc32.ChecksumIEEE([]byte(body))
	var out [6]byte
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = base62[n%62]
		n /= 62
	}
	return string(out[:])
}

// patChecksum follows the first 43 characters of a fine-grained PAT's second part.
func patChecksum(body string) string {
	sum := sha256.Sum256([]byte(body))
	return base32.StdEncoding.EncodeToString(sum[:])[:8]
}
