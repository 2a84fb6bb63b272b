package cli

import (
	"context"
	"sync/atomic"
	"time"
)

// check looks at one thing. It runs as soon as those that it comes after are
// done, beside all others; its lines keep their place.
type check struct {
	name  string
	after []string
	run   func(context.Context) []outcome
}

// grace is what a check gets to word that its time was up.
const grace = 500 * time.Millisecond

// perform runs checks and tells what they found, in the order of the list. After
// ctx's end it waits for nothing: late words what did not answer, or was not
// begun. What hangs without heed of ctx is left behind.
func perform(ctx context.Context, checks []check, late func(name string, begun bool) []outcome, tell func([]outcome)) []result {
	type slot struct {
		begun  atomic.Bool
		done   chan struct{}
		result result
	}
	slots := make(map[string]*slot, len(checks))
	for _, c := range checks {
		slots[c.name] = &slot{done: make(chan struct{})}
	}
	for _, c := range checks {
		own := slots[c.name]
		go func() {
			defer close(own.done)
			for _, name := range c.after {
				if before := slots[name]; before != nil {
					<-before.done
				}
			}
			own.begun.Store(true)
			start := time.Now()
			found := c.run(ctx)
			own.result = result{c.name, found, time.Since(start)}
		}()
	}
	end := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, func() { close(end) }) })
	defer stop()
	var results []result
	for _, c := range checks {
		own := slots[c.name]
		select {
		case <-own.done:
		case <-end:
		}
		r := result{check: c.name}
		select {
		case <-own.done:
			r = own.result
		default:
			r.found = late(c.name, own.begun.Load())
		}
		tell(r.found)
		results = append(results, r)
	}
	return results
}
