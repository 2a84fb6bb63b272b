package registry

import (
	"strings"
	"testing"
	"unicode"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

func TestEveryRow(t *testing.T) {
	tested := map[string]bool{}
	for _, o := range append(spoken(), outputs...) {
		f, ok := Explain(o.text)
		if !ok || f.Row.ID != o.row {
			t.Errorf("%s: found %q, want %q in:\n%s", o.engine, f.Row.ID, o.row, o.text)
			continue
		}
		tested[o.row] = true
		name, _, _ := strings.Cut(strings.TrimPrefix(f.Image, "ghcr.io/"), ":")
		if o.image == "ghcr.io/octo/app" && name != "octo/app" || o.image != "ghcr.io/octo/app" && f.Image != o.image {
			t.Errorf("%s: image %q, want %q in:\n%s", o.engine, f.Image, o.image, o.text)
		}
		if o.image != "" && !strings.EqualFold(f.Owner, "octo") {
			t.Errorf("%s: owner %q in:\n%s", o.engine, f.Owner, o.text)
		}
		if f.Line == "" || strings.ContainsAny(f.Line, "\n\x1b") {
			t.Errorf("%s: the line is %q", o.engine, f.Line)
		}
	}
	for _, r := range table {
		isBehind := r.ID == "private-image" || r.ID == "wrong-owner" // found through Suspects alone
		if tested[r.ID] == isBehind {
			t.Errorf("%s: tested is %t", r.ID, tested[r.ID])
		}
	}
}

func TestTableIsComplete(t *testing.T) {
	ids := map[string]bool{}
	oneLiner := func(r Row, what string, w Words) {
		t.Helper()
		if w.EN == "" || w.ZH == "" || strings.ContainsAny(w.EN+w.ZH, "\n`") || strings.HasSuffix(w.EN, ".") || strings.HasSuffix(w.ZH, "。") {
			t.Errorf("%s: the %s is %q, %q", r.ID, what, w.EN, w.ZH)
		}
		if !strings.ContainsFunc(w.ZH, func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
			t.Errorf("%s: the %s is not in Chinese: %q", r.ID, what, w.ZH)
		}
	}
	for _, r := range table {
		if r.ID == "" || ids[r.ID] || strings.Trim(r.ID, "abcdefghijklmnopqrstuvwxyz-") != "" && r.ID != "push-403" && r.ID != "pull-403" {
			t.Errorf("the name %q", r.ID)
		}
		ids[r.ID] = true
		if r.When != Push && r.When != Pull && r.When != Login && r.When != Any || r.Text == "" {
			t.Errorf("%s: when %q, text %q", r.ID, r.When, r.Text)
		}
		oneLiner(r, "cause", r.Cause)
		oneLiner(r, "fix", r.Fix)
		for _, s := range r.Steps {
			oneLiner(r, "step", s)
		}
		for _, tail := range r.Tails {
			if tail != strings.ToLower(tail) {
				t.Errorf("%s: the tail %q is not in lower case", r.ID, tail)
			}
		}
		if len(r.suspects()) != len(r.Suspects) {
			t.Errorf("%s: a suspect has no row: %v", r.ID, r.Suspects)
		}
	}
}

func TestBareDenialHasAnOrderedDiagnosis(t *testing.T) {
	f, ok := Explain("denied")
	if !ok {
		t.Fatal("not found")
	}
	var ids []string
	for _, r := range f.Suspects {
		ids = append(ids, r.ID)
	}
	want := "bad-credentials sso-required private-image wrong-owner org-forbids-classic ip-allow-list"
	if got := strings.Join(ids, " "); got != want {
		t.Errorf("suspects: %s, want %s", got, want)
	}
}

// A text that speaks of no credential has its own order.
func TestBareUnauthorized(t *testing.T) {
	f, ok := Explain("unauthorized")
	if !ok || len(f.Suspects) == 0 || f.Suspects[0].ID != "nothing-stored" || f.Suspects[1].ID != "private-image" {
		t.Errorf("suspects: %+v", f.Suspects)
	}
}

func TestUnknownText(t *testing.T) {
	for _, text := range []string{
		"", " \n", "Login Succeeded", "unable to open /etc/shadow: Permission denied",
		`permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock`,
		"\x1b", "\x1b[", "\x1b]0;title", `\`, "\xff\xfe\x00", "the manifest of unknown ships",
		"toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit",
	} {
		if f, ok := Explain(text); ok {
			t.Errorf("%q: found %s", text, f.Row.ID)
		}
	}
}

func TestWindowsAndUTF16(t *testing.T) {
	out := "Error response from daemon: Head \"https://ghcr.io/v2/octo/app/manifests/1\": denied: denied\r\n"
	wide := "\xff\xfe" + strings.Join(strings.Split(out, ""), "\x00") + "\x00"
	for _, text := range []string{out, wide} {
		if f, ok := Explain(text); !ok || f.Row.ID != "manifest-denied" || f.Image != "ghcr.io/octo/app:1" {
			t.Errorf("found %q, image %q", f.Row.ID, f.Image)
		}
	}
}

func TestEnterpriseRegistry(t *testing.T) {
	f, ok := Explain(`Error response from daemon: Head "https://containers.octo.ghe.com/v2/team/app/manifests/1": denied: denied`)
	if !ok || f.Row.ID != "manifest-denied" || f.Image != "containers.octo.ghe.com/team/app:1" || f.Owner != "team" {
		t.Errorf("found %q, image %q, owner %q", f.Row.ID, f.Image, f.Owner)
	}
}

func TestOwnWords(t *testing.T) {
	const said, hint = "the keyring of mona sings", "unlock it"
	for _, text := range []string{
		"docker-credential-ghcr: error: " + said + "\ndocker-credential-ghcr: hint: " + hint + "\ndenied: denied",
		`level=fatal msg="out: ` + "`docker-credential-ghcr: error: " + said + "`" + `\n\ndocker-credential-ghcr: hint: ` + hint + `\n"`,
	} {
		if f, ok := Explain(text); !ok || f.Said != said || f.Hint != hint {
			t.Errorf("said %q, hint %q in %q", f.Said, f.Hint, text)
		}
	}
	if f, _ := Explain("denied"); f.Said != "" || f.Hint != "" {
		t.Errorf("said %q, hint %q", f.Said, f.Hint)
	}
}

func TestOrganizationOfAPolicy(t *testing.T) {
	for _, o := range outputs {
		r, _ := RowByID(o.row)
		if r.Org == "" {
			continue
		}
		if f, _ := Explain(o.text); f.Owner != "octo" {
			t.Errorf("%s: owner %q", o.row, f.Owner)
		}
	}
}

func TestLastMegabyteCounts(t *testing.T) {
	noise := strings.Repeat("#12 sha256:abc 1.05MB / 27.3MB 0.2s denied by nobody\n", 40_000)
	if f, ok := Explain("denied: permission_denied: write_package\n" + noise); ok {
		t.Errorf("found %s in a line too far from the end", f.Row.ID)
	}
	f, ok := Explain(noise + "denied: permission_denied: write_package\n")
	if !ok || f.Row.ID != "no-write-role" {
		t.Errorf("found %q at the end", f.Row.ID)
	}
}

func TestLineTellsNoSecret(t *testing.T) {
	for _, prefix := range []string{"ghp_", "gho_", "github_pat_"} {
		token := ghcrtest.SampleToken(prefix, "x")
		f, ok := Explain(`Get "https://mona:` + token + `@ghcr.io/v2/": denied: denied, Authorization: Bearer ` + token)
		if !ok || strings.Contains(f.Line, token[len(prefix):len(prefix)+12]) {
			t.Errorf("%s: found %t, and the token may be in the line", prefix, ok)
		}
	}
}

func FuzzExplain(f *testing.F) {
	for _, o := range append(spoken(), outputs...) {
		f.Add(o.text)
	}
	f.Add("\x1b[31mdenied\x1b")
	f.Add(strings.Repeat("denied: ", 1000))
	f.Add(strings.Repeat("ghcr.io/a/", 500))
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := Explain(text)
		if ok != (got.Row.ID != "") {
			t.Fatalf("found %t, row %q", ok, got.Row.ID)
		}
		if strings.ContainsAny(got.Line, "\n\r\x1b\x00") || len([]rune(got.Line)) > maxLine {
			t.Fatalf("not one line: %q", got.Line)
		}
		if strings.ContainsAny(got.Image+got.Owner, " \n\"") {
			t.Fatalf("image %q, owner %q", got.Image, got.Owner)
		}
	})
}

func BenchmarkExplain(b *testing.B) {
	text := strings.Repeat("2026-08-04T14:06:11.1234567Z #12 sha256:abc 1.05MB / 27.3MB 0.2s of https://example.com/x\n", 11_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Explain(text)
	}
}

func BenchmarkExplainHostile(b *testing.B) {
	text := strings.Repeat("denied: quay.io/", 64_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Explain(text)
	}
}

// An output that repeats what many registries say is searched for whose it is
// within bounds, however long its lines.
func TestExplainSearchesWithinBounds(t *testing.T) {
	const foreign = "\nhttps://registry.example.org/v2/\n"
	tested := 0
	for _, end := range []string{"\n", " ", " https://docs.example/ ", strings.Repeat("x", 3000) + " "} {
		for _, r := range table {
			if !r.Generic {
				continue
			}
			tail := strings.Trim(strings.ReplaceAll(r.tails()[0], "…", " "), "^$")
			out, searched, searches := newText(strings.Repeat(tail+end, 500)+foreign), 0, 0
			out.search = func(b []byte) (bool, bool) {
				searched += len(b)
				searches++
				return false, len(b) == len(out.low)
			}
			f, found := out.explain()
			if !found { // it must stand alone on its line, or near another word
				continue
			}
			tested++
			if f.Row.ID != "other-registry" {
				t.Errorf("%s: found %q", r.ID, f.Row.ID)
			}
			if most := maxSearch + len(out.low); searched > most || searches < 2 {
				t.Errorf("%s: %d bytes were searched, in %d searches; want %d bytes at most", r.ID, searched, searches, most)
			}
		}
	}
	if tested < 40 {
		t.Errorf("%d outputs were tested", tested)
	}
}
