package github

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	gogithub "github.com/google/go-github/v62/github"
)

// Run is a run of a workflow.
type Run struct {
	ID         int64
	Workflow   string // the workflow's name
	Number     int
	Attempt    int
	Branch     string
	Event      string
	Page       string // for people
	Status     string // queued, in_progress, completed, ...
	Conclusion string // success, failure, ...; empty until it is completed
	Created    time.Time

	workflowID int64
	head       string // the repository that the commit comes from
}

// Done reports a run that has ended.
func (r Run) Done() bool { return r.Status == "completed" }

// Failed reports a run that ended badly. One that somebody cancelled did not.
func (r Run) Failed() bool { return r.Done() && isFailure(r.Conclusion) }

// Succeeded reports a run that ended well.
func (r Run) Succeeded() bool { return r.Done() && r.Conclusion == "success" }

func isFailure(conclusion string) bool {
	return conclusion == "failure" || conclusion == "timed_out" || conclusion == "startup_failure"
}

// Job is a job of a run, in its last attempt.
type Job struct {
	ID         int64
	Name       string
	Status     string
	Conclusion string
	Step       string // the first step that failed
}

// Failed reports a job that ended badly.
func (j Job) Failed() bool { return isFailure(j.Conclusion) }

func runOf(r *gogithub.WorkflowRun) Run {
	return Run{
		ID: r.GetID(), Workflow: r.GetName(), Number: r.GetRunNumber(), Attempt: max(1, r.GetRunAttempt()),
		Branch: r.GetHeadBranch(), Event: r.GetEvent(), Page: r.GetHTMLURL(),
		Status: r.GetStatus(), Conclusion: r.GetConclusion(), Created: r.GetCreatedAt().UTC(),
		workflowID: r.GetWorkflowID(), head: r.GetHeadRepository().GetFullName(),
	}
}

// DefaultBranch asks for the default branch of a repository.
func (a *Actions) DefaultBranch(ctx context.Context, repo string) (string, error) {
	if err := CheckRepo(repo); err != nil {
		return "", err
	}
	var got gogithub.Repository
	_, err := a.do(ctx, http.MethodGet, "repos/"+repo, nil, &got)
	if err == nil && got.GetDefaultBranch() == "" {
		err = &Unverified{Host: a.c.base.Host, Cause: "does not tell the default branch"}
	}
	return got.GetDefaultBranch(), err
}

// Latest gives the newest run of each workflow on a branch, newest first. Older
// runs do not count: what failed and went well since is mended, and to run it
// again could roll back what came later. Runs for pull requests of forks whose
// branch has the same name are not of this branch.
func (a *Actions) Latest(ctx context.Context, repo, branch string) ([]Run, error) {
	if err := CheckRepo(repo); err != nil {
		return nil, err
	}
	var runs []Run
	seen := map[int64]bool{}
	const most = 5 // pages; a run has about 15 KB
	err := pages(most, func(page int) (*gogithub.Response, error) {
		var got gogithub.WorkflowRuns
		path := fmt.Sprintf("repos/%s/actions/runs?branch=%s&per_page=30&page=%d", repo, url.QueryEscape(branch), page)
		resp, err := a.do(ctx, http.MethodGet, path, nil, &got)
		for _, r := range got.WorkflowRuns {
			run := runOf(r)
			if strings.EqualFold(run.head, repo) && !seen[run.workflowID] {
				seen[run.workflowID] = true
				runs = append(runs, run)
			}
		}
		return resp, err
	})
	return runs, err
}

// Run asks for one run.
func (a *Actions) Run(ctx context.Context, repo string, id int64) (Run, error) {
	run, _, err := a.run(ctx, repo, id)
	return run, err
}

func (a *Actions) run(ctx context.Context, repo string, id int64) (Run, *gogithub.Response, error) {
	if err := CheckRepo(repo); err != nil {
		return Run{}, nil, err
	}
	var got gogithub.WorkflowRun
	resp, err := a.do(ctx, http.MethodGet, fmt.Sprintf("repos/%s/actions/runs/%d", repo, id), nil, &got)
	if err == nil && got.GetID() != id {
		err = &Unverified{Host: a.c.base.Host, Cause: "answered something that is no workflow run"}
	}
	return runOf(&got), resp, err
}

// Jobs lists the jobs of a run's last attempt.
func (a *Actions) Jobs(ctx context.Context, repo string, run int64) ([]Job, error) {
	var list []Job
	const most = 20
	err := pages(most, func(page int) (*gogithub.Response, error) {
		var got gogithub.Jobs
		resp, err := a.do(ctx, http.MethodGet, fmt.Sprintf("repos/%s/actions/runs/%d/jobs?filter=latest&per_page=50&page=%d", repo, run, page), nil, &got)
		for _, j := range got.Jobs {
			job := Job{ID: j.GetID(), Name: j.GetName(), Status: j.GetStatus(), Conclusion: j.GetConclusion()}
			for _, step := range j.Steps {
				if isFailure(step.GetConclusion()) {
					job.Step = step.GetName()
					break
				}
			}
			list = append(list, job)
		}
		return resp, err
	})
	return list, err
}

// Rerun runs the failed jobs of a run again, and those that depend on them.
func (a *Actions) Rerun(ctx context.Context, repo string, run int64) error {
	_, err := a.do(ctx, http.MethodPost, fmt.Sprintf("repos/%s/actions/runs/%d/rerun-failed-jobs", repo, run), nil, nil)
	return err
}

// FailureLog gives the part of a job's log that leads to its last error,
// without time stamps and colours.
func (a *Actions) FailureLog(ctx context.Context, repo string, job int64) (string, error) {
	if !isTokenText(a.token) || a.token == "" {
		return "", ErrBadCredentials
	}
	owner, name, _ := strings.Cut(repo, "/")
	page, resp, err := a.gh.Actions.GetWorkflowJobLogs(ctx, owner, name, job, 0)
	if err != nil {
		if resp != nil {
			if checked := gogithub.CheckResponse(resp.Response); checked != nil {
				err = checked
			}
		}
		return "", a.failure(ctx, resp, err)
	}
	return fetchLog(ctx, page)
}

// fetchLog reads a log from the storage that the API names, another host: the
// token stays here. The address is a secret of its own, so no error shows it.
func fetchLog(ctx context.Context, page *url.URL) (string, error) {
	if !isSafeBase(page) {
		return "", errors.New("the log is not at a safe address")
	}
	client := &http.Client{
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxResponseHeaderBytes: maxHeaderBytes, DisableKeepAlives: true},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects || !isSafeBase(req.URL) {
				return errRedirect
			}
			return nil
		},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page.String(), nil)
	if err != nil {
		return "", errors.New("the log is not at a safe address")
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", &Unverified{Host: page.Host, Cause: cause(ctx, nil, err, "")}
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return "", &Unverified{Host: page.Host, Cause: fmt.Sprintf("answered %d", resp.StatusCode)}
	}
	text, err := failurePart(io.LimitReader(resp.Body, maxLog))
	if err != nil {
		return "", &Unverified{Host: page.Host, Cause: cause(ctx, nil, err, "")}
	}
	return text, nil
}

const (
	maxLog      = 256 << 20 // of a log are read
	maxLogLine  = 2 << 10   // of a line are kept
	maxLogLines = 200       // before an error are kept
)

// Compiled when a log is read: a get must not pay for them.
var (
	logStamp = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\x{feff}?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z `)
	})
	ansi = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`) })
)

// failurePart keeps the lines of the step that leads to the last error of a
// log, or the last lines of a log without one.
func failurePart(r io.Reader) (string, error) {
	var lines, failed []string
	in := bufio.NewReaderSize(r, maxLogLine)
	for {
		raw, isPrefix, err := in.ReadLine()
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", err
		}
		line := ansi().ReplaceAllString(logStamp().ReplaceAllString(string(raw), ""), "")
		for isPrefix && err == nil {
			_, isPrefix, err = in.ReadLine()
		}
		if strings.HasPrefix(line, "##[group]Run ") { // a step begins
			lines = nil
		}
		message, isError := strings.CutPrefix(line, "##[error]")
		lines = append(lines, message)
		if len(lines) > maxLogLines {
			lines = lines[1:]
		}
		if isError {
			failed = append([]string(nil), lines...)
		}
	}
	if failed == nil {
		failed = lines
	}
	return strings.Join(failed, "\n"), nil
}
