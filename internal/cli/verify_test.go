package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestTail(t *testing.T) {
	for _, text := range []string{"", "short", "exactly 10", strings.Repeat("long ", 1000) + "the end ok"} {
		want := text[max(0, len(text)-10):]
		if got, err := tail(strings.NewReader(text), 10); err != nil || got != want {
			t.Errorf("%.20q: %q, %v; want %q", text, got, err, want)
		}
	}
	// In pieces, and never more than a little is kept.
	kept := &lastBytes{most: 10}
	for i := range 1000 {
		_, _ = kept.Write([]byte{byte('a' + i%26)})
		if cap(kept.kept) > 100 {
			t.Fatalf("%d bytes are kept", cap(kept.kept))
		}
	}
	if got := kept.String(); got != "cdefghijkl" {
		t.Errorf("%q", got)
	}
}

func TestBar(t *testing.T) {
	tests := []struct {
		done, total int64
		took        time.Duration
		width       int
		want        string
	}{
		{0, 1000, 0, 60, "[                                  ]   0% 0 B of 1.0 kB"},
		{42_000_000, 100_000_000, 10 * time.Second, 60, "[=======           ]  42% 42.0 MB of 100.0 MB, 4.2 MB/s"},
		{5, 5, 0, 40, "[=================] 100% 5 B of 5 B"},
		{7, 5, 0, 40, "[=================] 100% 7 B of 5 B"}, // a layer that is too long
		{0, 0, 0, 40, "[=================] 100% 0 B of 0 B"},
		{1, 2, 0, 12, "  50% 1 B of"},
		{1, 2, 0, 0, ""},
	}
	for _, tt := range tests {
		got := bar(tt.done, tt.total, tt.took, tt.width)
		if len(got) > tt.width {
			t.Errorf("%q is wider than %d", got, tt.width)
		}
		if squeeze(got) != squeeze(tt.want) {
			t.Errorf("%d of %d: %q, want %q", tt.done, tt.total, got, tt.want)
		}
	}
}

// squeeze leaves out how long the bar itself is.
func squeeze(s string) string {
	inside, rest, found := strings.Cut(s, "]")
	if !found {
		return s
	}
	full := strings.Contains(inside, "=")
	empty := strings.Contains(inside, " ")
	return map[bool]string{true: "="}[full] + map[bool]string{true: " "}[empty] + "]" + rest
}

func TestLayersAreCounted(t *testing.T) {
	for n, want := range map[int]string{0: "whole: 0 layers, ", 1: "whole: 1 layer, ", 2: "whole: 2 layers, "} {
		u := patient(t, nil).ui
		p := platformReport{Blobs: []blobReport{{Kind: "config"}}}
		for range n {
			p.Blobs = append(p.Blobs, blobReport{Kind: "layer", State: "skipped"})
		}
		u.tellVerified(imageReport{Image: "ghcr.io/octo/app", OK: true, Platforms: []platformReport{p}}, verifyOptions{})
		if got := u.out.(*bytes.Buffer).String(); !strings.Contains(got, want) || strings.Contains(got, "elsewhere") {
			t.Errorf("%d: %s", n, got)
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 1_234_567: "1.2 MB", 2_500_000_000: "2.5 GB", 9e15: "9000.0 TB"} {
		if got := size(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestIsLocal(t *testing.T) {
	for image, want := range map[string]bool{
		"localhost:5000/app": true, "127.0.0.1:5000/app": true, "[::1]:5000/app": true, "127.9.9.9/app": true,
		"127.0.0.1.evil.example/app": false, "localhost.evil.example/app": false, "ghcr.io/octo/app": false, "app": false,
	} {
		if got := isLocal(image); got != want {
			t.Errorf("%s: %t", image, got)
		}
	}
}

func TestShownHasNoControlCharacters(t *testing.T) {
	if got := shown("ghcr.io/octo/app\x1b[2J"); strings.Contains(got, "\x1b") {
		t.Errorf("%q", got)
	}
	if got := shown("ghcr.io/octo/app:1"); got != "ghcr.io/octo/app:1" {
		t.Errorf("%q", got)
	}
}

func TestWatchdog(t *testing.T) {
	w := watchFor(t.Context(), time.Hour)
	w.alive()
	if w.ctx.Err() != nil || w.stalled() {
		t.Error("it ended at once")
	}
	w.stop()
	if w.ctx.Err() == nil || w.stalled() {
		t.Error("being stopped is no stall")
	}
	w = watchFor(t.Context(), time.Nanosecond)
	<-w.ctx.Done()
	if !w.stalled() {
		t.Errorf("it ended by %v", context.Cause(w.ctx))
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	w = watchFor(ctx, time.Hour)
	cancel(errors.New("interrupted"))
	if w.stalled() {
		t.Error("an interruption is no stall")
	}
	w.stop()
}
