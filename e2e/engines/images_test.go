//go:build linux

package engines

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

// The packages of this world. mona may push to all of them.
const (
	private   = "ghcr.io/o/app"
	public    = "ghcr.io/o/open"
	namedPush = "ghcr.io/o/push" // public
)

// The images of the engines themselves. bareName has no layers: without
// credentials docker would try to upload a layer for 50 seconds.
const (
	localName = "localhost/app:latest"
	bareName  = "localhost/bare:latest"
)

// populate puts an image with the tag base into each package, and leaves it for
// the engines: as an OCI layout and as docker archives.
func populate(w *ghcrtest.World) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	lisa := ghcrtest.Token{Value: ghcrtest.SampleToken("ghp_", "lisa"), Login: "lisa", Scopes: []string{"write:packages"}}
	w.SetToken(lisa)
	image, err := sampleImage()
	if err != nil {
		return err
	}
	for _, to := range []string{private, public, namedPush} {
		ref, err := name.NewTag(to + ":base")
		if err != nil {
			return err
		}
		w.SetRepo(ref.RepositoryStr(), ghcrtest.Repo{Public: to != private, Writers: []string{"mona", "lisa"}})
		err = remote.Write(ref, image, remote.WithContext(ctx), remote.WithTransport(w.Transport()),
			remote.WithAuth(&authn.Basic{Username: lisa.Login, Password: lisa.Value}))
		if err != nil {
			return fmt.Errorf("fill %s: %w", to, err)
		}
	}
	w.Reset()
	dir, err := layout.Write(here.path("oci"), empty.Index)
	if err != nil {
		return err
	}
	if err := dir.AppendImage(image); err != nil {
		return err
	}
	if err := archive("app.tar", localName, image); err != nil {
		return err
	}
	bare, err := withPlatform(empty.Image)
	if err != nil {
		return err
	}
	return archive("bare.tar", bareName, bare)
}

func archive(file, as string, image v1.Image) error {
	tag, err := name.NewTag(as)
	if err != nil {
		return err
	}
	return tarball.WriteToFile(here.path(file), tag, image)
}

// sampleImage holds one small file, as an image FROM scratch does.
func sampleImage() (v1.Image, error) {
	const text = "an image of the tests\n"
	var b bytes.Buffer
	files := tar.NewWriter(&b)
	if err := files.WriteHeader(&tar.Header{Name: "hello", Mode: 0o644, Size: int64(len(text))}); err != nil {
		return nil, err
	}
	if _, err := io.WriteString(files, text); err != nil {
		return nil, err
	}
	if err := files.Close(); err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(b.Bytes())), nil
	})
	if err != nil {
		return nil, err
	}
	image, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		return nil, err
	}
	return withPlatform(image)
}

func withPlatform(image v1.Image) (v1.Image, error) {
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", runtime.GOARCH
	return mutate.ConfigFile(image, config)
}

// writeStorage gives podman and buildah a storage that needs no kernel module.
func writeStorage() error {
	text := fmt.Sprintf("[storage]\ndriver = \"vfs\"\ngraphroot = %q\nrunroot = \"/run/storage\"\n", here.path("storage"))
	return os.WriteFile(here.path("storage.conf"), []byte(text), 0o644)
}
