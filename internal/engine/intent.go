// Package engine knows container engines from outside: which of them asks for
// credentials, what it wants them for, and where it keeps its configuration.
package engine

import (
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
)

// Intent is what an engine wants credentials for.
type Intent int

// The intents. Unknown counts as a pull.
const (
	Unknown Intent = iota
	Pull
	Push
	Login     // login or logout
	Elsewhere // its image references name other registries only
)

func (i Intent) String() string {
	return [...]string{"unknown", "pull", "push", "login", "elsewhere"}[i]
}

// IntentOf tells from an engine's argv what it wants of a registry. It errs
// towards Unknown: a push taken for a pull still gets the registry's own denial,
// but a pull taken for a push would be refused for nothing.
func IntentOf(argv []string, registry string) Intent {
	p, ok := programOf(argv)
	if !ok {
		return Unknown
	}
	c, ok := p.parse(strings.TrimSuffix(strings.ToLower(registry), ":443"))
	if !ok {
		return Unknown
	}
	switch {
	case c.builds:
		return c.buildIntent()
	case c.act.intent == Push:
		return c.pushIntent()
	case c.act.intent == Pull && c.where(c.from.of(c.words)) == away && !c.unsure:
		return Elsewhere
	}
	return c.act.intent
}

// pushIntent looks at where a verb that writes writes to. A copy away from the
// registry only reads there.
func (c *command) pushIntent() Intent {
	targets := c.to.of(c.words)
	if c.unsure && c.from == noWords {
		targets = c.words
	}
	if c.tagged {
		if len(c.flags["output"]) > 0 { // a tar file instead
			return Pull
		}
		if tags := c.flags["tag"]; len(tags) > 0 {
			targets = tags
		}
	}
	switch {
	case c.on("dry-run"):
		return Pull
	case c.where(targets) != away:
		return Push
	case c.unsure:
		return Unknown
	case c.from == noWords && !c.tagged, c.where(c.from.of(c.words)) == away:
		return Elsewhere
	}
	return Pull
}

// buildIntent reads the flags of a build that make it write to a registry. What
// a build reads stands in its Dockerfile, so it is never Elsewhere.
func (c *command) buildIntent() Intent {
	pushes, tags := c.on("push"), c.flags["tag"]
	outputs, caches := c.flags["output"], c.flags["cache-to"]
	for _, set := range c.flags["set"] { // bake --set '*.output=type=registry'
		key, value, _ := strings.Cut(set, "=")
		switch key = strings.TrimSuffix(key, "+"); {
		case strings.HasSuffix(key, ".output"):
			outputs = append(outputs, value)
		case strings.HasSuffix(key, ".cache-to"):
			caches = append(caches, value)
		}
	}
	for _, output := range outputs {
		o := attributes(output)
		if o["type"] == "registry" || o["type"] == "image" && isTrue(o["push"]) {
			pushes = true
		}
		if o["name"] != "" {
			tags = append(tags, strings.Split(o["name"], ",")...)
		}
	}
	isPush := pushes && c.where(tags) != away
	for _, cache := range caches {
		o := attributes(cache)
		if !strings.Contains(cache, "=") { // short for type=registry,ref=
			o = map[string]string{"type": "registry", "ref": cache}
		}
		if o["type"] == "registry" && !isTrue(o["ignore-error"]) && c.where([]string{o["ref"]}) != away {
			isPush = true
		}
	}
	switch {
	case isPush && !c.on("dry-run"):
		return Push
	case pushes:
		return Pull
	}
	return c.act.intent
}

// attributes reads the value of --output and --cache-to: key=value fields, in
// quotes where a value has a comma.
func attributes(text string) map[string]string {
	found := map[string]string{}
	fields, err := csv.NewReader(strings.NewReader(text)).Read()
	if err != nil {
		return found
	}
	for _, field := range fields {
		key, value, _ := strings.Cut(field, "=")
		found[strings.ToLower(strings.TrimSpace(key))] = value
	}
	return found
}

func isTrue(text string) bool {
	yes, err := strconv.ParseBool(text)
	return yes && err == nil
}

// on reports whether a switch is set. Its last value counts; a value that is no
// boolean (helm's --dry-run=client) sets it too.
func (c *command) on(name string) bool {
	values := c.flags[name]
	if len(values) == 0 {
		return false
	}
	yes, err := strconv.ParseBool(values[len(values)-1])
	return yes || err != nil
}

// place says whether a reference is at the registry that credentials are asked for.
type place int

const (
	doubtful place = iota // no reference, or a short name that may lead anywhere
	here
	away
)

// where is here if one of the references is, away if all of them are.
func (c *command) where(references []string) place {
	result := away
	for _, reference := range references {
		switch c.placeOf(reference) {
		case here:
			return here
		case doubtful:
			result = doubtful
		}
	}
	if len(references) == 0 {
		return doubtful
	}
	return result
}

func (c *command) placeOf(reference string) place {
	name := strings.ToLower(reference)
	scheme, rest, found := strings.Cut(name, ":")
	rest, isURL := strings.CutPrefix(rest, "//")
	switch {
	case found && isURL && (scheme == "docker" || scheme == "oci"):
		name = rest
	case found && slices.Contains(localTransports, scheme):
		return away
	}
	host, _, hasPath := strings.Cut(name, "/")
	switch {
	case strings.TrimSuffix(host, ":443") == c.registry:
		return here
	case isURL, hasPath && (host == "" || host == "localhost" || strings.ContainsAny(host, ".:")):
		return away
	case c.tool.searches:
		return doubtful
	}
	return away // docker.io
}
