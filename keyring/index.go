package keyring

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/disk"
)

// Account says of one host whose token is stored, and where. It holds no secret.
type Account struct {
	Username string    `json:"username"`
	Storage  Place     `json:"storage"`
	StoredAt time.Time `json:"stored_at"`
	Forced   bool      `json:"forced,omitempty"` // stored although the registry takes no such token
}

// Index is the file hosts.json: which hosts have a token, and where it rests.
// With it a list needs no keyring, and a get goes straight to the right store.
// What this version does not know in the file survives its updates.
type Index struct{ path string }

// OpenIndex is the index in the config folder dir. It does no I/O.
func OpenIndex(dir string) *Index { return &Index{filepath.Join(dir, "hosts.json")} }

const indexVersion = 1

// object is JSON of which we know some keys.
type object map[string]json.RawMessage

// Accounts reads the index; no file is an empty one. Nothing is locked: writers
// replace the file whole. The error is ErrUnreadable and names the file.
func (x *Index) Accounts(ctx context.Context) (map[string]Account, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	_, hosts, err := x.read()
	if err != nil {
		return nil, err
	}
	accounts := make(map[string]Account, len(hosts))
	for host, raw := range hosts {
		var a Account
		if json.Unmarshal(raw, &a) != nil {
			return nil, x.unreadable("is damaged")
		}
		accounts[host] = a
	}
	return accounts, nil
}

// Put writes the account of a host.
func (x *Index) Put(ctx context.Context, host string, a Account) error {
	if err := checkHost(host); err != nil {
		return err
	}
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return x.update(ctx, func(hosts object) (bool, error) {
		entry := object{}
		if raw, found := hosts[host]; found && json.Unmarshal(raw, &entry) != nil {
			return false, x.unreadable("is damaged")
		}
		if entry == nil { // null
			entry = object{}
		}
		delete(entry, "forced") // the one key that Marshal may leave out
		if err := json.Unmarshal(text, &entry); err != nil {
			return false, err
		}
		hosts[host], err = json.Marshal(entry)
		return true, err
	})
}

// Remove takes a host out. One that is not there is no error.
func (x *Index) Remove(ctx context.Context, host string) error {
	if _, err := os.Stat(x.path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return x.update(ctx, func(hosts object) (bool, error) {
		_, found := hosts[host]
		delete(hosts, host)
		return found, nil
	})
}

// update changes the hosts under the lock.
func (x *Index) update(ctx context.Context, change func(object) (changed bool, err error)) error {
	err := withLock(ctx, filepath.Dir(x.path), func() error {
		file, hosts, err := x.read()
		if err != nil {
			return err
		}
		if changed, err := change(hosts); err != nil || !changed {
			return err
		}
		if file["v"] == nil {
			file["v"] = json.RawMessage("1")
		}
		if file["hosts"], err = json.Marshal(hosts); err != nil {
			return err
		}
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(file); err != nil {
			return err
		}
		// Where hosts.json is a link, a folder of dotfiles keeps its file.
		path, err := disk.Target(x.path)
		if err != nil {
			return err
		}
		disk.RemoveLeftovers(path)
		return disk.WriteFile(path, text.Bytes())
	})
	var ours *Error
	if err == nil || errors.As(err, &ours) || errors.Is(err, context.Canceled) {
		return err
	}
	return fail(ErrNotStored, "cannot write "+display(x.path)+": "+reason(err), "")
}

// read parses as much as is ours. Neither map is nil when err is.
func (x *Index) read() (file, hosts object, err error) {
	file, hosts = object{}, object{}
	text, err := disk.ReadFile(x.path, maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return file, hosts, nil
	}
	if err != nil {
		return nil, nil, x.unreadable("cannot be read: " + reason(err))
	}
	var ours struct {
		Version int    `json:"v"`
		Hosts   object `json:"hosts"`
	}
	if json.Unmarshal(text, &file) != nil || json.Unmarshal(text, &ours) != nil || file == nil {
		return nil, nil, x.unreadable("is damaged")
	}
	if ours.Version > indexVersion {
		return nil, nil, fail(ErrUnreadable, display(x.path)+" was written by a later version of this program",
			"update docker-credential-ghcr")
	}
	if ours.Hosts != nil {
		hosts = ours.Hosts
	}
	return file, hosts, nil
}

func (x *Index) unreadable(what string) *Error {
	return fail(ErrUnreadable, display(x.path)+" "+what, "repair or remove the file, then log in again: docker-credential-ghcr login")
}
