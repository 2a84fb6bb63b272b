package helper

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// shown is a line for people, with a name for the test's messages.
type shown struct {
	name, line string
}

// everything that can be said about a subject.
func (s subject) everything() []shown {
	var all []shown
	failure := func(name string, f *Failure) {
		var text strings.Builder
		Explain(&text, f)
		lines := strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n")
		for i, line := range lines {
			all = append(all, shown{name: fmt.Sprintf("%s, line %d of %d", name, i+1, len(lines)), line: line})
		}
	}
	warning := func(name, text string) {
		all = append(all, shown{name: name, line: line("warning: " + text)})
	}
	long := &github.Unverified{Host: strings.TrimPrefix(s.host.API, "https://"), Cause: "answered 403: " + strings.Repeat("y", 100)}
	q := question{subject: s, now: noon}
	for _, list := range [][]string{nil, {"read:packages"}, {"delete:packages", "read:packages"}} {
		failure("cannot push", s.cannotPush(scopes(list...)))
		failure("lacks", s.lacks("write:packages", scopes(list...)))
		failure("as of", s.cannotPush(scopes(list...)).asOf(noon, unreachable))
		failure("as of, long", s.cannotPush(scopes(list...)).asOf(noon, long))
		q.facts.Scopes = scopes(list...)
		for i, w := range q.storeWarnings() {
			warning(fmt.Sprint("store ", i), w)
		}
	}
	failure("dead", s.dead())
	failure("refused", asked{question: q}.refused())
	failure("unusable", s.unusable())
	warning("dead", s.deadWarning())
	warning("pull only", s.pullOnly())
	warning("expires", s.expires(noon.Add(50*time.Hour), noon))
	warning("not verified", s.notVerified(unreachable))
	warning("not verified, long", s.notVerified(long))
	q.err = long
	warning("store", q.storeWarnings()[0])
	failure("strict", question{subject: s, err: long, strict: true}.decide(0).Failure)
	failure("none", noToken(s.host, keyring.ErrNotFound))
	failure("store", storeFailure(s.host, &keyring.Error{Kind: keyring.ErrLocked, Cause: strings.Repeat("c", 158), Hint: strings.Repeat("h", 158)}))
	failure("stored", notStored(s.host, errors.New("the OS keyring is locked and nothing here can ask for its password")))
	failure("forbidden", notStored(s.host, &fs.PathError{Op: "open", Path: "hosts.json", Err: syscall.EACCES}))
	for _, place := range []keyring.Place{keyring.Keyring, keyring.File, "helper:" + keyring.Place(strings.Repeat("n", 20))} {
		for _, still := range []Source{"", FromToken, FromSystemd} {
			all = append(all, shown{name: "forgotten", line: line(Forgotten{Host: s.host, Username: s.user, Storage: place, StillSet: still}.String())})
		}
	}
	for _, src := range sources {
		failure("empty", src.empty("is set but empty"))
	}
	return all
}

// Every line is one line, short enough, and safe inside backquotes, however
// long the names in it are.
func TestWords(t *testing.T) {
	hosts := []string{"ghcr.io", "containers.octo.ghe.com", "containers." + strings.Repeat("s", 39) + ".ghe.com",
		"containers.git.example.com", "containers." + strings.Repeat("x", 60) + "." + strings.Repeat("y", 60) + ".example.com"}
	users := []string{"", anyUser, "mona", strings.Repeat("l", 39), strings.Repeat("long", 60), "mo`na\nlisa\x1b[31m\u202e"}
	for _, name := range hosts {
		target, err := host.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, user := range users {
			for _, src := range append([]Source{FromStore}, sources[:]...) {
				for _, kind := range []github.Kind{github.NotAToken, github.ClassicPAT, github.FineGrained, github.OAuth, github.Refresh} {
					for _, mistyped := range []bool{false, true} {
						s := subject{host: target, user: user, kind: kind, source: src, mistyped: mistyped}
						for _, say := range s.everything() {
							checkWords(t, say, s)
						}
					}
				}
			}
		}
	}
}

func checkWords(t *testing.T, say shown, s subject) {
	t.Helper()
	rest, found := strings.CutPrefix(say.line, Name+": ")
	for _, kind := range []string{"error: ", "warning: ", "hint: "} {
		rest = strings.TrimPrefix(rest, kind)
	}
	isBad := func(r rune) bool { return r == '`' || !unicode.IsPrint(r) }
	switch {
	case !found, len(say.line) >= 200, strings.ContainsFunc(say.line, isBad),
		strings.HasSuffix(rest, ".") && !strings.HasSuffix(rest, "..."),
		rest == "", rest[:1] != strings.ToLower(rest[:1]) && !strings.HasPrefix(rest, "G"): // GitHub, GHCR_TOKEN
		t.Fatalf("%s about %v: no line to show (%d bytes): %s", say.name, s, len(say.line), say.line)
	}
	// With names as long as GitHub gives them nothing is cut, so that what stands
	// there can be pasted into a shell.
	isUsual := len(s.user) <= 39 && len(s.host.Registry) <= 62
	isQuote := strings.Contains(say.name, "long") || strings.HasPrefix(say.name, "store, line") || strings.HasPrefix(say.name, "strict") || say.name == "store"
	if isUsual && !isQuote && strings.HasSuffix(rest, "...") {
		t.Fatalf("%s about %v: cut: %s", say.name, s, say.line)
	}
}

// What mends a refused push stands in the hint, for every host and source.
func TestRemedies(t *testing.T) {
	for _, name := range []string{"ghcr.io", "containers.octo.ghe.com", "containers." + strings.Repeat("s", 39) + ".ghe.com"} {
		target, err := host.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, src := range append([]Source{FromStore}, sources[:]...) {
			s := subject{host: target, user: strings.Repeat("l", 39), kind: github.ClassicPAT, source: src}
			hint := s.cannotPush(scopes("read:packages")).Hint
			if want := "tick write:packages at " + target.TokensURL(); !strings.Contains(hint, want) {
				t.Errorf("%s, %s: hint = %q, want %q in it", name, src, hint, want)
			}
			s.kind = github.OAuth
			web := strings.TrimPrefix(target.Web, "https://")
			if hint := s.cannotPush(scopes("read:packages")).Hint; !strings.Contains(hint, "gh auth refresh -h "+web+" -s write:packages") {
				t.Errorf("%s, %s: hint = %q", name, src, hint)
			}
			renew := s.dead().Hint
			switch {
			case src == FromStore && !strings.Contains(renew, Name+" login"+hostArgument(target)),
				src == FromActions && !strings.Contains(renew, "into GHCR_TOKEN"),
				src != FromStore && src != FromActions && !strings.Contains(renew, "into "+string(src)):
				t.Errorf("%s, %s: hint = %q", name, src, renew)
			}
		}
	}
}

// The example of DESIGN and README, word for word.
func TestScopeError(t *testing.T) {
	ghcr, _ := host.Parse("ghcr.io")
	s := subject{host: ghcr, user: "mona", kind: github.ClassicPAT, source: FromStore}
	var got strings.Builder
	Explain(&got, s.cannotPush(scopes("read:packages")))
	want := "docker-credential-ghcr: error: the token of mona can pull from ghcr.io but not push: it has read:packages and lacks write:packages\n" +
		"docker-credential-ghcr: hint: tick write:packages at https://github.com/settings/tokens (the token stays the same), or run: docker-credential-ghcr login\n"
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}

// Another login mends no folder that cannot be written.
func TestStoreFailureHint(t *testing.T) {
	target := hostOf(t)
	const again, writable = "store the token again: docker-credential-ghcr login", "make it writable for this user, or give the token in GHCR_TOKEN"
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&disk.LockError{Path: "/c/store.lock", Err: &fs.PathError{Op: "mkdir", Path: "/c", Err: syscall.EACCES}}, writable},
		{&disk.LockError{Path: "/c/store.lock", Err: &fs.PathError{Op: "mkdir", Path: "/c", Err: syscall.EROFS}}, writable},
		{&keyring.Error{Kind: keyring.ErrNotStored, Cause: "cannot write ~/.config: permission denied"}, writable},
		{&keyring.Error{Kind: keyring.ErrNotStored, Cause: "cannot write ~/.config: no space left on device"}, again},
		{&keyring.Error{Kind: keyring.ErrUnreadable, Cause: "the record is damaged"}, again},
		{&keyring.Error{Kind: keyring.ErrLocked, Cause: "locked", Hint: "unlock it"}, "unlock it"},
	} {
		if got := notStored(target, tt.err).Hint; got != tt.want {
			t.Errorf("%v: hint %q, want %q", tt.err, got, tt.want)
		}
	}
}

func TestDaysLeft(t *testing.T) {
	day := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, tt := range []struct {
		at, now string
		want    int
	}{
		{"2026-11-27T08:00:00Z", "2026-11-24T23:00:00Z", 3},
		{"2026-11-27T23:00:00Z", "2026-11-24T08:00:00Z", 3},
		{"2026-11-25T00:00:00Z", "2026-11-24T23:59:00Z", 1},
		{"2026-11-24T23:00:00Z", "2026-11-24T08:00:00Z", 0},
		{"2026-11-23T23:00:00Z", "2026-11-24T08:00:00Z", -1},
		{"2026-11-25T00:30:00+02:00", "2026-11-24T22:15:00Z", 0}, // the calendar of the first
	} {
		if got := DaysLeft(day(tt.at), day(tt.now)); got != tt.want {
			t.Errorf("%s, seen on %s: %d days, want %d", tt.at, tt.now, got, tt.want)
		}
	}
}
