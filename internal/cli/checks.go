package cli

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/registry"
)

// checks are what doctor looks at, in the order of its lines: what comes first
// is the likelier cause of what comes later.
func (x *examination) checks() []check {
	var list []check
	if x.wrong != nil { // nothing else matters before that is mended
		list = append(list, check{name: "name", run: x.nameCheck})
	}
	list = append(list,
		check{name: "program", run: x.program},
		check{name: "engines", run: x.engines},
	)
	if x.getenv("GITHUB_ACTIONS") == "true" {
		list = append(list, check{"actions", []string{"storage"}, x.actions})
	}
	list = append(list,
		check{"storage", nil, x.storage},
		check{"token", []string{"storage"}, x.tokenKind},
		check{"network", nil, x.network},
		check{"clock", []string{"network"}, x.clock},
		check{"alive", []string{"storage"}, x.alive},
		check{"scopes", []string{"alive"}, x.scopes},
		check{"expiry", []string{"alive"}, x.expires},
		check{"rate-limit", []string{"alive"}, x.rateLimit},
		check{"registry", []string{"alive"}, x.exchange},
	)
	if x.image != "" && x.wrong == nil {
		list = append(list, check{"name", nil, x.nameCheck})
	}
	if x.image != "" {
		list = append(list,
			check{"owner", []string{"alive"}, x.ownerCheck},
			check{"access", []string{"registry", "owner"}, x.access},
		)
	}
	return list
}

// name takes the argument: an image, or a host alone.
func (x *examination) name(word string) {
	if target, err := host.Parse(word); err == nil && !strings.Contains(strings.TrimPrefix(word, "https://"), "/") {
		x.target = target
		return
	}
	x.image = word
	x.wrong = registry.NameProblem(word)
	server, path, _ := strings.Cut(word, "/")
	if target, err := host.Parse(server); err == nil && x.wrong == nil {
		x.target = target
		x.owner, _, _ = strings.Cut(path, "/")
	}
}

// shownImage is the image as it may be printed.
func (x *examination) shownImage() string {
	if x.wrong != nil {
		return ""
	}
	return x.image
}

// shownWrong is what is no name of an image, if it is fit to be repeated: it may
// be a token, or hold one.
func (x *examination) shownWrong() string {
	const most = 100
	isToken := func(s string) bool { return github.KindOf(s) != github.NotAToken }
	parts := strings.FieldsFunc(x.image, func(c rune) bool { return strings.ContainsRune("/:@ ", c) })
	if len(x.image) > most || slices.ContainsFunc(parts, isToken) {
		return x.text(sayDoctor.thisName)
	}
	return shown(x.image)
}

// late words a check whose time was up.
func (x *examination) late(name string, begun bool) []outcome {
	if !begun {
		return []outcome{x.skip(sayDoctor.notBegun, name)}
	}
	return []outcome{{
		mark: markBad, text: x.text(sayDoctor.tooLate, name), stops: pulling, inferred: true,
		remedy: &remedy{Cause: x.text(sayDoctor.tooLate, name), Fix: x.text(sayDoctor.tooLateFix)},
	}}
}

func (x *examination) well(m message, args ...any) outcome {
	return outcome{mark: markOK, text: x.text(m, args...)}
}

func (x *examination) skip(m message, args ...any) outcome {
	return outcome{mark: markSkip, text: x.text(m, args...)}
}

// row is what the table has to say of a cause, about what is examined here.
func (x *examination) row(id string) *remedy {
	r, _ := registry.RowByID(id) // a test knows that all are there
	about := x.remedyOf(r, subject{host: x.target, image: x.shownImage(), owner: x.owner})
	about.Page = x.page(id)
	if strings.Contains(about.Fix, about.Page) {
		about.Page = ""
	}
	return &about
}

// page is where a row's cause is mended, "" if nowhere in particular.
func (x *examination) page(id string) string {
	switch id {
	case "helper-cannot-push", "helper-lacks-scope", "wrong-scopes":
		return x.target.TokensURL()
	case "helper-dead-token", "bad-credentials", "helper-wrong-kind", "nothing-stored":
		return x.target.NewTokenURL("write:packages")
	}
	return ""
}

// packageRow is row, with the package's own page. It is for checks that come
// after that of the owner: whose pages they are, is a part of the address.
func (x *examination) packageRow(id string) *remedy {
	r := x.row(id)
	switch id {
	case "no-write-role", "push-403", "no-read-role", "pull-denied", "private-image", "app-cannot-write":
		r.Page = x.packagePage("", "/settings")
	case "manifest-unknown":
		r.Page = x.packagePage("package/", "")
	}
	return r
}

func (x *examination) packagePage(before, after string) string {
	if x.ownerErr != nil || !x.ownerSaid.Exists || x.wrong != nil {
		return ""
	}
	_, name, _ := strings.Cut(strings.TrimPrefix(x.image, x.target.Registry+"/"), "/")
	name, _, _ = strings.Cut(name, "@")
	name, _, _ = strings.Cut(name, ":")
	kind := "users"
	if x.ownerSaid.IsOrg {
		kind = "orgs"
	}
	return x.target.Web + "/" + kind + "/" + x.owner + "/packages/container/" + before + strings.ReplaceAll(name, "/", "%2F") + after
}

// trouble is the remedy for a host that gave no usable answer. why is in the
// words that packages github and registry share.
func (x *examination) trouble(server, why string) *remedy {
	for _, known := range []struct{ words, row string }{
		{"does not resolve", "no-such-host"},
		{"certificate", "untrusted-certificate"},
		{"TLS", "untrusted-certificate"},
		{"in time", "timeout"},
		{"cannot be reached", "timeout"},
	} {
		if r, found := registry.RowByID(known.row); found && strings.Contains(why, known.words) {
			elsewhere := x.target
			elsewhere.Registry = server
			about := x.remedyOf(r, subject{host: elsewhere})
			return &about
		}
	}
	fix := sayDoctor.troubleFix
	switch {
	case strings.Contains(why, "captive portal"):
		fix = sayDoctor.portalFix
	case strings.Contains(why, "limits the rate"):
		fix = sayDoctor.limitFix
	}
	return &remedy{Cause: why, Fix: x.text(fix)}
}

// within bounds one question so that two in a row leave time to word what came
// of them.
func (x *examination) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, x.limit*4/9)
}

// registryTransport is the default one with an end to waiting.
func registryTransport() http.RoundTripper {
	t, isUsual := http.DefaultTransport.(*http.Transport)
	if !isUsual {
		return http.DefaultTransport
	}
	t = t.Clone()
	t.ResponseHeaderTimeout = 30 * time.Second
	return t
}
