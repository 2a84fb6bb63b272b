//go:build linux

package ci

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

// The step that gives the token to the others writes what it should, and nothing
// that could become another variable.
func TestActionGivesTheToken(t *testing.T) {
	keyringtest.Need(t, "bash")
	if text, err := built(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	pat, job := ghcrtest.SampleToken("ghp_", "action"), ghcrtest.SampleActionsToken("action")
	tests := []struct {
		name, token, user, registry, server string
		env                                 string // what GITHUB_ENV gets
		fails                               string
	}{
		{"a secret", pat, "mona", "ghcr.io", "", "GHCR_TOKEN=" + pat + "\nGHCR_USERNAME=mona\n", ""},
		{"a bot", pat, "renovate[bot]", "ghcr.io", "", "GHCR_TOKEN=" + pat + "\nGHCR_USERNAME=renovate[bot]\n", ""},
		{"the job's own", job, "mona", "ghcr.io", "https://github.com", "GITHUB_TOKEN=" + job + "\n", ""},
		{"the job's own, Enterprise Server", job, "mona", "containers.git.example.com", "https://git.example.com", "GITHUB_TOKEN=" + job + "\n", ""},
		{"the job's own, for another server", job, "mona", "ghcr.io", "https://git.example.com", "", "would not use this token for ghcr.io"},
		{"empty", "", "mona", "ghcr.io", "", "", "the token is empty"},
		{"two lines", pat + "\nLD_PRELOAD=x", "mona", "ghcr.io", "", "", "characters that no token of GitHub has"},
		{"a user in two lines", pat, "mona\nA=b", "ghcr.io", "", "", "not the name of an account"},
		{"no host", pat, "mona", "ghcr.io\nA=b", "", "", "not a host name"},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		file := filepath.Join(dir, "env")
		must(t, os.WriteFile(file, nil, 0o600))
		cmd := exec.CommandContext(t.Context(), "bash", "../../scripts/action.sh", "token")
		cmd.Env = []string{
			"PATH=" + tools + ":" + os.Getenv("PATH"), "HOME=" + dir, "RUNNER_TEMP=" + dir, "GITHUB_ENV=" + file,
			"GITHUB_ACTIONS=true", "GITHUB_SERVER_URL=" + tt.server, "GHCR_ACTION_JOB_TOKEN=" + job,
			"GHCR_ACTION_TOKEN=" + tt.token, "GHCR_ACTION_USERNAME=" + tt.user, "GHCR_ACTION_REGISTRY=" + tt.registry,
		}
		out, err := cmd.CombinedOutput()
		if (err == nil) != (tt.fails == "") || !strings.Contains(string(out), tt.fails) {
			t.Errorf("%s: %v\n%s", tt.name, err, strings.ReplaceAll(string(out), tt.token, "(the token)"))
		}
		if tt.fails == "" && string(out) != "::add-mask::"+tt.token+"\n" {
			t.Errorf("%s: the token is not masked", tt.name)
		}
		if text, err := os.ReadFile(file); err != nil || string(text) != tt.env {
			t.Errorf("%s: GITHUB_ENV has not the variables that it should", tt.name)
		}
	}
}

func TestAuthScriptSaysHowItIsUsed(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "sh", "../../scripts/test-ghcr-auth.sh").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "scripts/test-ghcr-auth.sh ghcr.io/OWNER/IMAGE") {
		t.Errorf("%v\n%s", err, out)
	}
}
