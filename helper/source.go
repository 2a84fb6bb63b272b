package helper

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// Source is where a token comes from. Its text is the name that people know it by.
type Source string

// The sources.
const (
	FromStore   Source = "stored" // a keyring.Store
	FromToken   Source = "GHCR_TOKEN"
	FromFile    Source = "GHCR_TOKEN_FILE"
	FromSystemd Source = "$CREDENTIALS_DIRECTORY/ghcr-token"
	FromActions Source = "GITHUB_TOKEN" // in GitHub Actions only
)

// sources are those outside the stores, in order. All but the last come before
// the stores.
var sources = [...]Source{FromToken, FromFile, FromSystemd, FromActions}

// anyUser stands in for the account of tokens that have none, such as those of
// Actions. The registry reads the token alone, but engines want a user name.
const anyUser = "x-access-token"

// location says where the token of a host rests. Of a store it is not read yet.
type location struct {
	source  Source
	token   string          // of any source but the store
	account keyring.Account // of the store
}

func (l location) String() string {
	if l.source == FromStore {
		return placeWords(l.account.Storage)
	}
	return string(l.source)
}

// locate finds the first place that has a token for a host. The error is
// keyring.ErrNotFound or says why a place that is there cannot be used.
func (h *Helper) locate(target host.Host) (location, error) {
	h.checkSettings()
	if s, found := h.shadow(target.Registry); found {
		token, err := h.read(s)
		return location{source: s, token: token}, err
	}
	accounts, err := h.Accounts()
	if account, found := accounts[target.Registry]; found {
		return location{source: FromStore, account: account}, nil
	}
	if h.registryOf(FromActions) == target.Registry && (err == nil || h.dirErr != nil) {
		token, err := h.read(FromActions)
		return location{source: FromActions, token: token}, err
	}
	if err == nil {
		err = keyring.ErrNotFound
	}
	return location{}, err
}

// fetch reads the token from its place. The user may be empty: not known yet.
func (h *Helper) fetch(target host.Host, place location) (user, token string, err error) {
	if place.source != FromStore {
		user, err = h.accountOf(place.source)
		return user, place.token, err
	}
	store, err := h.open(place.account.Storage)
	if err != nil {
		return "", "", err
	}
	record, err := store.Get(h.ctx, target.Registry)
	h.trace.step("%s: read: %s", placeWords(place.account.Storage), outcome(err))
	if errors.Is(err, keyring.ErrNotFound) {
		return "", "", &Failure{
			Cause: "the token for " + target.Registry + " is gone from " + placeWords(place.account.Storage),
			Hint:  "store it again: " + Name + " login" + hostArgument(target),
			err:   keyring.ErrUnreadable,
		}
	}
	if record.Username == anyUser {
		record.Username = "" // stored while GitHub could not be asked
	}
	return record.Username, record.Token, err
}

// shadow finds the source that comes before the store of a host.
func (h *Helper) shadow(registry string) (Source, bool) {
	for _, s := range sources {
		if s != FromActions && h.registryOf(s) == registry {
			return s, true
		}
	}
	return "", false
}

// registryOf tells which registry a source's token belongs to, "" when the
// source is not there. GHCR_HOST names it for a token from outside. A token of github.com never goes to another server, nor
// the other way round.
func (h *Helper) registryOf(s Source) string {
	there := false
	switch s {
	case FromToken, FromFile:
		_, there = h.env(string(s))
	case FromSystemd:
		path := h.systemdFile()
		if path != "" {
			_, err := os.Lstat(path)
			there = !errors.Is(err, fs.ErrNotExist)
		}
	case FromActions:
		if h.getenv("GITHUB_ACTIONS") == "true" && h.getenv(string(s)) != "" {
			return actionsRegistry(h.getenv("GITHUB_SERVER_URL"))
		}
	}
	if !there {
		return ""
	}
	name := h.getenv("GHCR_HOST")
	if name == "" {
		return host.DefaultRegistry
	}
	target, err := host.Parse(name)
	if err != nil {
		return ""
	}
	return target.Registry
}

func actionsRegistry(serverURL string) string {
	if serverURL == "" || serverURL == "https://github.com" {
		return host.DefaultRegistry
	}
	_, server, _ := strings.Cut(serverURL, "://")
	target, err := host.Parse("containers." + strings.TrimRight(server, "/"))
	if err != nil {
		return ""
	}
	return target.Registry
}

func (h *Helper) systemdFile() string {
	dir := h.getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "ghcr-token")
}

// read gives the token of a source outside the stores.
func (h *Helper) read(s Source) (token string, err error) {
	switch s {
	case FromFile:
		path := h.getenv(string(s))
		if path == "" {
			return "", s.empty("is set but empty")
		}
		token, err = readTokenFile(path, h.ownerOnly(path))
	case FromSystemd:
		token, err = readTokenFile(h.systemdFile(), false)
	default:
		token = h.getenv(string(s))
	}
	if err != nil {
		return "", &Failure{
			Cause: fmt.Sprintf("the token in %s cannot be used: %v", s, err),
			Hint:  "let the file be there for this user alone: chmod 600, or mount the secret with mode 0400",
			err:   err,
		}
	}
	token = Bare(token)
	switch {
	case token != "":
		return token, nil
	case s == FromFile:
		return "", s.empty("names an empty file")
	case s == FromSystemd:
		return "", s.empty("is empty")
	}
	return "", s.empty("is set but empty")
}

func (s Source) empty(how string) *Failure {
	f := &Failure{Cause: string(s) + " " + how, Hint: "put a token there, or unset " + string(s) + " to use the stored one"}
	switch s {
	case FromToken:
		f.Hint = "secrets are empty in workflows of forks and of Dependabot; unset GHCR_TOKEN to use the stored token"
	case FromSystemd:
		f.Hint = "put a token into the credential ghcr-token of the systemd unit"
	}
	return f
}

// Bare is a token without what a paste or a shell puts in and around it: white
// space, of which no token has any, and a pair of quotes.
func Bare(token string) string {
	token = strings.Join(strings.Fields(token), "")
	if last := len(token) - 1; last > 0 && token[0] == token[last] && (token[0] == '"' || token[0] == '\'') {
		token = token[1:last]
	}
	return token
}

// ownerOnly: systemd guards its folder itself, and gives the service its right
// to a file by an ACL, which shows as a right of the group.
func (h *Helper) ownerOnly(path string) bool {
	dir := h.getenv("CREDENTIALS_DIRECTORY")
	return dir == "" || filepath.Dir(path) != filepath.Clean(dir)
}

// readTokenFile reads a file that others may not read.
func readTokenFile(path string, ownerOnly bool) (string, error) {
	file, err := disk.Open(path, os.O_RDONLY)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", errors.New("there is no such file")
	case errors.Is(err, disk.ErrNotRegular):
		return "", errors.New("it is not a file")
	case err != nil:
		return "", errors.New("it may not be read here")
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return "", errors.New("it cannot be read")
	}
	forbidden := fs.FileMode(0o007)
	if ownerOnly {
		forbidden = 0o077
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&forbidden != 0 {
		return "", errors.New("other users may read the file")
	}
	text, err := disk.ReadAll(file, maxInput)
	if err != nil {
		return "", errors.New("it cannot be read")
	}
	return string(text), nil
}

// accountOf is whose token a source outside the stores holds, "" if nobody says.
func (h *Helper) accountOf(s Source) (string, error) {
	for _, variable := range []string{"GHCR_USERNAME", "GITHUB_ACTOR"} {
		user := strings.TrimSpace(h.getenv(variable))
		if user == "" || variable == "GHCR_USERNAME" && s == FromActions {
			continue
		}
		if !isAccount(user) {
			return "", &Failure{Cause: variable + " is not the name of an account", Hint: "set it to the name of your account on GitHub, or unset it"}
		}
		return user, nil
	}
	return "", nil
}

// userOf is accountOf for those who need a name and no error.
func (h *Helper) userOf(s Source) string {
	if user, err := h.accountOf(s); err == nil && user != "" {
		return user
	}
	return anyUser
}

// isAccount refuses what would break HTTP Basic or a terminal. Engines take the
// secret of the user <token> for an identity token.
func isAccount(user string) bool {
	const longest = 255
	return user != "" && len(user) <= longest && user != "<token>" && plain(user, longest) == user && !strings.ContainsAny(user, ": ")
}
