package engine

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func basic(user, token string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + token))
}

func TestPlainLogins(t *testing.T) {
	w := newWorld(t)
	token := sampleToken()
	w.write(".docker/config.json", fmt.Sprintf(`{"auths": {
		"ghcr.io": {"auth": %q},
		"https://ghcr.io": {"username": "hubot", "password": %q},
		"ghcr.io.evil.example": {"auth": %q},
		"quay.io": {"auth": %q}}}`, basic("mona", token), token, basic("e", token), basic("q", token)))
	w.write("run/containers/auth.json", fmt.Sprintf(`{"auths": {
		"ghcr.io": {"auth": %q, "identitytoken": "x"},
		"ghcr.io/octo": {"auth": %q}}}`, basic("mona", ""), basic("octo", token)))
	w.write(".config/containers/auth.json", `{"auths": {"ghcr.io": {}, "http://ghcr.io/v2/": {"auth": "%%%"}}}`)
	logins, err := PlainLogins(t.Context(), w.Env, ghcr)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range logins {
		text := fmt.Sprintf("%+v %#v %q %x %d %v", l, l, l, l, l.Token, l.Token.String())
		asJSON, err := json.Marshal(l)
		if text += string(asJSON); err != nil || strings.Contains(text, token) || strings.Contains(text, token[4:20]) {
			t.Error("printing a login shows its token")
		}
		name := strings.TrimPrefix(l.Path, w.Home)
		got = append(got, fmt.Sprintf("%s %s %s %s %s %t", name, l.Engine, l.Key, l.Kind, l.Username, l.Token.Reveal() == token))
	}
	want := []string{
		"/.docker/config.json docker ghcr.io token mona true",
		"/.docker/config.json docker https://ghcr.io token hubot true",
		"/run/containers/auth.json podman ghcr.io identity mona false",
		"/run/containers/auth.json podman ghcr.io/octo token octo true",
		"/.config/containers/auth.json podman ghcr.io empty  false",
		"/.config/containers/auth.json podman http://ghcr.io/v2/ damaged  false",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("logins\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestPlainLoginsBesideABadFile(t *testing.T) {
	w := newWorld(t)
	w.write(".docker/config.json", fmt.Sprintf(`{"auths": {"ghcr.io": {"auth": %q}}}`, basic("mona", sampleToken())))
	w.write("run/containers/auth.json", "{\n")
	logins, err := PlainLogins(t.Context(), w.Env, ghcr)
	if len(logins) != 1 || err == nil || !strings.Contains(err.Error(), "line 2, column 1") {
		t.Errorf("%d logins, %v", len(logins), err)
	}
}

func TestRemovePlainLogin(t *testing.T) {
	entry := fmt.Sprintf(`{"auth": %q}`, basic("mona", sampleToken()))
	other := fmt.Sprintf(`{"auth": %q}`, basic("mona", sampleToken()+"x"))
	layout := "{\n\t\"auths\": {\n\t\t\"a\": {},\n\t\t\"ghcr.io\": %s,\n\t\t\"z\": {\"auth\": \"eDp5\"}\n\t},\n\t\"x\": 1\n}\n"
	gone := "{\n\t\"auths\": {\n\t\t\"a\": {},\n\t\t\"z\": {\"auth\": \"eDp5\"}\n\t},\n\t\"x\": 1\n}\n"
	for name, c := range map[string]struct {
		before, meanwhile, after string
		err                      string
	}{
		"among others": {before: fmt.Sprintf(layout, entry), after: gone},
		"empty":        {before: fmt.Sprintf(layout, "{}"), after: gone},
		"alone":        {before: `{"auths":{"ghcr.io":` + entry + `}}`, after: `{"auths":{}}`},
		"first":        {before: `{"auths": {"https://ghcr.io": ` + entry + `, "a": {}}}`, after: `{"auths": {"a": {}}}`},
		"gone":         {before: fmt.Sprintf(layout, entry), meanwhile: gone, after: gone},
		"file gone":    {before: fmt.Sprintf(layout, entry), meanwhile: "none", after: "none"},
		"changed": {before: fmt.Sprintf(layout, entry), meanwhile: fmt.Sprintf(layout, other), after: fmt.Sprintf(layout, other),
			err: "the login was changed meanwhile"},
		"twice": {before: `{"auths":{"ghcr.io":{},"ghcr.io":` + entry + `}}`, after: `{"auths":{"ghcr.io":{},"ghcr.io":` + entry + `}}`,
			err: "ghcr.io stands there a second time"},
		"broken": {before: fmt.Sprintf(layout, entry), meanwhile: "{", after: "{", err: "line 1, column 2"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.write(".docker/config.json", c.before)
			logins, err := PlainLogins(t.Context(), w.Env, ghcr)
			if err != nil || len(logins) != 1 {
				t.Fatalf("%d logins, %v", len(logins), err)
			}
			if c.meanwhile != "" {
				w.write(".docker/config.json", c.meanwhile)
			}
			if c.meanwhile == "none" {
				remove(t, w.path(".docker/config.json"))
			}
			err = RemovePlainLogin(t.Context(), w.Env, logins[0])
			w.want(".docker/config.json", c.after)
			switch {
			case c.err == "" && err != nil, c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
				t.Errorf("error %v, want %s", err, c.err)
			case errors.Is(err, ErrChanged) != (name == "changed"):
				t.Errorf("error %v", err)
			}
			if err != nil && strings.Contains(err.Error(), sampleToken()[4:12]) {
				t.Error("the error shows the token")
			}
		})
	}
}
