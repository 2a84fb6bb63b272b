package cli

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "write docs/man anew")

// The man pages are generated: go test ./internal/cli -run Man -update
func TestManPagesAreFresh(t *testing.T) {
	u := &ui{getenv: func(string) string { return "" }}
	root := newRoot(u)
	fresh := map[string]string{}
	var write func(*cobra.Command)
	write = func(c *cobra.Command) {
		if c.HasParent() && c.Runnable() && c.Example == "" && c.Parent().Name() != "completion" {
			t.Errorf("%s has no example", c.CommandPath())
		}
		fresh[pageName(c)+".1"] = manPage(c, "2026-11-24")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				write(sub)
			}
		}
	}
	write(root)
	const docs = "../../docs/man"
	if *update {
		if err := os.RemoveAll(docs); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(docs, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range fresh {
		stands := filepath.Join(docs, name)
		if *update {
			if err := os.WriteFile(stands, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if old, err := os.ReadFile(stands); err != nil || string(old) != text {
			t.Errorf("%s is stale: go test ./internal/cli -run Man -update", name)
		}
	}
	standing, _ := filepath.Glob(filepath.Join(docs, "*.1"))
	if len(standing) != len(fresh) {
		t.Errorf("docs/man has %d pages, want %d", len(standing), len(fresh))
	}
}

// The page of the program names every variable that README.md names.
func TestManPageNamesTheEnvironment(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`\bGHCR_[A-Z_]+\b`).FindAllString(string(readme), -1)
	if len(names) == 0 {
		t.Fatal("README.md names no variable")
	}
	for _, name := range names {
		if !regexp.MustCompile(`\b` + name + `\b`).MatchString(manEnvironment) {
			t.Errorf("%s is missing", name)
		}
	}
}

// Where man is, it finds nothing to complain about.
func TestManPagesAreRoff(t *testing.T) {
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("groff is not installed")
	}
	pages, _ := filepath.Glob("../../docs/man/*.1")
	args := append([]string{"-man", "-Tutf8", "-ww", "-z"}, pages...)
	if text, err := exec.CommandContext(t.Context(), groff, args...).CombinedOutput(); err != nil || len(text) > 0 {
		t.Errorf("groff: %v\n%s", err, text)
	}
}
