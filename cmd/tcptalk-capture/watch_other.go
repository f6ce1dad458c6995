//go:build !unix

package main

import "os"

// waitForReader waits for ever: on this system the next write finds out that nobody reads.
func waitForReader(*os.File) { select {} }
