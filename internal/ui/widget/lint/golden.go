package lint

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
)

var update = flag.Bool("update", false, "write the goldens in testdata/golden anew; look at the difference")

// Golden compares what o draws with testdata/golden/<name>.txt of the package under test. After a change that is meant to be seen:
//
//	go test ./internal/ui/... -run Golden -update && git diff
func Golden(t *testing.T, name string, o fyne.CanvasObject) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name+".txt")
	got := Markup(o)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path) //nolint:gosec // a test's own file
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s: %s", path, difference(string(want), got))
	}
}

// difference shows the lines around the first that differs.
func difference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	at := func(lines []string) string { return strings.Join(lines[min(i, len(lines)):min(i+3, len(lines))], "\n") }
	return fmt.Sprintf("from line %d on it should draw\n%s\nbut draws\n%s\n(-update writes it anew)", i+1, at(a), at(b))
}
