package keyring

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
)

// ConfigDir is the folder for hosts.json and the encrypted file:
// docker-credential-ghcr in $XDG_CONFIG_HOME (on every OS), else in ~/.config,
// %AppData% or ~/Library/Application Support.
func ConfigDir(getenv func(string) string) (string, error) {
	base, err := configBase(runtime.GOOS, getenv)
	if err != nil {
		return "", err
	}
	return filepath.Join(base, service), nil
}

func configBase(goos string, getenv func(string) string) (string, error) {
	if dir := getenv("XDG_CONFIG_HOME"); dir != "" {
		if !filepath.IsAbs(dir) {
			return "", errors.New("XDG_CONFIG_HOME is not an absolute path")
		}
		return dir, nil
	}
	variable, below := "HOME", ".config"
	switch goos {
	case "windows":
		variable, below = "AppData", ""
	case "darwin":
		below = "Library/Application Support"
	}
	dir := getenv(variable)
	if dir == "" {
		return "", errors.New("no config folder: neither " + variable + " nor XDG_CONFIG_HOME is set")
	}
	return filepath.Join(dir, below), nil
}

const lockWait = 10 * time.Second

// withLock makes dir and runs f while no other process has its lock.
func withLock(ctx context.Context, dir string, f func() error) error {
	err := disk.WithLock(ctx, filepath.Join(dir, "lock"), lockWait, f)
	var lock *disk.LockError
	switch {
	case !errors.As(err, &lock):
		return err
	case errors.Is(lock.Err, context.DeadlineExceeded):
		return fail(ErrTimeout, "another process has the lock of "+display(dir), "end it, or try again")
	case errors.Is(lock.Err, disk.ErrShared):
		return fail(ErrExposed, "other users may write in "+display(dir), "take that right away: chmod go-w "+quoted(dir))
	}
	return lock.Err
}

// maxFile is far more than a record or a list of hosts needs.
const maxFile = 1 << 20

// readSecret reads a file that only its owner may read; ErrExposed otherwise.
func readSecret(path string) ([]byte, error) {
	file, err := disk.Open(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat() // of the opened file: the name may change its meaning
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fail(ErrExposed, "other users may read "+display(path), "take that right away: chmod 600 "+quoted(path))
	}
	return disk.ReadAll(file, maxFile)
}

// display shortens a path for a message.
func display(path string) string {
	if home, err := os.UserHomeDir(); err == nil && home != "/" {
		if below, found := strings.CutPrefix(path, home+string(filepath.Separator)); found {
			path = "~" + string(filepath.Separator) + below
		}
	}
	const limit = 90
	if len(path) > limit {
		path = "..." + strings.ToValidUTF8(path[len(path)-limit:], "")
	}
	return path
}

// quoted is a path for pasting into a shell, or its last part where the whole
// would make the line too long.
func quoted(path string) string {
	if short := display(path); consistsOf(short, isPlainInPath) && !strings.HasPrefix(short, "...") {
		return short
	}
	if len(path) > 100 {
		path = filepath.Base(path)
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// reason is why a file operation failed, without the path.
func reason(err error) string { return oneLine(disk.Reason(err), 60) }

func isPlainInPath(c byte) bool { return isAlphanumeric(c) || strings.IndexByte("_./~+-", c) >= 0 }

// consistsOf reports whether s is not empty and every byte of it is as wanted.
func consistsOf(s string, wanted func(byte) bool) bool {
	for _, c := range []byte(s) {
		if !wanted(c) {
			return false
		}
	}
	return s != ""
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
