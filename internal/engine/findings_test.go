package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// describe is a finding in a line, with paths below home.
func describe(w *world, f Finding) string {
	text := fmt.Sprintf("%s %v %s %s=%s", f.Kind, f.Engines, strings.TrimPrefix(f.Path, w.Home), f.Key, f.Value)
	switch {
	case f.Mended:
		text += " mended"
	case f.Defeats:
		text += " defeats"
	}
	return text
}

func TestFindings(t *testing.T) {
	token := sampleToken()
	entry := fmt.Sprintf(`{"auth": %q}`, basic("mona", token))
	const done = `{"credHelpers": {"ghcr.io": "ghcr"}}`
	for name, c := range map[string]struct {
		engines []Engine
		vars    map[string]string
		files   map[string]string
		want    []string
	}{
		"nothing": {engines: both},
		"a login in docker's file": {engines: both,
			files: map[string]string{".docker/config.json": `{"auths": {"https://ghcr.io": ` + entry + `}}`},
			want:  []string{"plain-login [docker podman] /.docker/config.json https://ghcr.io= mended"}},
		"a login beside the helper": {engines: both,
			files: map[string]string{".docker/config.json": `{"auths": {"ghcr.io": ` + entry + `}, "credHelpers": {"ghcr.io": "ghcr"}}`},
			want:  []string{"plain-login [docker podman] /.docker/config.json ghcr.io="}},
		"an empty login": {engines: both,
			files: map[string]string{".docker/config.json": `{"auths": {"ghcr.io": {}}}`},
			want:  []string{"empty-login [docker podman] /.docker/config.json ghcr.io="}},
		"a login of the session": {engines: both,
			files: map[string]string{"run/containers/auth.json": `{"auths": {"ghcr.io": ` + entry + `}}`,
				".config/containers/auth.json": done, ".docker/config.json": done},
			want: []string{"runtime-login [podman] /run/containers/auth.json ghcr.io= mended"}},
		"a login of the session that the helper comes before": {engines: both,
			files: map[string]string{"run/containers/auth.json": `{"auths": {"ghcr.io": ` + entry + `}, "credHelpers": {"ghcr.io": "ghcr"}}`,
				".config/containers/auth.json": done, ".docker/config.json": done},
			want: []string{"plain-login [podman] /run/containers/auth.json ghcr.io="}},
		"a namespaced login of the session": {engines: []Engine{Podman},
			files: map[string]string{"run/containers/auth.json": `{"auths": {"ghcr.io/octo": ` + entry + `}}`},
			want:  []string{"runtime-login [podman] /run/containers/auth.json ghcr.io/octo= mended"}},
		"another helper": {engines: both,
			files: map[string]string{".docker/config.json": `{"credHelpers": {"ghcr.io": "desktop"}}`},
			want:  []string{"other-helper [docker podman] /.docker/config.json ghcr.io=desktop mended"}},
		"a scheme": {engines: []Engine{Docker},
			files: map[string]string{".docker/config.json": `{"credHelpers": {"https://ghcr.io": "ghcr"}}`},
			want:  []string{"key-scheme [docker] /.docker/config.json https://ghcr.io=ghcr mended"}},
		"misspelt": {engines: []Engine{Docker},
			files: map[string]string{".docker/config.json": `{"credsHelper": {"ghcr.io": "ghcr"}}`},
			want:  []string{"key-misspelt [docker] /.docker/config.json credsHelper=ghcr mended"}},
		"misspelt, of another registry": {engines: []Engine{Docker},
			files: map[string]string{".docker/config.json": `{"credsHelper": {"quay.io": "ghcr"}}`}},
		"a store": {engines: both,
			files: map[string]string{".docker/config.json": `{"credsStore": "ghcr"}`},
			want:  []string{"store-alone [podman] /.docker/config.json credsStore=ghcr mended"}},
		"another store": {engines: both,
			files: map[string]string{".docker/config.json": `{"credsStore": "desktop", "auths": {"ghcr.io": ` + entry + `}}`},
			want:  []string{"plain-login [podman] /.docker/config.json ghcr.io= mended"}},
		"a broken file of the session": {engines: both,
			files: map[string]string{"run/containers/auth.json": "\xef\xbb\xbf{}"},
			want:  []string{"unreadable-file [podman] /run/containers/auth.json = defeats"}},
		"a broken file of docker": {engines: []Engine{Podman},
			files: map[string]string{".docker/config.json": "{"},
			want:  []string{"unreadable-file [podman] /.docker/config.json = defeats"}},
		"an empty file of docker": {engines: both,
			files: map[string]string{".docker/config.json": ""}},
		"an empty file of docker, for podman": {engines: []Engine{Podman},
			files: map[string]string{".docker/config.json": ""},
			want:  []string{"unreadable-file [podman] /.docker/config.json = defeats"}},
		"the environment": {engines: both,
			vars: map[string]string{"DOCKER_AUTH_CONFIG": `{"auths": {"ghcr.io": ` + entry + `}}`},
			want: []string{"environment [docker]  DOCKER_AUTH_CONFIG= defeats"}},
		"the environment, of another registry": {engines: both,
			vars: map[string]string{"DOCKER_AUTH_CONFIG": `{"auths": {"quay.io": ` + entry + `}}`}},
		"the environment, which docker does not understand": {engines: both,
			vars: map[string]string{"DOCKER_AUTH_CONFIG": `{"auths": {"ghcr.io": {"identitytoken": "x"}}}`}},
		"helm": {engines: []Engine{Docker},
			files: map[string]string{".config/helm/registry/config.json": `{"auths": {"ghcr.io": ` + entry + `}}`},
			want:  []string{"own-store [helm] /.config/helm/registry/config.json ghcr.io= defeats"}},
		"helm's helper": {engines: []Engine{Docker},
			files: map[string]string{".config/helm/registry/config.json": `{"credHelpers": {"ghcr.io": "pass"}, "credsStore": "pass"}`},
			want:  []string{"own-store [helm] /.config/helm/registry/config.json credHelpers=pass defeats"}},
		"helm's store": {engines: []Engine{Docker},
			files: map[string]string{".config/helm/registry/config.json": `{"auths": {}, "credsStore": "pass"}`},
			want:  []string{"own-store [helm] /.config/helm/registry/config.json credsStore=pass"}},
		"regctl": {engines: []Engine{Docker},
			files: map[string]string{".regctl/config.json": `{"hosts": {"ghcr.io": {"user": "mona", "pass": "` + token + `"}, "quay.io": {"user": "q"}}}`,
				".config/regctl/config.json": `{"hosts": {"x": {"hostname": "ghcr.io", "credHelper": "docker-credential-pass"}, "ghcr.io": {"tls": "enabled"}}}`},
			want: []string{"own-store [regctl] /.config/regctl/config.json x=docker-credential-pass defeats",
				"own-store [regctl] /.regctl/config.json ghcr.io= defeats"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for name, value := range c.vars {
				w.vars[name] = value
			}
			for name, text := range c.files {
				w.write(name, text)
			}
			p := w.plan(c.engines...)
			var got []string
			for _, f := range p.Findings {
				got = append(got, describe(w, f))
				if all := fmt.Sprintf("%+v", f); strings.Contains(all, token) || strings.Contains(all, basic("mona", token)) {
					t.Error("a finding shows the token")
				}
			}
			if !slices.Equal(got, c.want) {
				t.Fatalf("findings\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			// What is said to be mended is: nothing of it defeats any more.
			w.apply(p)
			after := w.plan(c.engines...)
			if len(after.Changes) > 0 {
				t.Errorf("%d changes are left", len(after.Changes))
			}
			for _, f := range after.Findings {
				text := describe(w, f)
				if f.Mended || f.Defeats && !slices.Contains(c.want, text) {
					t.Errorf("after the plan was carried out: %s", text)
				}
			}
			for _, engine := range c.engines {
				isBad := slices.ContainsFunc(c.want, func(text string) bool {
					return strings.HasSuffix(text, "defeats") && strings.Contains(text, string(engine))
				})
				if strings.HasPrefix(name, "helm") || strings.HasPrefix(name, "regctl") {
					isBad = false
				}
				if after.Effective(engine) == isBad {
					t.Errorf("%s effective: %t", engine, after.Effective(engine))
				}
			}
		})
	}
}

// Podman login would write the token in clear text, and configure cannot help it.
func TestLoginInClear(t *testing.T) {
	for name, c := range map[string]struct {
		change func(w *world)
		isSaid bool
	}{
		"a session":            {func(*world) {}, false},
		"no session":           {func(w *world) { delete(w.vars, "XDG_RUNTIME_DIR") }, true},
		"a session that ended": {func(w *world) { w.endSession() }, true},
		"one file for all":     {func(w *world) { w.vars["REGISTRY_AUTH_FILE"] = w.path("one.json") }, false},
		"an ambiguous file": {func(w *world) {
			w.write("run/containers/auth.json", `{"credHelpers": {"a": "x"}, "credHelpers": {"b": "y"}}`)
		}, true},
		"a file that names the helper, of a session that ended": {func(w *world) {
			w.write("old/containers/auth.json", `{"credHelpers": {"ghcr.io": "ghcr"}}`)
			w.vars["XDG_RUNTIME_DIR"] = w.path("old")
		}, false},
	} {
		w := newWorld(t)
		c.change(w)
		w.configure(ghcr, both...)
		p := w.plan(both...)
		if !p.Effective(Podman) || len(p.Changes) > 0 {
			t.Errorf("%s: effective: %t, %d changes: %+v", name, p.Effective(Podman), len(p.Changes), p.Findings)
		}
		isSaid := slices.ContainsFunc(p.Findings, func(f Finding) bool { return f.Kind == LoginInClear && !f.Defeats })
		if isSaid != c.isSaid {
			t.Errorf("%s: it is said: %t", name, isSaid)
		}
	}
}

func TestFindingsAboutPrograms(t *testing.T) {
	w := newWorld(t)
	kinds := func() (all []string) {
		for _, f := range w.plan(Docker).Findings {
			all = append(all, describe(w, f))
		}
		return all
	}
	self := w.Env.Self
	w.Env.Self = w.path("elsewhere/" + binary)
	w.write("elsewhere/"+binary, "the program")
	if got := kinds(); len(got) != 0 {
		t.Errorf("a copy on the PATH: %v", got)
	}
	w.write("elsewhere/"+binary, "another build")
	if got := kinds(); !slices.Equal(got, []string{"other-binary [] /bin/" + binary + " = defeats"}) {
		t.Errorf("another program on the PATH: %v", got)
	}
	w.Env.Self = self
	w.Env.LookPath = func(name string) (string, error) {
		if name == "docker" {
			return "/snap/bin/docker", nil
		}
		return "", errors.New("not there")
	}
	if got := kinds(); !slices.Equal(got, []string{
		"snap-docker [docker] /snap/docker/current/.docker/config.json = defeats",
		"not-on-path [] /bin/" + binary + " = defeats"}) {
		t.Errorf("a snap and no program: %v", got)
	}
	if p := w.plan(Docker); p.Effective(Docker) {
		t.Error("effective though docker finds no program")
	}
}
