package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/registry"
)

// maxLogs is how many failed jobs of a run are asked for their reason.
const maxLogs = 5

type rerun struct {
	*ci
	repo    string
	branch  string
	run     int64
	watch   bool
	dryRun  bool
	timeout time.Duration

	explain func(log string) reason
	watcher github.Watcher // its Report and Limit are set here
}

func newRerun(u *ui) *cobra.Command {
	r := &rerun{ci: newCI(u), explain: explainLog(u)}
	return r.command()
}

func (r *rerun) command() *cobra.Command {
	cmd := &cobra.Command{
		Use: "rerun --repo OWNER/NAME", Short: r.text(sayCI.rerunShort), Long: r.text(sayCI.rerunLong),
		Args: cobra.NoArgs,
		Example: "  docker-credential-ghcr rerun --repo OWNER/NAME\n" +
			"  docker-credential-ghcr rerun --repo OWNER/NAME --branch release --watch\n" +
			"  docker-credential-ghcr rerun --repo OWNER/NAME --run 1234567890 --dry-run",
		RunE: func(cmd *cobra.Command, _ []string) error { return r.all(cmd.Context()) },
	}
	f := cmd.Flags()
	f.StringVar(&r.repo, "repo", "", r.text(sayCI.flagRepo))
	f.StringVar(&r.branch, "branch", "", r.text(sayCI.flagBranch))
	f.Int64Var(&r.run, "run", 0, r.text(sayCI.flagRun))
	f.BoolVar(&r.watch, "watch", false, r.text(sayCI.flagWatch))
	f.BoolVar(&r.dryRun, "dry-run", false, r.text(sayCI.flagDryRun))
	f.DurationVar(&r.timeout, "timeout", time.Hour, r.text(sayCI.flagTimeout))
	r.flags(cmd)
	return cmd
}

// session is the way to the runs of one repository.
type session struct {
	actions *github.Actions
	auth    authToken
	target  host.Host
}

func (r *rerun) all(ctx context.Context) error {
	target, err := r.target()
	if err != nil {
		return err
	}
	if r.repo == "" {
		return r.usage(sayUsage.needRepo)
	}
	if err := github.CheckRepo(r.repo); err != nil {
		return &usageError{err}
	}
	actions, auth, err := r.actions(ctx, target, github.RepoScope)
	if err != nil {
		return err
	}
	s := session{actions, auth, target}
	failed, err := r.failed(ctx, s)
	if err != nil {
		return r.refusal(target, auth, r.repo, err)
	}
	var started []github.Run
	isBad := false
	for _, run := range failed {
		r.line(markBad, r.runText(run))
		r.reasons(ctx, s, run)
		switch err := r.start(ctx, s, run); {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			isBad = true
			r.fail(err)
		case !r.dryRun:
			r.say(sayCI.runsAgain)
			started = append(started, run)
		}
	}
	if r.watch {
		isBad = !r.follow(ctx, s, started) || isBad
	} else if len(started) > 0 {
		r.say(sayCI.followThem, helper.Name, r.repo)
	}
	if isBad {
		return silentError{exitFailed}
	}
	return nil
}

func (r *rerun) runText(run github.Run) string {
	return r.text(sayCI.runLine, run.Workflow, run.Number, run.Event, run.Conclusion, r.age(run.Created), run.Page)
}

// failed finds the runs to start again: the one that was named, or the newest
// of each workflow where it failed.
func (r *rerun) failed(ctx context.Context, s session) ([]github.Run, error) {
	ctx, cancel := context.WithTimeout(ctx, 4*callTimeout)
	defer cancel()
	if r.run != 0 {
		run, err := s.actions.Run(ctx, r.repo, r.run)
		switch {
		case err != nil:
			return nil, err
		case !run.Done():
			return nil, r.failure(sayCI.runGoes, sayCI.runGoesHint, run.ID)
		case !run.Failed():
			r.line(markOK, r.runText(run))
			return nil, nil
		}
		return []github.Run{run}, nil
	}
	branch := r.branch
	if branch == "" {
		var err error
		if branch, err = s.actions.DefaultBranch(ctx, r.repo); err != nil {
			return nil, err
		}
	}
	latest, err := s.actions.Latest(ctx, r.repo, branch)
	if err != nil {
		return nil, err
	}
	var failed []github.Run
	for _, run := range latest {
		switch {
		case run.Failed():
			failed = append(failed, run)
		case !run.Done():
			r.line(markSkip, r.text(sayCI.stillRuns, run.Workflow, run.Number, run.Page))
		}
	}
	if len(failed) == 0 {
		r.line(markOK, r.text(sayCI.noneFailed, r.repo, branch, len(latest)))
	}
	return failed, nil
}

// reasons says why the jobs of a run failed, as far as their logs tell.
func (r *rerun) reasons(ctx context.Context, s session, run github.Run) {
	ctx, cancel := context.WithTimeout(ctx, 4*callTimeout)
	defer cancel()
	jobs, err := s.actions.Jobs(ctx, r.repo, run.ID)
	if err != nil {
		r.warn(sayCI.noJobs, err)
		return
	}
	asked := 0
	for _, job := range jobs {
		if !job.Failed() {
			continue
		}
		if asked++; asked > maxLogs {
			r.say(sayCI.moreJobs)
			return
		}
		log, err := s.actions.FailureLog(ctx, r.repo, job.ID)
		var why reason
		if err == nil {
			why, err = await(ctx, func() (reason, error) { return r.explain(log), nil })
		}
		switch {
		case err != nil:
			r.say(sayCI.jobNoLog, job.Name, job.Step, err)
		case !why.known:
			r.say(sayCI.jobUnknown, job.Name, job.Step)
		default:
			r.say(sayCI.jobCause, job.Name, job.Step, why.cause, why.fix)
		}
	}
}

func (r *rerun) start(ctx context.Context, s session, run github.Run) error {
	if r.dryRun {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err := s.actions.Rerun(ctx, r.repo, run.ID)
	var refused *github.Refused
	if errors.As(err, &refused) && refused.SSO == "" && !refused.NotFound() {
		return &hintedError{text: r.text(sayCI.noRerun, run.Number, refused.Message), hint: r.text(sayCI.noRerunHint), err: err}
	}
	return r.wrap(s, err)
}

func (r *rerun) wrap(s session, err error) error {
	if err == nil {
		return nil
	}
	return r.refusal(s.target, s.auth, r.repo, err)
}

// follow watches runs to their end, one after the other: meanwhile the others
// go on. It reports whether all of them ended well.
func (r *rerun) follow(ctx context.Context, s session, runs []github.Run) bool {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	good := true
	for _, run := range runs {
		before := ""
		w := r.watcher
		w.Report = func(now github.Run, done, jobs int) {
			// One line whenever something changed, on terminals and in logs alike.
			if text := r.text(sayCI.progress, now.Workflow, now.Number, now.Status, done, jobs); text != before && !now.Done() {
				r.line(markSkip, text)
				before = text
			}
		}
		w.Limit = func(wait time.Duration) { r.warn(sayCI.limited, wait.Round(time.Second)) }
		ended, err := s.actions.Watch(ctx, r.repo, run.ID, run.Attempt, w)
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			r.fail(&hintedError{text: r.text(sayCI.tooLong, run.Number, r.timeout), hint: run.Page})
			return false
		case ctx.Err() != nil:
			r.warn(sayCI.stopped, run.Page)
			return false
		case err != nil:
			r.fail(r.wrap(s, err))
			good = false
		case ended.Succeeded():
			r.line(markOK, r.runText(ended))
		default:
			good = false
			r.line(markBad, r.runText(ended))
			r.reasons(ctx, s, ended)
		}
	}
	return good
}

// reason is why a job failed, as far as its log tells.
type reason struct {
	cause, fix string // one line each
	known      bool
}

// explainLog finds the reason in a log: the helper's own words, or a text of the
// registry or an engine that is known.
func explainLog(u *ui) func(string) reason {
	return func(log string) reason {
		var r reason
		for line := range strings.SplitSeq(log, "\n") {
			if _, text, found := strings.Cut(line, helper.Name+": error: "); found && !r.known {
				r.cause, r.known = strings.TrimRight(registry.OneLine(text), "`'\" "), true
			}
			if _, text, found := strings.Cut(line, helper.Name+": hint: "); found && r.known {
				r.fix = registry.OneLine(text)
				return r
			}
		}
		if r.known {
			return r
		}
		found, ok := registry.Explain(log)
		if !ok {
			return reason{}
		}
		return reason{u.words(found.Row.Cause), u.words(found.Row.Fix), true}
	}
}
