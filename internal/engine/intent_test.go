package engine

import (
	"strings"
	"testing"
)

const plugins = "/usr/libexec/docker/cli-plugins/"

func TestIntentOf(t *testing.T) {
	for _, intents := range []map[Intent]string{dockerIntents, otherIntents} {
		testIntents(t, intents)
	}
}

func testIntents(t *testing.T, intents map[Intent]string) {
	t.Helper()
	for want, lines := range intents {
		for line := range strings.Lines(lines) {
			line = strings.TrimSpace(line)
			if rest, isPlugin := strings.CutPrefix(line, "@"); isPlugin {
				line = plugins + rest
			}
			if got := IntentOf(strings.Fields(line), "ghcr.io"); line != "" && got != want {
				t.Errorf("%s: %v, want %v", line, got, want)
			}
		}
	}
}

func TestIntentOfOddArgv(t *testing.T) {
	for _, test := range []struct {
		argv     []string
		registry string
		want     Intent
	}{
		{nil, "ghcr.io", Unknown},
		{[]string{""}, "ghcr.io", Unknown},
		{[]string{"", "push", "ghcr.io/o/app"}, "ghcr.io", Unknown},
		{[]string{"docker", "", "push", "ghcr.io/o/app"}, "ghcr.io", Unknown},
		{[]string{"docker", "-", "push"}, "ghcr.io", Unknown},
		{[]string{"docker", "--", "--"}, "ghcr.io", Unknown},
		{[]string{"docker", "push", "-"}, "ghcr.io", Elsewhere},
		{[]string{"docker", "push"}, "ghcr.io", Push},
		{[]string{"podman", "push", "\xff\xfe\n", "ghcr.io/o/app"}, "ghcr.io", Push},
		{[]string{"docker", "build", "--label", "a b", "--push", "-t", "ghcr.io/o/app", "my context"}, "ghcr.io", Push},
		{[]string{"docker", "buildx", "build", "-o", `"type=registry`, "."}, "ghcr.io", Pull},
		{[]string{"docker", "push", "ghcr.io/o/app"}, "GHCR.io:443", Push},
		{[]string{"docker", "push", "ghcr.io/o/app"}, "containers.example.com", Elsewhere},
		{[]string{"docker", "push", "containers.example.com/o/app"}, "containers.example.com", Push},
		{[]string{`C:\Program Files\Docker\Docker.exe`, "push", "ghcr.io/o/app"}, "ghcr.io", Push},
	} {
		if got := IntentOf(test.argv, test.registry); got != test.want {
			t.Errorf("%q asking for %s: %v, want %v", test.argv, test.registry, got, test.want)
		}
	}
}

// TestTablesHaveNoSlips looks for what a typing error in a table would cause:
// verbs that stand in it twice, flags that mean two things in one list.
func TestTablesHaveNoSlips(t *testing.T) {
	for _, name := range []string{"docker", "nerdctl", "podman", "buildah", "skopeo", "crane", "oras", "regctl", "helm", "cosign", "buildctl", "kubelet"} {
		tool, _, known := toolNamed(name)
		if !known {
			t.Fatalf("%s is not known", name)
		}
		seen := map[string]bool{}
		for _, v := range tool.verbs {
			for verb := range strings.SplitSeq(v.names, ", ") {
				if seen[verb] || verb != strings.TrimSpace(verb) {
					t.Errorf("%s: the verb %q stands there twice", name, verb)
				}
				seen[verb] = true
			}
			checkFlags(t, name+" "+v.names, v.act.own)
		}
		for group, list := range tool.flags {
			checkFlags(t, name+" "+group, list)
		}
	}
}

func checkFlags(t *testing.T, where, list string) {
	t.Helper()
	seen := map[string]bool{}
	for entry := range strings.FieldsSeq(list) {
		for name := range strings.SplitSeq(strings.TrimSuffix(entry, "="), "|") {
			if seen[name] || name == "" || strings.ContainsAny(name, "=,") {
				t.Errorf("%s: the flag %q of %q stands there twice, or is none", where, name, entry)
			}
			seen[name] = true
		}
	}
}

func FuzzIntentOf(f *testing.F) {
	for _, intents := range []map[Intent]string{dockerIntents, otherIntents} {
		for _, lines := range intents {
			for line := range strings.Lines(lines) {
				f.Add(strings.Join(strings.Fields(line), "\x00"), "ghcr.io")
			}
		}
	}
	f.Add("docker\x00-\x00--\x00-=\x00--=", "")
	f.Fuzz(func(t *testing.T, argv, registry string) {
		words := strings.Split(argv, "\x00")
		intent := IntentOf(words, registry)
		if intent < Unknown || intent > Elsewhere {
			t.Errorf("%q: %d is no intent", words, intent)
		}
		if again := IntentOf(words, registry); again != intent {
			t.Errorf("%q: first %v, then %v", words, intent, again)
		}
	})
}
