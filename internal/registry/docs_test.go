package registry

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/troubleshooting*.md anew from the table")

// language is how docs/troubleshooting*.md are worded in one language.
type language struct {
	file                                    string
	of                                      func(Words) string
	intro                                   string
	when, cause, fix, more, suspects, about string
	occasion                                map[When]string
}

var languages = []language{
	{
		file: "troubleshooting.md",
		of:   func(w Words) string { return w.EN },
		intro: `# Troubleshooting

English | [中文](troubleshooting.zh-CN.md)

What ghcr.io and the engines say when a push, a pull or a login fails, what it means, and what helps.
Look for the text that you see (the part that varies is written …), or let the program find it:

` + "```sh\npodman push ghcr.io/OWNER/IMAGE 2>&1 | docker-credential-ghcr explain\ndocker-credential-ghcr doctor ghcr.io/OWNER/IMAGE   # checks everything, step by step\n```" + `

What these look at, their exit codes and their JSON: [doctor.md](doctor.md).

An old credential is the most frequent cause: when the stored token is expired or revoked, ghcr.io refuses public images as well.
A login that succeeds proves little: rights are looked at on the push or the pull.
`,
		when: "When", cause: "Cause", fix: "Fix", more: "Also", suspects: "What may lie behind it, likeliest first", about: "GitHub's page about it",
		occasion: map[When]string{Push: "push", Pull: "pull", Login: "login", Any: "any of push, pull and login"},
	},
	{
		file: "troubleshooting.zh-CN.md",
		of:   func(w Words) string { return w.ZH },
		intro: `# 故障排查

[English](troubleshooting.md) | 中文

推送、拉取或登录失败时，ghcr.io 和各引擎会给出什么消息、是什么意思、该怎么办。
请查找您看到的文字（会变化的部分写作 …），或者让程序来找：

` + "```sh\npodman push ghcr.io/OWNER/IMAGE 2>&1 | docker-credential-ghcr explain\ndocker-credential-ghcr doctor ghcr.io/OWNER/IMAGE   # 逐项检查\n```" + `

这些命令检查什么、退出码和 JSON 格式：[doctor.md](doctor.md)（英文）。

最常见的原因是旧凭据：已保存的令牌过期或被撤销后，ghcr.io 连公开镜像也会拒绝。
登录成功并不能说明什么：权限是在推送或拉取时才检查的。
`,
		when: "场合", cause: "原因", fix: "解决办法", more: "另外", suspects: "可能的原因，按可能性从大到小", about: "GitHub 的相关文档",
		occasion: map[When]string{Push: "推送", Pull: "拉取", Login: "登录", Any: "推送、拉取或登录"},
	},
}

func (l language) page() string {
	var b strings.Builder
	b.WriteString(l.intro)
	for _, r := range table {
		fmt.Fprintf(&b, "\n## %s\n\n```text\n%s\n```\n\n", r.ID, r.Text)
		fmt.Fprintf(&b, "- **%s**: %s\n", l.when, l.occasion[r.When])
		fmt.Fprintf(&b, "- **%s**: %s\n", l.cause, l.of(r.Cause))
		fmt.Fprintf(&b, "- **%s**: %s\n", l.fix, l.of(r.Fix))
		for _, s := range r.Steps {
			fmt.Fprintf(&b, "- **%s**: %s\n", l.more, l.of(s))
		}
		if len(r.Suspects) > 0 {
			fmt.Fprintf(&b, "- **%s**:\n", l.suspects)
			for i, s := range r.suspects() {
				fmt.Fprintf(&b, "  %d. [%s](#%s): %s\n", i+1, s.ID, s.ID, l.of(s.Cause))
			}
		}
		if r.Doc != "" {
			fmt.Fprintf(&b, "- [%s](%s)\n", l.about, r.Doc)
		}
	}
	return b.String()
}

// The pages are written by: go test ./internal/registry -run TestDocs -update
func TestDocs(t *testing.T) {
	for _, l := range languages {
		path := filepath.Join("..", "..", "docs", l.file)
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(l.page()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ReplaceAll(string(got), "\r\n", "\n") != l.page() {
			t.Errorf("docs/%s is stale; write it anew: go test ./internal/registry -run TestDocs -update", l.file)
		}
	}
}
