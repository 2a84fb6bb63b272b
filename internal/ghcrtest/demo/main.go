// Command demo shows docker-credential-ghcr at work: a push that a read-only
// token cannot do, and how it comes to be done. It needs Linux and Go; no
// token, no network, no root. Run it in this repository:
//
//	go run ./internal/ghcrtest/demo
//
// The helper is built from this tree and runs unmodified. Its GitHub is
// ghcrtest's; the engine is crane. The exit code is 0 when every step went as told.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"

	crane "github.com/google/go-containerregistry/cmd/crane/cmd"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/logs"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

const (
	module = "github.com/hellocplusplus0/docker-credential-ghcr"
	helper = "docker-credential-ghcr"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if filepath.Base(os.Args[0]) == "crane" {
		logs.Warn.SetOutput(os.Stderr)
		if crane.Root.ExecuteContext(ctx) != nil {
			os.Exit(1)
		}
		return
	}
	if err := run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	if runtime.GOOS != "linux" {
		return errors.New("this needs Linux: elsewhere programs do not read their certificates from SSL_CERT_FILE")
	}
	world, err := ghcrtest.New(ghcrtest.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	dir, err := os.MkdirTemp("", "ghcr-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s := &stage{world: world, dir: dir, out: out, token: ghcrtest.SampleToken("ghp_", filepath.Base(dir))}
	if err := s.setUp(ctx); err != nil {
		return err
	}
	return s.play(ctx)
}

// play shows the steps. Each is told in a line, then done and compared.
func (s *stage) play(ctx context.Context) error {
	login, err := json.Marshal(struct{ ServerURL, Username, Secret string }{"ghcr.io", "mona", s.token})
	if err != nil {
		return err
	}
	const image = "ghcr.io/octo/app"
	steps := []struct {
		told   string
		before func() // what happens elsewhere in the world
		cmd    []string
		stdin  []byte
		fails  bool
		shows  []string // what the output must hold
		check  func() error
	}{
		{
			told:  "0. docker is told to ask docker-credential-ghcr for ghcr.io.",
			cmd:   []string{helper, "configure", "--docker"},
			check: s.isConfigured,
		},
		{
			told:  "1. mona stores a read-only token, as docker login does: the helper takes it and warns.",
			cmd:   []string{helper, "store"},
			stdin: login,
			shows: []string{"push", "write:packages"},
			check: s.isEncrypted,
		},
		{
			told:  "2. A pull of a private image goes well.",
			cmd:   []string{"crane", "pull", image + ":1", "app.tar"},
			check: s.isPulled,
		},
		{
			told:  "3. A push is refused before a byte of the image leaves, and the helper says why.",
			cmd:   []string{"crane", "push", "app.tar", image + ":2"},
			fails: true,
			shows: []string{helper + ": error:", "read:packages", "lacks write:packages", "hint:"},
			check: s.nothingPushed,
		},
		{
			told:   "4. mona ticks write:packages on GitHub. The token stays the same: the push goes well.",
			before: func() { s.tick("write:packages") },
			cmd:    []string{"crane", "push", "app.tar", image + ":2"},
			shows:  []string{image + "@sha256:"},
			check:  s.tokenStayed,
		},
	}
	for _, step := range steps {
		if step.before != nil {
			step.before()
		}
		fmt.Fprintln(s.out, step.told)
		shown, err := s.do(ctx, step.stdin, step.cmd...)
		var exit *exec.ExitError
		switch {
		case step.fails && err == nil:
			return fmt.Errorf("%q: it went well, and should have failed", step.told)
		case !step.fails && err != nil, err != nil && !errors.As(err, &exit):
			return fmt.Errorf("%q: %w", step.told, err)
		}
		for _, want := range step.shows {
			if !strings.Contains(shown, want) {
				return fmt.Errorf("%q: the output lacks %q", step.told, want)
			}
		}
		if step.check != nil {
			if err := step.check(); err != nil {
				return fmt.Errorf("%q: %w", step.told, err)
			}
		}
		fmt.Fprintln(s.out)
	}
	fmt.Fprintln(s.out, "Every step went as told.")
	return nil
}

// stage is where the demo plays: a world, a home folder in a temporary folder,
// and a token.
type stage struct {
	world *ghcrtest.World
	dir   string
	out   io.Writer
	token string
	env   []string
}

// setUp builds the helper and puts it beside crane, which is this program under
// another name. The environment has no session bus, so the helper keeps the
// token in its encrypted file.
func (s *stage) setUp(ctx context.Context) error {
	for _, d := range []string{"bin", "home", "run"} {
		if err := os.Mkdir(filepath.Join(s.dir, d), 0o700); err != nil {
			return err
		}
	}
	fmt.Fprintf(s.out, "Building %s ...\n\n", helper)
	build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(s.dir, "bin", helper), module)
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, text)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := os.Symlink(self, filepath.Join(s.dir, "bin", "crane")); err != nil {
		return err
	}
	caFile := filepath.Join(s.dir, "ca.pem")
	if err := s.world.WriteCABundle(caFile, false); err != nil {
		return err
	}
	s.env = append(s.world.Env(caFile),
		"PATH="+filepath.Join(s.dir, "bin"),
		"HOME="+filepath.Join(s.dir, "home"),
		"XDG_RUNTIME_DIR="+filepath.Join(s.dir, "run"))
	s.tick("read:packages")
	s.world.SetRepo("octo/app", ghcrtest.Repo{Writers: []string{"mona", "lisa"}})
	return s.pushFirst(ctx, "ghcr.io/octo/app:1")
}

// tick changes what mona's token may do, as the page of her tokens does.
func (s *stage) tick(scope string) {
	s.world.SetToken(ghcrtest.Token{Value: s.token, Login: "mona", Scopes: []string{scope}})
}

// pushFirst pushes an image in the name of lisa, so that there is one to pull.
func (s *stage) pushFirst(ctx context.Context, image string) error {
	lisa := ghcrtest.Token{Value: ghcrtest.SampleToken("ghp_", "lisa"), Login: "lisa", Scopes: []string{"write:packages"}}
	s.world.SetToken(lisa)
	img, err := random.Image(1<<10, 1)
	if err != nil {
		return err
	}
	ref, err := name.ParseReference(image)
	if err != nil {
		return err
	}
	tr := s.world.Transport()
	defer tr.CloseIdleConnections()
	err = remote.Write(ref, img, remote.WithContext(ctx), remote.WithTransport(tr),
		remote.WithAuth(&authn.Basic{Username: lisa.Login, Password: lisa.Value}))
	s.world.Reset()
	return err
}

// do runs a command in the home folder and shows it with its output.
func (s *stage) do(ctx context.Context, stdin []byte, argv ...string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(s.dir, "bin", argv[0]), argv[1:]...)
	cmd.Args[0] = argv[0] // as a shell would; the helper reads crane's
	cmd.Dir = filepath.Join(s.dir, "home")
	cmd.Env = s.env
	cmd.Stdin = bytes.NewReader(stdin)
	line := "  $ " + strings.Join(argv, " ")
	if stdin != nil {
		line += "   # stdin: " + strings.ReplaceAll(string(stdin), s.token, "(the token)")
	}
	fmt.Fprintln(s.out, line)
	text, err := cmd.CombinedOutput()
	if bytes.Contains(text, []byte(s.token)) {
		return "", errors.New("the output holds the token, and is not shown")
	}
	for l := range strings.Lines(string(text)) {
		fmt.Fprintln(s.out, "  "+strings.TrimRight(l, "\n"))
	}
	return string(text), err
}

// isConfigured looks for the helper in docker's file.
func (s *stage) isConfigured() error {
	text, err := os.ReadFile(filepath.Join(s.dir, "home", ".docker", "config.json"))
	if err != nil {
		return err
	}
	var config struct{ CredHelpers map[string]string }
	if err := json.Unmarshal(text, &config); err != nil {
		return err
	}
	if config.CredHelpers["ghcr.io"] != "ghcr" {
		return fmt.Errorf("docker's config.json names no helper for ghcr.io: %s", text)
	}
	return nil
}

// isEncrypted looks for the token in every file of the home and runtime folders.
func (s *stage) isEncrypted() error {
	return filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Base(filepath.Dir(path)) == "bin" {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil && bytes.Contains(text, []byte(s.token)) {
			return fmt.Errorf("%s holds the token as it is", path)
		}
		return err
	})
}

// isPulled looks at what crane wrote.
func (s *stage) isPulled() error {
	info, err := os.Stat(filepath.Join(s.dir, "home", "app.tar"))
	if err == nil {
		fmt.Fprintf(s.out, "  (app.tar is there, %d bytes)\n", info.Size())
	}
	return err
}

// tokenStayed looks for the token in every request of the demo.
func (s *stage) tokenStayed() error {
	checks, logins := 0, 0
	for _, r := range s.world.Requests() {
		switch {
		case r.Token == "":
		case r.Host == "api.github.com":
			checks++
		case r.Host == "ghcr.io" && r.Path == "/token":
			logins++
		default:
			return fmt.Errorf("a token went to %s%s", r.Host, r.Path)
		}
	}
	fmt.Fprintf(s.out, "  (the token was shown %d times to api.github.com, %d times to ghcr.io/token, and to nobody else)\n", checks, logins)
	return nil
}

// nothingPushed looks for uploads among what the registry was asked.
func (s *stage) nothingPushed() error {
	for _, r := range s.world.Requests() {
		if r.Side == ghcrtest.Registry && r.Method != "GET" && r.Method != "HEAD" {
			return fmt.Errorf("the registry was asked to %s %s", r.Method, r.Path)
		}
	}
	return nil
}
