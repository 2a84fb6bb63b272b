package registry

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

// layersOf are the digests of an image's layers.
func layersOf(t *testing.T, img v1.Image) []string {
	t.Helper()
	m, err := img.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, l := range m.Layers {
		all = append(all, l.Digest.String())
	}
	return all
}

// fails checks that a Verify failed and how.
func fails(t *testing.T, what string, err error, cause, row string) {
	t.Helper()
	var f *Failure
	if !errors.As(err, &f) || !strings.Contains(f.Cause, cause) || strings.ContainsAny(f.Cause, "\n") {
		t.Errorf("%s: %v, want %q", what, err, cause)
		return
	}
	got := ""
	if f.Finding != nil {
		got = f.Finding.Row.ID
	}
	if got != row {
		t.Errorf("%s: row %q, want %q", what, got, row)
	}
}

func TestVerifyImage(t *testing.T) {
	l := newLab(t)
	img := randomImage(t, 3000, 5)
	img, err := mutate.ConfigFile(img, &v1.ConfigFile{OS: "linux", Architecture: "riscv64"})
	if err != nil {
		t.Fatal(err)
	}
	// A layer twice is fetched once.
	same, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	if len(same) > 0 {
		if img, err = mutate.AppendLayers(img, same[0]); err != nil {
			t.Fatal(err)
		}
	}
	l.pushImage("ghcr.io/mona/app:1", img)
	l.Reset()
	var last Progress
	finished := map[string]int{}
	got, err := l.client().Verify(deadline(t), "ghcr.io/mona/app:1", VerifyOptions{
		Auth: l.writer(), Parallel: 2,
		Progress: func(p Progress) {
			if p.Done < last.Done || p.Bytes > p.Blob.Size || p.Done > p.Total {
				t.Errorf("progress went from %+v to %+v", last, p)
			}
			last = p
			if p.Finished() {
				finished[p.Blob.Digest]++
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	digest, err := img.Digest()
	if err != nil {
		t.Fatal(err)
	}
	if got.Image != "ghcr.io/mona/app:1" || got.Digest != digest.String() || got.Bytes == 0 || got.Bytes != last.Total || last.Done != last.Total || got.Time <= 0 {
		t.Errorf("verified: %+v, last progress %+v", got, last)
	}
	if len(got.Platforms) != 1 || got.Platforms[0].Platform != "linux/riscv64" || got.Platforms[0].Digest != digest.String() {
		t.Fatalf("platforms: %+v", got.Platforms)
	}
	for _, b := range got.Platforms[0].Blobs {
		path := "/v2/mona/app/blobs/" + b.Digest
		if !b.Checked || b.Problem != "" || finished[b.Digest] != 1 || l.Count("ghcr.io", path) != 1 {
			t.Errorf("%+v, finished %d times, fetched %d times", b, finished[b.Digest], l.Count("ghcr.io", path))
		}
	}
	if n := len(got.Platforms[0].Blobs); n != len(layersOf(t, img))+1 {
		t.Errorf("%d blobs", n)
	}
}

// index is an image for several platforms, each of one layer.
func index(t *testing.T, platforms ...string) v1.ImageIndex {
	t.Helper()
	out := v1.ImageIndex(empty.Index)
	for _, s := range platforms {
		p, err := v1.ParsePlatform(s)
		if err != nil {
			t.Fatal(err)
		}
		out = mutate.AppendManifests(out, mutate.IndexAddendum{Add: randomImage(t, 500, 1), Descriptor: v1.Descriptor{Platform: p}})
	}
	return out
}

func TestVerifyIndex(t *testing.T) {
	l := newLab(t)
	here := "linux/" + runtime.GOARCH
	other := "linux/s390x"
	ix := index(t, other, "linux/arm/v7", here, "unknown/unknown")
	l.push("ghcr.io/mona/app:1", func(ref name.Reference, opts ...remote.Option) error { return remote.WriteIndex(ref, ix, opts...) })
	digest, err := ix.Digest()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		opts VerifyOptions
		want string
	}{
		{VerifyOptions{}, here},
		{VerifyOptions{Platform: other}, other},
		{VerifyOptions{Platform: "linux/arm"}, "linux/arm/v7"},
		{VerifyOptions{Platform: other, HeadOnly: true}, other},
		{VerifyOptions{AllPlatforms: true}, other + " linux/arm/v7 " + here + " unknown/unknown"},
	} {
		tt.opts.Auth = l.writer()
		l.Reset()
		got, err := l.client().Verify(deadline(t), "ghcr.io/mona/app@"+digest.String(), tt.opts)
		if err != nil {
			t.Errorf("%s: %v", tt.want, err)
			continue
		}
		var names []string
		for _, p := range got.Platforms {
			names = append(names, p.Platform)
			for _, b := range p.Blobs {
				if b.Checked == tt.opts.HeadOnly {
					t.Errorf("%s: %+v", tt.want, b)
				}
			}
		}
		if strings.Join(names, " ") != tt.want || got.Digest != digest.String() {
			t.Errorf("checked %v of %s, want %s", names, got.Digest, tt.want)
		}
		for _, r := range l.Requests() {
			if tt.opts.HeadOnly && strings.Contains(r.Path, "/blobs/") {
				t.Errorf("the head check fetched %s", r.Path)
			}
		}
	}
	_, err = l.client().Verify(deadline(t), "ghcr.io/mona/app:1", VerifyOptions{Auth: l.writer(), Platform: "windows/amd64"})
	fails(t, "no such platform", err, "ghcr.io/mona/app:1 has no image for windows/amd64: it has linux/s390x, linux/arm/v7, "+here, "no-platform")
	_, err = l.client().Verify(deadline(t), "ghcr.io/mona/app:1", VerifyOptions{Platform: "nonsense/a/b/c/d"})
	fails(t, "no platform", err, "is no platform", "")
}

// An image without an index is for the one platform that its config names.
func TestVerifyComparesThePlatform(t *testing.T) {
	l := newLab(t)
	img, err := mutate.ConfigFile(randomImage(t, 500, 2), &v1.ConfigFile{OS: "linux", Architecture: "arm64"})
	if err != nil {
		t.Fatal(err)
	}
	l.pushImage("ghcr.io/mona/app:1", img)
	l.pushImage("ghcr.io/mona/app:untold", randomImage(t, 500, 1))
	for _, tt := range []struct {
		image  string
		opts   VerifyOptions
		layers int // fetched
		cause  string
	}{
		{"1", VerifyOptions{}, 2, ""},
		{"1", VerifyOptions{Platform: "linux/arm64"}, 2, ""},
		{"1", VerifyOptions{Platform: "linux/arm64/v8"}, 2, ""},
		{"1", VerifyOptions{Platform: "linux/arm64", HeadOnly: true}, 0, ""},
		{"1", VerifyOptions{Platform: "linux/s390x"}, 0, "ghcr.io/mona/app:1 has no image for linux/s390x: it has linux/arm64"},
		{"1", VerifyOptions{Platform: "linux/s390x", HeadOnly: true}, 0, "ghcr.io/mona/app:1 has no image for linux/s390x: it has linux/arm64"},
		{"untold", VerifyOptions{Platform: "linux/s390x"}, 1, ""},
	} {
		tt.opts.Auth = l.writer()
		got, err := l.client().Verify(deadline(t), "ghcr.io/mona/app:"+tt.image, tt.opts)
		if tt.cause != "" {
			fails(t, tt.opts.Platform, err, tt.cause, "no-platform")
		} else if err != nil {
			t.Errorf("%+v: %v", tt, err)
		}
		layers := 0
		for _, b := range got.Platforms[0].Blobs[1:] {
			if b.Checked {
				layers++
			}
		}
		if layers != tt.layers {
			t.Errorf("%s, %q: %d layers fetched, want %d", tt.image, tt.opts.Platform, layers, tt.layers)
		}
	}
}

func TestVerifyIsRefused(t *testing.T) {
	l := newLab(t)
	dead := l.token("dead", ghcrtest.Token{Dead: true})
	_, err := l.client().Verify(deadline(t), "ghcr.io/mona/app", VerifyOptions{Auth: dead})
	fails(t, "dead token", err, "ghcr.io refuses ghcr.io/mona/app:latest: DENIED: denied", "token-refused")
	_, err = l.client().Verify(deadline(t), "ghcr.io/mona/none", VerifyOptions{Auth: l.writer()})
	fails(t, "no image", err, "MANIFEST_UNKNOWN: manifest unknown", "manifest-unknown")
	_, err = l.client().Verify(deadline(t), "ghcr.io/Mona/app", VerifyOptions{})
	fails(t, "name", err, "a name is in lower case", "")
}

// Where the registry keeps blobs elsewhere, as GHCR does, the bearer stays behind.
func TestVerifyFollowsRedirectsWithoutCredentials(t *testing.T) {
	const store = "pkg-containers.githubusercontent.com"
	l := newLab(t)
	img := randomImage(t, 2000, 2)
	l.pushImage("ghcr.io/mona/app:1", img)
	layer := layersOf(t, img)[0]
	blob := "/v2/mona/app/blobs/" + layer
	l.AddHost(store, ghcrtest.Trap)
	var content []byte
	asked := 0
	c := Client{Transport: through(func(req *http.Request) (*http.Response, error) {
		if req.URL.Hostname() != store {
			return l.tr.RoundTrip(req)
		}
		asked++
		if len(req.Header) > 1 || req.Header.Get("Authorization") != "" || req.URL.RawQuery != "sig=abc" {
			t.Errorf("the store got %s with %v", req.URL, req.Header)
		}
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(string(content))), ContentLength: int64(len(content)), Request: req}, nil
	}), UserAgent: "test"}
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	r, err := layers[0].Compressed()
	if err != nil {
		t.Fatal(err)
	}
	if content, err = io.ReadAll(r); err != nil {
		t.Fatal(err)
	}
	l.SetFault(&ghcrtest.Fault{Side: ghcrtest.Registry, Path: blob, Status: 307, Redirect: "https://" + store + "/blob?sig=abc"})
	if _, err := c.Verify(deadline(t), "ghcr.io/mona/app:1", VerifyOptions{Auth: l.writer()}); err != nil || asked != 1 {
		t.Errorf("%v, the store was asked %d times", err, asked)
	}

	l.Reset()
	_, err = l.client().Verify(deadline(t), "ghcr.io/mona/app:1", VerifyOptions{Auth: l.writer()})
	fails(t, "store in trouble", err, "cannot be fetched: "+store+" answered 404", "")
	l.SetFault(&ghcrtest.Fault{Side: ghcrtest.Registry, Path: blob, Redirect: "http://" + store + "/blob"})
	_, err = l.client().Verify(deadline(t), "ghcr.io/mona/app:1", VerifyOptions{Auth: l.writer()})
	fails(t, "plain store", err, store+" asks for plain HTTP", "")
	for _, r := range l.Requests() {
		if r.Host == store && (r.Token != "" || r.Bearer != "") {
			t.Errorf("the store got a credential: %+v", r)
		}
	}
}

func TestVerifyIsBoundedByTheContext(t *testing.T) {
	l := newLab(t)
	img := randomImage(t, 2000, 3)
	l.pushImage("ghcr.io/mona/app:1", img)
	auth := l.writer()
	blob := "/v2/mona/app/blobs/" + layersOf(t, img)[0]
	for _, path := range []string{"/v2/", "/token", "/v2/mona/app/manifests/1", blob} {
		l.Reset()
		l.SetFault(&ghcrtest.Fault{Side: ghcrtest.Registry, Path: path, Hold: true})
		ctx, cancel := context.WithCancel(deadline(t))
		go func() {
			_ = l.Wait(ctx, func(rs []ghcrtest.Request) bool {
				return len(rs) > 0 && rs[len(rs)-1].Path == path
			})
			cancel()
		}()
		_, err := l.client().Verify(ctx, "ghcr.io/mona/app:1", VerifyOptions{Auth: auth, Parallel: 1})
		if err == nil || !errors.Is(ctx.Err(), context.Canceled) {
			t.Errorf("%s: %v", path, err)
		}
		cancel()
	}
}

// Layers that no registry may keep are told, not fetched.
func TestVerifyLeavesForeignLayers(t *testing.T) {
	l := newLab(t)
	img := randomImage(t, 500, 1)
	l.pushImage("ghcr.io/mona/app:base", img)
	m, err := img.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	foreign := strings.Repeat("0", 64)
	raw := `{"schemaVersion":2,"config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":` +
		itoa(m.Config.Size) + `,"digest":"` + m.Config.Digest.String() + `"},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip","size":7,"digest":"sha256:` + foreign + `","urls":["https://evil.example/"]}]}`
	l.SetFault(&ghcrtest.Fault{Side: ghcrtest.Registry, Path: "/v2/mona/app/manifests/1", Body: raw, Header: http.Header{"Content-Type": {"application/vnd.docker.distribution.manifest.v2+json"}}})
	got, err := l.client().Verify(deadline(t), "ghcr.io/mona/app:1", VerifyOptions{Auth: l.writer()})
	if err != nil {
		t.Fatal(err)
	}
	b := got.Platforms[0].Blobs[1]
	if !b.Foreign || b.Checked || l.Count("evil.example", "") != 0 {
		t.Errorf("%+v", b)
	}
}

// What an image says of itself is somebody else's text.
func TestVerifyCleansWhatImagesSay(t *testing.T) {
	l := newLab(t)
	img, err := mutate.ConfigFile(randomImage(t, 500, 1), &v1.ConfigFile{OS: "linux\x1b[2J\n::error::\u202e", Architecture: "arm64"})
	if err != nil {
		t.Fatal(err)
	}
	l.pushImage("ghcr.io/mona/app:1", img)
	ix := mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{
		Platform: &v1.Platform{OS: "linux", Architecture: runtime.GOARCH, OSVersion: "\x1b]0;x\a"},
	}})
	l.push("ghcr.io/mona/app:2", func(ref name.Reference, opts ...remote.Option) error { return remote.WriteIndex(ref, ix, opts...) })
	for image, want := range map[string]string{"1": "linux [2J ::error:: /arm64", "2": "linux/" + runtime.GOARCH + ": ]0;x"} {
		got, err := l.client().Verify(deadline(t), "ghcr.io/mona/app:"+image, VerifyOptions{Auth: l.writer()})
		if err != nil || len(got.Platforms) != 1 || got.Platforms[0].Platform != want {
			t.Errorf("%s: %+v, %v; want %q", image, got.Platforms, err, want)
		}
	}
}
