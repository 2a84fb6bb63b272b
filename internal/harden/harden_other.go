//go:build !linux

package harden

// process: macOS and the BSDs know the limit only. On Windows Go's runtime has
// turned off error reporting already, and with it the dumps.
func process() { noCore() }
