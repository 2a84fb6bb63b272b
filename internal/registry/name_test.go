package registry

import (
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
)

func TestNameProblem(t *testing.T) {
	digest := "@sha256:" + strings.Repeat("0a", 32)
	for _, good := range []string{
		"ghcr.io/octo/app", "ghcr.io/octo/app:1.0", "ghcr.io/octo/app:V1_x", "ghcr.io/octo/app" + digest, "ghcr.io/octo/app:1" + digest,
		"ghcr.io/octo/a/b/c", "ghcr.io/mona_corp/app__x--y.z", "ghcr.io:443/octo/app", "containers.octo.ghe.com/team/app", "containers.git.example.com/team/app:1",
	} {
		if p := NameProblem(good); p != nil {
			t.Errorf("%s: %+v", good, p)
		}
		if _, err := name.ParseReference(good); err != nil {
			t.Errorf("the library refuses %s: %v", good, err)
		}
	}
	for _, tt := range []struct{ image, code, suggestion string }{
		{"", EmptyName, ""},
		{"  ", EmptyName, ""},
		{"ghcr.io/octo/" + strings.Repeat("a", 2000), TooLong, ""},
		{"ghcr.io/Octo/App", UpperCase, "ghcr.io/octo/app"},
		{"ghcr.io/Octo/App:V1", UpperCase, "ghcr.io/octo/app:V1"},
		{"GHCR.IO/octo/app", UpperCase, "ghcr.io/octo/app"},
		{"ghcr.io/app", NoOwner, "ghcr.io/OWNER/app"},
		{"ghcr.io/App:1", NoOwner, "ghcr.io/OWNER/app:1"},
		{"ghcr.io//app", NoOwner, "ghcr.io/OWNER/app"},
		{"ghcr.io/octo/", NoOwner, "ghcr.io/OWNER/octo"},
		{"ghcr.io/", NoOwner, "ghcr.io/OWNER/IMAGE"},
		{"ghcr.io", NoOwner, "ghcr.io/OWNER/IMAGE"},
		{"octo/app", OtherRegistry, "ghcr.io/octo/app"},
		{"Octo/App:1", OtherRegistry, "ghcr.io/octo/app:1"},
		{"app", OtherRegistry, "ghcr.io/OWNER/app"},
		{"docker.io/octo/app", OtherRegistry, ""},
		{"localhost:5000/octo/app", OtherRegistry, ""},
		{"ghcr.io.evil.example/octo/app", OtherRegistry, ""},
		{"ghcr.io:444/octo/app", OtherRegistry, ""},
		{"docker.pkg.github.com/octo/app/web:1", OldRegistry, "ghcr.io/octo/app/web:1"},
		{"https://ghcr.io/Octo/app", Scheme, "ghcr.io/octo/app"},
		{"docker://ghcr.io/octo/app:1", Scheme, "ghcr.io/octo/app:1"},
		{"oci://ghcr.io/octo/charts/app", Scheme, "ghcr.io/octo/charts/app"},
		{"ghcr.io/${OWNER}/app", Unexpanded, ""},
		{"ghcr.io/$OWNER/app", Unexpanded, ""},
		{"ghcr.io/{{ .Owner }}/app", Unexpanded, ""},
		{" ghcr.io/octo/app\n", BadCharacter, "ghcr.io/octo/app"},
		{"ghcr.io/octo/my app", BadCharacter, ""},
		{"ghcr.io/octo/äpp", BadCharacter, ""},
		{"ghcr.io/octo/-app", BadPart, ""},
		{"ghcr.io/octo/app-", BadPart, ""},
		{"ghcr.io/octo/a..b", BadPart, ""},
		{"ghcr.io/octo//app", BadPart, ""},
		{"ghcr.io/octo/app:", BadTag, "ghcr.io/octo/app"},
		{"ghcr.io/octo/app:1.0+build.5", BadTag, "ghcr.io/octo/app:1.0-build.5"},
		{"ghcr.io/octo/app:-x", BadTag, "ghcr.io/octo/app:x"},
		{"ghcr.io/octo/app:" + strings.Repeat("a", 129), BadTag, "ghcr.io/octo/app:" + strings.Repeat("a", 128)},
		{"ghcr.io/octo/app@sha256:abc", BadDigest, ""},
		{"ghcr.io/octo/app@", BadDigest, ""},
	} {
		p := NameProblem(tt.image)
		if p == nil || p.Code != tt.code || p.Suggestion != tt.suggestion {
			t.Errorf("%q: %+v, want %s %q", tt.image, p, tt.code, tt.suggestion)
			continue
		}
		if p.Words.EN == "" || p.Words.ZH == "" {
			t.Errorf("%q: no words", tt.image)
		}
	}
}

func FuzzNameProblem(f *testing.F) {
	for _, s := range []string{"ghcr.io/octo/app:1", "https://docker://ghcr.io/Octo/App", "docker.pkg.github.com/a/b/c:1+2", "ghcr.io//:@", "a.b:c@d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, image string) {
		p := NameProblem(image)
		if p == nil {
			if ref, err := name.ParseReference(image); err != nil || ref.Context().RegistryStr() == name.DefaultRegistry {
				t.Fatalf("%q passes, and the library says %v", image, err)
			}
			return
		}
		if s := p.Suggestion; s != "" && !strings.Contains(s, "OWNER") && NameProblem(s) != nil {
			t.Fatalf("%q: the suggestion %q has a problem", image, s)
		}
	})
}
