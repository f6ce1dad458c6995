//go:build !unix

package main

// relinquish has nothing to do: on Windows Npcap's driver decides who may capture, and this program has the rights of whoever
// started it.
func relinquish() error { return nil }
