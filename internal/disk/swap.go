package disk

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
)

// swapIn puts temp, which holds data, in the place of path, unless check finds
// there what it does not expect. Where the system can exchange two files, what
// came out is looked at once more: somebody may have written it after the first
// look, and then it goes back.
func swapIn(temp, path string, data []byte, check func(path string) error) error {
	if err := check(path); err != nil {
		return err
	}
	if exchange(temp, path) != nil { // nothing is there yet, or it cannot be done here
		err := renameNew(temp, path)
		if errors.Is(err, fs.ErrExist) {
			if err := check(path); err != nil {
				return err
			}
		}
		if err != nil {
			err = Rename(temp, path)
		}
		return err
	}
	err := check(temp)
	if err != nil {
		swapBack(temp, path, data)
		return err
	}
	_ = os.Remove(temp)
	return nil
}

// swapBack leaves path with what was written last, which may be neither what is
// there, data, nor what lies at temp.
func swapBack(temp, path string, data []byte) {
	const most, limit = 10, 64 << 20
	there := data
	for range most {
		goes, err := ReadFile(temp, limit)
		if err != nil || exchange(temp, path) != nil {
			return
		}
		if came, err := ReadFile(temp, limit); err != nil || bytes.Equal(came, there) {
			return
		}
		there = goes // and a later one has come out, which goes in again
	}
}
