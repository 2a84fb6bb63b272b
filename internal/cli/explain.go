package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/registry"
)

func newExplain(u *ui) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain [TEXT...]",
		Short: u.text(sayDoctor.explainShort),
		Long:  u.text(sayDoctor.explainLong),
		Example: "  docker-credential-ghcr explain 'denied: permission_denied: write_package'\n" +
			"  podman push ghcr.io/octo/app 2>&1 | docker-credential-ghcr explain",
		RunE: func(cmd *cobra.Command, args []string) error {
			text := strings.Join(args, " ")
			if len(args) == 0 || text == "-" {
				var err error
				if text, err = u.output(cmd.Context(), len(args) > 0); err != nil {
					return err
				}
			}
			f, err := await(cmd.Context(), func() (*registry.Finding, error) {
				f, found := registry.Explain(text)
				if !found {
					return nil, nil
				}
				return &f, nil
			})
			if err != nil {
				return silentError{exitInterrupted}
			}
			if asJSON {
				if err := u.printJSON(u.explained(f)); err != nil {
					return err
				}
			} else {
				u.tellExplained(f)
			}
			if f == nil {
				return silentError{exitFailed}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, u.text(say.flagJSON))
	return cmd
}

// maxOutput is how much of an output is kept, from its end: there the errors are.
const maxOutput = 1 << 20

// output is what stands on stdin. A person who gave no text is told what to
// give, unless a dash asked for stdin.
func (u *ui) output(ctx context.Context, asked bool) (string, error) {
	if file, isFile := u.in.(*os.File); isFile && !asked && term.IsTerminal(int(file.Fd())) {
		return "", u.usage(sayDoctor.explainNothing)
	}
	text, err := await(ctx, func() (string, error) { return tail(u.in, maxOutput) })
	if errors.Is(err, context.Canceled) {
		return "", silentError{exitInterrupted}
	}
	return text, err
}

// tail reads to the end and keeps the last bytes.
func tail(r io.Reader, most int) (string, error) {
	t := &lastBytes{most: most}
	_, err := io.Copy(t, r)
	return t.String(), err
}

// lastBytes keeps the end of what is written to it.
type lastBytes struct {
	most int
	kept []byte
}

func (t *lastBytes) Write(b []byte) (int, error) {
	t.kept = append(t.kept, b...)
	if len(t.kept) > 2*t.most { // so that the copying stays rare
		t.kept = append(t.kept[:0], t.kept[len(t.kept)-t.most:]...)
	}
	return len(b), nil
}

func (t *lastBytes) String() string { return string(t.kept[max(0, len(t.kept)-t.most):]) }

// usage is a mistake in the words of a command, in the person's language.
func (u *ui) usage(m message, args ...any) error {
	return &usageError{errors.New(u.text(m, args...))}
}

// words are the table's in the person's language.
func (u *ui) words(w registry.Words) string {
	if u.lang == chinese {
		return w.ZH
	}
	return w.EN
}

// remedy is a cause and what mends it.
type remedy struct {
	Row      string    `json:"row,omitempty"` // of the table of texts; scripts may compare it
	Cause    string    `json:"cause"`
	Fix      string    `json:"fix"`
	Page     string    `json:"page,omitempty"`     // where to go for it
	Steps    []string  `json:"steps,omitempty"`    // more to do or to know
	Suspects []suspect `json:"suspects,omitempty"` // what to check, in this order, when the text itself tells no cause
	Doc      string    `json:"doc,omitempty"`      // a page of GitHub's about it
}

type suspect struct {
	Row   string `json:"row"`
	Cause string `json:"cause"`
	Fix   string `json:"fix"`
}

// subject is what a row of the table is applied to.
type subject struct {
	host  host.Host
	image string // "" if unknown
	owner string
}

// remedyOf is a row of the table in the person's language, with the names of
// what it is about in their places.
func (u *ui) remedyOf(r registry.Row, about subject) remedy {
	fill := about.filler()
	m := remedy{Row: r.ID, Cause: fill(u.words(r.Cause)), Fix: fill(u.words(r.Fix)), Doc: r.Doc}
	for _, step := range r.Steps {
		m.Steps = append(m.Steps, fill(u.words(step)))
	}
	for _, id := range r.Suspects {
		if s, found := registry.RowByID(id); found {
			m.Suspects = append(m.Suspects, suspect{s.ID, fill(u.words(s.Cause)), fill(u.words(s.Fix))})
		}
	}
	return m
}

// filler puts names in place of those that stand for them in the table.
func (s subject) filler() func(string) string {
	pairs := []string{"doctor IMAGE", strings.TrimSpace("doctor " + s.image)}
	if s.owner != "" {
		pairs = append(pairs, "https://github.com/OWNER?", s.host.Web+"/"+s.owner+"?")
	}
	if s.host.Registry != host.DefaultRegistry {
		pairs = append(pairs,
			"https://github.com/", s.host.Web+"/",
			"-h github.com", "-h "+strings.TrimPrefix(s.host.Web, "https://"),
			host.DefaultRegistry, s.host.Registry,
			helper.Name+" login", helper.Name+" login "+s.host.Registry,
		)
	}
	return strings.NewReplacer(pairs...).Replace
}

// printRemedy prints what is wrong and what mends it.
func (u *ui) printRemedy(r remedy) {
	u.say(sayDoctor.cause, r.Cause)
	u.say(sayDoctor.fix, r.Fix)
	if r.Page != "" {
		u.say(sayDoctor.page, r.Page)
	}
	for _, step := range r.Steps {
		u.say(sayDoctor.step, step)
	}
	if r.Doc != "" {
		u.say(sayDoctor.doc, r.Doc)
	}
	if len(r.Suspects) > 0 {
		u.say(sayDoctor.suspects)
	}
	for i, s := range r.Suspects {
		u.print(fmt.Sprintf("  %d. %s", i+1, s.Cause))
		u.print("     " + s.Fix)
	}
}

// explainedReport is what explain --json prints. Fields are added, never changed.
type explainedReport struct {
	Version int     `json:"version"` // 1
	Found   bool    `json:"found"`
	Line    string  `json:"line,omitempty"`  // where it was found
	When    string  `json:"when,omitempty"`  // push, pull, login, any
	Image   string  `json:"image,omitempty"` // that it is about
	Owner   string  `json:"owner,omitempty"`
	Remedy  *remedy `json:"remedy,omitempty"`
}

func (u *ui) explained(f *registry.Finding) explainedReport {
	if f == nil {
		return explainedReport{Version: 1}
	}
	r := u.remedyFound(*f)
	return explainedReport{Version: 1, Found: true, Line: f.Line, When: string(f.Row.When), Image: f.Image, Owner: f.Owner, Remedy: &r}
}

// remedyFound is the remedy for what a text says.
func (u *ui) remedyFound(f registry.Finding) remedy {
	server, _, _ := strings.Cut(f.Image, "/")
	target, err := host.Parse(server)
	if err != nil {
		target, _ = host.Parse(host.DefaultRegistry)
	}
	return u.remedyOf(f.Row, subject{host: target, image: f.Image, owner: f.Owner})
}

func (u *ui) tellExplained(f *registry.Finding) {
	if f == nil {
		u.say(sayDoctor.explainUnknown, helper.Name)
		return
	}
	u.print(f.Line)
	u.print("")
	r := u.remedyFound(*f)
	u.printRemedy(r)
	if len(r.Suspects) > 0 && !strings.Contains(r.Fix, " doctor") {
		u.say(sayDoctor.findOut, strings.TrimSpace(helper.Name+" doctor "+f.Image))
	}
}
