package engine

import "strings"

// tool is what there is to know of a program's command line.
type tool struct {
	verbs []verb
	// flags of each group of verbs, "" for all: "t|tag= q|quiet" are two flags
	// with two names each, of which the first takes a value.
	flags map[string]string
	// searches says that a name without a host may lead to any registry, as the
	// engine's configuration has it, not to docker.io.
	searches bool
}

// verb is an entry of a tool's table: verbs, "image push, push", that do the same.
type verb struct {
	names string
	act   act
}

// act is what a verb does with a registry.
type act struct {
	intent       Intent
	from, to     span   // which of its words name images that it reads and writes
	tagged       bool   // --tag names the image to write, if given
	builds       bool   // its flags tell whether it writes
	own          string // its own flags, as in tool.flags
	othersValued bool   // flags not among its own take a value
}

// span is a part of the words after a verb.
type span int

const (
	noWords span = iota
	firstWord
	lastWord
	butLast
	allWords
)

func (s span) of(words []string) []string {
	n := len(words)
	switch {
	case s == noWords || n == 0:
		return nil
	case s == firstWord:
		return words[:1]
	case s == lastWord:
		return words[n-1:]
	case s == butLast:
		return words[:n-1]
	}
	return words
}

// readsFirstOnly says that all that follows the first word is of no interest.
func (a act) readsFirstOnly() bool { return a.from == firstWord && a.intent == Pull && !a.builds }

// find tells what a verb does, or else whether longer verbs begin with it.
func (t tool) find(name string) (a act, found, group bool) {
	for _, v := range t.verbs {
		for known := range strings.SplitSeq(v.names, ", ") {
			if known == name {
				return v.act, true, false
			}
			group = group || name == "" || strings.HasPrefix(known, name+" ")
		}
	}
	return act{}, false, group
}

// What verbs do.
var (
	logsIn     = act{intent: Login}
	pulls      = act{intent: Pull} // what, does not stand in its words
	pullsFirst = act{intent: Pull, from: firstWord}
	pullsAll   = act{intent: Pull, from: allWords}
	pushes     = act{intent: Push}
	pushesTo1  = act{intent: Push, to: firstWord}
	pushesLast = act{intent: Push, to: lastWord}
	copies     = act{intent: Push, from: butLast, to: lastWord}
	changes    = act{intent: Push, from: firstWord, to: firstWord, tagged: true}
	builds     = act{intent: Pull, builds: true, own: buildFlags}
	bakes      = act{intent: Unknown, builds: true, own: buildFlags} // its file may tell it to push
	runs       = act{intent: Pull, from: firstWord, own: runFlags, othersValued: true}
)

// Flags whose value could be taken for something else.
const buildFlags = "t|tag= o|output= export-cache|cache-to= push f|file= q|quiet set= dry-run build-arg= label= metadata-file= progress= j|jobs="

// runFlags are the flags of run and create that take no value, of docker and podman.
const runFlags = "d|detach disable-content-trust env-host help http-proxy i|interactive init no-healthcheck no-hosts no-hostname " +
	"oom-kill-disable passwd privileged P|publish-all q|quiet r|remote read-only read-only-tmpfs replace rm rmi rootfs sig-proxy " +
	"t|tty tls-verify unsetenv-all use-api-socket"

// toolNamed knows the tools by the names of their programs. root is the group of
// verbs that a docker plugin stands for.
func toolNamed(name string) (t tool, root string, known bool) {
	switch name {
	case "docker", "com.docker.cli":
		return dockerTool(), "", true
	case "docker-buildx", "buildx":
		return dockerTool(), "buildx", true
	case "docker-compose":
		return dockerTool(), "compose", true
	case "nerdctl", "finch":
		return nerdctlTool(), "", true
	case "podman", "podman-remote", "podman-remote-static":
		return podmanTool(), "", true
	case "buildah":
		return buildahTool(), "", true
	case "skopeo":
		return skopeoTool(), "", true
	case "crane", "gcrane", "krane":
		return craneTool(), "", true
	case "oras":
		return orasTool(), "", true
	case "regctl":
		return regctlTool(), "", true
	case "helm":
		return helmTool(), "", true
	case "cosign":
		return cosignTool(), "", true
	case "buildctl":
		return tool{verbs: []verb{{"build", builds}}, flags: map[string]string{"": "addr= debug timeout="}}, "", true
	case "docker-credential-ghcr": // its own verify asks as an engine does
		return tool{verbs: []verb{{"verify", pullsAll}}, flags: map[string]string{"verify": "platform= engine= timeout= head all-platforms json"}}, "", true
	case "kubelet":
		return tool{verbs: []verb{{"", pulls}}}, "", true
	}
	return tool{}, "", false
}
