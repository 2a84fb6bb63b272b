package engine

// Intent is what an engine wants credentials for.
type Intent int

// The intents. Unknown counts as a pull.
const (
	Unknown Intent = iota
	Pull
	Push
	Login
	Elsewhere // its image references name other registries only
)

// Parent is the process that asked for credentials.
type Parent struct {
	Argv []string // never to be shown: it may hold a password
	Run  string   // names one run of the engine; "" where that cannot be known
}

// IntentOf tells from an engine's argv what it wants of a registry.
func IntentOf(argv []string, registry string) Intent { return Unknown }
