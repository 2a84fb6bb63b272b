package engine

import (
	"context"
	"slices"
	"time"
)

// keepWait is how long a login waits for another process of ours.
const keepWait = 300 * time.Millisecond

// podmanPrograms keep their logins in podman's files.
var podmanPrograms = []string{"podman", "podman-remote", "podman-remote-static", "buildah", "skopeo"}

// KeepPodman puts the helper back into podman's file of the session, which a
// reboot has removed, if configure has set podman up for registry. It is for a
// login or logout, by argv: podman asks for credentials first and looks into
// the file again before it stores some, in clear text where the file names no
// helper. An engine that is not podman's, a file that is right already and one
// that names another helper are left alone. A caller has no use for the error
// but to trace it: the login must go on.
func KeepPodman(ctx context.Context, env Env, argv []string, registry string) error {
	if name, _ := programName(argv); !slices.Contains(podmanPrograms, name) {
		return nil
	}
	p, err := planKeeping(ctx, env, registry)
	if err != nil || len(p.Changes) == 0 {
		return err
	}
	_, err = p.apply(ctx, keepWait)
	return err
}

func planKeeping(ctx context.Context, env Env, registry string) (Plan, error) {
	p, err := newPlan(ctx, env, registry)
	if err != nil || !p.records.names(Podman, registry) {
		return p, err
	}
	p.again = func(ctx context.Context) (Plan, error) { return planKeeping(ctx, env, registry) }
	path := p.env.runtimeFile()
	if path == "" || !p.env.hasSession() {
		return p, nil
	}
	f := load(ctx, path)
	if f.config.CredHelpers[registry] != "" {
		return p, nil
	}
	return p, p.add(f, Podman, false, func(f file, old edited) ([]byte, edited, error) {
		return configure(f, old, registry)
	})
}
