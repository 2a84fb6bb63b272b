package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := os.WriteFile(path, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path  string
		limit int64
		want  string
		is    error
	}{
		{path, 100, "12345", nil},
		{path, 5, "12345", nil},
		{path, 4, "", ErrTooLarge},
		{dir, 100, "", ErrNotRegular},
		{os.DevNull, 100, "", ErrNotRegular},
		{filepath.Join(dir, "none"), 100, "", fs.ErrNotExist},
	} {
		got, err := ReadFile(c.path, c.limit)
		if string(got) != c.want || !errors.Is(err, c.is) {
			t.Errorf("%s, %d: %q, %v", c.path, c.limit, got, err)
		}
		if err != nil && strings.Contains(Reason(err), dir) {
			t.Errorf("the reason names the path: %s", Reason(err))
		}
	}
}

func TestOpenToAppend(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("1"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := Open(path, os.O_APPEND|os.O_WRONLY)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("2"); err != nil {
		t.Error(err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	want(t, filepath.Dir(path), map[string]string{"file": "12"})
}
