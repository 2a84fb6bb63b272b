package helper

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/keyring"
)

// DefaultTimeout bounds what GitHub may take; GHCR_TIMEOUT changes it.
const DefaultTimeout = 4 * time.Second

func (h *Helper) getenv(name string) string {
	value, _ := h.env(name)
	return value
}

// isSet reads a switch: 1, true and their like are on.
func (h *Helper) isSet(name string) bool {
	on, err := strconv.ParseBool(h.getenv(name))
	return err == nil && on
}

// longestTimeout is the most that GHCR_TIMEOUT can ask for.
const longestTimeout = time.Minute

// timeout reads GHCR_TIMEOUT, the usual where that is of no use.
func (h *Helper) timeout() time.Duration {
	if d, ok := duration(h.getenv("GHCR_TIMEOUT")); ok {
		return d
	}
	return DefaultTimeout
}

// duration reads seconds, or a duration such as 1500ms.
func duration(text string) (d time.Duration, ok bool) {
	d, err := time.ParseDuration(text)
	if seconds, parseErr := strconv.ParseInt(text, 10, 64); parseErr == nil {
		d, err = time.Duration(min(max(seconds, 0), int64(longestTimeout/time.Second)))*time.Second, nil
	}
	return min(d, longestTimeout), err == nil && d > 0
}

// checkSettings warns about a setting that is left aside. It is no reason to fail,
// nor is its text repeated: it may be a token in the wrong place.
func (h *Helper) checkSettings() {
	text := h.getenv("GHCR_TIMEOUT")
	if _, ok := duration(text); !ok && text != "" {
		h.warnOnce(fmt.Sprintf("GHCR_TIMEOUT is neither seconds nor a duration such as 1500ms: %v is used", DefaultTimeout))
	}
}

// scopes reads GHCR_SCOPES, a list that replaces what an intent requires.
func (h *Helper) scopes() []string {
	return strings.FieldsFunc(h.getenv("GHCR_SCOPES"), func(r rune) bool { return r == ',' || r == ' ' })
}

// Accounts are the hosts whose token is stored, by registry. It touches neither
// keyring nor network.
func (h *Helper) Accounts() (map[string]keyring.Account, error) {
	if err := h.noFolder(); err != nil {
		return nil, err
	}
	accounts, err := keyring.OpenIndex(h.dir).Accounts(h.ctx)
	if err != nil {
		return nil, worded(err)
	}
	return accounts, nil
}

// noFolder is an error where there is no config folder.
func (h *Helper) noFolder() error {
	if h.dirErr == nil {
		return nil
	}
	return &Failure{
		Cause: "no place for stored tokens: " + h.dirErr.Error(),
		Hint:  "set HOME, or give a token in GHCR_TOKEN",
		err:   h.dirErr,
	}
}

func (h *Helper) open(p keyring.Place) (keyring.Store, error) {
	return keyring.Open(p, h.keyringConfig())
}

func (h *Helper) keyringConfig() keyring.Config {
	return keyring.Config{Dir: h.dir, Getenv: h.getenv, Waiting: func() { h.warnOnce("waiting for the keyring to be unlocked") }}
}

// memory is where verdicts on tokens of a source are kept. What is known of a
// token of the environment goes with the session.
func (h *Helper) memory(s Source) verdicts {
	dir := h.dir
	if s != FromStore {
		dir = h.runDir()
	}
	if dir == "" {
		return verdicts{}
	}
	return verdicts{filepath.Join(dir, "verdicts")}
}

// say prints a line on stderr.
func (h *Helper) say(text string) { fmt.Fprintln(h.warn, line(text)) }

func (h *Helper) sayWarning(text string) { h.say("warning: " + text) }

// warnOnce warns, but once for each text in one run of an engine.
func (h *Helper) warnOnce(text string) {
	if h.isNews(text) {
		h.sayWarning(text)
		h.annotateWarning(text)
	}
}

func (h *Helper) isNews(key string) bool {
	return said{h.runDir()}.first(h.parent().Run, key, h.now())
}
