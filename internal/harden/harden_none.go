//go:build !unix

package harden

func noCore() {}
