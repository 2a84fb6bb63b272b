//go:build linux

package ci

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github/githubtest"
)

const program = "docker-credential-ghcr"

// block is a fenced block of a Markdown file.
type block struct {
	info   string // after the fence: the language, and a file's name if it is one
	text   string
	tested bool // <!-- tested --> stands on the line before
}

// blocks reads the fenced blocks of a file.
func blocks(t *testing.T, path string) []block {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	var (
		list   []block
		open   *block
		before string
	)
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		switch info, isFence := strings.CutPrefix(line, "```"); {
		case isFence && open == nil:
			open = &block{info: info, tested: before == "<!-- tested -->"}
		case isFence:
			list = append(list, *open)
			open = nil
		case open != nil:
			open.text += line + "\n"
		}
		before = line
	}
	if open != nil {
		t.Fatalf("%s: a block is not closed", path)
	}
	return list
}

// fill puts real names in place of the reader's own.
func fill(text string) string {
	return strings.NewReplacer("OWNER/IMAGE", "mona/app", "OWNER/REPO", "mona/app", "OWNER", "mona").Replace(text)
}

var built = sync.OnceValues(func() (string, error) {
	cmd := exec.Command("go", "build", "-o", filepath.Join(tools, program), "../..")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	return string(out), err
})

// newReader is a runner as somebody has it who follows the documentation: the
// program and gh's token are there, and the last run of the workflow failed.
func newReader(t *testing.T) *runner {
	r := newRunner(t)
	if text, err := built(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for i, v := range r.env {
		if path, found := strings.CutPrefix(v, "PATH="); found {
			r.env[i] = "PATH=" + tools + ":" + path
		}
	}
	stored, renewed := r.token("ghp_", "write:packages"), ghcrtest.SampleToken("ghp_", t.Name()+"renewed")
	r.world.SetToken(ghcrtest.Token{Value: renewed, Login: "mona", Scopes: []string{"write:packages"}})
	r.secrets["stored"], r.secrets["renewed"], r.secrets["gh"] = stored, renewed, r.token("gho_", "repo", "admin:org")
	r.env = append(r.env, "GH_TOKEN="+r.secrets["gh"])
	for file, text := range map[string]string{
		"token.txt": stored + "\n", "new-token.txt": renewed + "\n", "Containerfile": "FROM scratch\nCOPY Containerfile /\n",
	} {
		must(t, os.WriteFile(filepath.Join(r.repo, file), []byte(text), 0o600))
	}
	must(t, os.CopyFS(filepath.Join(r.repo, "scripts"), os.DirFS("../../scripts")))
	r.world.SetRepo("mona/app", ghcrtest.Repo{})
	r.push("ghcr.io/mona/app:latest", stored)

	actions, err := githubtest.New(r.world.Handle)
	must(t, err)
	blobs := http.Server{Handler: http.HandlerFunc(actions.BlobHandler)}
	t.Cleanup(func() { must(t, blobs.Close()) })
	storage := serve(t, &blobs)
	actions.Change(func() {
		actions.Scopes = func(req *http.Request) []string { token, _ := ghcrtest.TokenOf(req); return token.Scopes }
		actions.Blobs = storage
		actions.Repos["mona/app"] = 1
		actions.Runs = []*githubtest.Run{{
			ID: 7, WorkflowID: 1, Repo: "mona/app", Name: "CI", Branch: "main", Event: "push", Number: 7, Attempt: 1,
			Status: "completed", Conclusion: "failure", Created: time.Now(),
			Jobs: []githubtest.Job{{ID: 71, Name: "push", Status: "completed", Conclusion: "failure", Step: "Push", Log: "denied: permission_denied: write_package\n"}},
		}}
		actions.Advance = func(run *githubtest.Run) {
			if len(actions.Reruns) > 0 {
				run.Attempt, run.Conclusion = 2, "success"
			}
		}
	})
	return r
}

// push puts a small image into the registry.
func (r *runner) push(image, token string) {
	r.t.Helper()
	ref, err := name.ParseReference(image)
	must(r.t, err)
	img, err := random.Image(1<<10, 2)
	must(r.t, err)
	transport := r.world.Transport()
	defer transport.CloseIdleConnections()
	must(r.t, remote.Write(ref, img, remote.WithTransport(transport), remote.WithAuth(&authn.Basic{Username: "mona", Password: token})))
}

// shell runs a script as somebody types it.
func (r *runner) shell(script string) (string, bool) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 2*time.Minute)
	defer cancel()
	return r.run(ctx, "bash", "-euo", "pipefail", "-c", fill(script))
}

var documents = []string{"github-container-registry-fix", "github-secrets-checklist"}

// The commands of the documentation are run, one block after the other, and
// what stands below them as their output is their output.
func TestDocumentedCommands(t *testing.T) {
	for _, document := range documents {
		t.Run(document, func(t *testing.T) {
			r := newReader(t)
			if document == "github-secrets-checklist" { // it begins with a stored token
				if out, ok := r.shell(program + " login --with-token < token.txt"); !ok {
					t.Fatal(out)
				}
			}
			output, ran := "", 0
			for _, b := range blocks(t, filepath.Join("../../docs", document+".md")) {
				switch {
				case b.tested:
					var ok bool
					if output, ok = r.shell(b.text); !ok {
						t.Errorf("%s\nfails:\n%s", b.text, output)
					}
					r.wants(output)
					ran++
				case b.info == "text" && output != "":
					for line := range strings.Lines(fill(b.text)) {
						r.wants(output, strings.TrimSpace(line))
					}
					fallthrough
				default:
					output = ""
				}
			}
			if ran < 4 {
				t.Errorf("only %d blocks were run", ran)
			}
		})
	}
}

var command = regexp.MustCompile(`docker-credential-ghcr ([a-z]+)( [a-z]+)?([^|;&\n]*)`)

// Commands that are not run here do at least exist, with their flags.
func TestDocumentedFlagsExist(t *testing.T) {
	r := newReader(t)
	helps := map[string]string{}
	help := func(words string) string {
		if _, known := helps[words]; !known {
			text, _ := r.run(t.Context(), filepath.Join(tools, program), append(strings.Fields(words), "--help")...)
			helps[words] = text
		}
		return helps[words]
	}
	for _, path := range markdown(t) {
		for _, b := range blocks(t, path) {
			if !strings.HasPrefix(b.info, "sh") {
				continue
			}
			for _, m := range command.FindAllStringSubmatch(b.text, -1) {
				if slices.Contains([]string{"get", "store", "erase", "list", "version"}, m[1]) {
					continue // the protocol's
				}
				text := help(m[1])
				if m[2] != "" && strings.Contains(text, program+" "+m[1]+" <") {
					m[1] += m[2] // a command of a command
					text = help(m[1])
				}
				if !strings.Contains(text, program+" "+m[1]) {
					t.Errorf("%s: %q is no command", path, m[0])
				}
				for _, flag := range regexp.MustCompile(`--[a-z-]+`).FindAllString(m[3], -1) {
					if !regexp.MustCompile(`(?m)` + flag + `\b`).MatchString(text) {
						t.Errorf("%s: %q: there is no flag %s", path, m[0], flag)
					}
				}
			}
		}
	}
}

func markdown(t *testing.T) []string {
	t.Helper()
	var list []string
	for _, pattern := range []string{"../../*.md", "../../docs/*.md", "../../docs/ci/*.md"} {
		found, err := filepath.Glob(pattern)
		must(t, err)
		list = append(list, found...)
	}
	return list
}

// A translation shows the same commands and files.
func TestTranslationsAgree(t *testing.T) {
	for _, path := range markdown(t) {
		original, isTranslation := strings.CutSuffix(path, ".zh-CN.md")
		if !isTranslation {
			continue
		}
		want, got := codeOf(t, original+".md"), codeOf(t, path)
		if !slices.Equal(want, got) {
			t.Errorf("%s does not show the same commands as %s.md", path, original)
		}
	}
}

// codeOf is what a file shows but for comments and pictures, which are translated.
func codeOf(t *testing.T, path string) []string {
	var list []string
	comment := regexp.MustCompile(`(?m)(^|\s)\s*#.*$`)
	for _, b := range blocks(t, path) {
		if isPicture := strings.Contains(b.text, "──►"); isPicture {
			continue
		}
		list = append(list, b.info+"\n"+comment.ReplaceAllString(b.text, ""))
	}
	return list
}
