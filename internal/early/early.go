// Package early answers version before the packages are made ready that only
// other verbs and commands need: they take as long as a whole Go program that
// does nothing. For the program's main alone: importing it has this effect.
//
// Go makes packages ready in the order of their import paths, as soon as what
// they import is ready. This one imports os and nothing else.
// Source: go.dev/ref/spec, "Program initialization".
package early

import "os"

// line is the whole answer, set by the linker (scripts/build.sh). Without it
// main answers.
var line string

func init() {
	if line == "" || len(os.Args) != 2 {
		return
	}
	switch os.Args[1] {
	case "version", "--version", "-v":
		if _, err := os.Stdout.WriteString(line + "\n"); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
}
