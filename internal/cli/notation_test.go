package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// TestNotations compares how a segment behind the handshake is written: Wireshark shows its window scaled, tcpdump as it was sent.
func TestNotations(t *testing.T) {
	for notation, want := range map[string]string{
		"tcptalk":   "ACK  seq 1  ack 1  len 0  win 64,512",
		"wireshark": "[ACK] Seq=1 Ack=1 Win=64512 Len=0",
		"tcpdump":   "Flags [.], ack 1, win 63, length 0",
	} {
		var out, failed bytes.Buffer
		args := []string{"show", "--lang", "en", "--width", "140", "--notation", notation, "../diagnose/testdata/trust/s01_handshake_close3.pcap"}
		if code := Main(context.Background(), args, strings.NewReader(""), &out, &failed); code != exitOK {
			t.Fatalf("%s: exit status %d, %s", notation, code, &failed)
		}
		if !strings.Contains(out.String(), "#3  "+want) {
			t.Errorf("%s: no %q in\n%s", notation, want, &out)
		}
	}
}
