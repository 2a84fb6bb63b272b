package registry

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

const (
	maxManifest = 4 << 20  // bytes of a manifest; registries take no larger ones
	maxConfig   = 1 << 20  // bytes of a config that are read for its platform
	chunk       = 64 << 10 // bytes hashed at a time
)

// manifest is a manifest or an index as it was fetched.
type manifest struct {
	raw       []byte
	digest    string
	mediaType string
}

// isIndex goes by the media type, else by what the manifest holds.
func (m manifest) isIndex() bool {
	t := types.MediaType(m.mediaType)
	if t.IsIndex() || t.IsImage() {
		return t.IsIndex()
	}
	var shape struct{ Manifests []json.RawMessage }
	return json.Unmarshal(m.raw, &shape) == nil && shape.Manifests != nil
}

// manifest fetches a manifest by its tag or digest and checks it: against the
// digest asked for, or for a tag against the one that the registry announces.
func (v *verification) manifest(ctx context.Context, id string) (manifest, error) {
	resp, err := v.s.do(ctx, http.MethodGet, v.s.url(v.repo.RepositoryStr()+"/manifests/"+id), manifestTypes...)
	if err != nil {
		return manifest{}, v.failure(ctx, "", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := transport.CheckError(resp, http.StatusOK); err != nil {
		return manifest{}, v.failure(ctx, "", err)
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxManifest+1))
	if err != nil {
		return manifest{}, v.failure(ctx, "manifest "+id, err)
	}
	if len(raw) > maxManifest {
		return manifest{}, v.broken("manifest "+id, fmt.Sprintf("has more than %d bytes", maxManifest), errBadManifest)
	}
	want := id
	if !strings.Contains(id, ":") {
		want = resp.Header.Get("Docker-Content-Digest")
		if _, err := v1.NewHash(want); err != nil {
			want = ""
		}
	}
	got, err := digestOfManifest(raw, want)
	if err != nil || want != "" && got != want {
		return manifest{}, v.broken("manifest "+id, "is damaged: its digest is "+got, errDamaged)
	}
	mediaType, _, _ := strings.Cut(OneLine(resp.Header.Get("Content-Type")), ";")
	return manifest{raw, got, mediaType}, nil
}

// digestOfManifest uses the algorithm of the digest that is expected.
func digestOfManifest(raw []byte, want string) (string, error) {
	algorithm := "sha256"
	if want != "" {
		h, err := v1.NewHash(want)
		if err != nil {
			return "", err
		}
		algorithm = h.Algorithm
	}
	sum, err := v1.Hasher(algorithm)
	if err != nil {
		return "", err
	}
	_, _ = sum.Write(raw)
	return algorithm + ":" + hex.EncodeToString(sum.Sum(nil)), nil
}

// fetchAll checks all blobs, a few at a time, and goes on after a bad one: its
// neighbours are of interest too.
func (v *verification) fetchAll(ctx context.Context, t *tally) error {
	queue := make(chan *Blob)
	var todo []*Blob
	for _, p := range v.out.Platforms {
		for _, b := range p.Blobs {
			if !b.Foreign && !b.Checked && !slices.Contains(todo, b) {
				todo = append(todo, b)
				t.total += b.Size
			}
		}
	}
	workers := v.opts.Parallel
	if workers <= 0 {
		workers = 4
	}
	var wait sync.WaitGroup
	for range min(workers, len(todo)) {
		wait.Go(func() {
			buffer := make([]byte, chunk)
			for b := range queue {
				v.fetch(ctx, b, t, buffer)
			}
		})
	}
	for _, b := range todo {
		queue <- b
	}
	close(queue)
	wait.Wait()
	v.out.Bytes = t.done
	return v.worst(todo)
}

// worst is the error for the first blob that is not as it should be.
func (v *verification) worst(todo []*Blob) error {
	bad := slices.DeleteFunc(slices.Clone(todo), func(b *Blob) bool { return b.Problem == "" })
	if len(bad) == 0 {
		return nil
	}
	first := bad[0]
	var f *Failure
	if !errors.As(first.Err, &f) {
		f = &Failure{Cause: fmt.Sprintf("%s of %s %s", first.name(), v.out.Image, first.Problem), Err: first.Err}
	}
	if len(bad) > 1 {
		f = &Failure{Cause: fmt.Sprintf("%s (and %d more)", f.Cause, len(bad)-1), Finding: f.Finding, Err: f.Err}
	}
	return f
}

func (b *Blob) name() string {
	if b.IsConfig {
		return "config " + b.Digest
	}
	return "layer " + b.Digest
}

// fetch checks one blob.
func (v *verification) fetch(ctx context.Context, b *Blob, t *tally, buffer []byte) {
	sink := &sink{blob: b, tally: t}
	problem, err := v.stream(ctx, b, sink, buffer)
	t.mu.Lock()
	defer t.mu.Unlock()
	b.Problem, b.Err, b.Checked = problem, err, problem == ""
	if b.Checked && b.IsConfig {
		v.notePlatform(b, sink.start.Bytes())
	}
	t.tell(b, sink.n)
}

// stream runs a blob through its hash and says what is wrong with it, "" if nothing is.
func (v *verification) stream(ctx context.Context, b *Blob, out *sink, buffer []byte) (string, error) {
	if ctx.Err() != nil {
		return "was not fetched any more", ctx.Err()
	}
	want, err := v1.NewHash(b.Digest)
	if err == nil {
		out.sum, err = v1.Hasher(want.Algorithm)
	}
	if err != nil {
		return "has a digest of an unknown kind", errBadManifest
	}
	resp, err := v.s.blob(ctx, v.repo.RepositoryStr()+"/blobs/"+b.Digest)
	var away *storeError
	switch {
	case errors.As(err, &away):
		return "cannot be fetched: " + away.words(ctx), err
	case err != nil:
		return "cannot be fetched", v.failure(ctx, b.name(), err)
	}
	defer func() { _ = resp.Body.Close() }()
	_, err = io.CopyBuffer(out, io.LimitReader(resp.Body, b.Size+1), buffer)
	switch got := want.Algorithm + ":" + hex.EncodeToString(out.sum.Sum(nil)); {
	case err != nil && ctx.Err() != nil:
		return fmt.Sprintf("did not arrive in time: %d of %d bytes", out.n, b.Size), ctx.Err()
	case err != nil || out.n < b.Size:
		return fmt.Sprintf("broke off after %d of %d bytes", out.n, b.Size), errors.Join(errDamaged, err)
	case out.n > b.Size:
		return fmt.Sprintf("is damaged: it has more than its %d bytes", b.Size), errDamaged
	case got != b.Digest:
		return "is damaged: its digest is " + got, errDamaged
	}
	return "", nil
}

// blob asks for a blob. GHCR redirects to a store at another host, whose address
// is signed: nothing of ours goes there.
func (s *session) blob(ctx context.Context, path string) (*http.Response, error) {
	resp, err := s.do(ctx, http.MethodGet, s.url(path))
	if err != nil {
		return nil, err
	}
	if location, err := resp.Location(); err == nil {
		_ = resp.Body.Close()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, location.String(), nil)
		if err != nil {
			return nil, err
		}
		if resp, err = s.bare.Do(req); err == nil && resp.StatusCode != http.StatusOK {
			_ = resp.Body.Close()
			err = fmt.Errorf("answered %d", resp.StatusCode)
		}
		if err != nil {
			return nil, &storeError{location.Host, resp != nil, err}
		}
		return resp, nil
	}
	if err := transport.CheckError(resp, http.StatusOK); err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// storeError is about the store that the registry redirects to.
type storeError struct {
	host     string
	answered bool
	err      error
}

func (e *storeError) Error() string { return OneLine(e.host) + " failed" }
func (e *storeError) Unwrap() error { return e.err }

func (e *storeError) words(ctx context.Context) string {
	if e.answered {
		return OneLine(e.host) + " " + e.err.Error()
	}
	return OneLine(e.host) + " " + whyNot(ctx, e.err)
}

// notePlatform takes the platform of an image without an index from its config.
func (v *verification) notePlatform(b *Blob, config []byte) {
	var told v1.Platform
	if json.Unmarshal(config, &told) != nil || told.OS == "" {
		return
	}
	for i := range v.out.Platforms {
		if p := &v.out.Platforms[i]; p.Platform == "" && p.Blobs[0] == b {
			p.Platform = OneLine(told.String())
		}
	}
}

// sink hashes a blob and keeps the start of a config.
type sink struct {
	blob  *Blob
	tally *tally
	sum   hash.Hash
	n     int64
	start bytes.Buffer
}

func (s *sink) Write(b []byte) (int, error) {
	_, _ = s.sum.Write(b)
	s.n += int64(len(b))
	if s.blob.IsConfig && s.start.Len() < maxConfig {
		s.start.Write(b)
	}
	s.tally.mu.Lock()
	defer s.tally.mu.Unlock()
	s.tally.done += int64(len(b))
	s.tally.tell(s.blob, s.n)
	return len(b), nil
}

// tally counts the bytes of all blobs.
type tally struct {
	mu          sync.Mutex
	done, total int64
	report      func(Progress)
}

// tell reports progress. The caller holds the lock.
func (t *tally) tell(b *Blob, n int64) {
	if t.report != nil {
		t.report(Progress{Blob: b, Bytes: n, Done: t.done, Total: t.total})
	}
}

// platformOf reads OS/ARCHITECTURE[/VARIANT]. Engines run Linux, on every system.
func platformOf(s string) (v1.Platform, error) {
	if s == "" {
		return v1.Platform{OS: "linux", Architecture: runtime.GOARCH}, nil
	}
	p, err := v1.ParsePlatform(s)
	if err != nil || p.OS == "" || p.Architecture == "" {
		return v1.Platform{}, fmt.Errorf("%s is no platform: give one like linux/arm64", OneLine(s))
	}
	return *p, nil
}

// choose finds the first manifest for a platform; the only one serves for all.
func choose(list []v1.Descriptor, want v1.Platform) []v1.Descriptor {
	for _, d := range list {
		if d.Platform != nil && d.Platform.Satisfies(want) {
			return []v1.Descriptor{d}
		}
	}
	if len(list) == 1 && list[0].Platform == nil {
		return list
	}
	return nil
}

// platforms lists what an index has, without attestations, whose platform is unknown.
func platforms(list []v1.Descriptor) string {
	var names []string
	for _, d := range list {
		if d.Platform != nil && d.Platform.OS != "unknown" && !slices.Contains(names, d.Platform.String()) {
			names = append(names, d.Platform.String())
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return OneLine(strings.Join(names, ", "))
}
