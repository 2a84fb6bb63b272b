package engine

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	dockerconfig "github.com/docker/cli/cli/config"
)

// The diff shows what is changed and no secret, wherever in the file it stands.
func TestDiff(t *testing.T) {
	w := newWorld(t)
	token := sampleToken()
	secrets := []string{token, basic("mona", token), "identity-x", "hunter2", "header-x", "plugin-x", "key-x"}
	config := map[string]any{
		"auths": map[string]any{
			"ghcr.io": map[string]any{"auth": secrets[1], "identitytoken": secrets[2]},
			"quay.io": map[string]any{"username": "mona", "password": token},
		},
		"proxies":     map[string]any{"default": map[string]any{"httpProxy": "http://mona:hunter2@proxy"}},
		"HttpHeaders": map[string]any{"X-Meta": "header-x"},
		"plugins":     map[string]any{"p": map[string]any{"list": "plugin-x"}},
		"credHelpers": map[string]any{"a.example": "secretservice"},
		"vendor":      map[string]any{"apiToken": []string{"key-x"}, "note": "old: " + token, "color": "green"},
		"psFormat":    "table {{.Names}}",
	}
	for _, indent := range []string{"", "\t"} {
		text, err := json.MarshalIndent(config, "", indent)
		if err != nil {
			t.Fatal(err)
		}
		if indent == "" {
			text = []byte(strings.ReplaceAll(string(text), "\n", ""))
		}
		w.write(".docker/config.json", string(text))
		got := string(w.plan(both...).Diff())
		for _, secret := range secrets {
			if strings.Contains(got, secret) {
				t.Fatal("the diff shows a secret")
			}
		}
		for _, want := range []string{"--- " + w.path(".docker/config.json"), "+++ " + w.path(".docker/config.json"), `"ghcr.io": "ghcr"`, "secretservice", "--- /dev/null\n+++ " + w.path(".config/containers/auth.json")} {
			if !strings.Contains(strings.ReplaceAll(got, `"ghcr.io":"ghcr"`, `"ghcr.io": "ghcr"`), want) {
				t.Errorf("the diff lacks %s:\n%s", want, got)
			}
		}
		masked := string(mask(text))
		for _, setting := range []string{"green", "table {{.Names}}", "secretservice"} {
			if !strings.Contains(masked, setting) {
				t.Errorf("%s is hidden:\n%s", setting, masked)
			}
		}
		for _, secret := range secrets {
			if strings.Contains(masked, secret) {
				t.Error("a secret is shown outside the diff's context")
			}
		}
		w.want(".docker/config.json", string(text))
	}
	w.configure(ghcr, both...)
	p, err := PlanUnconfigure(t.Context(), w.Env, both, ghcr)
	if err != nil || !strings.Contains(string(p.Diff()), "+++ /dev/null") {
		t.Errorf("unconfigure: %v\n%s", err, p.Diff())
	}
}

// What we write is what docker's own code reads.
func TestDockerReadsIt(t *testing.T) {
	for name, text := range layouts {
		w := newWorld(t)
		w.write(".docker/config.json", text[0])
		before, err := dockerconfig.Load(w.path(".docker"))
		if err != nil {
			t.Errorf("%s: docker itself refuses it: %v", name, err)
			continue
		}
		w.configure(ghcr, Docker)
		after, err := dockerconfig.Load(w.path(".docker"))
		if err != nil || after.CredentialHelpers[ghcr] != helperName {
			t.Errorf("%s: %v, %v", name, err, after.CredentialHelpers)
		}
		after.CredentialHelpers, before.CredentialHelpers = nil, nil
		if !reflect.DeepEqual(before, after) {
			t.Errorf("%s: docker reads %+v, before %+v", name, after, before)
		}
	}
}
