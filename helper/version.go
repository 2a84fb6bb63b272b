package helper

import (
	"fmt"
	"runtime/debug"
)

// version is set by the linker when a release is built:
// -ldflags "-X github.com/hellocplusplus0/docker-credential-ghcr/helper.version=v1.2.3".
var version string

// Version is the release, or what Go knows of the checkout it was built from.
func Version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

// VersionLine is the answer to version, in the form of docker's own helpers.
func VersionLine() string { return fmt.Sprintf("%s (%s) %s", Name, Package, Version()) }
