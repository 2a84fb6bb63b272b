package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
)

// secret is the command `secret` with what its three verbs share.
type secret struct {
	*ci
	repos      []string
	org, env   string
	app        string
	name       string
	visibility string
	share      []string
}

func newSecret(u *ui) *cobra.Command { return newCI(u).secretCommand() }

func (c *ci) secretCommand() *cobra.Command {
	s := &secret{ci: c}
	cmd := &cobra.Command{
		Use: "secret", Short: c.text(sayCI.secretShort), Long: c.text(sayCI.secretLong),
		Args: cobra.NoArgs,
		Example: "  docker-credential-ghcr secret set --repo OWNER/NAME\n" +
			"  docker-credential-ghcr secret check",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Usage() },
	}
	set := &cobra.Command{
		Use: "set", Short: c.text(sayCI.setShort), Long: c.text(sayCI.setLong), Args: cobra.NoArgs,
		Example: "  docker-credential-ghcr secret set --repo OWNER/NAME\n" +
			"  docker-credential-ghcr secret set --repo OWNER/NAME --app dependabot\n" +
			"  docker-credential-ghcr secret set --repo OWNER/NAME --env production --name CR_PAT\n" +
			"  docker-credential-ghcr secret set --org OWNER --visibility selected --share OWNER/NAME",
		RunE: func(cmd *cobra.Command, _ []string) error { return s.set(cmd.Context()) },
	}
	s.placeFlags(set)
	s.nameFlag(set)
	set.Flags().StringVar(&s.visibility, "visibility", "", c.text(sayCI.flagVisibility))
	set.Flags().StringSliceVar(&s.share, "share", nil, c.text(sayCI.flagShare))
	list := &cobra.Command{
		Use: "list", Short: c.text(sayCI.listShort), Long: c.text(sayCI.listLong), Args: cobra.NoArgs,
		Example: "  docker-credential-ghcr secret list --repo OWNER/NAME",
		RunE:    func(cmd *cobra.Command, _ []string) error { return s.list(cmd.Context()) },
	}
	s.placeFlags(list)
	check := &cobra.Command{
		Use: "check", Short: c.text(sayCI.checkShort), Long: c.text(sayCI.checkLong), Args: cobra.NoArgs,
		Example: "  docker-credential-ghcr secret check\n" +
			"  docker-credential-ghcr secret check --repo OWNER/NAME --name CR_PAT",
		RunE: func(cmd *cobra.Command, _ []string) error { return s.check(cmd.Context()) },
	}
	s.placeFlags(check)
	s.nameFlag(check)
	cmd.AddCommand(set, list, check)
	return cmd
}

func (s *secret) placeFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringSliceVar(&s.repos, "repo", nil, s.text(sayCI.flagRepos))
	f.StringVar(&s.org, "org", "", s.text(sayCI.flagOrg))
	f.StringVar(&s.env, "env", "", s.text(sayCI.flagEnv))
	f.StringVar(&s.app, "app", "actions", s.text(sayCI.flagApp))
	s.flags(cmd)
}

func (s *secret) nameFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.name, "name", "GHCR_TOKEN", s.text(sayCI.flagName))
}

// places are those that the flags name.
func (s *secret) places() ([]github.SecretPlace, error) {
	if s.app != "actions" && s.app != "dependabot" {
		return nil, &usageError{fmt.Errorf("--app %q: actions or dependabot", s.app)}
	}
	if len(s.repos) == 0 && s.org == "" {
		return nil, s.usage(sayUsage.needPlace)
	}
	base := github.SecretPlace{Org: s.org, Env: s.env, Dependabot: s.app == "dependabot"}
	list := []github.SecretPlace{base}
	if len(s.repos) > 0 {
		list = nil
	}
	for _, repo := range s.repos {
		place := base
		place.Repo = repo
		list = append(list, place)
	}
	for _, place := range list {
		if err := place.Check(); err != nil {
			return nil, &usageError{err}
		}
	}
	return list, nil
}

func (s *secret) sharing() error {
	switch v := github.Visibility(s.visibility); {
	case s.org == "" && (v != "" || len(s.share) > 0):
		return &usageError{errors.New("--visibility and --share are for secrets of an organization (--org)")}
	case !slices.Contains([]github.Visibility{"", github.AllRepos, github.PrivateRepos, github.SelectedRepos}, v):
		return &usageError{fmt.Errorf("--visibility %q: all, private or selected", s.visibility)}
	case (v == github.SelectedRepos) != (len(s.share) > 0):
		return &usageError{errors.New("--visibility selected and --share OWNER/NAME go together")}
	}
	return nil
}

func (s *secret) set(ctx context.Context) error {
	target, err := s.target()
	if err != nil {
		return err
	}
	places, err := s.places()
	if err != nil {
		return err
	}
	if err := errors.Join(github.CheckSecretName(s.name), s.sharing()); err != nil {
		return &usageError{err}
	}
	user, token, err := s.lasting(ctx, target)
	if err != nil {
		return err
	}
	actions, auth, err := s.actions(ctx, target, scopesOf(places)...)
	if err != nil {
		return err
	}
	w := writer{ci: s.ci, target: target, actions: actions, auth: auth, token: token}
	for _, place := range places {
		if err := w.write(ctx, place, github.NewSecret{Name: s.name, Visibility: github.Visibility(s.visibility), Repos: s.share}); err != nil {
			return err
		}
		s.line(markOK, s.text(sayCI.isSet, s.name, place))
	}
	s.say(sayCI.useIt, s.name, s.name, user)
	return nil
}

func scopesOf(places []github.SecretPlace) []string {
	var scopes []string
	for _, place := range places {
		if scope := place.Scope(); !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// lasting gives the registry's token, after a look whether it is worth keeping
// as a secret.
func (s *secret) lasting(ctx context.Context, target host.Host) (user, token string, err error) {
	user, token, source, err := s.vault(ctx).Credential(target)
	if err != nil {
		return "", "", err
	}
	if source == helper.FromActions || github.KindOf(token) == github.AppServer {
		return "", "", s.failure(sayCI.shortLived, sayCI.shortLivedHint, source)
	}
	gh, err := s.client(target)
	if err != nil {
		return "", "", err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	facts, err := gh.Check(ctx, token)
	login := helper.Name + " login"
	switch {
	case errors.Is(err, github.ErrBadCredentials):
		return "", "", &hintedError{text: s.text(sayCI.valueDead, target.Registry), hint: login, err: err}
	case err != nil:
		return "", "", err
	case facts.Scopes.Known && !facts.Scopes.Include(github.ReadPackages):
		return "", "", &hintedError{text: s.text(sayCI.valueUseless, target.Registry, facts.Scopes.Packages()), hint: login}
	case facts.Scopes.Known && !facts.Scopes.Include(github.WritePackages):
		s.warn(sayCI.valuePullOnly, target.Registry)
	}
	if slices.Contains(facts.Scopes.List, github.RepoScope) {
		s.warn(sayCI.valueTooWide, target.Registry)
	}
	return user, token, nil
}

// writer writes one token into many secrets, and each into the ledger.
type writer struct {
	*ci
	target  host.Host
	actions *github.Actions
	auth    authToken
	token   string
}

func (w writer) write(ctx context.Context, place github.SecretPlace, s github.NewSecret) error {
	book, err := openLedger(w.getenv)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	s.Value = w.token
	if err := w.actions.SetSecret(ctx, place, s); err != nil {
		return w.refusal(w.target, w.auth, place.String(), err)
	}
	now, err := w.actions.Secret(ctx, place, s.Name)
	if err != nil {
		return w.refusal(w.target, w.auth, place.String(), err)
	}
	return book.put(ctx, placed{
		Registry: w.target.Registry, SecretPlace: place, Name: strings.ToUpper(s.Name),
		TokenHash: hashOf(w.token), Updated: now.Updated,
	})
}

// exists tells a secret that somebody deleted from one that this token may not
// see: GitHub answers 404 to both.
func (w writer) exists(ctx context.Context, p placed) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	list, err := w.actions.Secrets(ctx, p.SecretPlace)
	if err != nil {
		return false, w.refusal(w.target, w.auth, p.String(), err)
	}
	return slices.ContainsFunc(list, func(s github.Secret) bool { return strings.EqualFold(s.Name, p.Name) }), nil
}

func (s *secret) list(ctx context.Context) error {
	target, err := s.target()
	if err != nil {
		return err
	}
	places, err := s.places()
	if err != nil {
		return err
	}
	actions, auth, err := s.actions(ctx, target, scopesOf(places)...)
	if err != nil {
		return err
	}
	for _, place := range places {
		ctx, cancel := context.WithTimeout(ctx, callTimeout)
		list, err := actions.Secrets(ctx, place)
		cancel()
		if err != nil {
			return s.refusal(target, auth, place.String(), err)
		}
		if len(list) == 0 {
			s.say(sayCI.noSecrets, place, place.Page(target.Web))
		}
		for _, each := range list {
			s.print(fmt.Sprintf("%-30s  %-40s  %s", each.Name, place, s.age(each.Updated)))
		}
	}
	return nil
}
