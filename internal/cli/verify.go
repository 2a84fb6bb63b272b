package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker-credential-helpers/credentials"
	"github.com/spf13/cobra"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/registry"
)

type verifyOptions struct {
	registry.VerifyOptions
	engine string
	stall  time.Duration // nothing arrives for so long
	json   bool
}

func newVerify(u *ui) *cobra.Command {
	o := verifyOptions{stall: time.Minute}
	cmd := &cobra.Command{
		Use:   "verify IMAGE...",
		Short: u.text(sayDoctor.verifyShort),
		Long:  u.text(sayDoctor.verifyLong),
		Example: "  docker-credential-ghcr verify ghcr.io/octo/app:1.2\n" +
			"  docker-credential-ghcr verify --all-platforms ghcr.io/octo/app ghcr.io/octo/base\n" +
			"  docker-credential-ghcr verify --engine podman ghcr.io/octo/app",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return u.usage(sayDoctor.noImage)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, image := range args {
				if github.KindOf(image) != github.NotAToken { // pasted in the wrong place: it is not repeated
					return u.usage(sayDoctor.noImage)
				}
			}
			return u.verify(cmd.Context(), args, o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.HeadOnly, "head", false, u.text(sayDoctor.verifyHead))
	f.StringVar(&o.Platform, "platform", "", u.text(sayDoctor.verifyPlatform))
	f.BoolVar(&o.AllPlatforms, "all-platforms", false, u.text(sayDoctor.verifyAll))
	f.StringVar(&o.engine, "engine", "", u.text(sayDoctor.verifyEngine))
	f.DurationVar(&o.stall, "timeout", o.stall, u.text(sayDoctor.verifyTimeout))
	f.BoolVar(&o.json, "json", false, u.text(say.flagJSON))
	cmd.MarkFlagsMutuallyExclusive("platform", "all-platforms")
	return cmd
}

// verifyReport is what verify --json prints. Fields are added, never changed.
type verifyReport struct {
	Version int           `json:"version"` // 1
	OK      bool          `json:"ok"`
	Images  []imageReport `json:"images"`
}

type imageReport struct {
	Image        string           `json:"image"`
	OK           bool             `json:"ok"`
	User         string           `json:"user,omitempty"` // whose credentials were sent, absent for none
	Digest       string           `json:"digest,omitempty"`
	MediaType    string           `json:"media_type,omitempty"`
	Platforms    []platformReport `json:"platforms,omitempty"`
	Bytes        int64            `json:"bytes"` // fetched and checked
	Milliseconds int64            `json:"ms"`
	Engine       string           `json:"engine,omitempty"`
	ExitCode     int              `json:"exit_code,omitempty"` // the engine's
	Problem      string           `json:"problem,omitempty"`
	Line         string           `json:"line,omitempty"` // of the engine's output
	Remedy       *remedy          `json:"remedy,omitempty"`
}

type platformReport struct {
	Platform string       `json:"platform,omitempty"`
	Digest   string       `json:"digest"`
	Blobs    []blobReport `json:"blobs,omitempty"`
}

type blobReport struct {
	Digest  string `json:"digest"`
	Size    int64  `json:"size"`
	Kind    string `json:"kind"` // config, layer
	State   string `json:"state"`
	Problem string `json:"problem,omitempty"`

	foreign bool // kept elsewhere
}

func (u *ui) verify(ctx context.Context, images []string, o verifyOptions) error {
	one := u.verifyImage
	if o.engine != "" {
		switch {
		case o.engine != "podman" && o.engine != "docker":
			return u.usage(sayDoctor.badEngine)
		case o.HeadOnly || o.AllPlatforms:
			return u.usage(sayDoctor.notWithEngine)
		}
		one = u.pullWithEngine
	}
	logins := map[string]login{}
	r := verifyReport{Version: 1, OK: true, Images: []imageReport{}}
	for _, image := range images {
		report := one(ctx, image, o, logins)
		if ctx.Err() != nil {
			return silentError{exitInterrupted}
		}
		r.Images = append(r.Images, report)
		r.OK = r.OK && report.OK
	}
	if o.json {
		if err := u.printJSON(r); err != nil {
			return err
		}
	}
	if !r.OK {
		return silentError{exitFailed}
	}
	return nil
}

// verifyImage fetches one image and tells how it went.
func (u *ui) verifyImage(ctx context.Context, image string, o verifyOptions, logins map[string]login) imageReport {
	report := imageReport{Image: shown(image)}
	if p := registry.NameProblem(image); p != nil && !isLocal(image) {
		report.Problem = u.text(sayDoctor.nameWrong, u.words(p.Words))
		report.Remedy = &remedy{Cause: report.Problem, Fix: u.text(sayDoctor.nameFix)}
		if p.Suggestion != "" {
			report.Remedy.Fix = u.text(sayDoctor.nameMeant, p.Suggestion)
		}
		u.tellVerified(report, o)
		return report
	}
	server, _, _ := strings.Cut(image, "/")
	got, asked := logins[server]
	if !asked {
		got = askHelper(ctx, server, u)
		logins[server] = got
		if got.err == nil && !o.json {
			u.tellLogin(server, got.auth)
		}
	}
	if got.err != nil {
		report.Problem = strings.TrimPrefix(got.err.Error(), helper.Name+": error: ")
		report.Remedy = u.explainedProblem(got.err.Error(), image)
		u.tellVerified(report, o)
		return report
	}
	report.User = got.auth.Username
	watch := watchFor(ctx, o.stall)
	defer watch.stop()
	show := u.newShow(o)
	o.Auth = got.auth
	o.Progress = func(p registry.Progress) {
		watch.alive()
		show.progress(p)
	}
	client := registry.Client{Transport: registryTransport(), UserAgent: helper.Name + "/" + helper.Version()}
	v, err := client.Verify(watch.ctx, image, o.VerifyOptions)
	show.end()
	report.fill(v)
	report.OK = err == nil
	if err != nil {
		report.Problem = err.Error()
		if watch.stalled() {
			report.Problem += " (" + u.text(sayDoctor.stalled, o.stall.String()) + ")"
		}
		var f *registry.Failure
		if errors.As(err, &f) && f.Finding != nil {
			r := u.remedyFound(registry.Finding{Row: f.Finding.Row, Image: image, Owner: f.Finding.Owner})
			report.Remedy = &r
		}
	}
	u.tellVerified(report, o)
	return report
}

// explainedProblem is what the table says of a text, nil if nothing.
func (u *ui) explainedProblem(text, image string) *remedy {
	f, found := registry.Explain(text)
	if !found {
		return nil
	}
	f.Image = image
	r := u.remedyFound(f)
	return &r
}

// isLocal reports an image in a registry on this machine, as tests use them.
func isLocal(image string) bool {
	server, _, _ := strings.Cut(image, "/")
	name, _, err := net.SplitHostPort(server)
	if err != nil {
		name = server
	}
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// shown is a word of the command line as it may be printed.
func shown(word string) string {
	if quoted := strconv.Quote(word); quoted != `"`+word+`"` {
		word = quoted
	}
	return withoutTokens(word)
}

func (r *imageReport) fill(v registry.Verified) {
	r.Digest, r.MediaType, r.Bytes, r.Milliseconds = v.Digest, v.MediaType, v.Bytes, v.Time.Milliseconds()
	for _, p := range v.Platforms {
		one := platformReport{Platform: p.Platform, Digest: p.Digest}
		for _, b := range p.Blobs {
			blob := blobReport{Digest: b.Digest, Size: b.Size, Kind: "layer", State: "ok", Problem: b.Problem, foreign: b.Foreign}
			if b.IsConfig {
				blob.Kind = "config"
			}
			switch {
			case b.Problem != "":
				blob.State = "bad"
			case !b.Checked:
				blob.State = "skipped"
			}
			one.Blobs = append(one.Blobs, blob)
		}
		r.Platforms = append(r.Platforms, one)
	}
}

// login is what the helper answers to an engine.
type login struct {
	auth registry.Auth
	err  error
}

// helperTime is more than a helper takes whose keyring waits for a password.
const helperTime = 2 * time.Minute

// askHelper runs this program as an engine runs it. Not-found means to go on
// without credentials.
func askHelper(ctx context.Context, server string, u *ui) login {
	ctx, cancel := context.WithTimeout(ctx, helperTime)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		return login{err: fmt.Errorf("cannot find %s itself: %w", helper.Name, err)}
	}
	cmd := exec.CommandContext(ctx, self, credentials.ActionGet)
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = strings.NewReader(server), &out, u.err, time.Second
	if err := cmd.Run(); err != nil {
		said := strings.TrimSpace(out.String())
		var exit *exec.ExitError
		switch {
		case credentials.IsErrCredentialsNotFoundMessage(said):
			return login{}
		case errors.As(err, &exit) && said != "":
			return login{err: errors.New(said)}
		}
		return login{err: fmt.Errorf("%s get: %w", helper.Name, err)}
	}
	var c credentials.Credentials
	if err := json.Unmarshal(out.Bytes(), &c); err != nil || c.Secret == "" {
		return login{err: fmt.Errorf("%s get: its answer cannot be read", helper.Name)} // and may hold the token
	}
	return login{auth: registry.Auth{Username: c.Username, Password: c.Secret}}
}

// watchdog ends a context when nothing moves.
type watchdog struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	limit  time.Duration
}

var errStalled = errors.New("nothing arrived any more")

func watchFor(ctx context.Context, limit time.Duration) *watchdog {
	w := &watchdog{limit: limit}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(limit, func() { w.cancel(errStalled) })
	return w
}

func (w *watchdog) alive()        { w.timer.Reset(w.limit) }
func (w *watchdog) stalled() bool { return errors.Is(context.Cause(w.ctx), errStalled) }
func (w *watchdog) stop()         { w.timer.Stop(); w.cancel(context.Canceled) }
