package engine

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hellocplusplus0/docker-credential-ghcr/internal/ghcrtest"
)

const ghcr = "ghcr.io"

// layouts are files as people and programs write them, and what configure makes
// of them. Unconfigure must bring back the left side byte for byte.
var layouts = map[string][2]string{
	"docker's own": {
		"{\n\t\"auths\": {},\n\t\"psFormat\": \"x\"\n}",
		"{\n\t\"auths\": {},\n\t\"psFormat\": \"x\",\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"ghcr\"\n\t}\n}"},
	"two spaces, line at the end": {
		"{\n  \"detachKeys\": \"ctrl-q\"\n}\n",
		"{\n  \"detachKeys\": \"ctrl-q\",\n  \"credHelpers\": {\n    \"ghcr.io\": \"ghcr\"\n  }\n}\n"},
	"other helpers": {
		"{\n  \"credHelpers\": {\n    \"gcr.io\": \"gcloud\"\n  },\n  \"z\": 1\n}\n",
		"{\n  \"credHelpers\": {\n    \"gcr.io\": \"gcloud\",\n    \"ghcr.io\": \"ghcr\"\n  },\n  \"z\": 1\n}\n"},
	"another helper for it": {
		"{\"credHelpers\": {\"ghcr.io\":   \"desktop\", \"a\": \"b\"}}",
		"{\"credHelpers\": {\"ghcr.io\":   \"ghcr\", \"a\": \"b\"}}"},
	"no helper for it": {
		`{"credHelpers": {"ghcr.io": ""}}`, `{"credHelpers": {"ghcr.io": "ghcr"}}`},
	"CRLF": {
		"{\r\n    \"a\": 1\r\n}\r\n",
		"{\r\n    \"a\": 1,\r\n    \"credHelpers\": {\r\n        \"ghcr.io\": \"ghcr\"\r\n    }\r\n}\r\n"},
	"CRLF and empty": {
		"{\r\n}\r\n", "{\r\n\t\"credHelpers\": {\r\n\t\t\"ghcr.io\": \"ghcr\"\r\n\t}\r\n}\r\n"},
	"one line": {
		`{"auths":{},"a":[1,2]}`, `{"auths":{},"a":[1,2],"credHelpers":{"ghcr.io":"ghcr"}}`},
	"one airy line": {
		`{ "a" : 1 }`, `{ "a" : 1, "credHelpers" : { "ghcr.io" : "ghcr" } }`},
	"empty object":         {`{}`, "{\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"ghcr\"\n\t}\n}"},
	"empty object, spaced": {" { \n }\n", " {\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"ghcr\"\n\t}\n}\n"},
	"empty credHelpers": {
		"{\n  \"credHelpers\": { },\n  \"b\": null\n}",
		"{\n  \"credHelpers\": {\n    \"ghcr.io\": \"ghcr\"\n  },\n  \"b\": null\n}"},
	"null credHelpers": {
		`{"credHelpers":null,"b":1}`, `{"credHelpers":{"ghcr.io":"ghcr"},"b":1}`},
	"any case": { // as encoding/json and so docker and podman read it
		`{"CredHelpers": {"a": "b"}}`, `{"CredHelpers": {"a": "b", "ghcr.io": "ghcr"}}`},
	"duplicates elsewhere": {
		`{"x": 1, "x": {"y": 1, "y": 2}, "credHelpers": {"a": "b", "a": "c"}}`,
		`{"x": 1, "x": {"y": 1, "y": 2}, "credHelpers": {"a": "b", "a": "c", "ghcr.io": "ghcr"}}`},
	"escapes": {
		`{"a\"}{": "\\\"},{", "é": "\ud83d\ude00 ` + "\xff" + `"}`,
		`{"a\"}{": "\\\"},{", "é": "\ud83d\ude00 ` + "\xff" + `", "credHelpers": {"ghcr.io": "ghcr"}}`},
	"no indentation": {
		"{\n\"a\": 1\n}", "{\n\"a\": 1,\n\"credHelpers\": {\n\"ghcr.io\": \"ghcr\"\n}\n}"},
	"nothing":     {"", "{\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"ghcr\"\n\t}\n}\n"},
	"white space": {" \r\n", "{\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"ghcr\"\n\t}\n}\n"},
}

func TestConfigureTextAndBack(t *testing.T) {
	for name, text := range layouts {
		t.Run(name, func(t *testing.T) {
			f := fileOf(t, text[0])
			after, record, err := configure(f, edited{Path: f.path}, ghcr)
			if err != nil || string(after) != text[1] {
				t.Fatalf("configure = %v\n got %q\nwant %q", err, after, text[1])
			}
			again, _, err := configure(fileOf(t, string(after)), record, ghcr)
			if err != nil || string(again) != text[1] {
				t.Errorf("configuring twice = %v\n got %q", err, again)
			}
			back, left, err := unconfigure(fileOf(t, string(after)), record, ghcr)
			if err != nil || string(back) != text[0] || len(left.Steps) > 0 {
				t.Errorf("unconfigure = %v, %d steps left\n got %q\nwant %q", err, len(left.Steps), back, text[0])
			}
		})
	}
}

// Entries that no engine understands: the text after configure, and the text
// after unconfigure, which brings them back at the end of their object.
func TestConfigureMendsNames(t *testing.T) {
	for name, text := range map[string][3]string{
		"scheme": {
			`{"credHelpers": {"https://ghcr.io": "ghcr", "a": "b"}}`,
			`{"credHelpers": {"a": "b", "ghcr.io": "ghcr"}}`,
			`{"credHelpers": {"a": "b", "https://ghcr.io": "ghcr"}}`},
		"scheme beside the right one": {
			`{"credHelpers": {"ghcr.io": "ghcr", "https://ghcr.io/v2/": "ghcr"}}`,
			`{"credHelpers": {"ghcr.io": "ghcr"}}`,
			`{"credHelpers": {"https://ghcr.io/v2/": "ghcr"}}`},
		"misspelt": {
			"{\n\t\"credsHelper\": {\n\t\t\"ghcr.io\": \"ghcr\"\n\t}\n}",
			"{\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"ghcr\"\n\t}\n}",
			"{\n\t\"credsHelper\": {\n\t\t\"ghcr.io\": \"ghcr\"\n\t}\n}"},
		"misspelt with others": {
			`{"credHelper": {"ghcr.io": "ghcr", "quay.io": "x"}, "a": 1}`,
			`{"credHelper": {"quay.io": "x"}, "a": 1, "credHelpers": {"ghcr.io": "ghcr"}}`,
			`{"credHelper": {"quay.io": "x", "ghcr.io": "ghcr"}, "a": 1}`},
		"not ours": {
			`{"credHelper": {"ghcr.io": "x"}, "credHelpers": {"https://ghcr.io": "desktop", "https://quay.io": "ghcr"}}`,
			`{"credHelper": {"ghcr.io": "x"}, "credHelpers": {"https://ghcr.io": "desktop", "https://quay.io": "ghcr", "ghcr.io": "ghcr"}}`,
			`{"credHelper": {"ghcr.io": "x"}, "credHelpers": {"https://ghcr.io": "desktop", "https://quay.io": "ghcr"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			f := fileOf(t, text[0])
			after, record, err := configure(f, edited{Path: f.path}, ghcr)
			if err != nil || string(after) != text[1] {
				t.Fatalf("configure = %v\n got %s\nwant %s", err, after, text[1])
			}
			back, _, err := unconfigure(fileOf(t, string(after)), record, ghcr)
			if err != nil || string(back) != text[2] {
				t.Errorf("unconfigure = %v\n got %s\nwant %s", err, back, text[2])
			}
		})
	}
}

// What a person did between configure and unconfigure stays.
func TestUnconfigureAfterEdits(t *testing.T) {
	for name, c := range map[string]struct{ start, edited, want string }{
		"another helper added": {`{}`, `{"credHelpers": {"ghcr.io": "ghcr", "a": "b"}}`, `{"credHelpers": {"a": "b"}}`},
		"key added":            {`{}`, `{"credHelpers": {"ghcr.io": "ghcr"}, "x": 1}`, `{"x": 1}`},
		"value changed":        {`{}`, `{"credHelpers": {"ghcr.io": "pass"}}`, `{"credHelpers": {"ghcr.io": "pass"}}`},
		"changed by docker":    {`{"credHelpers":{"ghcr.io":"desktop"}}`, "{\n\t\"auths\": {},\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"ghcr\"\n\t}\n}", "{\n\t\"auths\": {},\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"desktop\"\n\t}\n}"},
		"object removed":       {`{"a":1}`, `{"a":1}`, `{"a":1}`},
		"object replaced":      {`{"a":1}`, `{"a":1,"credHelpers":null}`, `{"a":1,"credHelpers":null}`},
		"emptied":              {`{"a":1}`, ``, ``},
	} {
		t.Run(name, func(t *testing.T) {
			f := fileOf(t, c.start)
			_, record, err := configure(f, edited{Path: f.path}, ghcr)
			if err != nil {
				t.Fatal(err)
			}
			back, left, err := unconfigure(fileOf(t, c.edited), record, ghcr)
			if err != nil || string(back) != c.want || len(left.Steps) > 0 {
				t.Errorf("unconfigure = %v, %d steps left\n got %s\nwant %s", err, len(left.Steps), back, c.want)
			}
		})
	}
}

// Names that we would have to edit and that stand twice are refused, with both
// places: which one its author means we cannot know.
func TestDuplicateNames(t *testing.T) {
	for text, want := range map[string]string{
		"{\"credHelpers\": {},\n \"credHelpers\": {\"a\": \"b\"}}":         "line 2, column 2: credHelpers stands there a second time, after line 1",
		"{\"credHelpers\": {},\n \"CREDHELPERS\": {}}":                     "line 2, column 2: credHelpers stands there a second time",
		"{\"credHelpers\": {\n\"ghcr.io\": \"x\",\n\"ghcr.io\": \"y\"}\n}": "line 3, column 1: ghcr.io stands there a second time, after line 2",
	} {
		f := fileOf(t, text)
		_, _, err := configure(f, edited{Path: f.path}, ghcr)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("configure %s\n= %v, want %s", text, err, want)
		}
	}
	// Docker and podman take the last one: there is nothing to edit.
	f := fileOf(t, `{"credHelpers": {"ghcr.io": "x"}, "credHelpers": {"ghcr.io": "ghcr"}}`)
	after, _, err := configure(f, edited{Path: f.path}, ghcr)
	if err != nil || !bytes.Equal(after, f.data) {
		t.Errorf("configure of a file that is right = %v, %s", err, after)
	}
}

func TestBadFiles(t *testing.T) {
	for text, want := range map[string]string{
		"\xef\xbb\xbf{}":                         "line 1, column 1: a byte order mark (BOM)",
		"{\n  // mine\n}":                        "line 2, column 3: invalid character '/'",
		"{\n  \"a\": 1,\n}":                      "line 3, column 1: invalid character '}'",
		"{\"ä\": tru}":                           "line 1, column 10: invalid character '}'",
		"{\n\"a\": [1,\n":                        "line 3, column 1: unexpected end of JSON input",
		"[]":                                     "line 1, column 1: not a JSON object",
		"\n null":                                "line 2, column 2: not a JSON object",
		"\"x\"":                                  "line 1, column 1: not a JSON object",
		"{} {}":                                  "line 1, column 4: invalid character '{' after top-level value",
		"{}\x00":                                 "line 1, column 3: invalid character '\\x00'",
		"{\"credHelpers\": [\"ghcr\"]}":          "credHelpers is not what docker and podman expect there",
		"{\"auths\": {\"a\": {\"auth\": 1}}}":    "auth is not what docker and podman expect there",
		"\xff\xfe{\x00}\x00":                     "line 1, column 1: invalid character 'ÿ'",
		strings.Repeat(`{"a":`, 10001) + "1":     "exceeded max depth",
		strings.Repeat("[", 3) + "\n{\n\"a\": '": "line 3, column 6: invalid character '\\''",
	} {
		path := filepath.Join(t.TempDir(), "config.json")
		write(t, path, text)
		f := load(t.Context(), path)
		if f.err == nil || !strings.Contains(f.err.Error(), want) || !strings.HasPrefix(f.err.Error(), path) || strings.Contains(f.err.Error(), "\n") {
			t.Errorf("%.40q\n= %v\nwant %s", text, f.err, want)
		}
	}
}

func TestLoadRefusesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	if f := load(t.Context(), dir); f.err == nil || !strings.Contains(f.err.Error(), "not a regular file") {
		t.Errorf("a folder: %v", f.err)
	}
	if f := load(t.Context(), filepath.Join(dir, "none")); f.err != nil || f.exists || !f.blank() {
		t.Errorf("no file: %+v", f)
	}
}

// Deep nesting, and five megabytes of it, come through as they are.
func TestDeepAndLarge(t *testing.T) {
	deep := strings.Repeat(`{"a":[`, 4000) + "1" + strings.Repeat("]}", 4000)
	var large strings.Builder
	large.WriteString("{\n  \"HttpHeaders\": {")
	for large.Len() < 5<<20 {
		large.WriteString("\n    \"X-" + strings.Repeat("x", 200) + "\": \"" + strings.Repeat("é}\\\"", 50) + "\",")
	}
	large.WriteString("\n    \"last\": \"\"\n  },\n  \"deep\": " + deep + "\n}\n")
	f := fileOf(t, large.String())
	after, record, err := configure(f, edited{Path: f.path}, ghcr)
	if err != nil {
		t.Fatal(err)
	}
	if added := "\n  \"credHelpers\": {\n    \"ghcr.io\": \"ghcr\"\n  }"; len(after) != len(f.data)+len(added)+1 || !bytes.Contains(after, []byte(added)) {
		t.Errorf("%d bytes became %d", len(f.data), len(after))
	}
	back, _, err := unconfigure(fileOf(t, string(after)), record, ghcr)
	if err != nil || !bytes.Equal(back, f.data) {
		t.Errorf("unconfigure = %v, not the same bytes", err)
	}
	if masked := mask(f.data); bytes.Contains(masked, []byte("é")) || !json.Valid(masked) {
		t.Error("mask lets headers through")
	}
}

// FuzzEdit: whatever the file, an edit leaves every other name, its value and
// the order as they were, is what engines read, and can be taken back.
func FuzzEdit(f *testing.F) {
	for _, text := range layouts {
		f.Add([]byte(text[0]))
	}
	f.Add([]byte(`{"credsHelper":{"ghcr.io":"ghcr"},"credHelpers":{"http://ghcr.io/":"ghcr","ghcr.io":"x"}}`))
	f.Add([]byte(`{"auths":{"ghcr.io":{"auth":"` + "bW9uYTp4" + `"}},"credHelperſ":{"a":"b"},"":{"":[]},"n":-1.5e3}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := file{path: "config.json", data: data, exists: true}
		if !file.blank() {
			if file.config, file.err = parse(file.path, data); file.err != nil {
				return
			}
		}
		after, record, err := configure(file, edited{Path: file.path}, ghcr)
		if err != nil {
			if _, isOurs := err.(*FileError); !isOurs {
				t.Fatalf("%q: %v", data, err)
			}
			return
		}
		c, err := parse(file.path, after)
		if err != nil || c.CredHelpers[ghcr] != helperName {
			t.Fatalf("%q became %q: %v", data, after, err)
		}
		if before, now := others(data), others(after); !reflect.DeepEqual(before, now) {
			t.Fatalf("%q became %q", data, after)
		}
		changed := file
		changed.data, changed.config = after, c
		back, _, err := unconfigure(changed, record, ghcr)
		if err != nil {
			t.Fatalf("%q became %q: %v", data, after, err)
		}
		hadOurs := file.config.CredHelpers[ghcr] == helperName
		if !hadOurs && len(file.useless(ghcr)) == 0 && !bytes.Equal(back, data) {
			t.Fatalf("%q became %q, and back %q", data, after, back)
		}
		if !reflect.DeepEqual(others(data), others(back)) {
			t.Fatalf("%q came back as %q", data, back)
		}
	})
}

// others are the members of a file that are none of ours, in order.
func others(data []byte) (texts []string) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	for _, m := range scan(data, start(data)).members {
		isOurs := func(name string) bool { return strings.EqualFold(name, m.name) }
		if !isOurs(credHelpers) && !slices.ContainsFunc(misspelt, isOurs) {
			texts = append(texts, string(data[m.key:m.end]))
		}
	}
	return texts
}

func fileOf(t *testing.T, text string) file {
	t.Helper()
	f := file{path: "config.json", data: []byte(text), exists: true}
	if !f.blank() {
		if f.config, f.err = parse(f.path, f.data); f.err != nil {
			t.Fatalf("%s: %v", text, f.err)
		}
	}
	return f
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// contents is a file's text, "none" without one.
func contents(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return "none"
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func sampleToken() string { return ghcrtest.SampleToken("ghp_", "engine files") }

func remove(t testing.TB, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}
