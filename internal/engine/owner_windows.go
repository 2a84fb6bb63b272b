package engine

import "os"

// isOurs reports a folder: on Windows podman has none of its own.
func isOurs(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir()
}
