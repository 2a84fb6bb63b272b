package registry

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// VerifyOptions say what Verify checks.
type VerifyOptions struct {
	Auth         Auth
	Platform     string // such as linux/arm64; linux on this machine's processor when empty
	AllPlatforms bool   // everything that an index lists
	HeadOnly     bool   // the manifests alone, no config and no layer
	Parallel     int    // blobs fetched at once, 4 when 0
	// Progress is called as bytes arrive, by one goroutine at a time.
	Progress func(Progress)
}

// Progress is how far Verify has come.
type Progress struct {
	Blob  *Blob // the config or layer that has moved on; it is final when Finished
	Bytes int64 // of it
	Done  int64 // of all
	Total int64
}

// Finished reports whether the blob is done with, well or not.
func (p Progress) Finished() bool { return p.Blob.Checked || p.Blob.Problem != "" }

// Verified is what was checked of an image.
type Verified struct {
	Image     string // the name in full
	Digest    string // of what the name points to: a manifest or an index of them
	MediaType string
	Platforms []Checked
	Bytes     int64 // fetched and hashed, configs and layers
	Time      time.Duration
}

// Checked is an image for one platform.
type Checked struct {
	Platform string // linux/amd64, "" if untold
	Digest   string // of its manifest
	Size     int64  // of its manifest
	Blobs    []*Blob
}

// Blob is a config or a layer.
type Blob struct {
	Digest    string
	MediaType string
	Size      int64
	IsConfig  bool
	Checked   bool   // it arrived whole and has its digest
	Foreign   bool   // the registry does not keep it, so it was not fetched
	Problem   string // in words, without the blob's name
	Err       error  // behind Problem
}

// Failure is why an image could not be verified.
type Failure struct {
	Cause   string   // one line, without a secret
	Finding *Finding // the table's row, if the registry refused with a text that has one
	Err     error
}

func (f *Failure) Error() string { return f.Cause }

// Unwrap gives the error behind the words.
func (f *Failure) Unwrap() error { return f.Err }

// Verify fetches an image as an engine does, checks every digest and writes
// nothing to disk. An error is a *Failure; what was checked until then is
// returned with it.
func (c Client) Verify(ctx context.Context, image string, opts VerifyOptions) (Verified, error) {
	start := time.Now()
	v := &verification{opts: opts, blobs: map[string]*Blob{}}
	err := v.run(ctx, c, image)
	v.out.Time = time.Since(start)
	return v.out, err
}

// verification is a Verify under way.
type verification struct {
	opts  VerifyOptions
	s     *session
	repo  name.Repository
	probe probe
	blobs map[string]*Blob // by digest: platforms share layers
	out   Verified
}

func (v *verification) run(ctx context.Context, c Client, image string) error {
	want, err := platformOf(v.opts.Platform)
	if err != nil {
		return &Failure{Cause: err.Error(), Err: err}
	}
	ref, err := parse(image)
	if err != nil {
		return &Failure{Cause: err.Error(), Err: err}
	}
	v.repo = ref.Context()
	v.out.Image = ref.Name()
	v.probe = probe{when: Pull, server: v.repo.RegistryStr(), auth: v.opts.Auth}
	v.s, err = c.open(ctx, v.repo.Registry, v.opts.Auth, ref.Scope(transport.PullScope))
	if err != nil {
		return v.failure(ctx, "", err)
	}
	v.probe.taken = v.opts.Auth != (Auth{})
	top, err := v.manifest(ctx, ref.Identifier())
	if err != nil {
		return err
	}
	v.out.Digest, v.out.MediaType = top.digest, top.mediaType
	if err := v.collect(ctx, top, want, nil, 0); err != nil {
		return err
	}
	t := &tally{report: v.opts.Progress}
	if err := v.compare(ctx, t, want); err != nil || v.opts.HeadOnly {
		return err
	}
	return v.fetchAll(ctx, t)
}

// compare looks whether an image that no index gives a platform is for the one
// that was asked for, as engines do. Without --platform they take it as it is.
func (v *verification) compare(ctx context.Context, t *tally, want v1.Platform) error {
	if v.opts.Platform == "" || v.opts.AllPlatforms {
		return nil
	}
	for i := range v.out.Platforms {
		p := &v.out.Platforms[i]
		if p.Platform != "" {
			continue
		}
		config := p.Blobs[0]
		t.total += config.Size
		v.fetch(ctx, config, t, make([]byte, chunk))
		v.out.Bytes = t.done
		if err := v.worst([]*Blob{config}); err != nil {
			return err
		}
		has, err := v1.ParsePlatform(p.Platform) // noted by fetch
		if err != nil || p.Platform == "" {
			continue // no image to run: a chart, say
		}
		if has.Variant == "" { // builders leave it out
			has.Variant = want.Variant
		}
		if !has.Satisfies(want) {
			return v.noPlatform(want, p.Platform)
		}
	}
	return nil
}

func (v *verification) noPlatform(want v1.Platform, has string) error {
	r, _ := RowByID("no-platform")
	return &Failure{
		Cause:   fmt.Sprintf("%s has no image for %s: it has %s", v.out.Image, want, OneLine(has)),
		Finding: &Finding{Row: r, Image: v.out.Image}, Err: errNoPlatform,
	}
}

// collect lists the blobs of a manifest, or of the manifests of an index.
func (v *verification) collect(ctx context.Context, m manifest, want v1.Platform, told *v1.Platform, depth int) error {
	if !m.isIndex() {
		return v.collectImage(m, told)
	}
	index, err := v1.ParseIndexManifest(strings.NewReader(string(m.raw)))
	if err != nil || depth > 2 {
		return v.broken("index "+m.digest, "cannot be read", errBadManifest)
	}
	chosen := index.Manifests
	if !v.opts.AllPlatforms {
		if chosen = choose(index.Manifests, want); len(chosen) == 0 {
			return v.noPlatform(want, platforms(index.Manifests))
		}
	}
	for _, d := range chosen {
		child, err := v.manifest(ctx, d.Digest.String())
		if err != nil {
			return err
		}
		if int64(len(child.raw)) != d.Size {
			return v.broken("manifest "+child.digest, fmt.Sprintf("has %d bytes instead of %d", len(child.raw), d.Size), errDamaged)
		}
		if err := v.collect(ctx, child, want, d.Platform, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) collectImage(m manifest, told *v1.Platform) error {
	image, err := v1.ParseManifest(strings.NewReader(string(m.raw)))
	if err != nil || image.SchemaVersion != 2 || image.Config.Digest.Hex == "" {
		return v.broken("manifest "+m.digest, "is of a kind that cannot be checked", errBadManifest)
	}
	checked := Checked{Digest: m.digest, Size: int64(len(m.raw))}
	if told != nil {
		checked.Platform = OneLine(told.String())
	}
	for i, d := range append([]v1.Descriptor{image.Config}, image.Layers...) {
		if d.Size < 0 || d.Digest.Hex == "" {
			return v.broken("manifest "+m.digest, "has a layer without a digest or a size", errBadManifest)
		}
		b, known := v.blobs[d.Digest.String()]
		if !known {
			b = &Blob{Digest: d.Digest.String(), MediaType: OneLine(string(d.MediaType)), Size: d.Size, IsConfig: i == 0}
			b.Foreign = d.MediaType.IsLayer() && !d.MediaType.IsDistributable()
			v.blobs[b.Digest] = b
		}
		if b.Size != d.Size {
			return v.broken("manifest "+m.digest, "tells two sizes for "+b.Digest, errBadManifest)
		}
		checked.Blobs = append(checked.Blobs, b)
	}
	v.out.Platforms = append(v.out.Platforms, checked)
	return nil
}

// What a Failure may be about.
var (
	errDamaged     = errors.New("damaged")
	errBadManifest = errors.New("not a manifest")
	errNoPlatform  = errors.New("no such platform")
)

// broken words a part of the image that is not as it should be.
func (v *verification) broken(part, problem string, err error) error {
	return &Failure{Cause: fmt.Sprintf("%s of %s %s", part, v.out.Image, problem), Err: err}
}

// failure words a request that was not answered as it should be.
func (v *verification) failure(ctx context.Context, part string, err error) *Failure {
	what := v.out.Image
	if part != "" {
		what = part + " of " + what
	}
	r := v.probe.refused(ctx, err)
	f := &Failure{Finding: r.Finding, Err: err}
	switch {
	case r.Verdict == Denied:
		f.Cause = fmt.Sprintf("%s refuses %s: %s", v.probe.server, what, r.Text)
	case r.Text != "":
		f.Cause = fmt.Sprintf("%s cannot be fetched: %s (%s)", what, r.Why, r.Text)
	default:
		f.Cause = fmt.Sprintf("%s cannot be fetched: %s", what, r.Why)
	}
	return f
}
