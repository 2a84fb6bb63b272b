package cli

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// The shape of status --json is a promise: each field stands in its document.
func TestStatusFieldsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/status.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{statusReport{}, hostReport{}, engineReport{}} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(v)) {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if field.IsExported() && !strings.Contains(string(text), name) {
				t.Errorf("docs/status.md does not tell of %s", name)
			}
		}
	}
}
