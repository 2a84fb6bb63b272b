// Package script runs the built binary as a person or an engine would, by the
// testscript files in testdata. Only GitHub is a stand-in (ghcrtest); the files
// have its commands beside testscript's own:
//
//	token NAME [login=L] [kind=ghp_] [expires=72h] [SCOPE...]  GitHub makes a token: its text is in NAME.txt
//	scopes NAME SCOPE...        what is ticked for it is changed on GitHub
//	revoke NAME                 the token is revoked on GitHub
//	repo OWNER/NAME [public] [writer=L] [reader=L] [deny=TEXT]
//	fault KIND                  GitHub's API fails: html, 500, 429, 403, drop, hold, redirect, garbage; "none" heals
//	asked N HOST [PATH]         so many requests have reached a host since the last look
//	ghcr WORD...                runs docker-credential-ghcr; no output may hold a token
//	login-json FILE HOST USER NAME   the stdin of store, as docker login writes it
//	serve FOLDER                serves files on loopback as a releases page does; its address is $RELEASES
//	sso NAME ORG                the organization's single sign-on has not authorised the token; no ORG takes that back
//	account NAME none|person|TEXT    GitHub knows no such account, or a person, or refuses it with a text
//	trouble KIND [PATH]         ghcr.io fails as fault makes the API fail
//	skew DURATION NAME          GitHub's clock is ahead
//	image NAME:TAG [size=N] [PLATFORM...]   an image of random layers is in the registry
//	corrupt NAME:TAG            a layer of it is damaged
//	plain FILE USER NAME        docker login without a helper: the token stands in FILE in clear text
//	talk [-stdin] FILE WORD...  runs docker-credential-ghcr on a pseudo-terminal: lines "expect TEXT", "send TEXT", "token NAME"
package script

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

const program = "docker-credential-ghcr"

var (
	bin      string            // the folder with the built program
	checkout string            // the folder of the source tree
	goEnv    map[string]string // where Go keeps its caches
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "ghcr-script-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	bin = dir
	if checkout, err = filepath.Abs("../.."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	text, err := exec.Command("go", "env", "-json", "GOCACHE", "GOMODCACHE").Output()
	if err == nil {
		err = json.Unmarshal(text, &goEnv)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "go env:", err)
		return 1
	}
	build := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "../..")
	if text, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, text)
		return 1
	}
	return m.Run()
}

// stage is the world of one script.
type stage struct {
	world  *ghcrtest.World
	tokens map[string]ghcrtest.Token
}

type stageKey struct{}

func stageOf(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

func TestScripts(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("programs read SSL_CERT_FILE on Linux only")
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setUp,
		Condition:           condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"token": cmdToken, "scopes": cmdScopes, "revoke": cmdRevoke, "repo": cmdRepo, "fault": cmdFault,
			"asked": cmdAsked, "ghcr": cmdGHCR, "login-json": cmdLoginJSON, "plain": cmdPlain, "talk": cmdTalk, "serve": cmdServe,
			"sso": cmdSSO, "account": cmdAccount, "trouble": cmdTrouble, "skew": cmdSkew, "image": cmdImage, "corrupt": cmdCorrupt,
		},
	})
}

func setUp(e *testscript.Env) error {
	world, err := ghcrtest.New(ghcrtest.Options{})
	if err != nil {
		return err
	}
	e.Defer(func() { _ = world.Close() })
	caFile := filepath.Join(e.WorkDir, ".ca.pem")
	if err := world.WriteCABundle(caFile, false); err != nil {
		return err
	}
	home, runDir := filepath.Join(e.WorkDir, "home"), filepath.Join(e.WorkDir, "run")
	for _, dir := range []string{home, runDir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	for _, pair := range append(world.Env(caFile),
		"HOME="+home, "XDG_RUNTIME_DIR="+runDir, "XDG_CONFIG_HOME="+filepath.Join(home, ".config"),
		"PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"), "LANG=C.UTF-8",
		"BIN="+bin, "CHECKOUT="+checkout, "GOCACHE="+goEnv["GOCACHE"], "GOMODCACHE="+goEnv["GOMODCACHE"]) {
		name, value, _ := strings.Cut(pair, "=")
		e.Setenv(name, value)
	}
	e.Values[stageKey{}] = &stage{world, map[string]ghcrtest.Token{}}
	return nil
}

func cmdToken(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: token NAME [login=L] [kind=PREFIX] [expires=DURATION] [SCOPE...]")
	}
	s := stageOf(ts)
	t := ghcrtest.Token{Login: "mona"}
	kind := "ghp_"
	for _, arg := range args[1:] {
		name, value, isOption := strings.Cut(arg, "=")
		switch {
		case !isOption:
			t.Scopes = append(t.Scopes, arg)
		case name == "login":
			t.Login = value
		case name == "kind":
			kind = value
		case name == "expires":
			in, err := time.ParseDuration(value)
			ts.Check(err)
			t.Expires = time.Now().Add(in)
		default:
			ts.Fatalf("unknown option %s", arg)
		}
	}
	t.Value = ghcrtest.SampleToken(kind, args[0])
	s.tokens[args[0]] = t
	s.world.SetToken(t)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".txt"), []byte(t.Value+"\n"), 0o600))
	ts.Setenv(args[0], t.Value)
}

// known is a token of the script.
func (s *stage) known(ts *testscript.TestScript, name string) ghcrtest.Token {
	t, found := s.tokens[name]
	if !found {
		ts.Fatalf("no token is named %s", name)
	}
	return t
}

func cmdScopes(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	t := s.known(ts, args[0])
	t.Scopes = args[1:]
	s.tokens[args[0]] = t
	s.world.SetToken(t)
}

func cmdRevoke(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	s.world.Revoke(s.known(ts, args[0]).Value)
}

func cmdRepo(ts *testscript.TestScript, _ bool, args []string) {
	var r ghcrtest.Repo
	for _, arg := range args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "public":
			r.Public = true
		case "writer":
			r.Writers = append(r.Writers, value)
		case "reader":
			r.Readers = append(r.Readers, value)
		case "deny":
			r.Deny = value
		default:
			ts.Fatalf("unknown option %s", arg)
		}
	}
	stageOf(ts).world.SetRepo(args[0], r)
}

func cmdFault(ts *testscript.TestScript, _ bool, args []string) {
	w := stageOf(ts).world
	switch kind := args[0]; kind {
	case "none":
		w.SetFault(nil)
	case "html":
		w.SetFault(ghcrtest.CaptivePortal())
	case "429":
		w.SetFault(ghcrtest.RateLimited(http.StatusTooManyRequests, time.Now().Add(time.Hour)))
	case "403":
		w.SetFault(ghcrtest.RateLimited(http.StatusForbidden, time.Now().Add(time.Hour)))
	case "drop":
		w.SetFault(&ghcrtest.Fault{Drop: true})
	case "hold":
		w.SetFault(&ghcrtest.Fault{Hold: true})
	case "garbage":
		w.SetFault(&ghcrtest.Fault{Raw: "\x00\x01\x02"})
	case "redirect":
		w.AddHost("evil.example", ghcrtest.Trap)
		w.SetFault(&ghcrtest.Fault{Redirect: "https://evil.example/rate_limit"})
	default:
		status, err := strconv.Atoi(kind)
		ts.Check(err)
		w.SetFault(&ghcrtest.Fault{Status: status, Body: `{"message":"trouble"}`})
	}
}

func cmdAsked(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: asked N HOST [PATH]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	path := ""
	if len(args) > 2 {
		path = args[2]
	}
	w := stageOf(ts).world
	if got := w.Count(args[1], path); got != want {
		ts.Fatalf("%s%s was asked %d times, want %d", args[1], path, got, want)
	}
	w.Reset()
}

func cmdGHCR(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec(filepath.Join(bin, program), args...)
	stdout := ts.ReadFile("stdout")
	if isGet := len(args) == 1 && args[0] == "get" && err == nil; isGet {
		stdout = "" // the one output that is to hold a token
	}
	stageOf(ts).leaks(ts, stdout+ts.ReadFile("stderr"))
	ended(ts, neg, err)
}

func ended(ts *testscript.TestScript, neg bool, err error) {
	switch {
	case err != nil && !neg:
		ts.Fatalf("it failed: %v", err)
	case err == nil && neg:
		ts.Fatalf("it went well, and should have failed")
	}
}

// leaks fails the script when a text holds a token or twelve characters of one.
func (s *stage) leaks(ts *testscript.TestScript, text string) {
	const part = 12
	for name, t := range s.tokens {
		secret := t.Value[len("ghp_"):]
		for i := 0; i+part <= len(secret); i++ {
			if strings.Contains(text, secret[i:i+part]) {
				ts.Fatalf("the output holds a part of the token %s", name)
			}
		}
	}
}

func cmdLoginJSON(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: login-json FILE HOST USER NAME")
	}
	text, err := json.Marshal(struct{ ServerURL, Username, Secret string }{args[1], args[2], stageOf(ts).known(ts, args[3]).Value})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), append(text, '\n'), 0o600))
}

func cmdServe(ts *testscript.TestScript, _ bool, args []string) {
	server := httptest.NewServer(http.FileServer(http.Dir(ts.MkAbs(args[0]))))
	ts.Defer(server.Close)
	ts.Setenv("RELEASES", server.URL)
	ts.Setenv("NO_PROXY", "127.0.0.1")
	ts.Setenv("no_proxy", "127.0.0.1")
}

func cmdPlain(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: plain FILE USER NAME")
	}
	pair := args[1] + ":" + stageOf(ts).known(ts, args[2]).Value
	text := fmt.Sprintf("{\n\t\"auths\": {\n\t\t\"docker.io\": {\"auth\": \"eDp5\"},\n\t\t\"ghcr.io\": {\"auth\": %q}\n\t}\n}\n",
		base64.StdEncoding.EncodeToString([]byte(pair)))
	path := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o700))
	ts.Check(os.WriteFile(path, []byte(text), 0o600))
}
