// Package helper is what tcptalk and its capture helper (cmd/tcptalk-capture) say to each other: the helper's command line,
// its list of interfaces, the lines it writes while it captures, and where a capture filter is wrong.
//
// It promises to be plain data and text: it opens nothing, asks the network nothing, and needs no cgo, so that the part of
// the privileged program that reads what others wrote can be tested and fuzzed without privilege. Start with Options and Line.
package helper
