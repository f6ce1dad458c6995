package ui

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"fyne.io/fyne/v2/driver/software"
)

// TestMain runs the tests with a Fyne that soon forgets the widgets that nobody draws any more. Fyne reads how soon when the
// program starts, so this starts it again.
func TestMain(m *testing.M) {
	const variable = "FYNE_CACHE"
	if os.Getenv(variable) != "" {
		os.Exit(m.Run())
	}
	again := exec.Command(os.Args[0], os.Args[1:]...) //nolint:gosec // this very program
	again.Env = append(os.Environ(), variable+"=2s")
	again.Stdin, again.Stdout, again.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := again.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		os.Exit(max(1, exit.ExitCode()))
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// forget lets Fyne forget the widgets that were not drawn for a while, as every frame of a real window does. Without it the
// windows of all tests, with their fonts, would pile up to many gigabytes.
func forget() { software.NewCanvas().Capture() }
