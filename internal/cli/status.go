package cli

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/hellocplusplus0/docker-credential-ghcr/helper"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/engine"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/github"
	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
)

func newStatus(u *ui) *cobra.Command {
	var check, asJSON bool
	cmd := &cobra.Command{
		Use:   "status [HOST]",
		Short: u.text(say.statusShort),
		Long:  u.text(say.statusLong),
		Example: "  docker-credential-ghcr status\n" +
			"  docker-credential-ghcr status --check\n" +
			"  docker-credential-ghcr status --json",
		Args: atMostOneHost,
		RunE: func(cmd *cobra.Command, args []string) error {
			only, err := u.hostOf(args)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				only = host.Host{}
			}
			s, err := u.status(cmd.Context(), only, check)
			if err != nil {
				return err
			}
			if asJSON {
				err = u.printJSON(s)
			} else {
				u.printStatus(s)
			}
			if err == nil && !s.Push {
				err = silentError{exitFailed}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, u.text(say.statusCheck))
	cmd.Flags().BoolVar(&asJSON, "json", false, u.text(say.flagJSON))
	return cmd
}

// statusReport is what status --json prints. Fields are added, never changed.
type statusReport struct {
	Version int            `json:"version"` // 1
	Push    bool           `json:"push"`    // every host shown may push, and an engine asks the helper
	Hosts   []hostReport   `json:"hosts"`
	Engines []engineReport `json:"engines"`
}

type hostReport struct {
	Host     string     `json:"host"`
	Username string     `json:"username"`
	Source   string     `json:"source"`              // store, or the variable or file in use
	Storage  string     `json:"storage,omitempty"`   // keyring, file, helper:NAME
	StoredAt *time.Time `json:"stored_at,omitempty"` // of the stored token
	Problem  string     `json:"problem,omitempty"`   // why the token cannot be used
	// What GitHub said, and when. Absent while it was never asked.
	CheckedAt   *time.Time `json:"checked_at,omitempty"`
	Alive       *bool      `json:"alive,omitempty"`
	ScopesKnown bool       `json:"scopes_known"` // false for tokens of GitHub Apps
	Scopes      []string   `json:"scopes"`
	Expires     *time.Time `json:"expires,omitempty"`
	Pull        bool       `json:"pull"` // a get for a pull would get credentials
	Push        bool       `json:"push"` // a get for a push would get credentials

	scopes    github.Scopes
	storage   string
	anonymous bool // nobody knows yet whose token it is
}

type engineReport struct {
	Engine     string   `json:"engine"` // docker, podman
	Host       string   `json:"host"`
	Configured bool     `json:"configured"` // it asks the helper, and nothing comes first
	Problems   []string `json:"problems"`
}

func (u *ui) status(ctx context.Context, only host.Host, check bool) (statusReport, error) {
	r := statusReport{Version: 1, Hosts: []hostReport{}, Engines: []engineReport{}}
	h := u.helper(ctx)
	if check {
		if err := u.checkAll(h, only); err != nil {
			return r, err
		}
	}
	hosts, err := h.Status()
	if err != nil {
		return r, err
	}
	for _, s := range hosts {
		if only.Registry == "" || s.Host.Registry == only.Registry {
			r.Hosts = append(r.Hosts, u.hostReport(s))
		}
	}
	registries := []string{only.Registry}
	if only.Registry == "" {
		registries = []string{host.DefaultRegistry}
		for _, s := range r.Hosts {
			if !slices.Contains(registries, s.Host) {
				registries = append(registries, s.Host)
			}
		}
	}
	for _, registry := range registries {
		reports, err := u.engineReports(ctx, registry)
		if err != nil {
			return r, err
		}
		r.Engines = append(r.Engines, reports...)
	}
	r.Push = len(r.Hosts) > 0 &&
		!slices.ContainsFunc(r.Hosts, func(h hostReport) bool { return !h.Push }) &&
		slices.ContainsFunc(r.Engines, func(e engineReport) bool { return e.Configured })
	return r, nil
}

// checkAll asks GitHub about the tokens, so that the verdicts shown are new.
func (u *ui) checkAll(h *helper.Helper, only host.Host) error {
	hosts, err := h.Status()
	if err != nil {
		return err
	}
	for _, s := range hosts {
		if only.Registry != "" && s.Host.Registry != only.Registry {
			continue
		}
		checked, err := h.Check(s.Host)
		if err == nil {
			err = checked.Err
		}
		if err != nil && !errors.Is(err, github.ErrBadCredentials) {
			u.fail(err)
		}
	}
	return nil
}

func (u *ui) hostReport(s helper.HostStatus) hostReport {
	r := hostReport{
		Host: s.Host.Registry, Username: s.Username, Source: sourceName(s.Source),
		Storage: string(s.Storage), Scopes: []string{},
		storage: u.placeWords(s.Storage), anonymous: s.Unnamed(),
	}
	if !s.StoredAt.IsZero() {
		r.StoredAt = &s.StoredAt
	}
	if s.Failure != nil {
		r.Problem = s.Failure.Cause
	}
	v := s.Verdict
	if v == nil || s.Failure != nil {
		// Never asked: a get would give it out unverified.
		r.Pull, r.Push = s.Failure == nil, false
		return r
	}
	alive := !v.Dead && (v.Expires.IsZero() || time.Now().Before(v.Expires))
	r.CheckedAt, r.Alive, r.scopes, r.ScopesKnown = &v.CheckedAt, &alive, v.Scopes, v.Scopes.Known
	if v.Scopes.List != nil {
		r.Scopes = v.Scopes.List
	}
	if !v.Expires.IsZero() {
		r.Expires = &v.Expires
	}
	r.Pull = alive && (!v.Scopes.Known || v.Scopes.Include(github.ReadPackages))
	r.Push = alive && !s.Forced && (!v.Scopes.Known || v.Scopes.Include(github.WritePackages))
	return r
}

const sourceStore = "store"

func sourceName(s helper.Source) string {
	if s == helper.FromStore {
		return sourceStore
	}
	return string(s)
}

func (u *ui) engineReports(ctx context.Context, registry string) ([]engineReport, error) {
	env, err := u.engineEnv()
	if err != nil {
		return nil, err
	}
	engines := engine.Installed(env)
	plan, err := engine.PlanConfigure(ctx, env, engines, registry)
	if err != nil {
		return nil, err
	}
	var reports []engineReport
	for _, e := range engines {
		r := engineReport{Engine: string(e), Host: registry, Configured: plan.Effective(e), Problems: []string{}}
		for _, f := range plan.Findings {
			if f.Defeats && (len(f.Engines) == 0 || slices.Contains(f.Engines, e)) {
				r.Problems = append(r.Problems, u.finding(f))
			}
		}
		reports = append(reports, r)
	}
	return reports, nil
}

func (u *ui) printStatus(r statusReport) {
	if len(r.Hosts) == 0 {
		u.line(markBad, u.text(say.nextLogin, helper.Name))
	}
	for _, h := range r.Hosts {
		u.printHost(h)
	}
	for _, e := range r.Engines {
		if e.Configured {
			u.line(markOK, u.text(say.engineAsks, e.Engine, e.Host))
		} else {
			u.line(markBad, u.text(say.engineAsksNot, e.Engine, e.Host))
		}
		for _, problem := range e.Problems {
			u.line(markWarn, problem)
		}
	}
	if slices.ContainsFunc(r.Engines, func(e engineReport) bool { return !e.Configured }) {
		u.say(say.nextConfigure, helper.Name)
	}
}

func (u *ui) printHost(h hostReport) {
	mark := markOK
	if !h.Push {
		mark = markWarn
	}
	switch {
	case h.Problem != "":
		u.line(markBad, h.Host+": "+h.Problem)
		return
	case h.Source != sourceStore && h.anonymous:
		u.line(mark, u.text(say.statusToken, h.Host))
	default:
		u.line(mark, u.text(say.statusHost, h.Host, h.Username))
	}
	indent := func(text string) { u.print("    " + text) }
	if h.Source != sourceStore {
		indent(u.text(say.statusFrom, h.Source))
	} else {
		indent(u.text(say.restsIn, h.storage))
	}
	switch {
	case h.CheckedAt == nil:
		indent(u.text(say.statusUnchecked))
	case !*h.Alive:
		indent(u.text(say.statusDead, helper.Name))
	default:
		indent(u.text(say.loginMay, u.rights(h.scopes)))
	}
	if h.Expires != nil {
		indent(u.expiry(*h.Expires, time.Now()))
	}
	if h.CheckedAt != nil {
		indent(u.text(say.statusWhen, h.CheckedAt.Local().Format("2006-01-02 15:04")))
	}
}
