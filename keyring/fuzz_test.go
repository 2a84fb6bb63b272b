package keyring

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// Whatever hosts.json holds: it is read or it is an error that names the file
// and leaves it alone; and storing a host changes no other host and no key that
// this version does not know.
func FuzzIndex(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "null", "[]", "{}{}", "x", "\xff", "{\"v\":1,\"hosts\":{}}\n", `{"v":2,"hosts":{}}`, `{"v":"1"}`, `{"hosts":null}`, `{"v":1e0,"hosts":[]}`,
		`{"v":1,"new":{"a":[1.50,"<>"]},"hosts":{"ghcr.io":{"username":"old","storage":"file","verdict":{"scopes":["a&b"]},"forced":true},"other.example":{"username":"lisa","storage":"later","x":12345678901234567890}}}`,
		`{"v":1,"hosts":{"ghcr.io":null}}`, `{"v":1,"hosts":{"ghcr.io":"x"}}`, `{"v":1,"hosts":{"a":{"username":1}}}`, `{"hosts":{"ghcr.io":{"user":"mona"}}}`,
		`{"v":1,"hosts":{"a":{"stored_at":"soon"}}}`, `{"v":1,"v":2,"hosts":{"a":{}},"hosts":{"b":{}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if hasOddCase(data) {
			return
		}
		path := filepath.Join(t.TempDir(), "hosts.json")
		check(t, os.WriteFile(path, data, 0o600), nil)
		x := OpenIndex(filepath.Dir(path))
		before, err := x.Accounts(t.Context())
		if err != nil && (!errors.Is(err, ErrUnreadable) || !strings.Contains(err.Error(), "hosts.json")) {
			t.Fatalf("%q: %v", data, err)
		}
		mona := Account{Username: "mona", Storage: File, StoredAt: time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)}
		if putErr := x.Put(t.Context(), "ghcr.io", mona); putErr != nil {
			text, _ := os.ReadFile(path)
			if err == nil || !errors.Is(putErr, ErrUnreadable) || !bytes.Equal(text, data) {
				t.Fatalf("%q became %q: %v, and Accounts said %v", data, text, putErr, err)
			}
			return
		}
		if now := members(t, path); !reflect.DeepEqual(now, membersOf(t, data)) {
			t.Errorf("%q: what is not ours became %v", data, now)
		}
		if err != nil { // an entry was of a wrong type: other than ghcr.io's it stays so
			return
		}
		after, err := x.Accounts(t.Context())
		if err != nil || after["ghcr.io"] != mona {
			t.Fatalf("%q: %+v, %v", data, after, err)
		}
		delete(before, "ghcr.io")
		delete(after, "ghcr.io")
		if !reflect.DeepEqual(before, after) {
			t.Errorf("%q: the other hosts were %+v and are %+v", data, before, after)
		}
		check(t, x.Remove(t.Context(), "ghcr.io"), nil)
		if left, err := x.Accounts(t.Context()); err != nil || !reflect.DeepEqual(left, before) {
			t.Errorf("%q: at last %+v, %v", data, left, err)
		}
	})
}

// hasOddCase finds one of our names in another case. encoding/json takes it for
// ours, but nobody writes it so.
func hasOddCase(data []byte) bool {
	var file struct{ Hosts map[string]object }
	var top object
	_, _ = json.Unmarshal(data, &top), json.Unmarshal(data, &file)
	for _, o := range append(slices.Collect(maps.Values(file.Hosts)), top) {
		for name := range o {
			for _, ours := range []string{"v", "hosts", "username", "storage", "stored_at", "forced"} {
				if name != ours && strings.EqualFold(name, ours) {
					return true
				}
			}
		}
	}
	return false
}

func members(t *testing.T, path string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(path)
	check(t, err, nil)
	return membersOf(t, text)
}

// membersOf are the members of hosts.json that are none of ours, as values.
func membersOf(t *testing.T, text []byte) map[string]any {
	t.Helper()
	all := map[string]any{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	check(t, decoder.Decode(&all), nil)
	for name := range all {
		if strings.EqualFold(name, "v") || strings.EqualFold(name, "hosts") {
			delete(all, name)
		}
	}
	return all
}

// Whatever a store holds under our name: a record of ours, or an error that
// repeats nothing of it.
func FuzzRecord(f *testing.F) {
	for _, seed := range []string{"", "{}", "null", `{"v":1}`, `{"v":2,"token":"x"}`, `{"v":-1,"token":"x"}`, `{"token":"x"}`, `{"username":"mona","token":"x","stored_at":"2026-11-24T05:00:00Z","v":1}`,
		`{"username":"mona","token":"x\n","v":1}`, `{"username":"mona","token":"x","stored_at":"soon","v":1}`, "\xff", "hunter2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := decode(text, "it")
		if err != nil {
			const known = "it holds something for this host that is not ours; it holds a token stored by a later version of this program"
			if !errors.Is(err, ErrUnreadable) || !strings.Contains(known, err.Error()) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		again, err := r.encode()
		if errors.Is(err, ErrNotStored) { // characters that are never in one
			return
		}
		check(t, err, nil)
		if back, err := decode(again, "it"); err != nil || back.Token != r.Token || back.Username != r.Username || !back.StoredAt.Equal(r.StoredAt) {
			t.Errorf("%q: another record came back", text)
		}
	})
}
