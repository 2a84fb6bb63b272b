package cli

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
)

// callTimeout bounds one thing that is asked of GitHub.
const callTimeout = 30 * time.Second

// vault is what the commands for CI need of the helper.
type vault interface {
	Credential(host.Host) (user, token string, source helper.Source, err error)
	Status() ([]helper.HostStatus, error)
	Store(helper.StoreRequest) (helper.Stored, error)
}

// ci is what the commands for CI share.
type ci struct {
	*ui
	host      string // --host
	authStdin bool   // --auth-token-stdin

	// Replaced in tests.
	api   func(host.Host) string
	vault func(context.Context) vault
	now   func() time.Time
}

func newCI(u *ui) *ci {
	return &ci{
		ui:    u,
		api:   func(h host.Host) string { return h.API },
		vault: func(ctx context.Context) vault { return u.helper(ctx) },
		now:   time.Now,
	}
}

// flags adds what all of them take.
func (c *ci) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.host, "host", host.DefaultRegistry, c.text(sayCI.flagHost))
	cmd.Flags().BoolVar(&c.authStdin, "auth-token-stdin", false, c.text(sayCI.flagAuthStdin))
}

// target is the registry that --host names; with it goes the GitHub to speak to.
func (c *ci) target() (host.Host, error) {
	target, err := host.Parse(c.host)
	if err != nil {
		return host.Host{}, &usageError{fmt.Errorf("--host %q: %w", c.host, err)}
	}
	return target, nil
}

func (c *ci) client(target host.Host) (*github.Client, error) {
	return github.New(c.api(target), helper.Name+"/"+helper.Version())
}

// authToken is the token with which GitHub Actions is reached. It is never the
// registry's: that one need not, and should not, reach repositories.
type authToken struct {
	value string
	from  string // where it was found, for people
}

// findAuth looks for a token where gh itself would: a token of github.com never
// goes to an Enterprise Server, nor the other way round.
// Source: cli.github.com, "gh environment".
func (c *ci) findAuth(ctx context.Context, target host.Host) (authToken, error) {
	if c.authStdin {
		text, err := c.readSecret(ctx)
		if errors.Is(err, context.Canceled) {
			return authToken{}, c.interrupted(err)
		}
		if value := helper.Bare(text); err == nil && value != "" {
			return authToken{value, "--auth-token-stdin"}, nil
		}
		return authToken{}, c.failure(sayCI.stdinEmpty, sayCI.stdinEmptyHint)
	}
	web := strings.TrimPrefix(target.Web, "https://")
	variable := "GH_TOKEN"
	if web != "github.com" && !strings.HasSuffix(web, ".ghe.com") {
		variable = "GH_ENTERPRISE_TOKEN"
	}
	if value := helper.Bare(c.getenv(variable)); value != "" {
		return authToken{value, variable}, nil
	}
	if value, err := ghToken(ctx, web); err == nil && value != "" {
		return authToken{value, "gh auth token"}, nil
	}
	return authToken{}, &hintedError{
		text: c.text(sayCI.noAuth, web),
		hint: c.text(sayCI.noAuthHint, web, variable, target.NewTokenURL(github.RepoScope)),
	}
}

// ghToken asks GitHub's own command line tool for its token.
func ghToken(ctx context.Context, web string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	gh := exec.CommandContext(ctx, "gh", "auth", "token", "-h", web)
	gh.WaitDelay = time.Second
	out, err := gh.Output()
	return strings.TrimSpace(string(out)), err
}

// actions finds the token for GitHub Actions and makes sure that it may do what
// it is needed for, where GitHub tells the scopes.
func (c *ci) actions(ctx context.Context, target host.Host, scopes ...string) (*github.Actions, authToken, error) {
	auth, err := c.findAuth(ctx, target)
	if err != nil {
		return nil, auth, err
	}
	gh, err := c.client(target)
	if err != nil {
		return nil, auth, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	facts, err := gh.Check(ctx, auth.value)
	if err != nil {
		return nil, auth, c.refusal(target, auth, "", err)
	}
	for _, scope := range scopes {
		if facts.Scopes.Known && !facts.Scopes.Include(scope) {
			hint := c.text(sayCI.scopeHint, scope, target.NewTokenURL(scope))
			if github.KindOf(auth.value) == github.OAuth {
				hint = c.text(sayCI.scopeHintGH, strings.TrimPrefix(target.Web, "https://"), scope)
			}
			return nil, auth, &hintedError{text: c.text(sayCI.scopeMissing, auth.from, scope), hint: hint}
		}
	}
	return gh.Actions(auth.value), auth, nil
}

// refusal words what GitHub answered to a request about a repository or an
// organization.
func (c *ci) refusal(target host.Host, auth authToken, what string, err error) error {
	var refused *github.Refused
	switch {
	case errors.Is(err, github.ErrBadCredentials):
		return &hintedError{text: c.text(sayCI.authDead, auth.from), hint: c.text(sayCI.authDeadHint, target.NewTokenURL(github.RepoScope)), err: err}
	case !errors.As(err, &refused):
		return err
	case refused.SSO != "":
		return &hintedError{text: c.text(sayCI.needsSSO, what), hint: c.text(sayCI.needsSSOHint, refused.SSO), err: err}
	case refused.NotFound():
		return &hintedError{text: c.text(sayCI.notFound, what, auth.from), hint: c.text(sayCI.notFoundHint), err: err}
	case refused.Needs != "":
		return &hintedError{text: c.text(sayCI.refused, what, refused.Message), hint: c.text(sayCI.needsHint, refused.Needs), err: err}
	}
	return &hintedError{text: c.text(sayCI.refused, what, refused.Error()), hint: c.text(sayCI.refusedHint, auth.from), err: err}
}

// age says how long ago something was.
func (c *ci) age(at time.Time) string {
	d := c.now().Sub(at)
	switch {
	case at.IsZero():
		return c.text(sayCI.ageUnknown)
	case d < time.Minute:
		return c.text(sayCI.ageNow)
	case d < time.Hour:
		return c.text(sayCI.ageMinutes, int(d.Minutes()))
	case d < 48*time.Hour:
		return c.text(sayCI.ageHours, int(d.Hours()))
	}
	return c.text(sayCI.ageDays, int(d.Hours()/24))
}
