package script

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
	"github.com/hellocplusplus0/docker-credential-ghcr/keyring/keyringtest"
)

// A keyring that nobody has unlocked: doctor says so, and all else is well.
func TestDoctorNamesALockedKeyring(t *testing.T) {
	bus := keyringtest.StartBus(t)
	keyringtest.StartGnomeKeyring(t, bus, keyringtest.Locked)
	world, err := ghcrtest.New(ghcrtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = world.Close() }()
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	if err := world.WriteCABundle(caFile, false); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(bus.Home, ".config", "docker-credential-ghcr")
	index := `{"v":1,"hosts":{"ghcr.io":{"username":"mona","storage":"keyring","stored_at":"2026-01-01T00:00:00Z"}}}`
	if err := errors.Join(os.MkdirAll(config, 0o700), os.WriteFile(filepath.Join(config, "hosts.json"), []byte(index), 0o600)); err != nil {
		t.Fatal(err)
	}
	run := func(words ...string) (string, int) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, filepath.Join(bin, program), words...)
		cmd.Env = append(append(world.Env(caFile), bus.Env()...), "PATH="+bin, "LANG=C.UTF-8")
		out, err := cmd.Output()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}
	if out, code := run("configure"); code != 0 {
		t.Fatalf("configure ended with %d:\n%s", code, out)
	}
	out, code := run("doctor")
	bad := regexp.MustCompile(`(?m)^✗ .*`).FindAllString(out, -1)
	want := "✗ the token for ghcr.io cannot be used: the OS keyring is locked and nothing here can ask for its password"
	if code != 2 || len(bad) != 1 || bad[0] != want || !strings.Contains(out, "\nFix:   ") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

// stream is a layer that is made as it is read: nobody keeps it.
type stream struct {
	seed byte
	size int64
}

func (s stream) open() io.Reader {
	block, err := aes.NewCipher(append(make([]byte, 15), s.seed))
	if err != nil {
		panic(err)
	}
	zeros := io.LimitReader(zero{}, s.size)
	return cipher.StreamReader{S: cipher.NewCTR(block, make([]byte, aes.BlockSize)), R: zeros}
}

type zero struct{}

func (zero) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func digest(h hash.Hash) string { return "sha256:" + hex.EncodeToString(h.Sum(nil)) }

// Of an image many times as large as that, the program keeps no more than this.
const mostMemory = 64 << 20

func TestVerifyKeepsMemoryFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 256 MB twice")
	}
	const layers, size = 4, 64 << 20
	blobs := map[string]stream{}
	var descriptors []string
	for i := range layers {
		s := stream{byte(i), size}
		sum := sha256.New()
		if _, err := io.Copy(sum, s.open()); err != nil {
			t.Fatal(err)
		}
		blobs[digest(sum)] = s
		descriptors = append(descriptors, fmt.Sprintf(`{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}`, digest(sum), size))
	}
	config := []byte(`{"architecture":"amd64","os":"linux"}`)
	sum := sha256.New()
	sum.Write(config)
	configDigest := digest(sum)
	manifest := fmt.Sprintf(`{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},"layers":[%s]}`,
		configDigest, len(config), strings.Join(descriptors, ","))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, id, _ := strings.Cut(r.URL.Path, "/blobs/")
		switch {
		case strings.Contains(r.URL.Path, "/manifests/"):
			w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
			_, _ = io.WriteString(w, manifest)
		case id == configDigest:
			_, _ = w.Write(config)
		case blobs[id] != (stream{}):
			_, _ = io.Copy(w, blobs[id].open())
		}
	}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(bin, program), "verify", strings.TrimPrefix(server.URL, "http://")+"/octo/app:1")
	cmd.Env = []string{"HOME=" + t.TempDir(), "XDG_RUNTIME_DIR=" + t.TempDir(), "PATH=" + bin, "LANG=C.UTF-8"}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "is whole: 4 layers, 268.4 MB") {
		t.Fatalf("%v:\n%s", err, out)
	}
	used := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
	t.Logf("%d MB of memory for an image of %d MB", used>>20, layers*size>>20)
	if used > mostMemory {
		t.Errorf("%d MB of memory, want %d at most", used>>20, mostMemory>>20)
	}
}
