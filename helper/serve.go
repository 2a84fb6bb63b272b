package helper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/docker/docker-credential-helpers/credentials"
)

// maxInput is more than any server URL or credentials need. docker's own
// helpers stop at the same size.
const maxInput = 64 << 10

// Package is the import path that `version` shows.
const Package = "github.com/hellocplusplus0/docker-credential-ghcr"

// Usage is what docker's own helpers print when called in a wrong way.
const Usage = "Usage: " + Name + " <store|get|erase|list|version>"

// IsVerb reports whether a word is a verb of the protocol that needs a Helper.
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
	return New(ctx, Options{Stderr: errOut}).serve(verb, in, out)
}

func (h *Helper) serve(verb string, in io.Reader, out io.Writer) int {
	err := h.answer(verb, in, out)
	h.trace.step("%s: done", verb)
	if err == nil {
		return 0
	}
	fmt.Fprintln(out, err)
	var failure *Failure
	if errors.As(err, &failure) && h.isNews(failure.Error()) {
		Explain(h.warn, failure)
		h.annotate(failure)
	}
	return 1
}

func (h *Helper) answer(verb string, in io.Reader, out io.Writer) error {
	if verb == credentials.ActionList {
		return credentials.List(h, out)
	}
	text, err := input(in)
	if err != nil {
		return err
	}
	if verb == credentials.ActionStore {
		return h.store(text)
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

func input(in io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(in, maxInput+1))
	cause := ""
	switch {
	case err != nil:
		cause = "the input cannot be read"
	case len(text) > maxInput:
		cause = "the input is too long"
	case !utf8.Valid(text):
		cause = "the input is not UTF-8"
	default:
		return text, nil
	}
	return nil, &Failure{Cause: cause, Hint: "container engines send a server URL, or credentials as JSON; people run: " + Name + " --help"}
}

func (h *Helper) store(text []byte) error {
	var c credentials.Credentials
	if err := json.Unmarshal(text, &c); err != nil {
		// The error of encoding/json may quote the secret.
		return &Failure{Cause: "the input of store is not JSON with ServerURL, Username and Secret", Hint: "people store a token with: " + Name + " login"}
	}
	if c.ServerURL == "" {
		return credentials.NewErrCredentialsMissingServerURL()
	}
	return h.Add(&c)
}
