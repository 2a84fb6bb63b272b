package github

import (
	"net/http"
	"slices"
	"strings"
)

// The scopes that the container registry knows. There is no admin:packages.
// Source: docs.github.com, "Scopes for OAuth apps".
const (
	ReadPackages   = "read:packages"
	WritePackages  = "write:packages"
	DeletePackages = "delete:packages"
)

// Scopes are the scopes of a token as GitHub reports them.
type Scopes struct {
	// Known is false when GitHub sent no scopes header at all, as for tokens of
	// GitHub Apps and of Actions. An empty header is known: no scope is ticked.
	Known bool     `json:"known"`
	List  []string `json:"list"`
}

func scopesOf(h http.Header) Scopes {
	values := h.Values("X-OAuth-Scopes")
	s := Scopes{Known: len(values) > 0}
	for scope := range strings.SplitSeq(strings.Join(values, ","), ",") {
		if scope = strings.TrimSpace(scope); isScope(scope) {
			s.List = append(s.List, scope)
		}
	}
	return s
}

// isScope keeps what is none out of messages and of the file of verdicts.
func isScope(s string) bool {
	return s != "" && len(s) < 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789:_-") == ""
}

// Include reports whether the scopes give a right. GitHub drops scopes that
// another implies when it saves a token: write:packages includes read:packages.
// delete:packages includes neither.
func (s Scopes) Include(scope string) bool {
	if slices.Contains(s.List, scope) {
		return true
	}
	return scope == ReadPackages && slices.Contains(s.List, WritePackages)
}

// Packages lists those scopes that concern packages, in words.
func (s Scopes) Packages() string {
	var list []string
	for _, scope := range s.List {
		if strings.HasSuffix(scope, ":packages") {
			list = append(list, scope)
		}
	}
	if len(list) == 0 {
		return "no packages scope"
	}
	return strings.Join(list, ", ")
}
