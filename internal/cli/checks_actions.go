package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// actions: what GitHub Actions tells of the run. It comes before the token's own
// checks: a run of a fork has no secret to look at.
func (x *examination) actions(context.Context) []outcome {
	lines := []outcome{x.run()}
	if errors.Is(x.tokenErr, keyring.ErrNotFound) {
		return append(lines, x.noTokenInRun())
	}
	isApp := x.tokenErr == nil && github.KindOf(x.token) == github.AppServer
	if !isApp {
		return lines
	}
	if o, told := x.permissions(); told {
		lines = append(lines, o)
	}
	owner := x.getenv("GITHUB_REPOSITORY_OWNER")
	if owner != "" && x.owner != "" && !strings.EqualFold(owner, x.owner) {
		lines = append(lines, outcome{mark: markWarn, text: x.text(sayDoctor.otherOwner, x.owner, owner), remedy: x.row("app-cannot-create")})
	}
	return lines
}

// run: runs of forks and of Dependabot get a token that can only read.
func (x *examination) run() outcome {
	event, actor := x.getenv("GITHUB_EVENT_NAME"), x.getenv("GITHUB_ACTOR")
	readOnly := outcome{mark: markBad, stops: pushing, inferred: true}
	fork := x.forkOf(event)
	switch {
	case fork != "":
		readOnly.text = x.text(sayDoctor.runOfFork, fork)
	case actor == "dependabot[bot]" && event != "pull_request_target":
		readOnly.text = x.text(sayDoctor.runOfDependabot)
	default:
		return x.well(sayDoctor.runFine, event, x.getenv("GITHUB_REPOSITORY"))
	}
	readOnly.remedy = x.row("app-cannot-write")
	readOnly.remedy.Cause = readOnly.text
	return readOnly
}

// forkOf is the repository that a pull request comes from, "" if it is this one.
// Runs of pull_request_target have the rights of the repository itself.
func (x *examination) forkOf(event string) string {
	if !strings.HasPrefix(event, "pull_request") || event == "pull_request_target" {
		return ""
	}
	file, err := disk.Open(x.getenv("GITHUB_EVENT_PATH"), os.O_RDONLY)
	if err != nil {
		return ""
	}
	defer func() { _ = file.Close() }()
	const most = 16 << 20
	var payload struct {
		PullRequest struct {
			Head struct {
				Repo struct {
					FullName string `json:"full_name"`
				} `json:"repo"`
			} `json:"head"`
		} `json:"pull_request"`
	}
	if json.NewDecoder(io.LimitReader(file, most)).Decode(&payload) != nil {
		return ""
	}
	fork := payload.PullRequest.Head.Repo.FullName
	if strings.EqualFold(fork, x.getenv("GITHUB_REPOSITORY")) || github.CheckRepo(fork) != nil {
		return ""
	}
	return fork
}

// otherNames are variables that workflows use for a token of the registry.
var otherNames = []string{
	"GHCR_PAT", "CR_PAT", "GH_PAT", "PAT", "GH_TOKEN", "GITHUB_PAT", "GHCR_SECRET", "GHCR_PASSWORD",
	"REGISTRY_TOKEN", "REGISTRY_PASSWORD", "DOCKER_TOKEN", "DOCKER_PASSWORD", "CONTAINER_REGISTRY_TOKEN", "INPUT_TOKEN",
}

// noTokenInRun: a step has what its env names, and nothing else.
func (x *examination) noTokenInRun() outcome {
	o := outcome{mark: markBad, stops: pulling, inferred: true, text: x.text(sayDoctor.noTokenInStep)}
	fix := x.text(sayDoctor.noTokenInStepFix)
	for _, name := range otherNames {
		if github.KindOf(strings.TrimSpace(x.getenv(name))) != github.NotAToken {
			o.text, fix = x.text(sayDoctor.otherVariable, name), x.text(sayDoctor.otherVariableFix, name)
			break
		}
	}
	o.remedy = &remedy{Cause: o.text, Fix: fix}
	return o
}

// Compiled when a workflow is looked at: a get must not pay for them.
var (
	grantsPackages = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\s*(?:-\s+)?["']?packages["']?\s*:\s*["']?write\b|\bpackages\s*:\s*["']?write\b`)
	})
	namesRights = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\s*["']?permissions["']?\s*:`) })
	grantsAll   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\s*["']?permissions["']?\s*:\s*["']?write-all\b`) })
)

// permissions looks whether the workflow's file asks for packages: write. GitHub
// does not tell the rights of its tokens, and the file may lie here.
func (x *examination) permissions() (outcome, bool) {
	path, name := x.workflow()
	if path == "" || x.source != helper.FromActions {
		return outcome{}, false
	}
	file, err := disk.Open(path, os.O_RDONLY)
	if err != nil {
		return outcome{}, false
	}
	defer func() { _ = file.Close() }()
	const most = 1 << 20
	named := false
	lines := bufio.NewScanner(io.LimitReader(file, most))
	for lines.Scan() {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if grantsPackages().MatchString(text) || grantsAll().MatchString(text) {
			return x.well(sayDoctor.rightsNamed, name), true
		}
		named = named || namesRights().MatchString(text)
	}
	if !named {
		return x.skip(sayDoctor.rightsDefault, name), true
	}
	o := outcome{mark: markBad, stops: pushing, inferred: true, text: x.text(sayDoctor.rightsMissing, name), remedy: x.row("app-cannot-write")}
	o.remedy.Cause, o.remedy.Fix = o.text, x.text(sayDoctor.rightsMissingFix)
	return o, true
}

// workflow is the file of the workflow that runs, "" if it does not lie here.
func (x *examination) workflow() (path, name string) {
	ref, _, _ := strings.Cut(x.getenv("GITHUB_WORKFLOW_REF"), "@") // octo/app/.github/workflows/ci.yml@refs/heads/main
	name, found := strings.CutPrefix(ref, x.getenv("GITHUB_REPOSITORY")+"/")
	workspace := x.getenv("GITHUB_WORKSPACE")
	if !found || workspace == "" || !filepath.IsLocal(filepath.FromSlash(name)) {
		return "", ""
	}
	return filepath.Join(workspace, filepath.FromSlash(name)), name
}
