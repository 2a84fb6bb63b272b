package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
)

// config is as much of an engine's file as is about credentials, in the types
// that docker and podman decode it with: what fails here fails there.
type config struct {
	Auths       map[string]auth   `json:"auths"`
	CredHelpers map[string]string `json:"credHelpers"`
	CredsStore  string            `json:"credsStore"`
}

type auth struct {
	Auth          string `json:"auth"`
	Username      string `json:"username"`
	Password      string `json:"password"`
	IdentityToken string `json:"identitytoken"`
	RegistryToken string `json:"registrytoken"`
}

// FileError is about an engine's file that was left alone.
type FileError struct {
	Path         string
	Line, Column int // 0 when the file as a whole is meant
	Cause        string
}

// Error is one line.
func (e *FileError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s; the file was left alone", disk.Show(e.Path), e.Cause)
	}
	return fmt.Sprintf("%s, line %d, column %d: %s; the file was left alone, correct it and try again",
		disk.Show(e.Path), e.Line, e.Column, e.Cause)
}

// fileErrorAt is an error about the byte at offset.
func fileErrorAt(path string, data []byte, offset int, cause string) *FileError {
	before := data[:min(max(offset, 0), len(data))]
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	return &FileError{path, bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(line) + 1, cause}
}

// file is an engine's file at one moment.
type file struct {
	path   string
	data   []byte
	exists bool
	config config
	err    error // it cannot be read, or docker and podman cannot parse it
}

// blank reports a file with nothing in it. Docker takes it for {}, podman
// refuses it; one that is not there is blank for both.
func (f file) blank() bool { return len(bytes.TrimSpace(f.data)) == 0 }

// maxFile is far more than an engine's file has.
const maxFile = 64 << 20

// load reads and parses an engine's file. One that is not there is no error.
func load(ctx context.Context, path string) file {
	f := file{path: path}
	if f.err = ctx.Err(); f.err != nil {
		return f
	}
	f.data, f.err = read(path)
	if errors.Is(f.err, fs.ErrNotExist) {
		f.err = nil
		return f
	}
	f.exists = true
	if f.err == nil && !f.blank() {
		f.config, f.err = parse(path, f.data)
	}
	return f
}

// read reads a regular file: a pipe would keep us waiting.
func read(path string) ([]byte, error) {
	data, err := disk.ReadFile(path, maxFile)
	switch {
	case err == nil || errors.Is(err, fs.ErrNotExist):
		return data, err
	case errors.Is(err, disk.ErrNotRegular):
		return nil, &FileError{Path: path, Cause: "not a regular file"}
	case errors.Is(err, disk.ErrTooLarge):
		return nil, &FileError{Path: path, Cause: "larger than any credential file"}
	}
	return nil, &FileError{Path: path, Cause: "cannot be read: " + disk.Reason(err)}
}

// parse reads a file as docker and podman do. What only one of them takes (text
// after the object) and what hand-written files have (comments, a comma too
// many, a byte order mark) is an error with its place.
func parse(path string, data []byte) (config, error) {
	var c config
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		return c, fileErrorAt(path, data, 0, "a byte order mark (BOM), which docker and podman refuse")
	}
	err := json.Unmarshal(data, &c)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset := int(syntax.Offset) - 1 // of the byte that does not fit
		if int(syntax.Offset) >= len(data) && strings.Contains(err.Error(), "unexpected end") {
			offset = len(data)
		}
		return c, fileErrorAt(path, data, offset, syntax.Error())
	case errors.As(err, &kind) && kind.Field == "":
		return c, fileErrorAt(path, data, start(data), "not a JSON object")
	case errors.As(err, &kind):
		return c, fileErrorAt(path, data, int(kind.Offset)-1, kind.Field+" is not what docker and podman expect there")
	case err != nil:
		return c, &FileError{Path: path, Cause: disk.Reason(err)}
	case data[start(data)] != '{': // null
		return c, fileErrorAt(path, data, start(data), "not a JSON object")
	}
	return c, nil
}
