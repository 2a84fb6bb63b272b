package github

import (
	"hash/crc32"
	"strings"
)

// Kind is the kind of a GitHub token, as its prefix tells it.
// Source: docs.github.com, "About authentication to GitHub", token formats.
type Kind int

// The kinds of tokens.
const (
	NotAToken   Kind = iota // no known form: an account password, most likely
	ClassicPAT              // ghp_: the one that people are to use with ghcr.io
	FineGrained             // github_pat_: not accepted by ghcr.io
	OAuth                   // gho_: what gh auth token prints
	AppUser                 // ghu_: GitHub App acting for a user
	AppServer               // ghs_: GitHub App installation, the GITHUB_TOKEN of Actions
	Refresh                 // ghr_: exchanged for a ghu_, never a credential
	Legacy                  // 40 hexadecimal digits, made before April 2021
	Unknown                 // gh and a letter: a kind that came after this program
)

var prefixes = []struct {
	prefix string
	kind   Kind
}{
	{"ghp_", ClassicPAT}, {"github_pat_", FineGrained}, {"gho_", OAuth},
	{"ghu_", AppUser}, {"ghs_", AppServer}, {"ghr_", Refresh},
}

// KindOf tells the kind of a token by its form alone.
func KindOf(token string) Kind {
	for _, p := range prefixes {
		if rest, found := strings.CutPrefix(token, p.prefix); found && rest != "" && isTokenText(rest) {
			return p.kind
		}
	}
	if len(token) > 4 && token[:2] == "gh" && token[3] == '_' && isTokenText(token) {
		return Unknown
	}
	if len(token) == 40 && strings.Trim(token, "0123456789abcdef") == "" {
		return Legacy
	}
	return NotAToken
}

// String names the kind in GitHub's own words.
func (k Kind) String() string {
	switch k {
	case ClassicPAT, Legacy:
		return "personal access token (classic)"
	case FineGrained:
		return "fine-grained personal access token"
	case OAuth:
		return "OAuth token"
	case AppUser:
		return "GitHub App user token"
	case AppServer:
		return "GitHub App installation token"
	case Refresh:
		return "refresh token"
	case Unknown:
		return "token of an unknown kind"
	}
	return "not a GitHub token"
}

// HasScopes reports whether GitHub tells the scopes of tokens of this kind.
// It does so for classic PATs and OAuth tokens only.
func (k Kind) HasScopes() bool {
	return k == ClassicPAT || k == OAuth || k == Legacy
}

// isTokenText allows what the token formats use. Tokens of Actions are JWTs
// since 2026: up to about 520 characters with dots, dashes and underscores.
func isTokenText(s string) bool {
	for _, c := range []byte(s) {
		if !isAlphanumeric(c) && c != '_' && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// LooksMistyped reports that a token's checksum does not fit its text. It is a
// hint that the paste was cut, never a proof: GitHub may change the format.
// Source: github.blog, "Behind GitHub's new authentication token formats".
func LooksMistyped(token string) bool {
	switch KindOf(token) {
	case ClassicPAT, OAuth, AppUser, Refresh:
	default:
		return false
	}
	body := token[len("ghp_"):]
	if len(body) < 7 {
		return true
	}
	sum := body[len(body)-6:]
	body = body[:len(body)-6]
	return base62(crc32.ChecksumIEEE([]byte(body))) != sum
}

// base62 writes n in six digits of the base that GitHub's checksums use.
func base62(n uint32) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	var out [6]byte
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = digits[n%62]
		n /= 62
	}
	return string(out[:])
}
