//go:build linux

// Command world is api.github.com for bench/run, near by and far away.
//
//	world serve DIR INTERFACE   answer on port 443, and at the end of a slow
//	                            INTERFACE unless that is empty; DIR gets ca.pem
//	                            and curl.conf
//	world credentials           print what docker login would store
//	world peak COMMAND          run a command, print its peak memory in bytes
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

var token = ghcrtest.SampleToken("ghp_", "bench")

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "world:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 3 && args[0] == "serve":
		return serve(args[1], args[2])
	case len(args) == 1 && args[0] == "credentials":
		return json.NewEncoder(os.Stdout).Encode(map[string]string{"ServerURL": "ghcr.io", "Username": "mona", "Secret": token})
	case len(args) > 1 && args[0] == "peak":
		return peak(args[1], args[2:])
	}
	return errors.New("usage: world serve DIR INTERFACE | credentials | peak COMMAND")
}

// serve answers until it is killed. It prints a line when it is ready.
func serve(dir, slow string) error {
	w, err := ghcrtest.New(ghcrtest.Options{API: "0.0.0.0:443"})
	if err != nil {
		return err
	}
	w.SetToken(ghcrtest.Token{Value: token, Login: "mona", Scopes: []string{"write:packages"}})
	if err := w.WriteCABundle(filepath.Join(dir, "ca.pem"), true); err != nil {
		return err
	}
	// In a file, not in argv: so every tool is asked to handle a token.
	curl := fmt.Sprintf("url = https://api.github.com/rate_limit\nheader = \"Authorization: Bearer %s\"\nsilent\nfail\noutput = /dev/null\n", token)
	if err := os.WriteFile(filepath.Join(dir, "curl.conf"), []byte(curl), 0o600); err != nil {
		return err
	}
	if slow == "" {
		fmt.Println("ready")
		select {}
	}
	link, err := openLink(slow)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	return link.carry()
}

// peak runs a command on this program's stdin. The number is at least this
// program's own memory, about 3 MB, for Linux counts from the fork on.
func peak(name string, args []string) error {
	cmd := exec.Command(name, args...)
	cmd.Stdin, cmd.Stderr = os.Stdin, os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return errors.New("no resource usage")
	}
	fmt.Println(usage.Maxrss << 10)
	return nil
}
