package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// What a file may be beside unreadable.
var (
	ErrNotRegular = errors.New("not a regular file")
	ErrTooLarge   = errors.New("too large")
)

// Open opens a file with the flags of os.OpenFile, if it is a regular one: a pipe
// could keep us waiting without end, a device never runs dry.
func Open(path string, flag int) (*os.File, error) {
	info, err := os.Stat(path) // first, for opening a device may set it going
	if err != nil {
		return nil, err
	}
	notRegular := &fs.PathError{Op: "open", Path: path, Err: ErrNotRegular}
	if !info.Mode().IsRegular() {
		return nil, notRegular
	}
	file, err := os.OpenFile(path, flag|nonblock, 0)
	if err != nil {
		return nil, err
	}
	if info, err = file.Stat(); err == nil && !info.Mode().IsRegular() { // the name may have changed its meaning
		err = notRegular
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

// ReadFile reads a regular file of at most limit bytes.
func ReadFile(path string, limit int64) ([]byte, error) {
	file, err := Open(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return ReadAll(file, limit)
}

// ReadAll reads an open file of at most limit bytes.
func ReadAll(file *os.File, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = &fs.PathError{Op: "read", Path: file.Name(), Err: ErrTooLarge}
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}
