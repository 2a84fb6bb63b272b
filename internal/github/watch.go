package github

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Watcher follows a run to its end.
type Watcher struct {
	Every  time.Duration                              // between two looks; 10 s when zero
	Sleep  func(context.Context, time.Duration) error // waits; nil is a timer
	Report func(run Run, done, jobs int)              // told at every look; may be nil
	Limit  func(wait time.Duration)                   // told of a rate limit; may be nil
}

const (
	lookTimeout = 30 * time.Second // for one look
	maxMisses   = 6                // looks in a row that may fail
)

// Watch looks at a run until an attempt after `attempt` has ended. A failing
// network is borne for a minute; a rate limit is waited out. ctx ends it.
func (a *Actions) Watch(ctx context.Context, repo string, id int64, attempt int, w Watcher) (Run, error) {
	if w.Every == 0 {
		w.Every = 10 * time.Second
	}
	if w.Sleep == nil {
		w.Sleep = sleep
	}
	for misses := 0; ; {
		run, wait, err := a.look(ctx, repo, id, attempt, w.Report)
		var unverified *Unverified
		switch {
		case ctx.Err() != nil:
			return run, ctx.Err()
		case err == nil && run.Done() && run.Attempt > attempt:
			return run, nil
		case err == nil:
			misses = 0
		case !errors.As(err, &unverified):
			return run, err
		case wait > 0:
			if w.Limit != nil {
				w.Limit(wait)
			}
		default:
			if misses++; misses >= maxMisses {
				return run, fmt.Errorf("cannot follow the run: %w", err)
			}
		}
		if err := w.Sleep(ctx, max(wait, w.Every)); err != nil {
			return run, err
		}
	}
}

// look asks once for a run, and for its jobs while it goes. wait is what a rate
// limit asks for.
func (a *Actions) look(ctx context.Context, repo string, id int64, attempt int, report func(Run, int, int)) (run Run, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	run, resp, err := a.run(ctx, repo, id)
	if err != nil || report == nil || run.Attempt <= attempt {
		return run, limitEnds(resp, time.Now()), err
	}
	jobs, err := a.Jobs(ctx, repo, id)
	if err != nil {
		return run, 0, err
	}
	done := 0
	for _, job := range jobs {
		if job.Status == "completed" {
			done++
		}
	}
	report(run, done, len(jobs))
	return run, 0, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
