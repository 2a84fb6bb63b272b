package keyring

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/docker/docker-credential-helpers/client"
	"github.com/docker/docker-credential-helpers/credentials"
)

// delegate keeps records in another credential helper, docker-credential-NAME.
// The helper sees the host as server URL and the whole record as the secret.
type delegate struct {
	c    Config
	name string
}

func (d *delegate) binary() string { return "docker-credential-" + d.name }

func (d *delegate) Get(ctx context.Context, host string) (Record, error) {
	if err := checkHost(host); err != nil {
		return Record{}, err
	}
	text, err := d.get(ctx, host)
	if err != nil {
		return Record{}, err
	}
	return decode(text, d.binary())
}

func (d *delegate) Set(ctx context.Context, host string, r Record) error {
	if err := checkHost(host); err != nil {
		return err
	}
	text, err := r.encode()
	if err != nil {
		return err
	}
	err = d.run(ctx, r.Token, func(program client.ProgramFunc) error {
		return client.Store(program, &credentials.Credentials{ServerURL: host, Username: r.Username, Secret: text})
	})
	if err != nil {
		return err
	}
	got, err := d.get(ctx, host)
	if errors.Is(err, ErrNotFound) || err == nil && got != text {
		return fail(ErrNotStored, d.binary()+" did not keep the token", "")
	}
	return err
}

// Delete asks before and after: helpers differ in what they say when there was
// nothing to erase.
func (d *delegate) Delete(ctx context.Context, host string) error {
	if err := checkHost(host); err != nil {
		return err
	}
	if _, err := d.get(ctx, host); err != nil {
		return err
	}
	err := d.run(ctx, "", func(program client.ProgramFunc) error { return client.Erase(program, host) })
	if err != nil {
		return err
	}
	_, err = d.get(ctx, host)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err == nil {
		err = fail(ErrNotDeleted, d.binary()+" still has the token", "")
	}
	return err
}

func (d *delegate) get(ctx context.Context, host string) (text string, err error) {
	err = d.run(ctx, "", func(program client.ProgramFunc) error {
		got, err := client.Get(program, host)
		if err == nil {
			text = got.Secret
		}
		return err
	})
	return text, err
}

// run starts the helper once, with a token that it is to store, or none. It may
// ask a person for a passphrase, on a terminal too, so the limit is the long one.
func (d *delegate) run(ctx context.Context, token string, call func(client.ProgramFunc) error) error {
	if _, err := exec.LookPath(d.binary()); err != nil {
		return fail(ErrUnavailable, d.binary()+" is not on the PATH",
			"install it, or choose another place: docker-credential-ghcr login --storage keyring (or file)")
	}
	bound, cancel, limit := limited(ctx, d.c.limit(personLimit))
	defer cancel()
	var started *program
	_, err := bounded(context.WithoutCancel(bound), min(slow, limit/2), d.c.Waiting, func() (struct{}, error) {
		return struct{}{}, call(func(args ...string) client.Program {
			cmd := exec.CommandContext(bound, d.binary(), args...)
			cmd.WaitDelay = time.Second // a child of the helper may hold its output open
			started = &program{cmd: cmd, token: token}
			return started
		})
	})
	switch {
	case err == nil:
		return nil
	case credentials.IsErrCredentialsNotFound(err):
		return fail(ErrNotFound, d.binary()+" has no token for this host", "")
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case bound.Err() != nil:
		return fail(ErrTimeout, fmt.Sprintf("%s did not answer within %v", d.binary(), limit), "")
	case started == nil || started.err == nil || errors.Is(started.err, errTooMuch): // it succeeded, and what it printed is no answer
		return fail(ErrUnreadable, d.binary()+" gave no usable answer", "")
	}
	cause := d.binary() + " failed"
	if said := started.said(); said != "" {
		cause += ": " + said
	}
	return fail(ErrUnavailable, cause, "see what "+d.binary()+" list says, or choose another place: docker-credential-ghcr login --storage keyring (or file)")
}

// program is client.Program with a context and a memory of what went wrong. The
// client's own errors quote all output, secrets included.
type program struct {
	cmd    *exec.Cmd
	token  string // that it is to store
	stdout capped
	stderr capped
	err    error
}

func (p *program) Input(in io.Reader) { p.cmd.Stdin = in }

func (p *program) Output() ([]byte, error) {
	p.stdout.full = errTooMuch
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	p.err = p.cmd.Run()
	switch {
	case p.stdout.over: // whatever became of the helper when it was cut off
		p.err = errTooMuch
	case errors.Is(p.err, exec.ErrWaitDelay) && p.cmd.ProcessState.Success(): // it started an agent
		p.err = nil
	}
	return p.stdout.text, p.err
}

var errTooMuch = errors.New("too much output")

// capped keeps what a program says, up to far more than a record needs. It
// refuses the rest with the error full, or takes no note of it where that is nil.
type capped struct {
	text []byte
	over bool
	full error
}

func (c *capped) Write(p []byte) (int, error) {
	const most = 64 << 10
	room := min(len(p), most-len(c.text))
	c.text = append(c.text, p[:room]...)
	if room < len(p) {
		c.over = true
		return len(p), c.full
	}
	return len(p), nil
}

// secretLike finds what must not be repeated from another program's output: a
// record, a token, or a long run of characters, which may be either in base64.
// A get that does not need it must not pay for it.
var secretLike = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[{}]|gh[a-z]_|github_pat_|[0-9A-Za-z+/=_-]{20}`)
})

// said is the first line of the helper's complaint. After a store, the output may
// echo what was stored.
func (p *program) said() string {
	text := bytes.TrimSpace(p.stdout.text)
	if len(text) == 0 {
		text = bytes.TrimSpace(p.stderr.text)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if secretLike().MatchString(line) || sharesPiece(line, p.token) {
		return ""
	}
	return oneLine(line, 100)
}

// sharesPiece reports whether a part of a token stands in a text.
func sharesPiece(text, token string) bool {
	const piece = 6
	for i := range max(0, len(token)-piece+1) {
		if strings.Contains(text, token[i:i+piece]) {
			return true
		}
	}
	return false
}
