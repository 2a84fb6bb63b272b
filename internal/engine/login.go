package engine

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
)

// Secret is a token that no way of printing shows.
type Secret struct {
	value string
	entry auth // the whole entry: by it, one that has changed since is recognised
}

const hidden = "[hidden]"

// Reveal is the secret itself.
func (s Secret) Reveal() string { return s.value }

// String is a placeholder.
func (s Secret) String() string { return hidden }

// Format writes the placeholder whatever the verb.
func (s Secret) Format(w fmt.State, _ rune) { _, _ = w.Write([]byte(hidden)) }

// MarshalText is the placeholder, in JSON and logs too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LoginKind is what an entry of auths holds.
type LoginKind string

// The kinds of logins.
const (
	TokenLogin    LoginKind = "token"    // user name and token, in clear text
	IdentityLogin LoginKind = "identity" // an OAuth token of the registry: of no use elsewhere
	EmptyLogin    LoginKind = "empty"    // docker login leaves one when a helper keeps the token
	DamagedLogin  LoginKind = "damaged"  // neither user name nor token can be read from it
)

// PlainLogin is an entry for a registry under auths in docker's or podman's file.
type PlainLogin struct {
	Kind     LoginKind
	Engine   Engine
	Path     string
	Key      string // as it stands there: "ghcr.io", "https://ghcr.io", "ghcr.io/owner"
	Username string
	Token    Secret
}

// PlainLogins finds the entries for registry in docker's and podman's files.
// What can be read is returned along with the error about what cannot.
func PlainLogins(ctx context.Context, env Env, registry string) ([]PlainLogin, error) {
	env, err := env.real()
	if err != nil {
		return nil, err
	}
	var logins []PlainLogin
	var seen, failed []string
	for _, engine := range []Engine{Docker, Podman} {
		paths := env.order(engine)
		if engine == Podman {
			paths = append(paths, env.targets(engine)...)
		}
		for _, path := range paths {
			goal, err := disk.Target(path)
			if err == nil && slices.Contains(seen, goal) {
				continue
			}
			seen = append(seen, goal)
			f := load(ctx, path)
			if f.err != nil {
				failed = append(failed, f.err.Error())
				continue
			}
			logins = append(logins, f.logins(engine, registry)...)
		}
	}
	if len(failed) > 0 {
		return logins, errors.New(strings.Join(failed, "; "))
	}
	return logins, nil
}

// logins are the entries for registry, in the order of their keys.
func (f file) logins(engine Engine, registry string) []PlainLogin {
	var found []PlainLogin
	for _, key := range slices.Sorted(maps.Keys(f.config.Auths)) {
		if !names(key, registry) {
			continue
		}
		a := f.config.Auths[key]
		kind, user, token := a.read()
		found = append(found, PlainLogin{kind, engine, f.path, key, user, Secret{token, a}})
	}
	return found
}

// read takes an entry apart as docker does.
func (a auth) read() (kind LoginKind, user, token string) {
	user, token = a.Username, a.Password
	if a.Auth != "" {
		plain, err := base64.StdEncoding.DecodeString(a.Auth)
		name, secret, found := strings.Cut(string(plain), ":")
		if err != nil || !found || name == "" {
			return DamagedLogin, "", ""
		}
		user, token = name, strings.Trim(secret, "\x00")
	}
	switch {
	case a.IdentityToken != "" || a.RegistryToken != "":
		return IdentityLogin, user, a.IdentityToken
	case token != "":
		return TokenLogin, user, token
	}
	return EmptyLogin, user, ""
}

// ErrChanged says that an entry is not what it was when PlainLogins read it.
var ErrChanged = errors.New("the login was changed meanwhile")

// RemovePlainLogin removes exactly that entry, if it still holds the same
// secret. One that is gone is no error. Nothing keeps a copy: make sure of the
// token first.
func RemovePlainLogin(ctx context.Context, env Env, login PlainLogin) error {
	env, err := env.real()
	if err != nil {
		return err
	}
	return withLock(ctx, env.Dir, lockWait, func() error {
		for range attempts {
			err := removeLogin(ctx, login)
			if !errors.Is(err, errChanged) {
				return err
			}
		}
		return &FileError{Path: login.Path, Cause: "another program keeps writing it"}
	})
}

func removeLogin(ctx context.Context, login PlainLogin) error {
	f := load(ctx, login.Path)
	if f.err != nil {
		return f.err
	}
	now, found := f.config.Auths[login.Key]
	switch {
	case !found:
		return nil
	case now != login.Token.entry:
		return fmt.Errorf("%s: %w", disk.Show(f.path), ErrChanged)
	}
	path := []string{"auths", login.Key}
	raw, err := get(f.data, path)
	var twice *duplicateError
	if errors.As(err, &twice) {
		return twice.in(f)
	}
	if err != nil || !json.Valid([]byte(raw)) {
		return &FileError{Path: f.path, Cause: "the login cannot be found in its text"}
	}
	after, _, err := put(f.data, path, "", "")
	if err != nil || bytes.Equal(after, f.data) {
		return &FileError{Path: f.path, Cause: "the login cannot be removed from its text"}
	}
	return replace(f.path, after, &f)
}
