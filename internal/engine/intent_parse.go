package engine

import "strings"

// program is a tool as an argv runs it.
type program struct {
	tool tool
	root string // the group of verbs that a program of its own stands for, as docker-buildx does for buildx
	args []string
}

// programName is the name of the program that an argv runs, and what follows.
func programName(argv []string) (name string, args []string) {
	if len(argv) > 1 && strings.HasPrefix(baseName(argv[0]), "python") { // docker-compose 1
		argv = argv[1:]
	}
	if len(argv) == 0 {
		return "", nil
	}
	name = baseName(argv[0])
	// Rootless buildah and skopeo run themselves again under this name.
	for strings.HasSuffix(name, "-in-a-user-namespace") {
		name = strings.TrimSuffix(name, "-in-a-user-namespace")
	}
	return name, argv[1:]
}

// programOf finds out which tool an argv runs.
func programOf(argv []string) (program, bool) {
	name, args := programName(argv)
	t, root, known := toolNamed(name)
	return program{tool: t, root: root, args: args}, known
}

// baseName cuts folder and ending off the name of a program, of any system.
func baseName(path string) string {
	path = path[strings.LastIndexAny(path, `/\`)+1:]
	return strings.TrimSuffix(strings.ToLower(path), ".exe")
}

// command is an argv taken apart.
type command struct {
	act
	tool     tool
	registry string
	verb     string              // "image push"
	words    []string            // what follows the verb, without flags
	flags    map[string][]string // the values of flags, by their long names
	unsure   bool                // an unknown flag: a word may be its value
}

// parse reads an argv as the tool would, as far as its flags are known. It
// fails where no known verb is certain.
func (p program) parse(registry string) (*command, bool) {
	c := &command{tool: p.tool, registry: registry, verb: p.root, flags: map[string][]string{}}
	var found, group, ended bool
	c.act, found, _ = c.tool.find(c.verb)
	for args := p.args; len(args) > 0; {
		word := args[0]
		switch {
		case !ended && word == "--":
			ended, args = true, args[1:]
		case !ended && isFlag(word):
			var certain bool
			if args, certain = c.parseFlag(args, found); !certain {
				return nil, false
			}
		case !found:
			args = args[1:]
			if word == "" {
				return nil, false
			}
			if c.verb == p.root && word == p.root { // docker runs docker-buildx buildx build
				continue
			}
			c.verb = strings.TrimPrefix(c.verb+" "+word, " ")
			if c.act, found, group = c.tool.find(c.verb); !found && !group {
				return nil, false
			}
		default:
			c.words = append(c.words, word)
			if c.readsFirstOnly() { // the rest is a command to run, or files
				return c, true
			}
			args = args[1:]
		}
		if found && c.act.intent == Login {
			break
		}
	}
	return c, found
}

func isFlag(word string) bool { return len(word) > 1 && word[0] == '-' }

// parseFlag takes a flag with its value off args, or a cluster such as -it. It is
// not certain where an unknown flag leaves two readings of what the verb is.
func (c *command) parseFlag(args []string, hasVerb bool) (rest []string, certain bool) {
	word, rest := args[0], args[1:]
	if long, isLong := strings.CutPrefix(word, "--"); isLong {
		name, value, hasValue := strings.Cut(long, "=")
		return c.setFlag(name, value, hasValue, rest, hasVerb)
	}
	cluster := word[1:]
	for {
		name, attached := cluster[:1], cluster[1:]
		full, k := c.flagNamed(name)
		if k != switchFlag || attached == "" || attached[0] == '=' {
			return c.setFlag(name, strings.TrimPrefix(attached, "="), attached != "", rest, hasVerb)
		}
		c.record(full, "true")
		cluster = attached
	}
}

func (c *command) setFlag(name, value string, hasValue bool, rest []string, hasVerb bool) (left []string, certain bool) {
	full, k := c.flagNamed(name)
	hasNext := len(rest) > 0 && !isFlag(rest[0])
	switch {
	case hasValue:
		c.record(full, value)
	case k == switchFlag:
		c.record(full, "true")
	case k == valueFlag && len(rest) > 0:
		c.record(full, rest[0])
		return rest[1:], true
	case k == otherFlag && hasNext:
		c.unsure = c.unsure || c.placeOf(rest[0]) == here
		return rest[1:], true
	case k == unknownFlag && !hasVerb:
		return c.guessVerb(rest)
	case k == unknownFlag && hasNext:
		c.unsure = true
	}
	return rest, true
}

func (c *command) record(flag, value string) { c.flags[flag] = append(c.flags[flag], value) }

// guessVerb decides whether the word after an unknown flag is its value: not if
// that word is a verb. If the word after it is one as well, nobody can tell.
func (c *command) guessVerb(rest []string) (left []string, certain bool) {
	isVerb := func(i int) bool {
		if i >= len(rest) {
			return false
		}
		_, found, group := c.tool.find(strings.TrimPrefix(c.verb+" "+rest[i], " "))
		return found || group
	}
	switch {
	case isVerb(0) && isVerb(1):
		return nil, false
	case isVerb(0), len(rest) == 0, isFlag(rest[0]):
		return rest, true
	}
	return rest[1:], true
}

// flagKind says what is known of a flag.
type flagKind int

const (
	unknownFlag flagKind = iota
	switchFlag
	valueFlag
	otherFlag // not listed, and takes a value as the flags of this verb do
)

// flagNamed looks for a flag among those of the verb, its groups and the tool.
func (c *command) flagNamed(name string) (full string, k flagKind) {
	if full, k = flagIn(c.own, name); k != unknownFlag {
		return full, k
	}
	if c.othersValued {
		return name, otherFlag
	}
	for group := c.verb; ; group = group[:max(0, strings.LastIndexByte(group, ' '))] {
		if full, k = flagIn(c.tool.flags[group], name); k != unknownFlag || group == "" {
			return full, k
		}
	}
}

// flagIn reads a list of flags such as "t|tag= q|quiet": names, the last of
// which is the one to keep, and an equals sign where a value follows.
func flagIn(list, name string) (full string, k flagKind) {
	for entry := range strings.FieldsSeq(list) {
		names, takesValue := strings.CutSuffix(entry, "=")
		found := false
		for alias := range strings.SplitSeq(names, "|") {
			full, found = alias, found || alias == name
		}
		switch {
		case found && takesValue:
			return full, valueFlag
		case found:
			return full, switchFlag
		}
	}
	return name, unknownFlag
}
