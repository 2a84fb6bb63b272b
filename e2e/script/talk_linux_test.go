package script

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// openPTY makes a pseudo-terminal: what the person has, and what the program gets.
func openPTY() (person, program *os.File, err error) {
	person, err = os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	fd := int(person.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		return nil, nil, err
	}
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		return nil, nil, err
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	return person, program, err
}

// screen gathers what a terminal shows, and lets a reader wait for a text.
type screen struct {
	mu      sync.Mutex
	text    bytes.Buffer
	seen    int // up to where expect has looked
	changed chan struct{}
	closed  bool
}

func (s *screen) fill(from io.Reader) {
	for one := make([]byte, 4096); ; {
		n, err := from.Read(one)
		s.mu.Lock()
		s.text.Write(one[:n])
		s.closed = err != nil
		close(s.changed)
		s.changed = make(chan struct{})
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// expect returns when text has been shown after what was expected before.
func (s *screen) expect(ctx context.Context, text string) error {
	for {
		s.mu.Lock()
		rest, changed, closed := s.text.String()[s.seen:], s.changed, s.closed
		if i := strings.Index(rest, text); i >= 0 {
			s.seen += i + len(text)
			s.mu.Unlock()
			return nil
		}
		s.mu.Unlock()
		if closed {
			return fmt.Errorf("the terminal closed without %q; it showed:\n%s", text, rest)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%q did not come; the terminal shows:\n%s", text, rest)
		}
	}
}

// cmdTalk runs the program on a terminal of its own, as a person does. stdin is
// a pipe that is empty, unless -stdin makes it the terminal too.
func cmdTalk(ts *testscript.TestScript, neg bool, args []string) {
	isStdin := len(args) > 0 && args[0] == "-stdin"
	if isStdin {
		args = args[1:]
	}
	if len(args) < 1 {
		ts.Fatalf("usage: talk [-stdin] FILE WORD...")
	}
	s := stageOf(ts)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	person, tty, err := openPTY()
	ts.Check(err)
	defer func() { _ = person.Close() }()
	cmd := exec.CommandContext(ctx, filepath.Join(bin, program), args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{
		"HOME", "PATH", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "HTTPS_PROXY", "https_proxy", "SSL_CERT_FILE", "LANG", "LC_ALL",
		"DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "NO_COLOR", "TERM", "SSH_TTY",
	} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	cmd.Stdin = strings.NewReader("")
	if isStdin {
		cmd.Stdin = tty
	}
	cmd.Stdout, cmd.Stderr = tty, tty
	cmd.ExtraFiles = []*os.File{tty} // file 3 becomes the controlling terminal
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 3}
	ts.Check(cmd.Start())
	_ = tty.Close()
	show := &screen{changed: make(chan struct{})}
	filled := make(chan struct{})
	go func() { show.fill(person); close(filled) }()
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		word, rest, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		switch word {
		case "expect":
			ts.Check(show.expect(ctx, rest))
		case "send":
			_, err = io.WriteString(person, strings.NewReplacer(`\n`, "\n", `\x03`, "\x03").Replace(rest))
			ts.Check(err)
		case "token":
			_, err = io.WriteString(person, s.known(ts, rest).Value+"\n")
			ts.Check(err)
		case "", "#":
		default:
			ts.Fatalf("%s: unknown word %s", args[0], word)
		}
	}
	err = cmd.Wait()
	<-filled
	shown := show.text.String()
	ts.Logf("[terminal]\n%s", shown)
	s.leaks(ts, shown)
	ts.Check(os.WriteFile(ts.MkAbs("terminal"), []byte(shown), 0o600))
	ended(ts, neg, err)
}
