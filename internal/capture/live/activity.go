package live

import (
	"bufio"
	"io"
	"os"
	"strconv"
	"strings"
)

// Traffic is how much an interface has sent and received since the computer started.
type Traffic struct{ Packets, Bytes uint64 }

// Activity returns the traffic of each interface by its name: what a list of interfaces shows as activity is the difference
// of two of them. It needs no privilege and captures nothing. ok is false where the system does not tell: outside Linux.
func Activity() (traffic map[string]Traffic, ok bool) {
	f, err := os.Open("/proc/net/dev")
	if err != nil {
		return nil, false
	}
	defer f.Close()
	return parseNetDev(f), true
}

// parseNetDev reads /proc/net/dev: "name: bytes packets errs drop fifo frame compressed multicast bytes packets ...".
func parseNetDev(r io.Reader) map[string]Traffic {
	out := map[string]Traffic{}
	for lines := bufio.NewScanner(r); lines.Scan(); {
		name, rest, ok := strings.Cut(lines.Text(), ":")
		f := strings.Fields(rest)
		if !ok || len(f) < 10 {
			continue
		}
		var n [4]uint64
		for i, column := range []int{0, 1, 8, 9} {
			n[i], _ = strconv.ParseUint(f[column], 10, 64) // 0 for what is no number
		}
		t := Traffic{Packets: n[1] + n[3], Bytes: n[0] + n[2]}
		if name = strings.TrimSpace(name); name == "lo" { // what it sends it receives
			t = Traffic{Packets: n[1], Bytes: n[0]}
		}
		out[name] = t
	}
	return out
}
