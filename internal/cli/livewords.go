package cli

import (
	"fmt"
	"strings"

	"tcptalk/internal/capture/live"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// badRemote says how another computer is written.
func badRemote(text string) string {
	return fmt.Sprintf("%q is no computer to reach by ssh: write HOST, USER@HOST, HOST:PORT or [IPV6]:PORT", text)
}

// savedAlready says that nothing is overwritten.
func savedAlready(path string) string {
	return path + ": there is such a file already, and it is left alone"
}

// notSaved says where a capture is that could not be saved.
func notSaved(path, dir string, err error) string {
	return fmt.Sprintf("%s: not saved: %v\nThe capture is kept in %s", path, err, dir)
}

// liveSum sums a capture up: what was kept, what was lost, and who still talks.
func liveSum(s *live.State, of *session.Session) string {
	open, n := 0, 0
	of.EachConnection(0, func(c *tcp.Connection) bool {
		if c.Packets != [2]uint32{} {
			n++
			if c.Ending == tcp.StillOpen || c.Ending == tcp.NoAnswer || c.Ending == tcp.HalfClosed {
				open++
			}
		}
		return true
	})
	lost := "none lost"
	if d := s.Dropped + s.IfDropped; d > 0 {
		lost = narrate.Count(d) + " lost"
	} else if !s.Known {
		lost = "none known to be lost"
	}
	return fmt.Sprintf("tcptalk: %s, %s; %s, %s still open", count(s.Packets, "packet"), lost, count(uint64(n), "connection"), narrate.Count(uint64(open)))
}

// canCapture says with what.
func canCapture(d *live.Diagnosis) string {
	return fmt.Sprintf("this account can capture, with %s (tried on %s)", d.Tool.Path, d.Interface)
}

// cannotCapture says why this account cannot capture, and what to do.
func cannotCapture(d *live.Diagnosis) string {
	var b strings.Builder
	b.WriteString("this account cannot capture on this computer.")
	for _, a := range d.Tried {
		fmt.Fprintf(&b, "\nTried %s: %v", a.Tool.Path, a.Problem)
	}
	if len(d.Tried) == 0 {
		b.WriteString("\nNeither tcptalk-capture (beside this program, or on the PATH) nor Wireshark's dumpcap was found.")
	}
	for _, a := range d.Advice {
		b.WriteString("\n" + narrate.CaptureAdvice(narrate.English, a.Kind))
		for _, c := range a.Commands {
			b.WriteString("\n  " + c)
		}
		if a.Link != "" {
			b.WriteString("\n  " + a.Link)
		}
	}
	return b.String()
}
