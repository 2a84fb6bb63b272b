package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/registry"
)

// What doctor's exit code tells.
const (
	exitCannotPush = 1
	exitCannotPull = 2
)

// examTime bounds all checks together, whatever hangs.
const examTime = 9 * time.Second

func newDoctor(u *ui) *cobra.Command {
	var asJSON bool
	limit := examTime
	cmd := &cobra.Command{
		Use:   "doctor [IMAGE]",
		Short: u.text(sayDoctor.doctorShort),
		Long:  u.text(sayDoctor.doctorLong),
		Example: "  docker-credential-ghcr doctor\n" +
			"  docker-credential-ghcr doctor ghcr.io/octo/app\n" +
			"  docker-credential-ghcr doctor --json ghcr.io/octo/app:1.2",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return u.usage(sayDoctor.oneImage)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			x, err := u.examine(args, limit)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), limit)
			defer cancel()
			x.helper = u.helper(ctx)
			results := perform(ctx, x.checks(), x.late, func(found []outcome) {
				for _, o := range found {
					if !asJSON && cmd.Context().Err() == nil {
						u.line(o.mark, o.text)
					}
				}
			})
			if cmd.Context().Err() != nil {
				return silentError{exitInterrupted}
			}
			r := x.report(results)
			if asJSON {
				err = u.printJSON(r)
			} else {
				x.conclude(r)
			}
			if code := r.exitCode(); err == nil && code != exitOK {
				err = silentError{code}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, u.text(say.flagJSON))
	cmd.Flags().DurationVar(&limit, "timeout", examTime, u.text(sayDoctor.doctorTimeout))
	return cmd
}

// examination is a doctor at work. What one check finds out is there for those
// that come after it.
type examination struct {
	*ui
	target host.Host
	image  string            // as it was given; "" when none was
	wrong  *registry.Problem // what is wrong with its name
	owner  string            // of the image
	limit  time.Duration     // for all checks

	helper   *helper.Helper
	github   *github.Client
	registry registry.Client

	user, token string
	source      helper.Source
	tokenErr    error // why there is no token

	reach     github.Probe
	reachErr  error
	checked   helper.Checked
	checkErr  error
	answered  bool // the registry
	ownerSaid github.Owner
	ownerErr  error
	pull      registry.Result
	push      registry.Result
}

// examine prepares an examination of an image, a host, or of ghcr.io.
func (u *ui) examine(args []string, limit time.Duration) (*examination, error) {
	x := &examination{ui: u, limit: limit}
	var err error
	if x.target, err = host.Parse(host.DefaultRegistry); err != nil {
		return nil, err
	}
	if len(args) > 0 {
		if github.KindOf(args[0]) != github.NotAToken {
			return nil, u.failure(say.noSuchHost, say.noSuchHostHint, printable(args[0]))
		}
		x.name(args[0])
	}
	agent := helper.Name + "/" + helper.Version()
	x.registry = registry.Client{Transport: registryTransport(), UserAgent: agent}
	x.github, err = github.New(x.target.API, agent)
	return x, err
}

// right is what can be done with a registry. A pull that fails lets no push
// through either.
type right int

const (
	nothing right = iota
	pushing
	pulling
)

func (r right) String() string { return [...]string{"", "push", "pull"}[r] }

// outcome is one thing that a check found: a line.
type outcome struct {
	mark   mark
	text   string
	remedy *remedy // what mends it, if anything is to be mended
	stops  right   // what cannot be done because of it
	// inferred says that stops was concluded, not seen: what another outcome
	// proves to be possible counts.
	inferred bool
	proves   right
	// aside are the engines that use another login than the helper's: what the
	// helper would give them says nothing about their pushes and pulls.
	aside []string
	// yields says that what mends another cause most likely mends this one too:
	// login sets up the engines.
	yields bool
}

// result is what a check found, in how long.
type result struct {
	check string
	found []outcome
	took  time.Duration
}

// doctorReport is what doctor --json prints. Fields are added, never changed.
type doctorReport struct {
	Version int           `json:"version"` // 1
	Host    string        `json:"host"`
	Image   string        `json:"image,omitempty"`
	Pull    bool          `json:"pull"` // nothing stands in the way of a pull
	Push    bool          `json:"push"`
	Checks  []checkReport `json:"checks"`          // in the order of the lines
	Cause   *remedy       `json:"cause,omitempty"` // the first one, and what mends it

	aside []string // engines that were not judged
}

type checkReport struct {
	Check        string  `json:"check"`
	State        string  `json:"state"` // ok, bad, warning, skipped
	Text         string  `json:"text"`
	Stops        string  `json:"stops,omitempty"` // push, pull
	Remedy       *remedy `json:"remedy,omitempty"`
	Milliseconds int64   `json:"ms"` // of the check, which may have more lines
}

func (r doctorReport) exitCode() int {
	switch {
	case !r.Pull:
		return exitCannotPull
	case !r.Push:
		return exitCannotPush
	}
	return exitOK
}

// report sums up what the checks found.
func (x *examination) report(results []result) doctorReport {
	r := doctorReport{Version: 1, Host: x.target.Registry, Image: x.shownImage(), Pull: true, Push: true, Checks: []checkReport{}}
	proved := nothing
	for _, one := range results {
		for _, o := range one.found {
			switch {
			case o.proves == pushing:
				proved = pushing
			case o.proves == pulling && proved == nothing:
				proved = pulling
			}
			r.aside = append(r.aside, o.aside...)
		}
	}
	var causes, yielding, remarks, unjudged []*remedy
	for _, one := range results {
		for _, o := range one.found {
			r.Checks = append(r.Checks, checkReport{
				Check: one.check, State: o.mark.String(), Text: o.text, Stops: o.stops.String(),
				Remedy: o.remedy, Milliseconds: one.took.Milliseconds(),
			})
			stops := o.stops
			switch {
			case r.aside != nil && (o.inferred || slices.Contains(ofHelper, one.check)):
				stops = nothing
			case o.inferred && proved == pushing:
				stops = nothing
			case o.inferred && proved == pulling && stops == pulling:
				stops = pushing
			}
			r.Pull = r.Pull && stops != pulling
			r.Push = r.Push && stops == nothing
			switch {
			case o.remedy == nil:
			case r.aside != nil && stops == nothing && one.check != "engines" && o.mark == markBad:
				unjudged = append(unjudged, o.remedy)
			case o.mark == markBad && o.yields:
				yielding = append(yielding, o.remedy)
			case o.mark == markBad:
				causes = append(causes, o.remedy)
			case o.mark == markWarn:
				remarks = append(remarks, o.remedy)
			}
		}
	}
	if all := slices.Concat(causes, yielding, remarks, unjudged); len(all) > 0 {
		r.Cause = all[0]
	}
	return r
}

// ofHelper are the checks that tell what the helper and its token can do.
var ofHelper = []string{"program", "storage", "token", "alive", "scopes", "access"}

func (k mark) String() string { return [...]string{"ok", "bad", "warning", "skipped"}[k] }

// conclude says what is to be done.
func (x *examination) conclude(r doctorReport) {
	subject := x.target.Registry
	if x.image != "" && x.wrong == nil {
		subject = x.image
	}
	x.print("")
	switch {
	case x.wrong != nil:
		x.say(sayDoctor.noImageName, x.shownWrong(), x.target.Registry)
	case r.Pull && r.Push && r.aside != nil:
		x.say(sayDoctor.usesLogin, strings.Join(r.aside, ", "))
	case r.Pull && r.Push && r.Cause == nil:
		x.say(sayDoctor.allWell, subject)
	case r.Pull && r.Push:
		x.say(sayDoctor.wellEnough, subject)
	case r.Pull:
		x.say(sayDoctor.cannotPush, subject)
	default:
		x.say(sayDoctor.cannotPull, subject)
	}
	if r.Cause != nil {
		x.printRemedy(*r.Cause)
	}
}
