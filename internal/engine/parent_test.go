package engine

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// ancestry reads made-up processes: lines of argv, the helper's own first. Each
// is the parent of the one before it and started a second earlier.
func ancestry(lines ...string) processReader {
	return func(_ context.Context, pid int) (process, error) {
		i := (1000 - pid) / 10
		if pid == self {
			i = 0
		}
		if i >= len(lines) {
			return process{}, errGone
		}
		p := process{pid: 1000 - 10*i, parent: 1000 - 10*(i+1), start: int64(100 - i), argv: strings.Fields(lines[i])}
		return p, nil
	}
}

const ownName = "docker-credential-ghcr get"

func TestFindEngine(t *testing.T) {
	const bake = plugins + "docker-buildx bake --file - --progress rawjson --metadata-file T"
	for name, test := range map[string]struct {
		processes []string
		argv, run string // of the engine to be found; "" for none
	}{
		"the parent":                    {[]string{ownName, "docker push x", "bash"}, "docker push x", "990-99"},
		"any other parent":              {[]string{ownName, "java -jar tests.jar", "bash"}, "java -jar tests.jar", "990-99"},
		"no parent":                     {[]string{ownName}, "", ""},
		"a script under our name":       {[]string{ownName, "/bin/sh /usr/bin/docker-credential-ghcr get", "podman push x"}, "podman push x", "980-98"},
		"a script of python":            {[]string{ownName, "python3 /usr/bin/docker-credential-ghcr get", "podman push x"}, "podman push x", "980-98"},
		"another helper":                {[]string{ownName, "docker-credential-all.exe get", "docker pull x"}, "docker pull x", "980-98"},
		"our own verify":                {[]string{ownName, "docker-credential-ghcr verify ghcr.io/o/app", "bash"}, "docker-credential-ghcr verify ghcr.io/o/app", "990-99"},
		"a program under our name":      {[]string{ownName, "docker-credential-ghcr get", "podman push x"}, "podman push x", "980-98"},
		"sudo in a script":              {[]string{ownName, "sudo -u mona docker-credential-ghcr get", "sudo -u mona docker-credential-ghcr get", "sh s get", "docker pull x"}, "docker pull x", "960-96"},
		"too far up":                    {[]string{ownName, "sh", "sh", "sh", "sh", "docker pull x"}, "", ""},
		"a person at a terminal":        {[]string{ownName, "-bash", "sshd"}, "", ""},
		"a person in a shell of podman": {[]string{ownName, "bash", "podman unshare bash"}, "podman unshare bash", "980-98"},
		"a script of make":              {[]string{ownName, "sh -c x", "make push"}, "", ""},
		"docker build":                  {[]string{ownName, plugins + "docker-buildx buildx build --push .", "docker build --push ."}, plugins + "docker-buildx buildx build --push .", "990-99"},
		"compose build":                 {[]string{ownName, bake, plugins + "docker-compose compose build --push", "docker compose build --push"}, plugins + "docker-compose compose build --push", "980-98"},
		"compose build, alone":          {[]string{ownName, bake, "docker-compose up", "bash"}, "docker-compose up", "980-98"},
		"bake from stdin":               {[]string{ownName, plugins + "docker-buildx buildx bake -f -", "docker buildx bake -f -"}, plugins + "docker-buildx buildx bake -f -", "990-99"},
		"bake, its parent gone":         {[]string{ownName, bake}, bake, "990-99"},
	} {
		t.Run(name, func(t *testing.T) {
			got := findEngine(t.Context(), ancestry(test.processes...))
			if !slices.Equal(got.Argv, strings.Fields(test.argv)) || got.Run != test.run {
				t.Errorf("got %q of run %q, want %q of run %q", got.Argv, got.Run, test.argv, test.run)
			}
			if again := findEngine(t.Context(), ancestry(test.processes...)); again.Run != got.Run {
				t.Errorf("one run has two names: %q and %q", got.Run, again.Run)
			}
		})
	}
}

func TestFindEngineKnowsAParentThatIsNone(t *testing.T) {
	for name, test := range map[string]struct {
		helper, parent process
		found          bool
	}{
		"took the pid of a parent that has gone": {process{pid: 9, parent: 5, start: 10}, process{pid: 5, start: 11, argv: []string{"docker", "push"}}, false},
		"started in the same moment":             {process{pid: 9, parent: 5, start: 10}, process{pid: 5, start: 10, argv: []string{"docker", "push"}}, true},
		"init, which adopts":                     {process{pid: 9, parent: 1, start: 10}, process{pid: 1, argv: []string{"/sbin/init"}}, false},
		"an engine that is pid 1 of a container": {process{pid: 9, parent: 1, start: 10}, process{pid: 1, argv: []string{"crane", "push"}}, true},
		"outside of the pid namespace":           {process{pid: 9, parent: 0, start: 10}, process{argv: []string{"docker", "push"}}, false},
		"its own parent":                         {process{pid: 9, parent: 9, start: 10}, process{pid: 9, argv: []string{"docker", "push"}}, false},
	} {
		got := findEngine(t.Context(), func(_ context.Context, pid int) (process, error) {
			if pid == self {
				return test.helper, nil
			}
			return test.parent, nil
		})
		if found := got.Run != ""; found != test.found {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestReadParentDoesNotWaitForAStuckProcess(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	got := readParent(ctx, func(context.Context, int) (process, error) {
		cancel() // time is up, and this read never ends
		<-t.Context().Done()
		return process{}, errGone
	})
	if got.Run != "" || got.Argv != nil {
		t.Errorf("got %+v", got)
	}
}

// Any system's: the parent of a test is go, or whoever started the test's binary.
func TestReadParentNamesOneRun(t *testing.T) {
	first, second := ReadParent(t.Context()), ReadParent(t.Context())
	if first.Run != second.Run || !slices.Equal(first.Argv, second.Argv) {
		t.Error("two reads of one parent differ") // its argv is nobody's business
	}
	if strings.ContainsAny(first.Run, `/\:* `) {
		t.Errorf("the run %q cannot be part of a file's name", first.Run)
	}
}
