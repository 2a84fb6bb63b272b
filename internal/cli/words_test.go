package cli

import (
	"reflect"
	"regexp"
	"slices"
	"testing"
)

var (
	verb  = regexp.MustCompile(`%(\[\d+\])?[a-z%]`)
	order = regexp.MustCompile(`\[\d+\]`)
)

// No message may lack its translation, and each must take the same arguments.
func TestEveryMessageIsTranslated(t *testing.T) {
	for _, words := range []any{say, sayCI, sayDoctor} {
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
			want, got := verb.FindAllString(en, -1), verb.FindAllString(order.ReplaceAllString(zh, ""), -1)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(want, got) {
				t.Errorf("%s takes %q in English and %q in Chinese", name, want, got)
			}
		}
	}
}
