package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// loginOptions are the flags of login.
type loginOptions struct {
	host        host.Host
	readOnly    bool
	delete      bool
	noBrowser   bool
	withToken   bool
	fromGH      bool
	storage     string
	force       bool
	dryRun      bool
	noConfigure bool
}

func newLogin(u *ui) *cobra.Command {
	var o loginOptions
	cmd := &cobra.Command{
		Use:   "login [HOST]",
		Short: u.text(say.loginShort),
		Long:  u.text(say.loginLong),
		Example: "  docker-credential-ghcr login\n" +
			"  docker-credential-ghcr login --read-only\n" +
			"  docker-credential-ghcr login --with-token < token.txt\n" +
			"  docker-credential-ghcr login --from-gh",
		Args: atMostOneHost,
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if o.host, err = u.hostOf(args); err != nil {
				return err
			}
			return u.login(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.readOnly, "read-only", false, u.text(say.loginReadOnly))
	f.BoolVar(&o.delete, "delete", false, u.text(say.loginDelete))
	f.BoolVar(&o.noBrowser, "no-browser", false, u.text(say.loginNoBrowser))
	f.BoolVar(&o.withToken, "with-token", false, u.text(say.loginWithToken))
	f.BoolVar(&o.fromGH, "from-gh", false, u.text(say.loginFromGH))
	f.StringVar(&o.storage, "storage", "", u.text(say.loginStorage))
	f.BoolVar(&o.force, "force", false, u.text(say.loginForce))
	f.BoolVar(&o.dryRun, "dry-run", false, u.text(say.flagDryRun))
	f.BoolVar(&o.noConfigure, "no-configure", false, u.text(say.loginNoConfigure))
	cmd.MarkFlagsMutuallyExclusive("with-token", "from-gh")
	cmd.MarkFlagsMutuallyExclusive("read-only", "delete")
	return cmd
}

// scopes are those that the token is to have.
func (o loginOptions) scopes() []string {
	switch {
	case o.readOnly:
		return []string{github.ReadPackages}
	case o.delete:
		return []string{github.WritePackages, github.DeletePackages}
	}
	return []string{github.WritePackages}
}

// page makes a token with the scopes ticked. GitHub's plain page would tick
// repo along with write:packages.
func (o loginOptions) page() string {
	note := helper.Name
	if name, err := os.Hostname(); err == nil {
		note += " on " + name
	}
	return o.host.NewTokenURL(strings.Join(o.scopes(), ",")) + "&description=" + url.QueryEscape(note)
}

func (u *ui) login(ctx context.Context, o loginOptions) error {
	place := keyring.Place("")
	if o.storage != "" {
		var err error
		if place, err = keyring.ParsePlace(o.storage); err != nil {
			return &usageError{err}
		}
	}
	h := u.helper(ctx)
	if o.dryRun {
		u.say(say.loginWould, o.host.Registry, strings.Join(o.scopes(), ", "), o.page())
		return u.configureAfterLogin(ctx, o)
	}
	request := helper.StoreRequest{
		ServerURL: o.host.Registry, Storage: place, Force: o.force, Require: o.scopes(),
	}
	if o.force {
		request.Require = nil
	}
	stored, err := u.obtain(ctx, h, o, request)
	if err != nil {
		return err
	}
	u.loggedIn(stored)
	if err := u.configureAfterLogin(ctx, o); err != nil {
		return err
	}
	return u.offerMigration(ctx, o.host)
}

// obtain gets a token from where the flags say and stores it.
func (u *ui) obtain(ctx context.Context, h *helper.Helper, o loginOptions, r helper.StoreRequest) (helper.Stored, error) {
	var err error
	switch {
	case o.withToken:
		r.Secret, err = u.readSecret(ctx)
	case o.fromGH:
		r.Secret, err = u.tokenOfGH(ctx, o)
	default:
		return u.askForToken(ctx, h, o, r)
	}
	if err != nil {
		return helper.Stored{}, u.interrupted(err)
	}
	return h.Store(r)
}

// mostAttempts bounds how often a person is asked for a token: GitHub locks an
// account out after repeated bad ones.
const mostAttempts = 5

// askForToken shows where tokens are made, and asks until one will do.
func (u *ui) askForToken(ctx context.Context, h *helper.Helper, o loginOptions, r helper.StoreRequest) (helper.Stored, error) {
	tty, err := openTerminal()
	if err != nil {
		return helper.Stored{}, u.failure(say.noTerminal, say.noTerminalHint)
	}
	defer tty.close()
	page := o.page()
	u.say(say.loginPage, o.host.Registry, page)
	if !o.noBrowser && u.open(page) {
		u.say(say.loginOpened)
	}
	for attempt := 1; ; attempt++ {
		r.Secret, err = tty.askHidden(ctx, u.text(say.loginPrompt))
		if err != nil {
			return helper.Stored{}, u.interrupted(err)
		}
		if github.LooksMistyped(helper.Bare(r.Secret)) {
			u.warn(say.loginMistyped)
		}
		stored, err := h.Store(r)
		if !errors.Is(err, helper.ErrToken) || attempt == mostAttempts {
			return stored, err
		}
		u.fail(err)
	}
}

// interrupted says what Control-C at a prompt leaves behind: nothing.
func (u *ui) interrupted(err error) error {
	if errors.Is(err, context.Canceled) {
		u.warn(say.nothingChanged)
		return silentError{exitInterrupted}
	}
	return err
}

// tokenOfGH is gh's token, or how to come by one.
func (u *ui) tokenOfGH(ctx context.Context, o loginOptions) (string, error) {
	web := strings.TrimPrefix(o.host.Web, "https://")
	token, err := ghToken(ctx, web)
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", &hintedError{text: u.text(say.ghMissing), hint: "https://cli.github.com"}
	case err != nil || token == "":
		return "", &hintedError{text: u.text(say.ghNoToken, web), hint: fmt.Sprintf("gh auth login -h %s -s %s", web, strings.Join(o.scopes(), ","))}
	}
	return token, nil
}

// loggedIn tells whose token it is, what it may do, how long, and where it rests.
func (u *ui) loggedIn(s helper.Stored) {
	switch {
	case s.Storage == "":
		return // it is the environment's, and the helper has said so
	case !s.Verified:
		u.line(markWarn, u.text(say.loginUnverified, s.Host.Registry, s.Username))
	default:
		u.line(markOK, u.text(say.loginDone, s.Host.Registry, s.Username))
		may := markOK
		if s.Scopes.Known && !s.Scopes.Include(github.ReadPackages) {
			may = markWarn
		}
		u.line(may, u.text(say.loginMay, u.rights(s.Scopes)))
		if slices.Contains(s.Scopes.List, github.RepoScope) {
			u.line(markWarn, u.text(say.tooWide))
		}
	}
	if !s.Expires.IsZero() {
		u.line(markOK, u.expiry(s.Expires, time.Now()))
	} else if s.Verified {
		u.line(markOK, u.text(say.neverExpires))
	}
	u.line(markOK, u.text(say.restsIn, u.placeWords(s.Storage)))
}

// rights says in words what scopes allow.
func (u *ui) rights(s github.Scopes) string {
	if !s.Known {
		return u.text(say.rightsUnknown)
	}
	var words []string
	for _, right := range []struct {
		scope string
		word  message
	}{{github.ReadPackages, say.canPull}, {github.WritePackages, say.canPush}, {github.DeletePackages, say.canDelete}} {
		if s.Include(right.scope) {
			words = append(words, u.text(right.word))
		}
	}
	if len(words) == 0 {
		return u.text(say.rightsNone)
	}
	return strings.Join(words, u.text(say.comma)) + " (" + s.Packages() + ")"
}

func (u *ui) expiry(at, now time.Time) string {
	day := at.Local().Format(time.DateOnly)
	days := helper.DaysLeft(at.Local(), now)
	switch {
	case at.Before(now):
		return u.text(say.expired, day)
	case days == 0:
		return u.text(say.expiresToday, day)
	case days == 1:
		return u.text(say.expiresTomorrow, day)
	}
	return u.text(say.expires, day, days)
}

func (u *ui) placeWords(p keyring.Place) string {
	switch p {
	case keyring.Keyring:
		return u.text(say.placeKeyring)
	case keyring.File:
		return u.text(say.placeFile)
	}
	return u.text(say.placeHelper, "docker-credential-"+strings.TrimPrefix(string(p), "helper:"))
}
