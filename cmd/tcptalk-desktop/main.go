// Command tcptalk-desktop is the desktop app: a window on packet captures, read as conversations.
package main

import (
	"context"
	"os"
	"time"

	"fyne.io/fyne/v2/app"

	"tcptalk/cases"
	"tcptalk/internal/cli"
	"tcptalk/internal/ui"
)

func main() {
	os.Exit(ui.Main(ui.Start{
		Began: time.Now(), Args: os.Args[1:], Cases: cases.FS(), NewApp: app.NewWithID,
		Terminal: func() int {
			return cli.Main(context.Background(), []string{"cases", "show", "1"}, os.Stdin, os.Stdout, os.Stderr)
		},
	}))
}
