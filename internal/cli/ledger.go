package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// placed is a secret that was set from this machine.
type placed struct {
	Registry string `json:"registry"`
	github.SecretPlace
	Name      string    `json:"name"`
	TokenHash string    `json:"token_sha256"` // of the token that it was set to
	Updated   time.Time `json:"updated_at"`   // by GitHub's clock, just after
}

func (p placed) isSame(o placed) bool {
	return p.Registry == o.Registry && p.SecretPlace == o.SecretPlace && p.Name == o.Name
}

// rotation is one that has begun: the new token is being stored or is.
type rotation struct {
	OldHash string    `json:"old_token_sha256,omitempty"`
	NewHash string    `json:"new_token_sha256"`
	Began   time.Time `json:"began_at"`
}

// hashOf names a token without telling it.
func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:16])
}

// ledger keeps secrets.json and rotate.json in the config folder. Neither holds
// a secret.
type ledger struct{ dir string }

func openLedger(getenv func(string) string) (ledger, error) {
	dir, err := keyring.ConfigDir(getenv)
	return ledger{dir}, err
}

type secretsFile struct {
	Version int      `json:"v"`
	Secrets []placed `json:"secrets"`
}

// secrets lists what was set for a registry.
func (l ledger) secrets(registry string) ([]placed, error) {
	file, err := l.readSecrets()
	return slices.DeleteFunc(file.Secrets, func(p placed) bool { return p.Registry != registry }), err
}

func (l ledger) readSecrets() (secretsFile, error) {
	file := secretsFile{Version: 1}
	err := l.read("secrets.json", &file)
	if err == nil && file.Version > 1 {
		err = fmt.Errorf("%s was written by a later version of this program: update it", filepath.Join(l.dir, "secrets.json"))
	}
	return file, err
}

// put writes a secret down, in place of what was known of it.
func (l ledger) put(ctx context.Context, p placed) error {
	return l.update(ctx, p, func(rest []placed) []placed { return append(rest, p) })
}

// forget drops a secret that is no longer there.
func (l ledger) forget(ctx context.Context, p placed) error {
	return l.update(ctx, p, func(rest []placed) []placed { return rest })
}

func (l ledger) update(ctx context.Context, p placed, change func(rest []placed) []placed) error {
	return l.locked(ctx, func() error {
		file, err := l.readSecrets()
		if err != nil {
			return err
		}
		file.Secrets = change(slices.DeleteFunc(file.Secrets, p.isSame))
		return l.write("secrets.json", file)
	})
}

// rotation is the one that has begun for a registry, if one has.
func (l ledger) rotation(registry string) (r rotation, found bool, err error) {
	all := map[string]rotation{}
	err = l.read("rotate.json", &all)
	r, found = all[registry]
	return r, found, err
}

func (l ledger) begin(ctx context.Context, registry string, r rotation) error {
	return l.rotations(ctx, func(all map[string]rotation) { all[registry] = r })
}

func (l ledger) end(ctx context.Context, registry string) error {
	return l.rotations(ctx, func(all map[string]rotation) { delete(all, registry) })
}

func (l ledger) rotations(ctx context.Context, change func(map[string]rotation)) error {
	return l.locked(ctx, func() error {
		all := map[string]rotation{}
		if err := l.read("rotate.json", &all); err != nil {
			return err
		}
		change(all)
		if len(all) == 0 {
			return os.Remove(filepath.Join(l.dir, "rotate.json"))
		}
		return l.write("rotate.json", all)
	})
}

func (l ledger) locked(ctx context.Context, f func() error) error {
	return disk.WithLock(ctx, filepath.Join(l.dir, "secrets.lock"), 10*time.Second, f)
}

// read leaves v as it is where there is no file yet.
func (l ledger) read(name string, v any) error {
	path := filepath.Join(l.dir, name)
	text, err := disk.ReadFile(path, 1<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if json.Unmarshal(text, v) != nil {
		return fmt.Errorf("%s is damaged: repair or remove it", path)
	}
	return nil
}

// write replaces a file whole. The owner alone may read it.
func (l ledger) write(name string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return disk.WriteFile(filepath.Join(l.dir, name), append(text, '\n'))
}
