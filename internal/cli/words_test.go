package cli

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	verb  = regexp.MustCompile(`%(\[\d+\])?[a-z%]`)
	order = regexp.MustCompile(`\[\d+\]`)
)

// No message may lack its translation, and each must take the same arguments.
func TestEveryMessageIsTranslated(t *testing.T) {
	for _, words := range []any{say, sayCI, sayDoctor, sayUsage} {
		v := reflect.ValueOf(words)
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			en, zh := v.Field(i).FieldByName("en").String(), v.Field(i).FieldByName("zh").String()
			if en == "" || zh == "" {
				t.Errorf("%s: en %q, zh %q", name, en, zh)
			}
			if en == zh {
				t.Errorf("%s is not translated: %q", name, en)
			}
			if strings.ContainsFunc(en, isFullWidth) {
				t.Errorf("%s has a full-width letter in English: %q", name, en)
			}
			want, got := verb.FindAllString(en, -1), verb.FindAllString(order.ReplaceAllString(zh, ""), -1)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(want, got) {
				t.Errorf("%s takes %q in English and %q in Chinese", name, want, got)
			}
		}
	}
}

// isFullWidth reports a letter or sign of Chinese text.
func isFullWidth(r rune) bool { return r >= 0x2e80 }
