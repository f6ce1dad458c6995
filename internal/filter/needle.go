package filter

import (
	"bytes"
	"strings"
)

// needle looks for bytes; with fold it takes no notice of the case of ASCII letters, and its own are in lower case.
type needle struct {
	bytes []byte
	fold  bool
	// at is the place of the rarest of its bytes, which is searched first: low is that byte, high the same in upper case.
	at        int
	low, high byte
}

func newNeedle(b []byte, fold bool) *needle {
	n := &needle{bytes: b, fold: fold}
	if fold {
		n.bytes = asciiLower(b)
	}
	for i, c := range n.bytes {
		if commonness(c) < commonness(n.bytes[n.at]) {
			n.at = i
		}
	}
	n.low = n.bytes[n.at]
	n.high = n.low
	if fold && n.low >= 'a' && n.low <= 'z' {
		n.high = n.low - 'a' + 'A'
	}
	return n
}

// asciiLower returns a copy of b with its ASCII letters in lower case.
func asciiLower(b []byte) []byte {
	out := bytes.Clone(b)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return out
}

// commonBytes are those that occur most in payloads, the commonest last: letters in the order of English.
const commonBytes = "zqxjkvbpygfwmucldrhsnioate \x00"

// commonness says how often a byte occurs, roughly: digits and punctuation lie between rare and common letters.
func commonness(c byte) int {
	if i := strings.IndexByte(commonBytes, c); i >= 0 {
		return 2 + i
	}
	if c < 0x20 || c >= 0x7f {
		return 1
	}
	return 8
}

// index returns the first place of the needle in h, -1 if there is none.
func (n *needle) index(h []byte) int {
	if !n.fold {
		return bytes.Index(h, n.bytes)
	}
	m := len(n.bytes)
	if len(h) < m {
		return -1
	}
	// The rarest byte of a match lies in hay.
	hay := h[n.at : len(h)-(m-1-n.at)]
	low, high := bytes.IndexByte(hay, n.low), -1
	if n.high != n.low {
		high = bytes.IndexByte(hay, n.high)
	}
	for low >= 0 || high >= 0 {
		i, c := low, &low
		if low < 0 || high >= 0 && high < low {
			i, c = high, &high
		}
		if n.equal(h[i : i+m]) {
			return i
		}
		b := hay[i]
		if *c = bytes.IndexByte(hay[i+1:], b); *c >= 0 {
			*c += i + 1
		}
	}
	return -1
}

// equal compares b, which is as long, with the needle.
func (n *needle) equal(b []byte) bool {
	for i, c := range n.bytes {
		if d := b[i]; c != d && (d < 'A' || d > 'Z' || c != d+('a'-'A')) {
			return false
		}
	}
	return true
}
