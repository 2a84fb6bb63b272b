package cli

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

var update = flag.Bool("update", false, "write docs/man anew")

// The man pages are generated: go test ./internal/cli -run Man -update
func TestManPagesAreFresh(t *testing.T) {
	u := &ui{getenv: func(string) string { return "" }}
	root := newRoot(u)
	var everywhere func(*cobra.Command)
	everywhere = func(c *cobra.Command) {
		c.DisableAutoGenTag = true
		if c.HasParent() && c.Runnable() && c.Example == "" && c.Parent().Name() != "completion" {
			t.Errorf("%s has no example", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			everywhere(sub)
		}
	}
	everywhere(root)
	dir := t.TempDir()
	day := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	header := &doc.GenManHeader{Section: "1", Source: "docker-credential-ghcr", Manual: " ", Date: &day}
	if err := doc.GenManTree(root, header, dir); err != nil {
		t.Fatal(err)
	}
	fresh, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil || len(fresh) == 0 {
		t.Fatalf("no man pages: %v", err)
	}
	const docs = "../../docs/man"
	if *update {
		if err := os.RemoveAll(docs); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(docs, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range fresh {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		stands := filepath.Join(docs, filepath.Base(path))
		if *update {
			if err := os.WriteFile(stands, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if old, err := os.ReadFile(stands); err != nil || string(old) != string(text) {
			t.Errorf("%s is stale: go test ./internal/cli -run Man -update", filepath.Base(path))
		}
	}
	standing, _ := filepath.Glob(filepath.Join(docs, "*.1"))
	if len(standing) != len(fresh) {
		t.Errorf("docs/man has %d pages, want %d", len(standing), len(fresh))
	}
}
