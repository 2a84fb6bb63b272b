// Package cli is the commands for people: it parses, calls and prints.
package cli

// Run runs a command and returns its exit code.
func Run(args []string) int { return 1 }
