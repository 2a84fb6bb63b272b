package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
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

// askHidden asks for a line that is not shown. The terminal is silenced before
// it shows the question, so that not even what is typed ahead is seen.
func (t *terminal) askHidden(ctx context.Context, question string) (string, error) {
	fd := int(t.in.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(fd, before) }()
	screen := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{t.in, t.out}, "")
	line, err := await(ctx, func() (string, error) { return screen.ReadPassword(question) })
	if errors.Is(err, io.EOF) { // Control-C or Control-D: in raw mode they are mere keys
		err = context.Canceled
	}
	if err != nil {
		fmt.Fprint(t.out, "\r\n")
	}
	return line, err
}

// confirm asks a question that Enter answers with yes.
func (t *terminal) confirm(ctx context.Context, question string) (bool, error) {
	fmt.Fprint(t.out, question+" [Y/n] ")
	line, err := await(ctx, t.readLine)
	if err != nil {
		return false, err
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "", "y", "yes", "是":
		return true, nil
	}
	return false, nil
}

// await waits for a value until ctx ends. The goroutine goes on; the process is
// about to end.
func await[T any](ctx context.Context, get func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		value, err := get()
		done <- answer{value, err}
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
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

// maxSecret is more than any token has.
const maxSecret = 64 << 10

// readSecret reads a token from stdin. Where that is a terminal the person is
// asked, and what is typed is not shown.
func (u *ui) readSecret(ctx context.Context) (string, error) {
	if in, isFile := u.in.(*os.File); isFile && term.IsTerminal(int(in.Fd())) {
		tty, err := openTerminal()
		if err != nil {
			return "", u.failure(say.noTerminal, say.noTerminalHint)
		}
		defer tty.close()
		return tty.askHidden(ctx, u.text(say.loginPrompt))
	}
	return await(ctx, func() (string, error) {
		text, err := io.ReadAll(io.LimitReader(u.in, maxSecret))
		return string(text), err
	})
}
