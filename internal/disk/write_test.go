package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
)

// want compares a folder's files, and their contents, with what should be there.
func want(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Error(err)
		} else if wanted, known := files[entry.Name()]; !known || string(text) != wanted {
			t.Errorf("%s holds %q, want %q (known: %t)", entry.Name(), text, wanted, known)
		}
	}
	if len(entries) < len(files) {
		t.Errorf("there are %v", entries)
	}
}

func modeOf(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	for _, text := range []string{"one", "", "a longer one"} {
		if err := WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		want(t, dir, map[string]string{"file": text})
	}
	if mode := modeOf(t, path); runtime.GOOS != "windows" && mode != 0o600 {
		t.Errorf("mode %v", mode)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if mode := modeOf(t, path); runtime.GOOS != "windows" && mode != 0o600 {
		t.Errorf("others may still read it: mode %v", mode)
	}
}

// Nothing is left of a write that fails: neither a change nor a copy.
func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	inTheWay := filepath.Join(dir, "folder")
	if err := os.MkdirAll(filepath.Join(inTheWay, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(inTheWay, nil); err == nil {
		t.Error("a folder was replaced")
	}
	if err := WriteFile(filepath.Join(dir, "none", "file"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestReplace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	path := filepath.Join(dir, "file")
	if err := Replace(path, []byte("one"), nil); err != nil {
		t.Fatal(err)
	}
	if mode, folder := modeOf(t, path), modeOf(t, dir); runtime.GOOS != "windows" && (mode != 0o600 || folder.Perm() != 0o700) {
		t.Errorf("modes %v, %v", mode, folder)
	}
	for _, mode := range []fs.FileMode{0o644, 0o640, 0o400, 0o600} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if err := Replace(path, []byte("two"), nil); err != nil {
			t.Fatal(err)
		}
		if now := modeOf(t, path); runtime.GOOS != "windows" && now != mode {
			t.Errorf("%v became %v", mode, now)
		}
	}
	// The last look comes when all else is done, and is obeyed.
	stop := errors.New("stop")
	err := Replace(path, []byte("three"), func(string) error {
		want(t, dir, map[string]string{"file": "two", newOf(t, path): "three"})
		return stop
	})
	if err != stop {
		t.Errorf("error %v", err)
	}
	want(t, dir, map[string]string{"file": "two"})
	if err := Replace(path, []byte("three"), func(string) error { return nil }); err != nil {
		t.Fatal(err)
	}
	want(t, dir, map[string]string{"file": "three"})
}

// newOf is the name of the new file beside path.
func newOf(t *testing.T, path string) string {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(filepath.Dir(path), tempPrefix(path)+"*"))
	if len(found) != 1 {
		t.Fatalf("new files: %v", found)
	}
	return filepath.Base(found[0])
}

func TestRemoveLeftovers(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"file", ".file.ghcr-123", ".file.ghcr-4", ".file.bak", ".files.ghcr-1", ".other.ghcr-1"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, ".file.ghcr-folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	RemoveLeftovers(filepath.Join(dir, "file"))
	RemoveLeftovers(filepath.Join(dir, "none", "file"))
	var names []string
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if !slices.Equal(names, []string{".file.bak", ".file.ghcr-folder", ".files.ghcr-1", ".other.ghcr-1", "file"}) {
		t.Errorf("left: %v", names)
	}
}

func TestRename(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Rename(filepath.Join(dir, "a"), filepath.Join(dir, "b")); err != nil {
		t.Error(err)
	}
	want(t, dir, map[string]string{"b": "x"})
	if err := Rename(filepath.Join(dir, "a"), filepath.Join(dir, "b")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing to rename: %v", err)
	}
	SyncFolder(filepath.Join(dir, "none")) // no harm
}
