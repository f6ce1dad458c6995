// Package helpertest builds the capture helper (cmd/tcptalk-capture) for tests that run it.
//
// It promises one program for all tests of a package, built when the first of them asks, and nothing left behind. Where it cannot
// be built, without a C compiler or libpcap, those tests are skipped. A package begins with Main in its TestMain; its tests ask for
// Program.
package helpertest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// folder is where the helper is, "" while it was not built.
var folder string

var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tcptalk-helper-*")
	if err != nil {
		return "", err
	}
	folder = dir
	path := filepath.Join(dir, "tcptalk-capture")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	cmd := exec.Command("go", "build", "-o", path, "tcptalk/cmd/tcptalk-capture")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	// Some tests run it as somebody else.
	return path, os.Chmod(dir, 0o755)
})

// Program returns the path of the helper, or skips the test.
func Program(t testing.TB) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Skipf("tcptalk-capture cannot be built here (it needs cgo and libpcap): %v", err)
	}
	return path
}

// Main runs the tests of a package, removes the helper and ends the process.
func Main(m *testing.M) {
	code := m.Run()
	if folder != "" {
		_ = os.RemoveAll(folder) // else it lies in the folder for temporary files
	}
	os.Exit(code)
}
