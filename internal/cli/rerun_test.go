package cli

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github/githubtest"
)

const stamp = "2026-11-24T10:00:00.0000000Z "

// failedRun is a run whose job "push" failed with a log.
func failedRun(id, workflow int64, log string) *githubtest.Run {
	return &githubtest.Run{
		ID: id, WorkflowID: workflow, Repo: "octo/app", Name: "CI", Branch: "main", Event: "push",
		Number: int(id), Attempt: 1, Status: "completed", Conclusion: "failure",
		Jobs: []githubtest.Job{
			{ID: 10*id + 1, Name: "test", Status: "completed", Conclusion: "success"},
			{ID: 10*id + 2, Name: "push", Status: "completed", Conclusion: "failure", Step: "Push the image", Log: stamp + "##[group]Run podman push\n" + stamp + log + "\n" + stamp + "##[error]Process completed with exit code 1.\n"},
		},
	}
}

const denial = "denied: permission_denied: The token provided does not match expected scopes."

func TestRerun(t *testing.T) {
	green := func(id, workflow int64) *githubtest.Run {
		r := failedRun(id, workflow, "")
		r.Conclusion, r.Jobs = "success", r.Jobs[:1]
		return r
	}
	stuck := failedRun(7, 1, denial)
	stuck.NoRerun = "This workflow run cannot be retried"
	tests := []struct {
		name   string
		args   string
		runs   []*githubtest.Run
		code   int
		want   []string
		reruns []int64
	}{
		{"denial", "", []*githubtest.Run{failedRun(7, 1, denial)}, 0,
			[]string{"✗ CI #7 (push): failure", "https://github.com/octo/app/actions/runs/7", `push, step "Push the image": `, "fix: ", "the failed jobs run again"}, []int64{7}},
		{"the helper's own words", "", []*githubtest.Run{failedRun(7, 1, "Error: getting username and password: error getting credentials - err: exit status 1, out: `docker-credential-ghcr: error: the token of mona can pull, not push`")}, 0,
			[]string{`"Push the image": the token of mona can pull, not push` + "\n"}, []int64{7}},
		{"unknown", "", []*githubtest.Run{failedRun(7, 1, "segmentation fault")}, 0, []string{"no known reason in its log"}, []int64{7}},
		{"dry", "--dry-run", []*githubtest.Run{failedRun(7, 1, denial)}, 0, []string{"fix: "}, nil},
		{"all green", "", []*githubtest.Run{green(8, 1), failedRun(7, 1, denial)}, 0, []string{"✓ octo/app, branch main: no failure in the newest run of each workflow (1)"}, nil},
		{"one of two", "", []*githubtest.Run{green(9, 2), failedRun(8, 1, denial)}, 0, nil, []int64{8}},
		{"another branch", "--branch release", []*githubtest.Run{failedRun(7, 1, denial)}, 0, []string{"branch release: no failure in the newest run of each workflow (0)"}, nil},
		{"by number", "--run 7", []*githubtest.Run{green(8, 1), failedRun(7, 1, denial)}, 0, []string{"✗ CI #7"}, []int64{7}},
		{"by number, green", "--run 8", []*githubtest.Run{green(8, 1)}, 0, []string{"✓ CI #8"}, nil},
		{"no such run", "--run 9", nil, 1, []string{"octo/app is not there"}, nil},
		{"cannot be retried", "", []*githubtest.Run{stuck}, 1, []string{"run #7 is not run again: GitHub answers: This workflow run cannot be retried", "push a commit"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newCIWorld(t)
			w.actions.Repos["octo/app"] = 1
			w.actions.Runs = tt.runs
			w.see(words("rerun --repo octo/app "+tt.args), tt.code, tt.want...)
			if !slices.Equal(w.actions.Reruns, tt.reruns) {
				t.Errorf("run again: %v, want %v", w.actions.Reruns, tt.reruns)
			}
		})
	}
}

func TestRerunNeedsARepository(t *testing.T) {
	w := newCIWorld(t)
	w.see(words("rerun"), 2, "OWNER/NAME")
	w.tokens[repoToken].Scopes = []string{"gist"}
	w.see(words("rerun --repo octo/app"), 1, "lacks the scope repo", "gh auth refresh -h github.com -s repo")
}

func TestRerunWatch(t *testing.T) {
	for _, tt := range []struct {
		ends string
		code int
		want string
	}{
		{"success", 0, "✓ CI #7 (push): success"},
		{"failure", 1, "✗ CI #7 (push): failure"},
	} {
		w := newCIWorld(t)
		w.actions.Repos["octo/app"] = 1
		w.actions.Runs = []*githubtest.Run{failedRun(7, 1, denial)}
		looks := 0
		w.actions.Advance = func(r *githubtest.Run) {
			switch looks++; looks {
			case 2:
				r.Attempt, r.Status, r.Conclusion = 2, "in_progress", ""
				r.Jobs[1].Status, r.Jobs[1].Conclusion = "in_progress", ""
			case 4:
				r.Status, r.Conclusion = "completed", tt.ends
				r.Jobs[1].Status, r.Jobs[1].Conclusion = "completed", tt.ends
			}
		}
		var waited time.Duration
		w.wait = func(d time.Duration) { waited += d }
		w.see(words("rerun --repo octo/app --watch"), tt.code, "– CI #7: in_progress, 1 of 2 jobs done", tt.want)
		if n := strings.Count(w.out.String(), "in_progress"); n != 1 {
			t.Errorf("the same progress is printed %d times", n)
		}
		if tt.code == 1 && strings.Count(w.out.String(), "fix: ") != 2 {
			t.Errorf("why it failed again is not said:\n%s", w.out.String())
		}
		if waited < 20*time.Second {
			t.Errorf("it looks too often: four times in %v", waited)
		}
	}
}
