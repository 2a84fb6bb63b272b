package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// zeros is an endless layer.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// A large image passes through without being kept.
func TestVerifyKeepsNothingInMemory(t *testing.T) {
	const (
		size  = 48 << 20
		limit = 24 << 20
	)
	sum := sha256.New()
	if _, err := io.CopyN(sum, zeros{}, size); err != nil {
		t.Fatal(err)
	}
	digest := "sha256:" + hex.EncodeToString(sum.Sum(nil))
	config := "sha256:" + hex.EncodeToString(sha256.New().Sum(nil))
	layer := fmt.Sprintf(`{"mediaType":"application/vnd.oci.image.layer.v1.tar","size":%d,"digest":%q}`, size, digest)
	m := fmt.Sprintf(`{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.empty.v1+json","size":0,"digest":%q},"layers":[%s]}`, config, layer)
	answer := func(req *http.Request, header http.Header, body io.Reader) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: header, Body: io.NopCloser(body), ContentLength: -1, Request: req}, nil
	}
	c := Client{Transport: through(func(req *http.Request) (*http.Response, error) {
		switch {
		case req.URL.Path == "/token":
			return answer(req, http.Header{}, strings.NewReader(`{"token":"x"}`))
		case req.URL.Path == "/v2/":
			resp, err := answer(req, http.Header{"Www-Authenticate": {`Bearer realm="https://ghcr.io/token",service="ghcr.io"`}}, strings.NewReader(""))
			resp.StatusCode = http.StatusUnauthorized
			return resp, err
		case strings.HasSuffix(req.URL.Path, digest):
			return answer(req, http.Header{}, io.LimitReader(zeros{}, size))
		case strings.HasSuffix(req.URL.Path, config):
			return answer(req, http.Header{}, strings.NewReader(""))
		}
		return answer(req, http.Header{"Content-Type": {"application/vnd.oci.image.manifest.v1+json"}}, strings.NewReader(m))
	})}
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	next := int64(0)
	got, err := c.Verify(deadline(t), "ghcr.io/octo/large:1", VerifyOptions{Progress: func(p Progress) {
		if p.Done < next {
			return
		}
		next += 8 << 20
		runtime.ReadMemStats(&now)
		if used := int64(now.HeapInuse) - int64(before.HeapInuse); used > limit {
			t.Errorf("%d MB are held after %d MB", used>>20, p.Done>>20)
		}
	}})
	if err != nil || got.Bytes != size {
		t.Fatalf("%v, %d bytes", err, got.Bytes)
	}
	runtime.ReadMemStats(&now)
	if total := now.TotalAlloc - before.TotalAlloc; total > limit {
		t.Errorf("%d MB were allocated for an image of %d MB", total>>20, size>>20)
	}
}
