//go:build linux

package engines

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

// window is how many characters of a token are a leak.
const window = 12

// parts are all forms in which a part of a token could be found.
func parts(token string) [][]byte {
	var found [][]byte
	for i := range len(token) - window + 1 {
		found = append(found, []byte(token[i:i+window]))
	}
	for shift := range 3 { // where the token may begin in three bytes of base64
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(" ", shift) + token))
		text = text[4 : len(text)-4]
		for i := range len(text) - 2*window + 1 {
			found = append(found, []byte(text[i:i+2*window]))
		}
	}
	return found
}

// leakIn reports whether data holds a part of a token.
func (s *scene) leakIn(data []byte) bool {
	for _, part := range s.parts {
		if bytes.Contains(data, part) {
			return true
		}
	}
	return false
}

// huntFiles looks for the tokens on the disk.
func (s *scene) huntFiles() {
	for _, dir := range s.dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // podman cleans up
			}
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			text, err := os.ReadFile(path)
			if err == nil && s.leakIn(text) {
				s.t.Errorf("%s holds a part of a token", path)
			}
			return err
		})
		if err != nil {
			s.t.Error(err)
		}
	}
}

// huntRequests looks at where the tokens went since the log was emptied.
func (s *scene) huntRequests() {
	s.t.Helper()
	for _, token := range s.tokens {
		for _, r := range requests(token) {
			isAPI := r.Side == ghcrtest.API && r.Host == "api.github.com" && r.SNI == r.Host
			isLogin := r.Side == ghcrtest.Registry && r.Host == "ghcr.io" && r.SNI == r.Host && r.Path == "/token"
			if r.Token != "" && !isAPI && !isLogin {
				s.t.Errorf("a token went to %s (%v): %s %s", r.Host, r.Side, r.Method, r.Path)
			}
		}
	}
}

// seen counts how often a process of the program was looked at.
var seen atomic.Int64

// watch looks at the command lines of all processes of this namespace while a
// command runs, until stop is called. A token that the test itself put into the
// command's argv is none of the program's.
func (s *scene) watch(argv []string) (stop func()) {
	own := strings.Join(argv, "\x00") + "\x00"
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		told := map[string]bool{}
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				s.lookAtProcesses(own, told)
			}
		}
	})
	return func() {
		close(done)
		watching.Wait()
	}
}

func (s *scene) lookAtProcesses(own string, told map[string]bool) {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil || string(text) == own {
			continue
		}
		name, _, _ := strings.Cut(string(text), "\x00")
		if filepath.Base(name) == program {
			seen.Add(1)
		}
		if s.leakIn(text) && !told[file] {
			told[file] = true
			s.t.Errorf("the command line of a process %q holds a part of a token", filepath.Base(name))
		}
	}
}
