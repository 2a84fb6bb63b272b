package engine

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
)

// Change is one file to be written. Its texts hold whatever secrets the file
// has: Diff is for showing.
type Change struct {
	Engines []Engine // whose file it is; both engines may read one
	Path    string   // as the engine names it; a link is kept
	Before  []byte
	After   []byte
	Creates bool // there is no file yet
	Removes bool // there will be none
	// ForLogin is set where the engine asks the helper without this change too:
	// only podman login needs it, to store through the helper. What it is about
	// goes at every reboot; KeepPodman makes it anew.
	ForLogin bool

	was     file
	next    edited
	folders []string // that go with the file
}

// Plan is what is to be done, and what was found. Making one writes nothing.
type Plan struct {
	Changes  []Change
	Findings []Finding

	env     Env
	undo    bool
	records records
	stale   []edited // records that outlived what they are about
	again   func(context.Context) (Plan, error)
}

// Effective reports whether an engine asks the helper already: nothing need be
// changed for that, and nothing that was found defeats it.
func (p Plan) Effective(e Engine) bool {
	for _, c := range p.Changes {
		if slices.Contains(c.Engines, e) && !c.ForLogin {
			return false
		}
	}
	return !slices.ContainsFunc(p.Findings, func(f Finding) bool {
		return f.Defeats && (len(f.Engines) == 0 || slices.Contains(f.Engines, e))
	})
}

// misspelt are keys that people write for credHelpers. Every engine ignores them.
var misspelt = []string{"credsHelpers", "credsHelper", "credHelper"}

const credHelpers = "credHelpers"

// PlanConfigure plans to set credHelpers[registry] to this helper in the files
// of engines. Files that cannot be edited are left out, with a finding.
func PlanConfigure(ctx context.Context, env Env, engines []Engine, registry string) (Plan, error) {
	p, err := newPlan(ctx, env, registry)
	if err != nil {
		return p, err
	}
	p.again = func(ctx context.Context) (Plan, error) { return PlanConfigure(ctx, env, engines, registry) }
	s := survey{ctx: ctx, env: p.env, registry: registry, engines: engines, files: map[string]file{}}
	edit := func(engine Engine, path string, forLogin bool) {
		err := p.add(s.load(path), engine, forLogin, func(f file, old edited) ([]byte, edited, error) {
			return configure(f, old, registry)
		})
		if err != nil && !forLogin {
			s.unusable(engine, path, err)
		}
	}
	for _, engine := range engines {
		for _, path := range s.env.targets(engine) {
			edit(engine, path, false)
		}
		if path, forLogin := s.session(); engine == Podman && path != "" {
			edit(engine, path, forLogin)
		}
	}
	s.look(p.Changes)
	p.Findings = s.findings
	return p, ctx.Err()
}

// PlanUnconfigure plans to take back what configure did: what stood there
// before comes back, what a person changed since stays. An entry for this
// helper that configure did not write goes too: afterwards no file of engines
// names the helper for registry.
func PlanUnconfigure(ctx context.Context, env Env, engines []Engine, registry string) (Plan, error) {
	p, err := newPlan(ctx, env, registry)
	if err != nil {
		return p, err
	}
	p.undo = true
	p.again = func(ctx context.Context) (Plan, error) { return PlanUnconfigure(ctx, env, engines, registry) }
	for _, engine := range engines {
		paths := p.env.targets(engine)
		if path := p.env.runtimeFile(); engine == Podman && path != "" {
			paths = append(paths, path)
		}
		for _, e := range p.records.Files { // also where the environment led elsewhere then
			if slices.Contains(e.Engines, engine) && !slices.Contains(paths, e.Path) {
				paths = append(paths, e.Path)
			}
		}
		for _, path := range paths {
			f := load(ctx, path)
			if err := p.add(f, engine, false, func(f file, old edited) ([]byte, edited, error) {
				return unconfigure(f, old, registry)
			}); err != nil {
				p.Findings = append(p.Findings, Finding{Kind: BadFile, Engines: []Engine{engine}, Path: path, Err: err})
			} else if f.config.CredsStore == helperName {
				p.Findings = append(p.Findings, Finding{Kind: StoreAlone, Engines: []Engine{engine}, Path: path, Key: "credsStore", Value: helperName})
			}
		}
	}
	return p, ctx.Err()
}

func newPlan(ctx context.Context, env Env, registry string) (Plan, error) {
	var p Plan
	if registry == "" || strings.ContainsAny(registry, "/ \"\\\n") {
		return p, errors.New("not a registry host")
	}
	var err error
	if p.env, err = env.real(); err != nil {
		return p, err
	}
	p.records, err = readRecords(ctx, p.env.Dir)
	return p, err
}

// add plans the edit of one file, or joins engine to the plan there is for it,
// under whatever name.
func (p *Plan) add(f file, engine Engine, forLogin bool, edit func(file, edited) ([]byte, edited, error)) error {
	if f.err != nil {
		return f.err
	}
	goal, err := disk.Target(f.path)
	if err != nil {
		return unwritten(f.path, err)
	}
	for i, c := range p.Changes {
		if same, _ := disk.Target(c.Path); same == goal {
			p.Changes[i].join(engine)
			p.Changes[i].ForLogin = c.ForLogin && forLogin
			return nil
		}
	}
	old := p.records.of(f.path)
	after, next, err := edit(f, old)
	if err != nil {
		return err
	}
	c := Change{Path: f.path, Before: f.data, After: after, ForLogin: forLogin, was: f, next: next, folders: old.Folders}
	c.Creates, c.Removes = !f.exists && after != nil, f.exists && after == nil
	if !c.Creates && !c.Removes && string(after) == string(f.data) {
		if len(next.Steps) < len(old.Steps) {
			p.stale = append(p.stale, next)
		}
		return nil
	}
	c.join(engine)
	p.Changes = append(p.Changes, c)
	return nil
}

func (c *Change) join(e Engine) {
	if !slices.Contains(c.Engines, e) {
		c.Engines = append(c.Engines, e)
	}
	if !slices.Contains(c.next.Engines, e) {
		c.next.Engines = append(slices.Clone(c.next.Engines), e)
	}
}

// ours is the value that an engine's file gets.
const ours = `"` + helperName + `"`

// configure edits the text of one file, and says how to take that back.
func configure(f file, old edited, registry string) ([]byte, edited, error) {
	data, next := f.data, old.still(f.data)
	switch {
	case !f.exists:
		goal, err := disk.Target(f.path)
		if err != nil {
			return nil, next, unwritten(f.path, err)
		}
		data, next = []byte("{}\n"), edited{Path: f.path, Created: true, Folders: missingFolders(goal)}
	case f.blank():
		blank := string(f.data)
		data, next = []byte("{}\n"), edited{Path: f.path, Blank: &blank}
	}
	e := editor{data: data}
	if f.config.CredHelpers[registry] != helperName {
		if err := f.twice(registry); err != nil {
			return nil, next, err
		}
		if now := e.get(credHelpers); now == "" || now == "null" {
			e.put("", "{}", credHelpers)
		}
		e.put(registry, ours, credHelpers, registry)
	}
	for _, path := range f.useless(registry) {
		e.put(registry, "", path...)
		if field := path[0]; field != credHelpers && e.get(field) != "" && isHollow([]byte(e.get(field))) {
			e.put(registry, "", field)
		}
	}
	if len(e.steps) == 0 {
		return f.data, next, nil
	}
	next.Steps = append(next.Steps, e.steps...)
	// The edit must be seen by those for whom it is made.
	if c, err := parse(f.path, e.data); err != nil || c.CredHelpers[registry] != helperName {
		return nil, next, &FileError{Path: f.path, Cause: "cannot be edited safely: add credHelpers by hand"}
	}
	return e.data, next, nil
}

// unconfigure is the way back. After nil means that the file goes.
func unconfigure(f file, old edited, registry string) ([]byte, edited, error) {
	old = old.still(f.data)
	if f.blank() || f.config.CredHelpers[registry] != helperName && len(old.Steps) == 0 {
		return f.data, old, nil
	}
	if err := f.twice(registry); err != nil {
		return nil, old, err
	}
	isOther := func(s step) bool { return s.Registry != "" && s.Registry != registry }
	othersLeft := slices.ContainsFunc(old.Steps, isOther)
	next := old
	next.Steps = nil
	e := editor{data: f.data}
	for _, s := range slices.Backward(old.Steps) {
		switch {
		case isOther(s) || s.Registry == "" && othersLeft:
			next.Steps = append(next.Steps, s)
		case s.isUndone(e.data):
			e.restore(s)
		}
	}
	slices.Reverse(next.Steps)
	if e.get(credHelpers, registry) == ours {
		e.put(registry, "", credHelpers, registry)
	}
	switch {
	case len(next.Steps) > 0 || len(old.Steps) == 0:
	case old.Created && isBare(e.data):
		return nil, next, nil
	case old.Blank != nil && isHollow(e.data):
		return []byte(*old.Blank), next, nil
	}
	return e.data, next, nil
}

// twice is an error when a name on the way to credHelpers[registry] stands there
// twice.
func (f file) twice(registry string) error {
	if f.blank() {
		return nil
	}
	_, err := get(f.data, []string{credHelpers, registry})
	var twice *duplicateError
	if errors.As(err, &twice) {
		return twice.in(f)
	}
	return err
}

// useless are the paths of entries that were meant to name this helper for
// registry, and that no engine understands so: a name with a scheme, a name in
// a misspelt object.
func (f file) useless(registry string) [][]string {
	if f.blank() || f.err != nil {
		return nil
	}
	var paths [][]string
	for _, field := range append([]string{credHelpers}, misspelt...) {
		o, i, _, err := locate(f.data, []string{field})
		if err != nil || i < 0 || f.data[o.members[i].start] != '{' {
			continue
		}
		for _, m := range scan(f.data, o.members[i].start).members {
			if names(m.name, registry) && (field != credHelpers || hasScheme(m.name)) && string(f.data[m.start:m.end]) == ours {
				paths = append(paths, []string{field, m.name})
			}
		}
	}
	return paths
}

// editor edits text and remembers how. What it cannot find it leaves.
type editor struct {
	data  []byte
	steps []step
}

func (e *editor) get(path ...string) string {
	now, _ := get(e.data, path)
	return now
}

func (e *editor) put(registry, value string, path ...string) {
	s := step{Registry: registry, Path: path, Before: e.get(path...), After: value}
	after, inside, err := put(e.data, path, value, "")
	if err == nil {
		s.Inside = inside
		e.data, e.steps = after, append(e.steps, s)
	}
}

func (e *editor) restore(s step) {
	if after, _, err := put(e.data, s.Path, s.Before, s.Inside); err == nil {
		e.data = after
	}
}
