package helper

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

const noKeyring = "no OS keyring here: the token rests in an encrypted file (protects copies and backups of the file; a process running as you can read both)"

func (m *machine) storeVerb(user, secret string) result {
	m.t.Helper()
	return m.call("store", m.credentials("ghcr.io", user, secret))
}

// storesOK expects success, and warnings that hold these words, a line each.
func (m *machine) storesOK(user, secret string, words ...string) {
	m.t.Helper()
	r := m.storeVerb(user, secret)
	lines := strings.Split(strings.TrimSuffix(r.stderr, "\n"), "\n")
	if r.stderr == "" {
		lines = nil
	}
	if r.code != 0 || r.stdout != "" || !hold(lines, words) {
		m.t.Fatalf("store: %+v, want success and %q", r, words)
	}
}

func TestStoreSaysWhereOnce(t *testing.T) {
	m := newMachine(t)
	m.storesOK("mona", m.classic("write:packages"), noKeyring)
	m.storesOK("mona", m.classic("write:packages")) // no second time
	if a := m.accounts()["ghcr.io"]; a.Storage != keyring.File || a.Username != "mona" {
		t.Errorf("account = %+v", a)
	}
}

func TestStoreWarnings(t *testing.T) {
	m := newMachine(t)
	soon := m.token("ghp_")
	world.SetToken(ghcrtest.Token{Value: soon, Login: "mona", Scopes: []string{"read:packages"}, Expires: middayOf(m.now).Add(3 * 24 * time.Hour)})
	m.storesOK("mona", soon, noKeyring, "can pull, not push") // two lines; the expiry is said by every get
	m.storesOK("mona", soon, "can pull, not push", "expires in 3 days")
	m.storesOK("mona", m.classic("read:packages"), "the token of mona can pull, not push, for lack of write:packages; tick it at https://github.com/settings/tokens")
	m.storesOK("mona", m.classic(), "the token of mona can neither pull nor push, for lack of write:packages; tick it at")
	m.storesOK("mona", m.classic("delete:packages", "repo"), "can neither pull nor push")
	m.storesOK("mona", m.classic("delete:packages", "write:packages"))

	gho := m.token("gho_")
	world.SetToken(ghcrtest.Token{Value: gho, Login: "mona", Scopes: []string{"repo", "read:org", "gist"}})
	m.storesOK("mona", gho, "run: gh auth refresh -h github.com -s write:packages, then log in here again")

	hex := m.token("")
	world.SetToken(ghcrtest.Token{Value: hex, Login: "mona", Scopes: []string{"write:packages"}})
	m.storesOK("mona", hex)
	app := m.token("ghs_")
	world.SetToken(ghcrtest.Token{Value: app})
	m.storesOK("mona", app)
	m.gets("mona", app)
}

// What can never work is refused with the reason, and what was there stays.
func TestStoreRefuses(t *testing.T) {
	m := newMachine(t)
	good := m.stored("write:packages")
	dead := m.token("ghp_")
	cut := dead[:len(dead)-3]
	for secret, says := range map[string]string{
		m.token("github_pat_"): "ghcr.io takes no fine-grained token (github_pat_)",
		m.token("ghr_"):        "a refresh token (ghr_) is no credential",
		"correct horse":        "ghcr.io takes no account password",
		"hunter2":              "ghcr.io takes no account password",
		"":                     "the token is empty: nothing is stored",
		" \t\n":                "the token is empty: nothing is stored",
		dead:                   "GitHub does not accept the token: it is expired, revoked or mistyped; nothing is stored",
		cut:                    "its checksum is wrong: it looks cut or mistyped; nothing is stored",
	} {
		m.fails("store", m.credentials("ghcr.io", "mona", secret), says, "https://github.com/settings/tokens/new?scopes=write:packages")
	}
	for _, r := range world.Requests() {
		if r.Token != ghcrtest.Fingerprint(dead) && r.Token != ghcrtest.Fingerprint(cut) {
			t.Errorf("GitHub was asked about something that is no token: %+v", r)
		}
	}
	m.gets("mona", good)
}

func TestStoreDropsWhiteSpace(t *testing.T) {
	m := newMachine(t)
	token := m.classic("write:packages")
	m.storesOK(" mona\t", " "+token[:20]+"\n  "+token[20:]+"\r\n", noKeyring)
	m.gets("mona", token)
}

// GitHub knows best whose token it is.
func TestStoreTakesLoginOfGitHub(t *testing.T) {
	for _, user := range []string{"", "lisa", "mona@example.com", "MONA", "<token>", "a:b", anyUser} {
		m := newMachine(t)
		token := m.classic("write:packages")
		m.storesOK(user, token, noKeyring)
		m.gets("mona", token)
		if r := m.call("list", ""); r.stdout != `{"ghcr.io":"mona"}`+"\n" {
			t.Errorf("%q: list = %s", user, r.stdout)
		}
	}
}

// A network that is down loses nothing.
func TestStoreWithoutGitHub(t *testing.T) {
	for user, want := range map[string]string{"mona": "mona", "": anyUser, "<token>": anyUser} {
		m := newMachine(t)
		token := m.classic("read:packages")
		m.storesOK("lisa", m.classic("write:packages"), noKeyring)
		world.SetFault(&ghcrtest.Fault{Drop: true})
		m.storesOK(user, token, "is stored but not verified: api.github.com cannot be reached")
		if list, err := m.helper(&buffer{}).Status(); err != nil || list[0].Verdict != nil {
			t.Errorf("Status = %+v, %v: a verdict on the token before", list, err)
		}
		// The verdict on the token before does not count for this one.
		m.intent = engine.Push
		warned(t, m.gets(want, token), "is not verified")
		world.SetFault(nil)
		m.fails("get", "ghcr.io", "the token of mona can pull from ghcr.io but not push", "tick write:packages")
		m.tick(token, "write:packages")
		m.gets("mona", token)
	}
}

// docker login stores what get just gave it, whatever that was.
func TestStoreOfTheSame(t *testing.T) {
	m := newMachine(t)
	token := m.stored("write:packages")
	before := m.files()
	m.now = m.now.Add(time.Hour)
	m.storesOK("mona", token)
	m.storesOK("lisa", token)
	for name, text := range m.files() {
		if before[name] != text && !strings.HasPrefix(name, "verdicts") {
			t.Errorf("%s was written", name)
		}
	}
	if n := world.Count("api.github.com", "/user"); n > 0 {
		t.Errorf("GitHub was asked %d times whose token it is", n)
	}
	m.asked(2)
	world.SetFault(&ghcrtest.Fault{Drop: true})
	m.storesOK("mona", token, "stored but not verified")
	warned(t, m.gets("mona", token), "not verified")
	world.SetFault(nil)

	// A new token has a new date, the same one in another place its old one.
	at := m.accounts()["ghcr.io"].StoredAt
	if got := m.now.Sub(at); got < time.Hour || got > time.Hour+time.Minute {
		t.Errorf("stored %v ago, want an hour", got)
	}
	other := m.classic("write:packages")
	m.storesOK("mona", other)
	if got := m.accounts()["ghcr.io"].StoredAt; m.now.Sub(got) > time.Minute {
		t.Errorf("the new token is of %v", got)
	}
}

// The key or the file of the token may be lost: storing it again mends that.
func TestStoreMends(t *testing.T) {
	m := newMachine(t)
	token := m.stored("write:packages")
	secret := filepath.Join(m.configDir(), "secrets", "ghcr.io.age")
	if err := os.Remove(secret); err != nil {
		t.Fatal(err)
	}
	m.fails("get", "ghcr.io", "the token for ghcr.io is gone from the encrypted file", "store it again: docker-credential-ghcr login")
	m.storesOK("mona", token)
	m.gets("mona", token)
	if err := os.WriteFile(secret, []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	m.fails("get", "ghcr.io", "the token for ghcr.io cannot be used: ", "store the token again: docker-credential-ghcr login")
	m.storesOK("mona", token)
	m.gets("mona", token)
	if err := os.Chmod(secret, 0o644); err != nil {
		t.Fatal(err)
	}
	m.fails("get", "ghcr.io", "other users may read", "chmod 600")
	m.fails("store", m.credentials("ghcr.io", "mona", token), "is not stored: other users may read", "chmod 600")
	if err := os.Chmod(secret, 0o600); err != nil {
		t.Fatal(err)
	}
	// A store that cannot be read is an error even where a login must not fail.
	if err := os.WriteFile(filepath.Join(m.configDir(), "hosts.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	m.fails("get", "ghcr.io", "hosts.json is damaged", "repair or remove the file")
	m.intent = engine.Login
	warned(t, m.findsNothing(), "hosts.json is damaged")
	m.fails("store", m.credentials("ghcr.io", "mona", token), "hosts.json is damaged", "repair or remove")
	if r := m.call("list", ""); r.code != 0 || r.stdout != "{}\n" || !strings.Contains(r.stderr, "hosts.json is damaged") {
		t.Errorf("list: %+v", r)
	}
	if r := m.call("erase", "ghcr.io"); r.code != 0 || !strings.Contains(r.stderr, "hosts.json is damaged") {
		t.Errorf("erase: %+v", r)
	}
}

// What the commands ask for beyond the protocol.
func TestStoreRequest(t *testing.T) {
	m := newMachine(t)
	h := m.helper(&buffer{})
	token := m.classic("read:packages")
	_, err := h.Store(StoreRequest{ServerURL: "ghcr.io", Secret: token, Require: []string{"read:packages", "write:packages"}})
	if !errors.Is(err, ErrToken) || !strings.Contains(err.Error(), "lacks write:packages: it has read:packages") {
		t.Errorf("Require: %v", err)
	}
	if len(m.accounts()) > 0 {
		t.Error("it was stored all the same")
	}
	for _, secret := range []string{"", "password", m.token("ghr_"), m.token("github_pat_"), m.token("ghp_")} {
		if _, err := h.Store(StoreRequest{ServerURL: "ghcr.io", Secret: secret}); !errors.Is(err, ErrToken) {
			t.Errorf("%.4s: %v, want ErrToken", secret, err)
		}
	}
	expires := m.now.Add(30 * 24 * time.Hour).UTC().Truncate(time.Second)
	world.SetToken(ghcrtest.Token{Value: token, Login: "mona", Scopes: []string{"write:packages"}, Expires: expires})
	got, err := h.Store(StoreRequest{ServerURL: "https://ghcr.io/v2/", Secret: token, Require: []string{"read:packages", "write:packages"}})
	if err != nil || got.Host.Registry != "ghcr.io" || got.Username != "mona" || got.Storage != keyring.File || !got.Verified ||
		!slices.Equal(got.Scopes.List, []string{"write:packages"}) || !got.Expires.Equal(expires) {
		t.Errorf("Stored = %+v, %v", got, err)
	}
}

// Fine-grained tokens do not work so far; a person may try nevertheless.
func TestForce(t *testing.T) {
	m := newMachine(t)
	m.stored("write:packages")
	token := m.token("github_pat_")
	world.SetToken(ghcrtest.Token{Value: token, Login: "mona"})
	stderr := &buffer{}
	got, err := m.helper(stderr).Store(StoreRequest{ServerURL: "ghcr.io", Secret: token, Force: true, Require: []string{"write:packages"}})
	if err != nil || got.Username != "mona" || !strings.Contains(stderr.String(), "takes no fine-grained token so far; stored because of --force") {
		t.Fatalf("%+v, %v, %q", got, err, stderr.String())
	}
	world.Reset()
	m.intent = engine.Push
	warned(t, m.gets("mona", token), "takes no fine-grained token so far; this one was stored with --force")
	m.asked(0)
	m.storesOK("mona", token, "because of --force") // docker login, after get

	m.put("ghcr.io", m.classic("write:packages"))
	m.fails("store", m.credentials("ghcr.io", "mona", token), "takes no fine-grained token", "settings/tokens")
}

// files are the contents of the config folder.
func (m *machine) files() map[string]string {
	files := map[string]string{}
	for _, pattern := range []string{"*", "*/*"} {
		paths, _ := filepath.Glob(filepath.Join(m.configDir(), pattern))
		for _, path := range paths {
			if text, err := os.ReadFile(path); err == nil {
				name, _ := filepath.Rel(m.configDir(), path)
				files[name] = string(text)
			}
		}
	}
	return files
}
