//go:build linux && !race

package faults

var raceFlag []string
