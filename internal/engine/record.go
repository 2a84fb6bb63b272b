package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
)

// step is one edit of a file, and what takes it back. An empty text stands for
// a member that is not there.
type step struct {
	Registry string   `json:"registry,omitempty"` // "": made for all of them
	Path     []string `json:"path"`
	Before   string   `json:"before,omitempty"`
	After    string   `json:"after,omitempty"`
	Inside   string   `json:"inside,omitempty"` // the white space of the object that it filled
}

// edited is what configure did to one file, so that unconfigure can take back
// that and no more.
type edited struct {
	Path    string   `json:"path"`
	Engines []Engine `json:"engines"`
	Created bool     `json:"created,omitempty"` // there was no file
	Blank   *string  `json:"blank,omitempty"`   // what the file held, when that was white space
	Folders []string `json:"folders,omitempty"` // made for the file, innermost first
	Steps   []step   `json:"steps"`
}

// isDamaged reports what configure never writes. Editing trusts its steps.
func (e edited) isDamaged() bool {
	if !filepath.IsAbs(e.Path) || e.Blank != nil && strings.TrimSpace(*e.Blank) != "" {
		return true
	}
	isValue := func(text string) bool { return text == "" || json.Valid([]byte(text)) }
	return slices.ContainsFunc(e.Steps, func(s step) bool {
		return len(s.Path) < 1 || len(s.Path) > 2 || !isValue(s.Before) || !isValue(s.After) || space([]byte(s.Inside), 0) < len(s.Inside)
	})
}

// inForce reports whether a step's result still stands in data.
func (s step) inForce(data []byte) bool {
	now, err := get(data, s.Path)
	if s.After == "{}" { // an object made to put something in
		return strings.HasPrefix(now, "{")
	}
	return err == nil && now == s.After
}

// isUndone reports whether data stands just as the step left it, so that the
// step can be taken back: an object made to put something in must be empty again.
func (s step) isUndone(data []byte) bool {
	now, _ := get(data, s.Path)
	return s.inForce(data) && (s.After != "{}" || isHollow([]byte(now)))
}

// still is the part of e that stands in data: nothing once a person has undone
// every edit, since then the file is theirs again.
func (e edited) still(data []byte) edited {
	if len(bytes.TrimSpace(data)) == 0 {
		return edited{Path: e.Path}
	}
	kept := slices.DeleteFunc(slices.Clone(e.Steps), func(s step) bool { return !s.inForce(data) })
	if !slices.ContainsFunc(kept, func(s step) bool { return s.Registry != "" }) {
		return edited{Path: e.Path}
	}
	e.Steps = kept
	return e
}

// records is our file of undo records.
type records struct {
	Version int      `json:"v"`
	Files   []edited `json:"files"`
}

const recordVersion = 1

func recordPath(dir string) string { return filepath.Join(dir, "configured.json") }

func readRecords(ctx context.Context, dir string) (records, error) {
	r := records{Version: recordVersion}
	if err := ctx.Err(); err != nil {
		return r, err
	}
	path := recordPath(dir)
	data, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(data, &r); err != nil || slices.ContainsFunc(r.Files, edited.isDamaged) {
		return r, &FileError{Path: path, Cause: "damaged, and with it what unconfigure would take back; remove it to go on"}
	}
	if r.Version > recordVersion {
		return r, &FileError{Path: path, Cause: "written by a later version of this program; update docker-credential-ghcr"}
	}
	return r, nil
}

// of finds the record of a file, under whatever name it was reached then; an
// empty one when there is none.
func (r records) of(path string) edited {
	for _, e := range r.Files {
		if sameFile(e.Path, path) {
			return e
		}
	}
	return edited{Path: path}
}

// names reports whether configure has set an engine up for registry.
func (r records) names(engine Engine, registry string) bool {
	isEntry := func(s step) bool { return s.After == ours && slices.Equal(s.Path, []string{credHelpers, registry}) }
	return slices.ContainsFunc(r.Files, func(e edited) bool {
		return slices.Contains(e.Engines, engine) && slices.ContainsFunc(e.Steps, isEntry)
	})
}

// with is the records with that of one file replaced, or dropped when it has
// nothing left to undo.
func (r records) with(e edited) records {
	files := slices.Clone(r.Files)
	i := slices.IndexFunc(files, func(old edited) bool { return sameFile(old.Path, e.Path) })
	switch keep := len(e.Steps) > 0; {
	case keep && i >= 0:
		files[i] = e
	case keep:
		files = append(files, e)
	case i >= 0:
		files = slices.Delete(files, i, i+1)
	}
	r.Files = files
	return r
}

func sameFile(a, b string) bool {
	if a == b {
		return true
	}
	a, errA := disk.Target(a)
	b, errB := disk.Target(b)
	return errA == nil && errB == nil && a == b
}

// write replaces the file, and removes it when nothing is left to undo.
func (r records) write(dir string) error {
	path := recordPath(dir)
	if len(r.Files) == 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &FileError{Path: path, Cause: "cannot be removed: " + disk.Reason(err)}
		}
		return nil
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return replace(path, append(data, '\n'), nil)
}
