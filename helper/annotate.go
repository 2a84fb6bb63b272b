package helper

import (
	"fmt"
	"os"
	"strings"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
)

// The runner of GitHub Actions takes lines that begin with :: for its commands,
// on a step's stderr as on its stdout, and engines hand our stderr through. So
// an engine in a step can show what is wrong on the page of the run, and the
// answer on stdout stays as the protocol wants it. What the runner shows of such
// a line is a line of its own, so the usual ones are printed all the same.
//
// There is no ::add-mask:: here: where stderr goes to a file the token would
// stand in it. The runner masks secrets by itself; action.yml does the rest.

// annotate shows a failure on the page of the run, and in the job's summary.
func (h *Helper) annotate(f *Failure) {
	if !h.inActions() {
		return
	}
	text := f.Cause
	if f.Hint != "" {
		text += "\n" + f.Hint
	}
	h.workflowCommand("error", text)
	h.summarise(f)
}

// annotateWarning shows a warning on the page of the run.
func (h *Helper) annotateWarning(text string) {
	if h.inActions() {
		h.workflowCommand("warning", text)
	}
}

func (h *Helper) inActions() bool { return h.getenv("GITHUB_ACTIONS") == "true" }

// workflowCommand prints a command with a text of several lines.
func (h *Helper) workflowCommand(name, text string) {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.ReplaceAll(plain(lines[i], 500), "%", "%25")
	}
	fmt.Fprintf(h.warn, "::%s title=%s::%s\n", name, Name, strings.Join(lines, "%0A"))
}

// summarise adds a failure to the summary of the job. The runner has made the
// file; where it is missing nobody would read it.
func (h *Helper) summarise(f *Failure) {
	path := h.getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return
	}
	file, err := disk.Open(path, os.O_APPEND|os.O_WRONLY)
	if err != nil {
		return
	}
	defer func() { _ = file.Close() }()
	noHTML := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	_, _ = fmt.Fprintf(file, "\n### %s\n\n**%s**\n\n%s\n", Name, noHTML.Replace(plain(f.Cause, 500)), noHTML.Replace(plain(f.Hint, 500)))
}
