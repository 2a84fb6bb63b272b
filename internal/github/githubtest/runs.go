package githubtest

import (
	"fmt"
	"net/http"
	"time"
)

func repoOf(r *http.Request) string { return r.PathValue("owner") + "/" + r.PathValue("repo") }

func (a *Actions) getRepo(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	id, found := a.Repos[repoOf(r)]
	if !found {
		problem(w, http.StatusNotFound, "Not Found")
		return
	}
	answer(w, http.StatusOK, map[string]any{"id": id, "full_name": repoOf(r), "default_branch": "main"})
}

func (r *Run) shown() map[string]any {
	head := r.Head
	if head == "" {
		head = r.Repo
	}
	out := map[string]any{
		"id": r.ID, "workflow_id": r.WorkflowID, "name": r.Name, "head_branch": r.Branch, "event": r.Event,
		"run_number": r.Number, "run_attempt": r.Attempt, "status": r.Status, "conclusion": nil,
		"created_at":      r.Created.UTC().Format(time.RFC3339),
		"html_url":        fmt.Sprintf("https://github.com/%s/actions/runs/%d", r.Repo, r.ID),
		"head_repository": map[string]any{"full_name": head},
	}
	if r.Conclusion != "" {
		out["conclusion"] = r.Conclusion
	}
	return out
}

func (a *Actions) listRuns(w http.ResponseWriter, r *http.Request) {
	list := []map[string]any{}
	for _, run := range a.Runs {
		if run.Repo == repoOf(r) && run.Branch == r.URL.Query().Get("branch") {
			list = append(list, run.shown())
		}
	}
	answer(w, http.StatusOK, map[string]any{"total_count": len(list), "workflow_runs": list})
}

// theRun finds the run that a path names, or answers 404.
func (a *Actions) theRun(w http.ResponseWriter, r *http.Request) *Run {
	for _, run := range a.Runs {
		if run.Repo == repoOf(r) && fmt.Sprint(run.ID) == r.PathValue("id") {
			return run
		}
	}
	problem(w, http.StatusNotFound, "Not Found")
	return nil
}

func (a *Actions) getRun(w http.ResponseWriter, r *http.Request) {
	if run := a.theRun(w, r); run != nil {
		if a.Advance != nil {
			a.Advance(run)
		}
		answer(w, http.StatusOK, run.shown())
	}
}

func (a *Actions) listJobs(w http.ResponseWriter, r *http.Request) {
	run := a.theRun(w, r)
	if run == nil {
		return
	}
	list := []map[string]any{}
	for _, j := range run.Jobs {
		steps := []map[string]any{{"name": "Set up job", "conclusion": "success"}}
		if j.Step != "" {
			steps = append(steps, map[string]any{"name": j.Step, "conclusion": "failure"})
		}
		list = append(list, map[string]any{"id": j.ID, "name": j.Name, "status": j.Status, "conclusion": j.Conclusion, "steps": steps})
	}
	answer(w, http.StatusOK, map[string]any{"total_count": len(list), "jobs": list})
}

func (a *Actions) rerun(w http.ResponseWriter, r *http.Request) {
	run := a.theRun(w, r)
	if run == nil {
		return
	}
	if run.NoRerun != "" {
		problem(w, http.StatusForbidden, run.NoRerun)
		return
	}
	a.Reruns = append(a.Reruns, run.ID)
	answer(w, http.StatusCreated, struct{}{})
}

func (a *Actions) logs(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Location", a.Blobs+"/log/"+r.PathValue("id")+"?sig=of-the-storage")
	w.WriteHeader(http.StatusFound)
}

// BlobHandler is the storage that holds logs.
func (a *Actions) BlobHandler(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.blobCalls = append(a.blobCalls, r.Header.Clone())
	for _, run := range a.Runs {
		for _, job := range run.Jobs {
			if r.URL.Path == fmt.Sprintf("/log/%d", job.ID) {
				_, _ = w.Write([]byte(job.Log))
				return
			}
		}
	}
	http.NotFound(w, r)
}
