package engine

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"time"
)

// attempts is how often a change is planned anew because an engine wrote the
// file in the moment between our reading and our writing.
const attempts = 10

// Apply makes the plan's changes, each file atomically. It plans once more
// under the lock, so that what others wrote since is kept, and returns the
// changes it made. A file that cannot be written does not keep it from the
// others; the error names them all in one line, but for a file that is written
// for podman login alone.
func (p Plan) Apply(ctx context.Context) ([]Change, error) { return p.apply(ctx, lockWait) }

func (p Plan) apply(ctx context.Context, wait time.Duration) ([]Change, error) {
	if p.again == nil {
		return nil, errors.New("there is no plan")
	}
	var done []Change
	var failed []string
	err := withLock(ctx, p.env.Dir, wait, func() error {
		for attempt := 1; ; attempt++ {
			now, err := p.again(ctx)
			if err != nil {
				return err
			}
			failed = nil
			changed := false
			for _, c := range now.Changes {
				err := now.write(c)
				switch {
				case errors.Is(err, errChanged) && attempt < attempts:
					changed = true
				case err != nil && c.ForLogin: // KeepPodman tries again in time
				case errors.Is(err, errChanged):
					failed = append(failed, (&FileError{Path: c.Path, Cause: "another program keeps writing it"}).Error())
				case err != nil:
					failed = append(failed, err.Error())
				default:
					done = append(done, c)
				}
			}
			if !changed {
				return now.tidy()
			}
		}
	})
	if err != nil {
		failed = append(failed, err.Error())
	}
	if len(failed) > 0 {
		return done, errors.New(strings.Join(failed, "; "))
	}
	return done, nil
}

// write makes one change and keeps its record. When this process is killed in
// between, the record speaks of an edit that is not there, which unconfigure
// sees; an edit without its record could not be taken back.
func (p *Plan) write(c Change) error {
	dir, before := p.env.Dir, p.records
	after := before.with(c.next)
	first := !p.undo && !reflect.DeepEqual(before, after)
	if first {
		if err := after.write(dir); err != nil {
			return err
		}
	}
	if err := c.commit(); err != nil {
		if first {
			_ = before.write(dir)
		}
		return err
	}
	p.records = after
	if p.undo {
		return after.write(dir)
	}
	return nil
}

func (c Change) commit() error {
	if c.Removes {
		return discard(&c.was, c.folders)
	}
	return replace(c.Path, c.After, &c.was)
}

// tidy drops records of edits that a person has undone by hand.
func (p *Plan) tidy() error {
	if len(p.stale) == 0 {
		return nil
	}
	for _, e := range p.stale {
		p.records = p.records.with(e)
	}
	return p.records.write(p.env.Dir)
}
