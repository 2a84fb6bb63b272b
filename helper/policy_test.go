package helper

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
)

var intents = []engine.Intent{engine.Push, engine.Pull, engine.Unknown, engine.Login, engine.Elsewhere}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func scopes(list ...string) github.Scopes { return github.Scopes{Known: true, List: list} }

var (
	noHeader    = github.Scopes{}
	unreachable = &github.Unverified{Host: "api.github.com", Cause: "did not answer in time"}
)

// The verdict table. Each row gives the answers to a push, a pull, an engine
// whose intent is not known, a login, and a pull from elsewhere:
//
//	ok          credentials, no warning
//	ok: words   credentials, and a warning with these words for each part between plus signs
//	no: words   not found, and one warning with these words
//	error: words, hint words
func TestVerdicts(t *testing.T) {
	const (
		cannotPush = "error: can pull from ghcr.io but not push: it has read:packages and lacks write:packages, tick write:packages"
		pullOnly   = "ok: can pull, not push"
		noWrite    = "error: lacks write:packages: it has no packages scope, tick write:packages"
		noRead     = "error: lacks read:packages: it has no packages scope, tick read:packages"
		noWriteSo  = "no: lacks write:packages"
		noReadSo   = "no: lacks read:packages"
		deadPush   = "error: is expired or revoked, settings/tokens/new?scopes=write:packages"
		dead       = "no: is expired or revoked, so only public images can be pulled"
		unverified = "ok: is not verified: api.github.com did not answer in time"
		strictly   = "error: is not verified: api.github.com did not answer in time, GHCR_STRICT"
		strictlyNo = "no: is not verified"
	)
	last := func(s github.Scopes) *Verdict { return &Verdict{Scopes: s, CheckedAt: noon.Add(-time.Hour)} }
	tests := []struct {
		name  string
		kinds []github.Kind
		q     question
		want  [5]string // as intents
	}{
		{"write", withScopes, question{facts: github.Facts{Scopes: scopes("write:packages")}},
			[5]string{"ok", "ok", "ok", "ok", "ok"}},
		{"write and more", withScopes, question{facts: github.Facts{Scopes: scopes("delete:packages", "repo", "write:packages")}},
			[5]string{"ok", "ok", "ok", "ok", "ok"}},
		{"read", withScopes, question{facts: github.Facts{Scopes: scopes("read:packages")}},
			[5]string{cannotPush, "ok", pullOnly, "ok", "ok"}},
		{"read, lenient", withScopes, question{facts: github.Facts{Scopes: scopes("read:packages")}, lenient: true},
			[5]string{cannotPush, "ok", pullOnly, "ok", "ok"}},
		{"none", withScopes, question{facts: github.Facts{Scopes: scopes()}},
			[5]string{noWrite, noRead, noWrite, noWriteSo, noWriteSo}},
		{"repo alone", withScopes, question{facts: github.Facts{Scopes: scopes("repo", "gist")}},
			[5]string{noWrite, noRead, noWrite, noWriteSo, noWriteSo}},
		{"delete alone", withScopes, question{facts: github.Facts{Scopes: scopes("delete:packages")}},
			[5]string{"error: lacks write:packages: it has delete:packages, tick", "error: lacks read:packages: it has delete:packages, tick",
				"error: lacks write:packages: it has delete:packages, tick", noWriteSo, noWriteSo}},
		{"none, lenient", withScopes, question{facts: github.Facts{Scopes: scopes()}, lenient: true},
			[5]string{noWriteSo, noReadSo, noWriteSo, noWriteSo, noWriteSo}},
		{"no header", withScopes, question{facts: github.Facts{Scopes: noHeader}},
			[5]string{"ok", "ok", "ok", "ok", "ok"}},

		{"app", withoutScopes, question{facts: github.Facts{Scopes: noHeader}},
			[5]string{"ok", "ok", "ok", "ok", "ok"}},
		{"app, strict", withoutScopes, question{strict: true},
			[5]string{"ok", "ok", "ok", "ok", "ok"}},

		{"fine-grained", []github.Kind{github.FineGrained}, question{},
			all("error: ghcr.io takes no fine-grained token (github_pat_), settings/tokens/new?scopes=write:packages", "no: takes no fine-grained token")},
		{"fine-grained, forced", []github.Kind{github.FineGrained}, question{forced: true},
			all("ok: was stored with --force", "ok: was stored with --force")},
		{"refresh", []github.Kind{github.Refresh}, question{},
			all("error: a refresh token (ghr_) is no credential, settings/tokens/new", "no: refresh token")},
		{"password", []github.Kind{github.NotAToken}, question{},
			all("error: ghcr.io takes no account password, settings/tokens/new", "no: account password")},

		{"dead", credentialKinds, question{err: github.ErrBadCredentials},
			[5]string{deadPush, dead, dead, dead, dead}},
		{"dead, lenient and strict", credentialKinds, question{err: github.ErrBadCredentials, lenient: true, strict: true},
			[5]string{deadPush, dead, dead, dead, dead}},

		{"unverified", credentialKinds, question{err: unreachable},
			[5]string{unverified, unverified, unverified, unverified, unverified}},
		{"unverified, strict", credentialKinds, question{err: unreachable, strict: true},
			all(strictly, strictlyNo)},
		{"unverified, was write", withScopes, question{err: unreachable, last: last(scopes("write:packages"))},
			[5]string{unverified, unverified, unverified, unverified, unverified}},
		{"unverified, was read", withScopes, question{err: unreachable, last: last(scopes("read:packages"))},
			[5]string{"error: lacks write:packages (as of 2026-11-24; now api.github.com did not answer in time), tick", unverified,
				unverified + " + can pull, not push", unverified, unverified}},
		{"unverified, was none", withScopes, question{err: unreachable, last: last(scopes())},
			[5]string{"error: no packages scope (as of 2026-11-24; now api.github.com, tick", "error: lacks read:packages, tick", "error: lacks write:packages, tick",
				noWriteSo, noWriteSo}},
		{"unverified, was without header", credentialKinds, question{err: unreachable, last: last(noHeader)},
			[5]string{unverified, unverified, unverified, unverified, unverified}},
		{"unverified, was dead", credentialKinds, question{err: unreachable, last: &Verdict{Dead: true, CheckedAt: noon.Add(-time.Hour)}},
			[5]string{deadPush, dead, dead, dead, dead}},
		{"unverified, strict, was write", withScopes, question{err: unreachable, strict: true, last: last(scopes("write:packages"))},
			all(strictly, strictlyNo)},

		{"expires soon", credentialKinds, question{facts: github.Facts{Expires: noon.Add(3*24*time.Hour + time.Minute)}},
			all("ok: expires in 3 days (2026-11-27); renew it", "ok: expires in 3 days")},
		{"expires tomorrow", credentialKinds, question{facts: github.Facts{Expires: noon.Add(25 * time.Hour)}},
			all("ok: expires tomorrow (2026-11-25)", "ok: expires tomorrow")},
		{"expires now", credentialKinds, question{facts: github.Facts{Expires: noon.Add(-time.Minute)}},
			all("ok: expires today (2026-11-24)", "ok: expires today")},
		{"expires later", credentialKinds, question{facts: github.Facts{Expires: noon.Add(7 * 24 * time.Hour)}},
			[5]string{"ok", "ok", "ok", "ok", "ok"}},
		{"expires soon, read", withScopes, question{facts: github.Facts{Scopes: scopes("read:packages"), Expires: noon.Add(49 * time.Hour)}},
			[5]string{cannotPush, "ok: expires in 2 days", pullOnly + " + expires in 2 days", "ok: expires in 2 days", "ok: expires in 2 days"}},

		{"GHCR_SCOPES is there", withScopes, question{facts: github.Facts{Scopes: scopes("delete:packages", "write:packages")}, scopes: []string{"read:packages", "delete:packages"}},
			[5]string{"ok", "ok", "ok", "ok", "ok"}},
		{"GHCR_SCOPES lacks one", withScopes, question{facts: github.Facts{Scopes: scopes("write:packages")}, scopes: []string{"delete:packages"}},
			all("error: lacks delete:packages: it has write:packages, tick delete:packages", "no: lacks delete:packages")},
		{"GHCR_SCOPES lacks one, lenient", withScopes, question{facts: github.Facts{Scopes: scopes("write:packages")}, scopes: []string{"delete:packages"}, lenient: true},
			all("error: lacks delete:packages: it has write:packages, tick delete:packages", "no: lacks delete:packages")},
		{"GHCR_SCOPES wants write", withScopes, question{facts: github.Facts{Scopes: scopes("read:packages")}, scopes: []string{"write:packages"}},
			[5]string{cannotPush, cannotPush, cannotPush, "no: can pull from ghcr.io but not push", "no: can pull from ghcr.io but not push"}},
		{"GHCR_SCOPES wants read of a push", withScopes, question{facts: github.Facts{Scopes: scopes("read:packages")}, scopes: []string{"read:packages"}},
			[5]string{"ok", "ok", pullOnly, "ok", "ok"}},
		{"GHCR_SCOPES, none", withScopes, question{facts: github.Facts{Scopes: scopes()}, scopes: []string{"read:packages"}},
			all("error: lacks read:packages, tick read:packages", "no: lacks read:packages")},
	}
	ghcr, err := host.Parse("ghcr.io")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		for _, kind := range tt.kinds {
			for i, intent := range intents {
				q := tt.q
				q.subject = subject{host: ghcr, user: "mona", kind: kind, source: FromStore}
				q.now = noon
				want := tt.want[i]
				if kind == github.OAuth {
					want = strings.ReplaceAll(want, ", tick", ", gh auth refresh -h github.com -s")
				}
				if got := q.decide(intent); !answers(got, want) {
					t.Errorf("%s, %v, intent %d: %+v, want %s", tt.name, kind, intent, got, want)
				}
			}
		}
	}
}

var (
	withScopes      = []github.Kind{github.ClassicPAT, github.OAuth, github.Legacy}
	withoutScopes   = []github.Kind{github.AppServer, github.AppUser, github.Unknown}
	credentialKinds = append(append([]github.Kind{}, withScopes...), withoutScopes...)
)

// all is the same answer to every intent, but for those that must not fail.
func all(answer, neverFailing string) [5]string {
	return [5]string{answer, answer, answer, neverFailing, neverFailing}
}

func answers(a Answer, want string) bool {
	kind, words, _ := strings.Cut(want, ": ")
	switch kind {
	case "ok", "no":
		if a.Failure != nil || a.Given != (kind == "ok") {
			return false
		}
		parts := strings.Split(words, " + ")
		if words == "" {
			return len(a.Warnings) == 0
		}
		return hold(a.Warnings, parts)
	}
	cause, hint, _ := cutLast(words, ", ")
	return a.Failure != nil && !a.Given && len(a.Warnings) == 0 &&
		strings.Contains(a.Failure.Cause, cause) && strings.Contains(a.Failure.Hint, hint)
}

func hold(warnings, parts []string) bool {
	if len(warnings) != len(parts) {
		return false
	}
	for i, part := range parts {
		if !strings.Contains(warnings[i], part) {
			return false
		}
	}
	return true
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// A failure can be told from the words: commands look for these.
func TestFailuresUnwrap(t *testing.T) {
	q := question{subject: subject{kind: github.ClassicPAT, source: FromStore}, err: github.ErrBadCredentials}
	if f := q.decide(engine.Push).Failure; !errors.Is(f, github.ErrBadCredentials) {
		t.Errorf("%v is no ErrBadCredentials", f)
	}
	q = question{subject: subject{kind: github.ClassicPAT, source: FromStore}, err: unreachable, strict: true}
	var u *github.Unverified
	if f := q.decide(engine.Push).Failure; !errors.As(f, &u) {
		t.Errorf("%v is no Unverified", f)
	}
	q = question{subject: subject{kind: github.Refresh, source: FromStore}}
	if f := q.decide(engine.Push).Failure; !errors.Is(f, ErrToken) {
		t.Errorf("%v is no ErrToken", f)
	}
}
