package github

import (
	"hash/crc32"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// Whatever is pasted: a kind, and for those with a checksum one that fits when
// it is right and no other.
func FuzzToken(f *testing.F) {
	a36 := strings.Repeat("A", 36)
	for _, seed := range []string{
		sample("ghp_", a36), sample("gho_", a36), sample("ghu_", a36), sample("ghs_", a36), sample("ghr_", a36, a36), sample("ghx_", a36),
		sample("ghp_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"), sample("ghs_", "12345_eyJh", ".eyJp-c3M_.", a36), sample("github_pat_", "11", a36, "_", a36),
		strings.Repeat("0a", 20), "", "ghp_", "gh__", "ghp_0", "hunter2", "ghp_\x00", "ghp_\n", "gh\xff_" + a36, "github_pat_", "ghé_x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		kind := KindOf(token)
		if kind != NotAToken && (!isTokenText(token) || len(token) < 5) {
			t.Errorf("%q is a %v", token, kind)
		}
		if strings.TrimSpace(kind.String()) == "" {
			t.Errorf("%q is of a kind without a name", token)
		}
		hasSum := kind == ClassicPAT || kind == OAuth || kind == AppUser || kind == Refresh
		if LooksMistyped(token) && !hasSum {
			t.Errorf("%q, a %v, looks mistyped", token, kind)
		}
		if !hasSum {
			return
		}
		body := token[len("ghp_"):]
		right := token[:4] + body + base62(crc32.ChecksumIEEE([]byte(body)))
		if KindOf(right) != kind || LooksMistyped(right) {
			t.Errorf("%q looks mistyped", right)
		}
		last := right[len(right)-1]
		wrong := right[:len(right)-1] + string(rune(last)+1)
		if isAlphanumeric(last+1) && !LooksMistyped(wrong) {
			t.Errorf("%q does not look mistyped", wrong)
		}
	})
}

// Whatever the header of scopes says: names without space and commas, which say
// the same when GitHub lists them again, and survive the file of verdicts.
func FuzzScopes(f *testing.F) {
	for _, seed := range []string{"", "read:packages", "write:packages, repo", "repo,write:packages", " , ,", "delete:packages", "a\tb", "write:packages\x00", ",\u00a0read:packages,", "\xff"} {
		f.Add(seed, true)
	}
	f.Add("", false)
	f.Fuzz(func(t *testing.T, header string, sent bool) {
		h := http.Header{}
		if sent {
			h.Set("X-OAuth-Scopes", header)
		}
		s := scopesOf(h)
		if s.Known != sent || !sent && len(s.List) > 0 {
			t.Fatalf("%q, sent %v: %+v", header, sent, s)
		}
		for _, scope := range s.List {
			if scope == "" || scope != strings.TrimSpace(scope) || strings.Contains(scope, ",") || !s.Include(scope) {
				t.Errorf("%q has the scope %q", header, scope)
			}
		}
		if s.Include(WritePackages) && !s.Include(ReadPackages) || s.Include(ReadPackages) && !strings.Contains(header, "packages") {
			t.Errorf("%q: %+v", header, s)
		}
		if strings.ContainsAny(s.Packages(), "\r\n") && !strings.ContainsAny(header, "\r\n") {
			t.Errorf("%q: %q", header, s.Packages())
		}
		again := scopesOf(http.Header{"X-Oauth-Scopes": {strings.Join(s.List, ", ")}})
		if !slices.Equal(again.List, s.List) {
			t.Errorf("%q: first %q, then %q", header, s.List, again.List)
		}
	})
}

// Whatever the header of the expiry says: a moment in UTC, or none.
func FuzzExpiry(f *testing.F) {
	for _, seed := range []string{
		"2027-10-12 09:00:00 UTC", "2023-04-26 23:23:18 +0200", "2027-10-12T09:00:00Z", "2027-10-12 09:00:00 PST", "soon", "",
		"0000-01-01 00:00:00 UTC", "2027-10-12 09:00:00.5 UTC", "2027-02-30 09:00:00 UTC",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		at := expiryOf(http.Header{"Github-Authentication-Token-Expiration": {header}})
		if at.IsZero() {
			return
		}
		if at.Location() != time.UTC {
			t.Errorf("%q: %v is not in UTC", header, at)
		}
		again := expiryOf(http.Header{"Github-Authentication-Token-Expiration": {at.Format(time.RFC3339Nano)}})
		if year := at.Year(); year > 0 && year <= 9999 && !again.Equal(at) {
			t.Errorf("%q: first %v, then %v", header, at, again)
		}
	})
}
