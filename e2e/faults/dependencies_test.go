//go:build linux

package faults

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var inBackquotes = regexp.MustCompile("`([^`]+)`")

// docs/dependencies.md names each module that go.mod requires directly, and the
// packages of it that are linked.
func TestDependencies(t *testing.T) {
	out, err := exec.Command("go", "mod", "edit", "-json", "../../go.mod").Output()
	check(t, err)
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	check(t, json.Unmarshal(out, &mod))
	var direct []string
	for _, r := range mod.Require {
		if !r.Indirect {
			direct = append(direct, r.Path)
		}
	}
	linked := map[string]bool{}
	for _, goos := range []string{"linux", "darwin", "windows"} {
		list := exec.Command("go", "list", "-deps", "../..")
		list.Env = append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=0")
		out, err := list.Output()
		check(t, err)
		for _, path := range strings.Fields(string(out)) {
			linked[path] = true
		}
	}
	text, err := os.ReadFile("../../docs/dependencies.md")
	check(t, err)
	var told []string
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 || !strings.Contains(cells[1], "/") {
			continue
		}
		module := strings.TrimSpace(cells[1])
		told = append(told, module)
		packages := inBackquotes.FindAllStringSubmatch(cells[4], -1)
		for _, p := range packages {
			if path := strings.TrimSuffix(module+"/"+p[1], "/."); !linked[path] {
				t.Errorf("%s is not linked", path)
			}
		}
		isLinked := slices.ContainsFunc(slices.Collect(maps.Keys(linked)), func(path string) bool { return path == module || strings.HasPrefix(path, module+"/") })
		if isLinked != (len(packages) > 0) {
			t.Errorf("%s: linked %v, but the table says %s", module, isLinked, cells[4])
		}
	}
	slices.Sort(direct)
	if !slices.Equal(told, direct) {
		t.Errorf("the table has\n%q\ngo.mod requires\n%q", told, direct)
	}
}
