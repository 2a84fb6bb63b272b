//go:build linux && race

package faults

// raceFlag builds the program as the tests are built.
var raceFlag = []string{"-race"}
