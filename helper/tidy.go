package helper

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Tidy removes the config folder when it holds nothing that is needed: no
// token, no engine that configure set up. What is not ours stays.
func (h *Helper) Tidy() error {
	accounts, err := h.Accounts()
	if err != nil || len(accounts) > 0 {
		return err
	}
	if _, err := os.Lstat(filepath.Join(h.dir, "configured.json")); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	secrets := filepath.Join(h.dir, "secrets")
	if _ = os.Remove(secrets); exists(secrets) {
		return nil // not empty: a token of a lost index may be in there, and needs its key
	}
	for _, name := range []string{"key.txt", "hosts.json", "lock", "store.lock", "configure.lock"} {
		if err := os.Remove(filepath.Join(h.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := os.RemoveAll(filepath.Join(h.dir, "verdicts")); err != nil {
		return err
	}
	_ = os.Remove(h.dir) // not empty: somebody else's files, or the list of secrets in CI
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
