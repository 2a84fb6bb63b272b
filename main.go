// Command docker-credential-ghcr is a credential helper for GitHub's container
// registries, with commands around it for people. Engines call the protocol's
// verbs; everything else is a command.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/cli"
	_ "github.com/hellocplusplus0/docker-credential-ghcr/internal/early"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/harden"
)

func main() {
	harden.Process()
	args := os.Args[1:]
	if len(args) == 1 {
		switch {
		case helper.IsVerb(args[0]):
			os.Exit(helper.Serve(context.Background(), args[0], os.Stdin, os.Stdout, os.Stderr))
		case args[0] == "version", args[0] == "--version", args[0] == "-v":
			fmt.Println(helper.VersionLine())
			return
		}
	}
	os.Exit(cli.Run(args))
}
