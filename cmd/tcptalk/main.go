// Command tcptalk reads packet captures as conversations: in the desktop app, or right in the terminal.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"tcptalk/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := cli.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}
