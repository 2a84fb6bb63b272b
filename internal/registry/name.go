package registry

import (
	"strings"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/host"
)

// Problem is what is wrong with the name of an image.
type Problem struct {
	Code       string
	Words      Words
	Suggestion string // a name without the problem, "" if there is none to guess
}

// The codes of problems with a name.
const (
	EmptyName     = "empty"
	TooLong       = "too-long"
	Scheme        = "scheme"
	BadCharacter  = "bad-character"
	Unexpanded    = "unexpanded-variable"
	OldRegistry   = "old-registry"
	OtherRegistry = "other-registry"
	NoOwner       = "no-owner"
	UpperCase     = "upper-case"
	BadPart       = "bad-part"
	BadTag        = "bad-tag"
	BadDigest     = "bad-digest"
)

// maxName is more than any name with its tag and digest has.
const maxName = 1 << 10

// NameProblem says what is wrong with the name of an image in a registry of
// GitHub, nil if nothing is.
func NameProblem(image string) *Problem {
	lower := strings.ToLower(image)
	switch {
	case strings.TrimSpace(image) == "":
		return &Problem{EmptyName, Words{"the name is empty", "名称为空"}, ""}
	case len(image) > maxName:
		return &Problem{TooLong, Words{"the name is too long", "名称过长"}, ""}
	case strings.ContainsAny(image, "${}") || strings.Contains(image, "%{"):
		return &Problem{Unexpanded, Words{"a variable in the name was not replaced", "名称中的变量没有被替换"}, ""}
	}
	for _, scheme := range []string{"https://", "http://", "docker://", "oci://"} {
		if strings.HasPrefix(lower, scheme) {
			return &Problem{Scheme, Words{"a name has no " + scheme + " in front", "名称前不应有 " + scheme}, fixed(image[len(scheme):])}
		}
	}
	for _, c := range image {
		if c <= ' ' || c > '~' || strings.ContainsRune(`\"'<>()[]|;,?#&*!=^`+"`", c) {
			return &Problem{BadCharacter, Words{"the name has a character that is never in one", "名称中含有不允许的字符"}, trimmed(image)}
		}
	}
	registry, path, found := strings.Cut(image, "/")
	isHost := found && (strings.ContainsAny(registry, ".:") || strings.EqualFold(registry, "localhost"))
	switch {
	case !isHost && !found && strings.Contains(registry, "."):
		return &Problem{NoOwner, Words{"the owner and the image are missing", "缺少所有者和镜像名"}, lower + "/OWNER/IMAGE"}
	case !isHost:
		return &Problem{OtherRegistry, Words{"a name without a registry goes to Docker Hub", "没有镜像仓库的名称会发往 Docker Hub"}, fixed(host.DefaultRegistry + "/" + image)}
	case strings.HasSuffix(strings.ToLower(registry), "."+oldRegistries):
		return &Problem{OldRegistry, Words{"this registry is replaced by ghcr.io", "该镜像仓库已被 ghcr.io 取代"}, fixed(host.DefaultRegistry + "/" + path)}
	}
	if _, err := host.Parse(registry); err != nil {
		return &Problem{OtherRegistry, Words{"this is not a registry of GitHub", "这不是 GitHub 的镜像仓库"}, ""}
	}
	return pathProblem(registry, path)
}

// fixed is a name, or what is suggested in its place.
func fixed(name string) string {
	if p := NameProblem(name); p != nil {
		return p.Suggestion
	}
	return name
}

// trimmed is a name without the white space around it, if that was the problem.
func trimmed(image string) string {
	if s := strings.TrimSpace(image); s != image {
		return fixed(s)
	}
	return ""
}

func firstPart(image string) string {
	first, _, _ := strings.Cut(image, "/")
	return first
}

// pathProblem looks at what follows the registry: OWNER/IMAGE[:TAG][@DIGEST].
func pathProblem(registry, path string) *Problem {
	rest, digest, hasDigest := strings.Cut(path, "@")
	name, tag, hasTag := rest, "", false
	if i := strings.LastIndexByte(rest, ':'); i > strings.LastIndexByte(rest, '/') {
		name, tag, hasTag = rest[:i], rest[i+1:], true
	}
	owner, image, _ := strings.Cut(name, "/")
	tail := strings.TrimPrefix(path, name)
	whole := registry + "/" + name
	switch {
	case owner == "" || strings.Trim(image, "/") == "":
		word := "IMAGE"
		if given := strings.Trim(name, "/"); given != "" {
			word = strings.ToLower(given)
		}
		return &Problem{NoOwner, Words{"the name needs an owner and an image: " + registry + "/OWNER/IMAGE", "名称需要所有者和镜像：" + registry + "/OWNER/IMAGE"}, registry + "/OWNER/" + word + tail}
	case strings.ToLower(whole) != whole:
		return &Problem{UpperCase, Words{"a name is in lower case", "名称必须为小写"}, fixed(strings.ToLower(whole) + tail)}
	}
	for part := range strings.SplitSeq(name, "/") {
		if !isPart(part) {
			return &Problem{BadPart, Words{"each part has letters and digits, with . _ __ or - between them only", "每一部分由字母和数字组成，只能在中间用 . _ __ 或 - 分隔"}, ""}
		}
	}
	if hasTag && !isTag(tag) {
		return &Problem{BadTag, Words{"a tag has up to 128 letters, digits, _ . and -, and begins with none of . and -", "标签最多 128 个字符，只能含字母、数字、_ . -，且不能以 . 或 - 开头"}, tagSuggestion(whole, tag, digest)}
	}
	if hasDigest && !isDigest(digest) {
		return &Problem{BadDigest, Words{"a digest is sha256: and 64 hexadecimal digits", "摘要应为 sha256: 加 64 位十六进制数字"}, ""}
	}
	return nil
}

// isPart reports whether s may stand between slashes.
// Source: the distribution specification of the Open Container Initiative.
func isPart(s string) bool {
	between := ""
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			if between != "" && between != "." && between != "_" && between != "__" && strings.Trim(between, "-") != "" {
				return false
			}
			between = ""
		case c == '.', c == '_', c == '-':
			if i == 0 {
				return false
			}
			between += string(c)
		default:
			return false
		}
	}
	return s != "" && between == ""
}

func isTag(s string) bool {
	if s == "" || len(s) > 128 || s[0] == '.' || s[0] == '-' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == ""
}

func isDigest(s string) bool {
	hex, found := strings.CutPrefix(s, "sha256:")
	return found && len(hex) == 64 && strings.Trim(hex, "0123456789abcdef") == ""
}

// tagSuggestion makes a tag of what was meant as one, as of a version 1.0+build.
func tagSuggestion(whole, tag, digest string) string {
	tag = strings.TrimLeft(strings.Map(func(r rune) rune {
		if r < 0x80 && isTag("x"+string(r)) {
			return r
		}
		return '-'
	}, tag), ".-")
	if tag != "" {
		whole += ":" + tag[:min(len(tag), 128)]
	}
	if digest != "" {
		whole += "@" + digest
	}
	return fixed(whole)
}
