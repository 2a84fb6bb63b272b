package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/registry"
)

func (u *ui) tellLogin(server string, auth registry.Auth) {
	if auth == (registry.Auth{}) {
		u.line(markSkip, u.text(sayDoctor.asNobody, server))
		return
	}
	u.line(markOK, u.text(sayDoctor.asAccount, server, auth.Username))
}

// show tells how a verification goes on: a line for each part that is done, and
// on a terminal a bar below them.
type show struct {
	*ui
	silent bool
	bar    io.Writer // nil where there is no terminal
	width  int
	start  time.Time
	drawn  time.Time
}

// redraw is how often the bar is drawn at most.
const redraw = 100 * time.Millisecond

func (u *ui) newShow(o verifyOptions) *show {
	s := &show{ui: u, silent: o.json, start: time.Now()}
	file, isFile := u.err.(*os.File)
	if isFile && term.IsTerminal(int(file.Fd())) && u.getenv("TERM") != "dumb" {
		s.bar, s.width = file, 80
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			s.width = width
		}
	}
	return s
}

func (s *show) progress(p registry.Progress) {
	if p.Finished() {
		s.clear()
		if !s.silent {
			s.blob(*p.Blob)
		}
	} else if time.Since(s.drawn) < redraw {
		return
	}
	s.draw(p)
}

func (s *show) blob(b registry.Blob) {
	m := sayDoctor.blobLayer
	if b.IsConfig {
		m = sayDoctor.blobConfig
	}
	text := s.text(m, b.Digest, size(b.Size))
	if b.Problem != "" {
		s.line(markBad, text+": "+b.Problem)
		return
	}
	s.line(markOK, text)
}

func (s *show) draw(p registry.Progress) {
	if s.bar == nil {
		return
	}
	s.drawn = time.Now()
	fmt.Fprint(s.bar, "\r"+bar(p.Done, p.Total, s.drawn.Sub(s.start), s.width-1)+"\x1b[K")
}

func (s *show) clear() {
	if s.bar != nil && !s.drawn.IsZero() {
		fmt.Fprint(s.bar, "\r\x1b[K")
	}
}

func (s *show) end() { s.clear() }

// bar is [=====>    ]  42% 12.3 of 29.1 MB, 4.5 MB/s.
func bar(done, total int64, took time.Duration, width int) string {
	share := 1.0
	if total > 0 {
		share = min(1, float64(done)/float64(total))
	}
	numbers := fmt.Sprintf(" %3.0f%% %s of %s", 100*share, size(done), size(total))
	if seconds := took.Seconds(); seconds >= 1 {
		numbers += fmt.Sprintf(", %s/s", size(int64(float64(done)/seconds)))
	}
	room := min(width-len(numbers)-2, 40)
	if room < 5 {
		return numbers[:max(0, min(len(numbers), width))]
	}
	full := int(share * float64(room))
	return "[" + strings.Repeat("=", full) + strings.Repeat(" ", room-full) + "]" + numbers
}

// size words a number of bytes.
func size(n int64) string {
	value, unit := float64(n), "B"
	for _, next := range []string{"kB", "MB", "GB", "TB"} {
		if value < 1000 {
			break
		}
		value, unit = value/1000, next
	}
	if unit == "B" {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", value, unit)
}

// tellVerified prints what became of an image.
func (u *ui) tellVerified(r imageReport, o verifyOptions) {
	if o.json {
		return
	}
	layers := 0
	for _, p := range r.Platforms {
		if p.Platform != "" {
			u.line(markOK, u.text(sayDoctor.manifestOf, p.Platform, p.Digest))
		} else {
			u.line(markOK, u.text(sayDoctor.manifestOnly, p.Digest))
		}
		for _, b := range p.Blobs {
			if b.Kind == "layer" {
				layers++
			}
			if b.foreign && b.State == "skipped" && !o.HeadOnly {
				u.line(markSkip, u.text(sayDoctor.blobForeign, b.Digest))
			}
		}
	}
	switch {
	case r.OK && o.HeadOnly:
		u.line(markOK, u.text(sayDoctor.verifiedHead, r.Image))
	case r.OK:
		took := time.Duration(r.Milliseconds) * time.Millisecond
		counted := u.text(sayDoctor.layers, layers)
		if layers == 1 {
			counted = u.text(sayDoctor.oneLayer)
		}
		u.line(markOK, u.text(sayDoctor.verified, r.Image, counted, size(r.Bytes), took.String()))
	default:
		u.line(markBad, u.text(sayDoctor.notVerified, r.Image, r.Problem))
	}
	u.tellRemedy(r.Remedy)
}

func (u *ui) tellRemedy(r *remedy) {
	if r != nil {
		u.print("")
		u.printRemedy(*r)
	}
}

// engineTime is the longest that an engine's pull may take.
const engineTime = 2 * time.Hour

// pullWithEngine lets an engine pull, shows what it says, and explains it.
func (u *ui) pullWithEngine(ctx context.Context, image string, o verifyOptions, _ map[string]login) imageReport {
	report := imageReport{Image: shown(image), Engine: o.engine}
	ctx, cancel := context.WithTimeout(ctx, engineTime)
	defer cancel()
	args := []string{"pull"}
	if o.Platform != "" {
		args = append(args, "--platform", o.Platform)
	}
	// What follows is no flag, whatever it begins with.
	cmd := exec.CommandContext(ctx, o.engine, append(args, "--", image)...)
	said := &lastBytes{most: maxOutput}
	both := io.MultiWriter(u.err, said)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = both, both, time.Second
	start := time.Now()
	err := cmd.Run()
	report.Milliseconds = time.Since(start).Milliseconds()
	var exit *exec.ExitError
	switch {
	case err == nil:
		report.OK = true
		if !o.json {
			u.line(markOK, u.text(sayDoctor.enginePulled, o.engine, report.Image))
		}
		return report
	case errors.As(err, &exit):
		report.ExitCode = exit.ExitCode()
		report.Problem = u.text(sayDoctor.engineFailed, o.engine, report.Image, report.ExitCode)
	case errors.Is(err, exec.ErrNotFound):
		report.Problem = u.text(sayDoctor.noEngine, o.engine)
	default:
		report.Problem = err.Error()
	}
	f, found := registry.Explain(said.String())
	if found {
		r := u.remedyFound(f)
		report.Remedy, report.Line = &r, f.Line
	}
	if !o.json {
		u.line(markBad, report.Problem)
		if found {
			u.print(report.Line)
		}
		u.tellRemedy(report.Remedy)
	}
	return report
}
