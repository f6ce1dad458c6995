package lesson

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"tcptalk/cases"
)

// FuzzLoad checks that any case.yaml is either refused with an error or gives a case whose parts can be shown.
func FuzzLoad(f *testing.F) {
	f.Add(goodCase)
	f.Add("id: basics-small\n&a [*a, *a]\n")
	f.Add("l:\ns 11\ntags: ! ") // the YAML library panics
	all, err := fs.Glob(cases.FS(), "*/"+caseName)
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range all {
		b, err := fs.ReadFile(cases.FS(), name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, text string) {
		const id = "basics-small"
		got, err := Load(fstest.MapFS{
			id + "/" + caseName:    {Data: []byte(text)},
			id + "/" + captureName: {},
		})
		if err != nil {
			if len(got) > 0 || strings.TrimSpace(err.Error()) == "" {
				t.Fatalf("%d cases and the error %q", len(got), err)
			}
			return
		}
		if len(got) != 1 || got[0].ID != id || len(got[0].Steps) == 0 {
			t.Fatalf("accepted: %+v", got)
		}
	})
}
