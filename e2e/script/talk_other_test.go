//go:build !linux

package script

import "github.com/rogpeppe/go-internal/testscript"

func cmdTalk(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Fatalf("talk needs Linux")
}
