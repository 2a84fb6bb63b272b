package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
)

type rotate struct {
	*ci
	withToken bool
	noBrowser bool

	ask func(context.Context) (string, error) // for the new token
}

func newRotate(u *ui) *cobra.Command { return newCI(u).rotateCommand(u.askToken) }

func (c *ci) rotateCommand(ask func(context.Context) (string, error)) *cobra.Command {
	r := &rotate{ci: c, ask: ask}
	cmd := &cobra.Command{
		Use: "rotate", Short: r.text(sayCI.rotateShort), Long: r.text(sayCI.rotateLong), Args: cobra.NoArgs,
		Example: "  docker-credential-ghcr rotate\n" +
			"  docker-credential-ghcr rotate --with-token < new-token.txt",
		RunE: func(cmd *cobra.Command, _ []string) error { return r.rotate(cmd.Context()) },
	}
	cmd.Flags().BoolVar(&r.withToken, "with-token", false, r.text(sayCI.flagWithToken))
	cmd.Flags().BoolVar(&r.noBrowser, "no-browser", false, r.text(sayCI.flagNoBrowser))
	r.flags(cmd)
	return cmd
}

// askToken asks the person at the terminal for a token.
func (u *ui) askToken(ctx context.Context) (string, error) {
	t, err := openTerminal()
	if err != nil {
		return "", u.failure(sayCI.noTerminal, sayCI.noTerminalHint)
	}
	defer t.close()
	return t.askHidden(ctx, u.text(sayCI.pasteToken))
}

func (r *rotate) rotate(ctx context.Context) error {
	target, err := r.target()
	if err != nil {
		return err
	}
	if r.withToken && r.authStdin {
		return &usageError{errors.New("--with-token and --auth-token-stdin cannot both read stdin")}
	}
	book, err := openLedger(r.getenv)
	if err != nil {
		return err
	}
	_, old, source, err := r.vault(ctx).Credential(target)
	if err != nil {
		return err
	}
	if source != helper.FromStore {
		return r.failure(sayCI.notStored, sayCI.notStoredHint, target.Registry, source)
	}
	state, goesOn, err := book.rotation(target.Registry)
	if err != nil {
		return err
	}
	goesOn = goesOn && state.NewHash == hashOf(old) // else it ended before the new token was stored
	secrets, err := book.secrets(target.Registry)
	if err != nil {
		return err
	}
	var w writer
	if len(secrets) > 0 { // find out first whether they can be updated
		if w, err = r.writer(ctx, target, secrets); err != nil {
			return err
		}
	}
	token := old
	if goesOn {
		r.line(markOK, r.text(sayCI.goesOn, r.age(state.Began)))
	} else if token, err = r.replace(ctx, target, book, old, len(secrets)); err != nil {
		return err
	}
	w.token = token
	if err := r.update(ctx, w, book, secrets); err != nil {
		return err
	}
	if err := r.verify(ctx, target, token); err != nil {
		return err
	}
	r.say(sayCI.revokeOld, target.TokensURL())
	return book.end(ctx, target.Registry)
}

func (r *rotate) writer(ctx context.Context, target host.Host, secrets []placed) (writer, error) {
	var places []github.SecretPlace
	for _, p := range secrets {
		places = append(places, p.SecretPlace)
	}
	actions, auth, err := r.actions(ctx, target, scopesOf(places)...)
	return writer{ci: r.ci, target: target, actions: actions, auth: auth}, err
}

// replace gets a new token that may do what the old one may, and stores it.
func (r *rotate) replace(ctx context.Context, target host.Host, book ledger, old string, secrets int) (string, error) {
	gh, err := r.client(target)
	if err != nil {
		return "", err
	}
	oldFacts, oldLogin, err := r.facts(ctx, gh, old)
	isDead := errors.Is(err, github.ErrBadCredentials)
	if err != nil && !isDead {
		return "", err
	}
	needs := packageScopes(oldFacts.Scopes)
	page := target.NewTokenURL(strings.Join(needs, ","))
	token, err := r.read(ctx, page, secrets)
	if err != nil {
		return "", err
	}
	if token == old {
		return "", r.failure(sayCI.sameToken, sayCI.sameTokenHint)
	}
	// Written before the token is stored: whatever happens in between, what is
	// left to do can be told from what the store holds.
	if err := book.begin(ctx, target.Registry, rotation{OldHash: hashOf(old), NewHash: hashOf(token), Began: r.now().UTC()}); err != nil {
		return "", err
	}
	done, err := r.vault(ctx).Store(helper.StoreRequest{ServerURL: target.Registry, Secret: token, Require: needs})
	if err != nil {
		return "", errors.Join(err, book.end(ctx, target.Registry))
	}
	if !isDead && oldLogin != "" && done.Username != oldLogin {
		r.warn(sayCI.otherAccount, done.Username, oldLogin)
	}
	r.line(markOK, r.text(sayCI.newStored, done.Username, done.Scopes.Packages()))
	return token, nil
}

// packageScopes are the scopes that the new token needs as well. Of a token
// whose scopes are not known the usual one is asked for.
func packageScopes(s github.Scopes) []string {
	var needs []string
	for _, scope := range []string{github.ReadPackages, github.WritePackages, github.DeletePackages} {
		if slices.Contains(s.List, scope) {
			needs = append(needs, scope)
		}
	}
	if len(needs) == 0 {
		needs = []string{github.WritePackages}
	}
	return needs
}

func (r *rotate) facts(ctx context.Context, gh *github.Client, token string) (github.Facts, string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	facts, err := gh.Check(ctx, token)
	login := ""
	if err == nil && github.KindOf(token) != github.AppServer {
		login, err = gh.Login(ctx, token)
	}
	return facts, login, err
}

// read gets the new token from stdin or from the person.
func (r *rotate) read(ctx context.Context, page string, secrets int) (string, error) {
	if r.withToken {
		text, err := r.readSecret(ctx)
		if errors.Is(err, context.Canceled) {
			return "", r.interrupted(err)
		}
		token := helper.Bare(text)
		if err != nil || token == "" {
			return "", r.failure(sayCI.stdinEmpty, sayCI.stdinEmptyHint)
		}
		return token, nil
	}
	r.say(sayCI.makeNew, page, secrets)
	if !r.noBrowser {
		r.open(page)
	}
	text, err := r.ask(ctx)
	return helper.Bare(text), err
}

// update writes the token into every secret that does not hold it yet. One that
// fails does not stop the others.
func (r *rotate) update(ctx context.Context, w writer, book ledger, secrets []placed) error {
	var failed int
	for _, p := range secrets {
		if p.TokenHash == hashOf(w.token) {
			r.line(markOK, r.text(sayCI.isSetAlready, p.Name, p))
			continue
		}
		found, err := w.exists(ctx, p)
		switch {
		case err == nil && !found:
			r.line(markWarn, r.text(sayCI.isGone, p.Name, p))
			err = book.forget(ctx, p)
		case err == nil:
			if err = w.write(ctx, p.SecretPlace, github.NewSecret{Name: p.Name}); err == nil {
				r.line(markOK, r.text(sayCI.isSet, p.Name, p))
			}
		}
		var refused *github.Refused
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &refused) && refused.NotFound():
			// A repository that is gone must not hold up the rotation for good.
			r.line(markWarn, r.text(sayCI.outOfReach, p.Name, p, w.auth.from))
		case err != nil:
			failed++
			r.line(markBad, r.text(sayCI.isNotSet, p.Name, p))
			r.fail(err)
		}
	}
	if failed > 0 {
		return &hintedError{text: r.text(sayCI.halfDone, failed, len(secrets)), hint: r.text(sayCI.halfDoneHint, helper.Name)}
	}
	return nil
}

// verify reads the token back as an engine would and asks GitHub about it.
func (r *rotate) verify(ctx context.Context, target host.Host, token string) error {
	user, stored, _, err := r.vault(ctx).Credential(target)
	if err != nil {
		return err
	}
	if stored != token {
		return r.failure(sayCI.changedMeanwhile, sayCI.halfDoneHint, target.Registry)
	}
	gh, err := r.client(target)
	if err != nil {
		return err
	}
	facts, _, err := r.facts(ctx, gh, stored)
	if err != nil {
		return err
	}
	r.line(markOK, r.text(sayCI.verified, user, facts.Scopes.Packages()))
	return nil
}
