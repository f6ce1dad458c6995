package timeline

import (
	"os"
	"strings"
	"testing"

	"tcptalk/internal/narrate"
)

// TestNotations compares what is written with what tcpdump 4.99 -n and tshark 4.0 print of the same recordings, without the
// addresses and options. The first line of a file names the command.
func TestNotations(t *testing.T) {
	for _, name := range []string{"lost_ack_fin_ack_rst", "tcp_fast_open", "simultaneous_open", "starts_mid_stream", "keepalive_dead_peer"} {
		s := recording(t, name+".pcap")
		for suffix, notation := range map[string]narrate.Notation{".tcpdump": narrate.Tcpdump, ".tshark": narrate.Wireshark} {
			want := lines(t, "testdata/printed/"+name+suffix)
			frame := 0
			for stream := range s.Streams() {
				v := view(t, s, stream)
				n := NewNumbers(v)
				for i := range v.Len() {
					frame++
					if got := n.Write(i, notation); got != want[v.At(i).Frame] {
						t.Errorf("%s%s #%d:\n got %s\nwant %s", name, suffix, v.At(i).Frame, got, want[v.At(i).Frame])
					}
				}
			}
			if frame != len(want)-1 {
				t.Errorf("%s%s has %d lines, the recording %d segments", name, suffix, len(want)-1, frame)
			}
		}
	}
}

// lines reads a file; its first line is a comment, so that the lines count like frames.
func lines(t *testing.T, name string) []string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n")
}

// TestPlainNotation writes a segment as the chat does.
func TestPlainNotation(t *testing.T) {
	n := NewNumbers(view(t, recording(t, "lost_ack_fin_ack_rst.pcap"), 0))
	for i, want := range map[int]string{
		0: "SYN  seq 0  len 0  win 64,240", 1: "SYN ACK  seq 0  ack 1  len 0  win 65,160", 11: "RST ACK  seq 1  ack 2  len 0  win 65,536",
	} {
		if got := n.Write(i, narrate.Plain); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
