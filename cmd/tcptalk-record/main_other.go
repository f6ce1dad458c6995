//go:build !linux

// Command tcptalk-record makes the recordings of the bundled cases. It needs Linux.
package main

import (
	"fmt"
	"os"
)

func main() {
	_, _ = fmt.Fprintln(os.Stderr, "tcptalk-record: recording needs Linux: network namespaces, virtual cables, nftables")
	os.Exit(1)
}
