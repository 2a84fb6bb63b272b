package keyringtest

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

// Mode is how a Fake misbehaves.
type Mode int

// The modes of a Fake. All but the first were seen in the wild.
const (
	Honest        Mode = iota
	HangOnCall         // Unlock never answers
	HangOnPrompt       // the window is never answered
	DieInPrompt        // the service dies while its window is open
	BusDies            // the bus dies while a window is open
	DismissWrite       // writing asks in a window, which is closed
	DismissDelete      // deleting asks in a window, which is closed
	IsLocked           // Unlock says IsLocked (KeePassXC)
	Forgets            // takes an item and keeps nothing
)

const (
	root       = dbus.ObjectPath("/org/freedesktop/secrets")
	collection = root + "/collection/login"
	session    = root + "/session/1"
	prompt     = root + "/prompt/1"
	none       = dbus.ObjectPath("/")
	iface      = "org.freedesktop.Secret."
)

// Fake is a Secret Service with one unlocked collection, in the test's process.
type Fake struct {
	mode Mode
	bus  *Bus
	conn *dbus.Conn
	end  chan struct{} // closed with the test: ends what hangs

	mu    sync.Mutex
	next  int
	items map[dbus.ObjectPath]item
}

type item struct {
	attributes map[string]string
	secret     secret
}

type secret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

// StartFake puts a Fake on the bus. It ends with the test.
func StartFake(t testing.TB, b *Bus, mode Mode) *Fake {
	t.Helper()
	f := &Fake{mode: mode, bus: b, conn: b.Connect(t), end: make(chan struct{}), items: map[dbus.ObjectPath]item{}}
	t.Cleanup(func() { close(f.end) })
	for path, methods := range map[dbus.ObjectPath]map[string]map[string]any{
		root: {
			iface + "Service":                 {"OpenSession": f.openSession, "Unlock": f.unlock, "ReadAlias": f.readAlias},
			"org.freedesktop.DBus.Properties": {"Get": f.property},
		},
		collection: {iface + "Collection": {"CreateItem": f.createItem, "SearchItems": f.searchItems}},
		session:    {iface + "Session": {"Close": func() *dbus.Error { return nil }}},
		prompt:     {iface + "Prompt": {"Prompt": f.prompt}},
	} {
		for name, table := range methods {
			must(t, f.conn.ExportMethodTable(table, path, name))
		}
	}
	reply, err := f.conn.RequestName(secretService, dbus.NameFlagDoNotQueue)
	must(t, err)
	if reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal("the bus has a keyring already")
	}
	return f
}

// Len is how many items the fake holds.
func (f *Fake) Len() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.items)
}

// Replace changes the secret of every item, as another program may.
func (f *Fake) Replace(value string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for path, it := range f.items {
		it.secret.Value = []byte(value)
		f.items[path] = it
	}
}

func (f *Fake) openSession(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	return dbus.MakeVariant(""), session, nil
}

func (f *Fake) unlock(objects []dbus.ObjectPath) ([]dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	switch f.mode {
	case HangOnCall:
		<-f.end
	case HangOnPrompt, DieInPrompt, BusDies:
		return nil, prompt, nil
	case IsLocked:
		return nil, none, dbus.NewError(iface+"Error.IsLocked", []any{"locked"})
	}
	return objects, none, nil
}

func (f *Fake) readAlias(string) (dbus.ObjectPath, *dbus.Error) { return collection, nil }

func (f *Fake) property(_, name string) (dbus.Variant, *dbus.Error) {
	if name != "Collections" {
		return dbus.Variant{}, dbus.NewError("org.freedesktop.DBus.Error.UnknownProperty", nil)
	}
	return dbus.MakeVariant([]dbus.ObjectPath{collection}), nil
}

func (f *Fake) createItem(properties map[string]dbus.Variant, s secret, _ bool) (dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	if f.mode == DismissWrite {
		return none, prompt, nil
	}
	attributes, _ := properties[iface+"Item.Attributes"].Value().(map[string]string)
	f.mu.Lock()
	defer f.mu.Unlock()
	for path, it := range f.items {
		if maps.Equal(it.attributes, attributes) {
			f.items[path] = item{attributes, s}
			return path, none, nil
		}
	}
	f.next++
	path := dbus.ObjectPath(fmt.Sprintf("%s/%d", collection, f.next))
	if f.mode == Forgets {
		return path, none, nil
	}
	f.items[path] = item{attributes, s}
	methods := map[string]any{
		"GetSecret": func(dbus.ObjectPath) (secret, *dbus.Error) { return f.getSecret(path) },
		"Delete":    func() (dbus.ObjectPath, *dbus.Error) { return f.delete(path) },
	}
	if err := f.conn.ExportMethodTable(methods, path, iface+"Item"); err != nil {
		return none, none, dbus.MakeFailedError(err)
	}
	return path, none, nil
}

func (f *Fake) searchItems(attributes map[string]string) ([]dbus.ObjectPath, *dbus.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []dbus.ObjectPath
	for _, path := range slices.Sorted(maps.Keys(f.items)) {
		if maps.Equal(f.items[path].attributes, attributes) {
			found = append(found, path)
		}
	}
	return found, nil
}

func (f *Fake) getSecret(path dbus.ObjectPath) (secret, *dbus.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	it := f.items[path]
	it.secret.Session = session
	return it.secret, nil
}

func (f *Fake) delete(path dbus.ObjectPath) (dbus.ObjectPath, *dbus.Error) {
	if f.mode == DismissDelete {
		return prompt, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.items, path)
	return none, nil
}

func (f *Fake) prompt(call dbus.Message, _ string) *dbus.Error {
	switch f.mode {
	case DieInPrompt:
		f.answer(call)
		_ = f.conn.Close()
		<-f.end
	case BusDies:
		f.answer(call)
		f.bus.Kill()
		<-f.end
	case DismissWrite, DismissDelete:
		_ = f.conn.Emit(prompt, iface+"Prompt.Completed", true, dbus.MakeVariant(""))
	}
	return nil
}

// answer sends an empty reply, and returns when the bus has passed it on: what
// dies next dies while the caller waits for the window.
func (f *Fake) answer(call dbus.Message) {
	f.conn.Send(&dbus.Message{
		Type: dbus.TypeMethodReply,
		Headers: map[dbus.HeaderField]dbus.Variant{
			dbus.FieldDestination: call.Headers[dbus.FieldSender],
			dbus.FieldReplySerial: dbus.MakeVariant(call.Serial()),
		},
	}, nil)
	_ = f.conn.BusObject().Call("org.freedesktop.DBus.GetId", 0).Err
}
