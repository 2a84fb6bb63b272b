package github

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	gogithub "github.com/google/go-github/v62/github"
	"golang.org/x/crypto/nacl/box"
)

// SecretPlace is where a secret of GitHub Actions rests: a repository, an
// organization or an environment of a repository. Runs that Dependabot starts
// see Dependabot's secrets in place of them.
type SecretPlace struct {
	Repo       string `json:"repo,omitempty"` // OWNER/NAME
	Org        string `json:"org,omitempty"`  // instead of Repo
	Env        string `json:"env,omitempty"`  // with Repo
	Dependabot bool   `json:"dependabot,omitempty"`
}

// Check reports a place that cannot be.
func (p SecretPlace) Check() error {
	switch {
	case p.Repo == "" && p.Org == "":
		return errors.New("name a repository (OWNER/NAME) or an organization")
	case p.Repo != "" && p.Org != "":
		return errors.New("name a repository or an organization, not both")
	case p.Org != "" && !isName(p.Org):
		return fmt.Errorf("%q is not the name of an organization", quotable(p.Org, ""))
	case p.Env != "" && p.Org != "":
		return errors.New("organizations have no environments: name a repository")
	case p.Env != "" && p.Dependabot:
		return errors.New("there are no environments for Dependabot")
	case p.Repo != "":
		return CheckRepo(p.Repo)
	}
	return nil
}

// String names the place in a sentence.
func (p SecretPlace) String() string {
	text := p.Repo + p.Org
	if p.Env != "" {
		text += " (environment " + p.Env + ")"
	}
	if p.Dependabot {
		text += " (Dependabot)"
	}
	return text
}

// Scope is what a classic PAT or an OAuth token needs to reach the place.
func (p SecretPlace) Scope() string {
	if p.Org != "" {
		return AdminOrgScope
	}
	return RepoScope
}

// Page is where people see the secrets of the place. web has no trailing slash.
func (p SecretPlace) Page(web string) string {
	app := "actions"
	if p.Dependabot {
		app = "dependabot"
	}
	switch {
	case p.Org != "":
		return web + "/organizations/" + p.Org + "/settings/secrets/" + app
	case p.Env != "":
		return web + "/" + p.Repo + "/settings/environments"
	}
	return web + "/" + p.Repo + "/settings/secrets/" + app
}

// path is the API's address of the secrets. All places answer alike below it.
func (p SecretPlace) path() string {
	app := "/actions"
	if p.Dependabot {
		app = "/dependabot"
	}
	switch {
	case p.Org != "":
		return "orgs/" + p.Org + app + "/secrets"
	case p.Env != "":
		return "repos/" + p.Repo + "/environments/" + url.PathEscape(p.Env) + "/secrets"
	}
	return "repos/" + p.Repo + app + "/secrets"
}

// Visibility says which repositories of an organization may use a secret.
type Visibility string

// The visibilities. The zero value keeps what an existing secret has, and makes
// a new one private.
const (
	AllRepos      Visibility = "all"
	PrivateRepos  Visibility = "private"  // private and internal ones
	SelectedRepos Visibility = "selected" // listed by name
)

// Secret is what GitHub tells of a secret. Its value never comes back.
type Secret struct {
	Name       string
	Visibility Visibility // in organizations only
	Created    time.Time
	Updated    time.Time
}

// maxSecret is the largest value that GitHub takes.
// Source: docs.github.com, "Secrets reference", limits.
const maxSecret = 48 << 10

// CheckSecretName reports a name that GitHub would refuse.
// Source: docs.github.com, "Secrets reference", naming your secrets.
func CheckSecretName(name string) error {
	if name == "" {
		return errors.New("the name of the secret is empty")
	}
	for i, c := range []byte(name) {
		if !isAlphanumeric(c) && c != '_' || i == 0 && c >= '0' && c <= '9' {
			return fmt.Errorf("%q cannot be the name of a secret: only letters, digits and _ are allowed, and no digit at the start", quotable(name, ""))
		}
	}
	if strings.HasPrefix(strings.ToUpper(name), "GITHUB_") {
		return fmt.Errorf("%q cannot be the name of a secret: GitHub keeps names that begin with GITHUB_ for itself", name)
	}
	return nil
}

// Secrets lists the secrets of a place.
func (a *Actions) Secrets(ctx context.Context, p SecretPlace) ([]Secret, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	var list []Secret
	const most = 20 // 2000 secrets, twice what an organization may have
	err := pages(most, func(page int) (*gogithub.Response, error) {
		var got gogithub.Secrets
		resp, err := a.do(ctx, http.MethodGet, fmt.Sprintf("%s?per_page=100&page=%d", p.path(), page), nil, &got)
		for _, s := range got.Secrets {
			list = append(list, secretOf(s))
		}
		return resp, err
	})
	return list, err
}

// Secret looks one secret up. A *Refused that is NotFound says that it is not there.
func (a *Actions) Secret(ctx context.Context, p SecretPlace, name string) (Secret, error) {
	if err := errors.Join(p.Check(), CheckSecretName(name)); err != nil {
		return Secret{}, err
	}
	var got gogithub.Secret
	if _, err := a.do(ctx, http.MethodGet, p.path()+"/"+name, nil, &got); err != nil {
		return Secret{}, err
	}
	return secretOf(&got), nil
}

func secretOf(s *gogithub.Secret) Secret {
	return Secret{Name: s.Name, Visibility: Visibility(s.Visibility), Created: s.CreatedAt.UTC(), Updated: s.UpdatedAt.UTC()}
}

// NewSecret is a secret to be written.
type NewSecret struct {
	Name       string
	Value      string
	Visibility Visibility // in organizations only
	Repos      []string   // OWNER/NAME, for SelectedRepos
}

// SetSecret writes a secret, sealed for GitHub's key of the place.
func (a *Actions) SetSecret(ctx context.Context, p SecretPlace, s NewSecret) error {
	if err := errors.Join(p.Check(), CheckSecretName(s.Name)); err != nil {
		return err
	}
	if s.Value == "" || len(s.Value) > maxSecret {
		return errors.New("the value of the secret is empty or longer than 48 KB")
	}
	sealed := gogithub.EncryptedSecret{Name: s.Name}
	if p.Org != "" {
		if err := a.share(ctx, p, s, &sealed); err != nil {
			return err
		}
	}
	var key gogithub.PublicKey
	if _, err := a.do(ctx, http.MethodGet, p.path()+"/public-key", nil, &key); err != nil {
		return err
	}
	var err error
	if sealed.EncryptedValue, err = seal(s.Value, key.GetKey()); err != nil {
		return &Unverified{Host: a.c.base.Host, Cause: err.Error()}
	}
	sealed.KeyID = key.GetKeyID()
	_, err = a.do(ctx, http.MethodPut, p.path()+"/"+s.Name, &sealed, nil)
	return err
}

// seal encrypts as libsodium's crypto_box_seal does.
func seal(value, key string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil || len(raw) != 32 {
		return "", errors.New("sent a public key that is none: it should have 32 bytes")
	}
	out, err := box.SealAnonymous(nil, []byte(value), (*[32]byte)(raw), rand.Reader)
	return base64.StdEncoding.EncodeToString(out), err
}

// share fills in who may use a secret of an organization. Writing one without
// that would take it away from repositories that have it.
func (a *Actions) share(ctx context.Context, p SecretPlace, s NewSecret, sealed *gogithub.EncryptedSecret) error {
	if s.Visibility == "" {
		old, err := a.Secret(ctx, p, s.Name)
		var refused *Refused
		switch {
		case errors.As(err, &refused) && refused.NotFound():
			old.Visibility = PrivateRepos
		case err != nil:
			return err
		case old.Visibility == SelectedRepos:
			if sealed.SelectedRepositoryIDs, err = a.selected(ctx, p, s.Name); err != nil {
				return err
			}
		}
		s.Visibility = old.Visibility
	}
	for _, repo := range s.Repos {
		if err := CheckRepo(repo); err != nil {
			return err
		}
		var got gogithub.Repository
		if _, err := a.do(ctx, http.MethodGet, "repos/"+repo, nil, &got); err != nil {
			return err
		}
		sealed.SelectedRepositoryIDs = append(sealed.SelectedRepositoryIDs, got.GetID())
	}
	sealed.Visibility = string(s.Visibility)
	return nil
}

func (a *Actions) selected(ctx context.Context, p SecretPlace, name string) (ids gogithub.SelectedRepoIDs, err error) {
	const most = 50 // pages of a hundred
	err = pages(most, func(page int) (*gogithub.Response, error) {
		var got gogithub.SelectedReposList
		resp, err := a.do(ctx, http.MethodGet, fmt.Sprintf("%s/%s/repositories?per_page=100&page=%d", p.path(), name, page), nil, &got)
		for _, repo := range got.Repositories {
			ids = append(ids, repo.GetID())
		}
		return resp, err
	})
	return ids, err
}
