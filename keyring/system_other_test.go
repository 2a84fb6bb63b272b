//go:build !linux

package keyring

func setRuntimeDir(string) {}
