package disk

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Somebody writes the file after the last look at it. It is not lost.
func TestReplaceLosesNothing(t *testing.T) {
	changed := errors.New("changed")
	a, b := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	for _, path := range []string{a, b} {
		if err := WriteFile(path, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := exchange(a, b); err != nil {
		t.Skipf("no exchange on this file system: %v", err)
	}
	for name, c := range map[string]struct {
		before string // "none" is no file
		writes []string
	}{
		"a file":            {"one", []string{"theirs"}},
		"a new file":        {"none", []string{"theirs"}},
		"written once more": {"one", []string{"theirs", "theirs too"}},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "file")
		if c.before != "none" {
			if err := os.WriteFile(path, []byte(c.before), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		calls := 0
		err := Replace(path, []byte("ours"), func(at string) error {
			now, err := os.ReadFile(at)
			unchanged := err == nil && string(now) == c.before || os.IsNotExist(err) && c.before == "none"
			if calls < len(c.writes) { // just after the look
				if err := WriteFile(path, []byte(c.writes[calls])); err != nil {
					t.Fatal(err)
				}
			}
			calls++
			if !unchanged {
				return changed
			}
			return nil
		})
		if err != changed {
			t.Errorf("%s: %v", name, err)
		}
		want(t, dir, map[string]string{"file": c.writes[len(c.writes)-1]})
	}
}
