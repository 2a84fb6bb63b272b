package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// errNoTerminal says that there is nobody to ask.
var errNoTerminal = errors.New("no terminal")

// terminal is the person's, not stdin: a pipe there does not disturb a question.
type terminal struct{ in, out *os.File }

// openTerminal is errNoTerminal where the process has none.
func openTerminal() (*terminal, error) {
	in, out, err := openTTY()
	if err != nil {
		return nil, errNoTerminal
	}
	if !term.IsTerminal(int(in.Fd())) {
		_ = in.Close()
		return nil, errNoTerminal
	}
	return &terminal{in, out}, nil
}

func (t *terminal) close() {
	_ = t.in.Close()
	if t.out != t.in {
		_ = t.out.Close()
	}
}

// askHidden asks for a line that is not shown. When ctx ends the terminal shows
// what is typed again.
func (t *terminal) askHidden(ctx context.Context, question string) (string, error) {
	fd := int(t.in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	return t.ask(ctx, question, func() (string, error) {
		line, err := term.ReadPassword(fd)
		return string(line), err
	}, func() { _ = term.Restore(fd, before) })
}

// confirm asks a question that Enter answers with yes.
func (t *terminal) confirm(ctx context.Context, question string) (bool, error) {
	line, err := t.ask(ctx, question+" [Y/n] ", t.readLine, func() {})
	if err != nil {
		return false, err
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "", "y", "yes", "是":
		return true, nil
	}
	return false, nil
}

func (t *terminal) ask(ctx context.Context, question string, read func() (string, error), restore func()) (string, error) {
	fmt.Fprint(t.out, question)
	type answer struct {
		line string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		line, err := read()
		done <- answer{line, err}
	}()
	select {
	case a := <-done:
		return a.line, a.err
	case <-ctx.Done(): // the goroutine waits on; the process is about to end
		restore()
		fmt.Fprintln(t.out)
		return "", ctx.Err()
	}
}

// readLine reads byte by byte: what follows the line is the next question's.
func (t *terminal) readLine() (string, error) {
	var line []byte
	for one := make([]byte, 1); ; {
		n, err := t.in.Read(one)
		if n == 1 && one[0] == '\n' {
			return string(line), nil
		}
		line = append(line, one[:n]...)
		if err != nil {
			return string(line), err
		}
	}
}
