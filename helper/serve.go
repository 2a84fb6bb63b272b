package helper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/docker/docker-credential-helpers/credentials"
)

// maxInput is more than any server URL or credentials need. docker's own
// helpers stop at the same size.
const maxInput = 64 << 10

// Package is the import path that `version` shows.
const Package = "github.com/hellocplusplus0/docker-credential-ghcr"

// Usage is what docker's own helpers print when called in a wrong way.
const Usage = "Usage: " + Name + " <store|get|erase|list|version>"

// IsVerb reports whether a word is a verb of the protocol.
func IsVerb(word string) bool {
	switch word {
	case credentials.ActionStore, credentials.ActionGet, credentials.ActionErase, credentials.ActionList:
		return true
	}
	return false
}

// Serve answers one verb of the protocol and returns the exit code. Engines
// read the answer, or the reason of a failure, from out. Some show only what
// stands on errOut, so a failure is told there too, with what mends it.
func Serve(ctx context.Context, verb string, in io.Reader, out, errOut io.Writer) int {
	h, err := New(ctx, Options{Stderr: errOut})
	if err == nil {
		err = serve(h, verb, in, out)
	}
	if err == nil {
		return 0
	}
	fmt.Fprintln(out, err)
	var failure *Failure
	if errors.As(err, &failure) {
		Explain(errOut, failure)
	}
	return 1
}

// Explain writes a failure for people: cause and hint, a line each.
func Explain(w io.Writer, f *Failure) {
	fmt.Fprintln(w, f.Error())
	if f.Hint != "" {
		fmt.Fprintf(w, "%s: hint: %s\n", Name, f.Hint)
	}
}

func serve(h *Helper, verb string, in io.Reader, out io.Writer) error {
	if verb == credentials.ActionList {
		return credentials.List(h, out)
	}
	text, err := io.ReadAll(io.LimitReader(in, maxInput+1))
	if err != nil {
		return &Failure{Cause: "the input cannot be read"}
	}
	if len(text) > maxInput {
		return &Failure{Cause: "the input is too long"}
	}
	if verb == credentials.ActionStore {
		return store(h, text)
	}
	serverURL := strings.TrimSpace(string(text))
	if serverURL == "" {
		return credentials.NewErrCredentialsMissingServerURL()
	}
	if verb == credentials.ActionErase {
		return h.Delete(serverURL)
	}
	user, secret, err := h.Get(serverURL)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(credentials.Credentials{ServerURL: serverURL, Username: user, Secret: secret})
}

func store(h *Helper, text []byte) error {
	var c credentials.Credentials
	if err := json.Unmarshal(text, &c); err != nil {
		// The error of encoding/json may quote the secret.
		return &Failure{Cause: "the input of store is not JSON with ServerURL, Username and Secret"}
	}
	if c.ServerURL == "" {
		return credentials.NewErrCredentialsMissingServerURL()
	}
	return h.Add(&c)
}
