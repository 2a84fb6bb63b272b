package script

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

// condition knows [root]: engines without a daemon need no more set-up then.
func condition(name string) (bool, error) {
	if name == "root" {
		return os.Getuid() == 0, nil
	}
	return false, fmt.Errorf("unknown condition %s", name)
}

func cmdSSO(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	t := s.known(ts, args[0])
	t.NoSSO = args[1:]
	s.tokens[args[0]] = t
	s.world.SetToken(t)
}

func cmdAccount(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: account NAME none|person|TEXT")
	}
	answer := func(path string, status int, body string) {
		stageOf(ts).world.Handle("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		})
	}
	const nobody = `{"message":"Not Found"}`
	switch args[1] {
	case "none":
		answer("/orgs/"+args[0], http.StatusNotFound, nobody)
		answer("/users/"+args[0], http.StatusNotFound, nobody)
	case "person":
		answer("/orgs/"+args[0], http.StatusNotFound, nobody)
		answer("/users/"+args[0], http.StatusOK, `{"login":"`+args[0]+`"}`)
	default:
		answer("/orgs/"+args[0], http.StatusForbidden, `{"message":`+strconv.Quote(args[1])+`}`)
	}
}

func cmdTrouble(ts *testscript.TestScript, _ bool, args []string) {
	f := ghcrtest.Fault{Side: ghcrtest.Registry}
	if len(args) > 1 {
		f.Path = args[1]
	}
	switch args[0] {
	case "none":
		stageOf(ts).world.SetFault(nil)
		return
	case "html":
		f.Body, f.Header = "<html>", http.Header{"Content-Type": {"text/html"}}
	case "hold":
		f.Hold = true
	case "drop":
		f.Drop = true
	default:
		status, err := strconv.Atoi(args[0])
		ts.Check(err)
		f.Status, f.Body = status, `{"errors":[]}`
	}
	stageOf(ts).world.SetFault(&f)
}

func cmdSkew(ts *testscript.TestScript, _ bool, args []string) {
	ahead, err := time.ParseDuration(args[0])
	ts.Check(err)
	t := stageOf(ts).known(ts, args[1])
	stageOf(ts).world.SetFault(&ghcrtest.Fault{
		Path: "/rate_limit",
		Header: http.Header{
			"Date":           {time.Now().Add(ahead).UTC().Format(http.TimeFormat)},
			"X-Oauth-Scopes": {strings.Join(t.Scopes, ", ")},
		},
		Body: `{"resources":{"core":{"limit":5000,"remaining":4999,"reset":1}},"rate":{"limit":5000}}`,
	})
}

// cmdImage puts an image into the registry behind its owner's back.
func cmdImage(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	ref, err := name.ParseReference(args[0])
	ts.Check(err)
	owner, _, _ := strings.Cut(ref.Context().RepositoryStr(), "/")
	t := ghcrtest.Token{Value: ghcrtest.SampleToken("ghp_", "the owner of "+args[0]), Login: owner, Scopes: []string{"write:packages"}}
	s.world.SetToken(t)
	opts := []remote.Option{
		remote.WithTransport(s.world.Transport()),
		remote.WithAuth(&authn.Basic{Username: owner, Password: t.Value}),
	}
	bytes := int64(1000)
	var platforms []string
	for _, arg := range args[1:] {
		if text, isSize := strings.CutPrefix(arg, "size="); isSize {
			bytes, err = strconv.ParseInt(text, 10, 64)
			ts.Check(err)
			continue
		}
		platforms = append(platforms, arg)
	}
	image := func() v1.Image {
		image, err := random.Image(bytes, 3)
		ts.Check(err)
		return image
	}
	if platforms == nil {
		ts.Check(remote.Write(ref, image(), opts...))
		return
	}
	index := v1.ImageIndex(empty.Index)
	for _, platform := range platforms {
		p, err := v1.ParsePlatform(platform)
		ts.Check(err)
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image(), Descriptor: v1.Descriptor{Platform: p}})
	}
	ts.Check(remote.WriteIndex(ref, index, opts...))
}

// cmdCorrupt serves other bytes, as many, in place of the first layer.
func cmdCorrupt(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	ref, err := name.ParseReference(args[0])
	ts.Check(err)
	image, err := remote.Image(ref, remote.WithTransport(s.world.Transport()))
	ts.Check(err)
	manifest, err := image.Manifest()
	ts.Check(err)
	layer := manifest.Layers[0]
	s.world.SetFault(&ghcrtest.Fault{
		Side: ghcrtest.Registry,
		Path: "/v2/" + ref.Context().RepositoryStr() + "/blobs/" + layer.Digest.String(),
		Body: string(bytes.Repeat([]byte("x"), int(layer.Size))),
	})
	ts.Check(os.WriteFile(ts.MkAbs("damaged"), []byte(layer.Digest.String()), 0o600))
}
