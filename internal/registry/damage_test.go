package registry

import (
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

func TestVerifyFindsDamage(t *testing.T) {
	l := newLab(t)
	img := randomImage(t, 2000, 3)
	l.pushImage("ghcr.io/mona/app:1", img)
	layer := layersOf(t, img)[1]
	digest, err := img.Digest()
	if err != nil {
		t.Fatal(err)
	}
	m, err := img.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	size := int(m.Layers[1].Size)
	blob := "/v2/mona/app/blobs/" + layer
	config := "/v2/mona/app/blobs/" + m.Config.Digest.String()
	for _, tt := range []struct {
		what       string
		fault      ghcrtest.Fault
		cause, row string
	}{
		{"cut layer", ghcrtest.Fault{Path: blob, Body: "abc", CutBody: true}, "layer " + layer + " of ghcr.io/mona/app:1 broke off after 3 of", ""},
		{"short layer", ghcrtest.Fault{Path: blob, Body: "abc"}, "broke off after 3 of", ""},
		{"long layer", ghcrtest.Fault{Path: blob, Body: strings.Repeat("x", size+100)}, "is damaged: it has more than its", ""},
		{"wrong layer", ghcrtest.Fault{Path: blob, Body: strings.Repeat("x", size)}, "layer " + layer + " of ghcr.io/mona/app:1 is damaged: its digest is sha256:", ""},
		{"wrong config", ghcrtest.Fault{Path: config, Body: strings.Repeat("{", int(m.Config.Size))}, "config " + m.Config.Digest.String() + " of ghcr.io/mona/app:1 is damaged", ""},
		{"absent layer", ghcrtest.Fault{Path: blob, Status: 404, Body: `{"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown"}]}`}, "ghcr.io refuses layer " + layer + " of ghcr.io/mona/app:1: BLOB_UNKNOWN: blob unknown", ""},
		{"layer in trouble", ghcrtest.Fault{Path: blob, Status: 503}, "cannot be fetched: ghcr.io is in trouble: it answered 503", ""},
		{"wrong manifest", ghcrtest.Fault{Path: "/v2/mona/app/manifests/1", Body: `{"schemaVersion":2}`, Header: http.Header{"Docker-Content-Digest": {digest.String()}}}, "manifest 1 of ghcr.io/mona/app:1 is damaged: its digest is sha256:", ""},
		{"no manifest", ghcrtest.Fault{Path: "/v2/mona/app/manifests/1", Body: `<html>`}, "is of a kind that cannot be checked", ""},
		{"huge manifest", ghcrtest.Fault{Path: "/v2/mona/app/manifests/1", Body: strings.Repeat(" ", maxManifest+1)}, "has more than 4194304 bytes", ""},
		{"cut manifest", ghcrtest.Fault{Path: "/v2/mona/app/manifests/1", Body: "{", CutBody: true}, "manifest 1 of ghcr.io/mona/app:1 cannot be fetched: ghcr.io cannot be reached: the connection broke", ""},
		{"negative size", ghcrtest.Fault{Path: "/v2/mona/app/manifests/1", Body: `{"schemaVersion":2,"config":{"digest":"` + layer + `","size":-1}}`}, "has a layer without a digest or a size", ""},
		{"refused", ghcrtest.Fault{Path: "/v2/mona/app/manifests/1", Status: 403, Body: `{"errors":[{"code":"DENIED","message":"permission_denied: read_package"}]}`}, "ghcr.io refuses ghcr.io/mona/app:1: DENIED: permission_denied: read_package", "no-read-role"},
	} {
		tt.fault.Side = ghcrtest.Registry
		l.SetFault(&tt.fault)
		got, err := l.client().Verify(deadline(t), "ghcr.io/mona/app:1", VerifyOptions{Auth: l.writer()})
		fails(t, tt.what, err, tt.cause, tt.row)
		for _, p := range got.Platforms {
			for _, b := range p.Blobs {
				if isBad := strings.HasSuffix(tt.fault.Path, b.Digest); b.Checked == isBad || (b.Problem != "") != isBad {
					t.Errorf("%s: %+v", tt.what, b)
				}
			}
		}
	}
	l.SetFault(&ghcrtest.Fault{Side: ghcrtest.Registry, Path: "/v2/mona/app/manifests/" + digest.String(), Body: `{}`})
	_, err = l.client().Verify(deadline(t), "ghcr.io/mona/app@"+digest.String(), VerifyOptions{Auth: l.writer()})
	fails(t, "wrong manifest by digest", err, "is damaged: its digest is sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "")
}

func TestVerifyFindsBrokenIndex(t *testing.T) {
	l := newLab(t)
	img := randomImage(t, 500, 1)
	l.pushImage("ghcr.io/mona/app:base", img)
	digest, err := img.Digest()
	if err != nil {
		t.Fatal(err)
	}
	child := `{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":1,"digest":"` + digest.String() + `"}`
	for _, tt := range []struct{ what, body, cause string }{
		{"size", `{"schemaVersion":2,"manifests":[` + child + `]}`, "manifest " + digest.String() + " of ghcr.io/mona/app:1 has"},
		{"no JSON", `{"manifests":[]`, "cannot be"},
		{"bad digest", `{"schemaVersion":2,"manifests":[{"digest":"sha256:x"}]}`, "cannot be read"},
		{"empty", `{"schemaVersion":2,"manifests":[]}`, "has no image for linux/" + runtime.GOARCH + ": it has none"},
	} {
		l.SetFault(&ghcrtest.Fault{Side: ghcrtest.Registry, Path: "/v2/mona/app/manifests/1", Body: tt.body, Header: http.Header{"Content-Type": {"application/vnd.oci.image.index.v1+json"}}})
		_, err := l.client().Verify(deadline(t), "ghcr.io/mona/app:1", VerifyOptions{Auth: l.writer()})
		row := ""
		if tt.what == "empty" {
			row = "no-platform"
		}
		fails(t, tt.what, err, tt.cause, row)
	}
}
