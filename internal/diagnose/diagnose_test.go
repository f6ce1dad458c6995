package diagnose

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/session"
)

// opened is a handshake.
var opened = []string{
	"0 > S 100 0 0 1000",
	"1 < SA 500 101 0 1000",
	"2 > A 101 501 0 1000",
}

// TestMoments tries what the recordings do not contain.
func TestMoments(t *testing.T) {
	for _, c := range []struct {
		name, want string
		lines      []string
	}{
		{"a scanner resets instead of confirming", "Ask Agree Decline", []string{
			opened[0], opened[1], "2 > R 101 0 0 0",
		}},
		{"the answer does not arrive", "Ask Agree AskUnheard AgreeAgain Confirm", []string{
			opened[0], opened[1], "1000 > S 100 0 0 1000", "1001 < SA 500 101 0 1000", "1002 > A 101 501 0 1000",
		}},
		{"data in the SYN, refused", "Ask Refuse", []string{
			"0 > S 100 0 10 1000", "1 < RA 0 101 0 0",
		}},
		{"the client gives up while it asks", "Ask Abort", []string{
			opened[0], "1 > R 101 0 0 0",
		}},
		{"a FIN stands in for the third packet", "Ask Agree Close CloseBoth CloseLast", []string{
			opened[0], opened[1], "2 > FA 101 501 0 1000", "3 < FA 501 102 0 1000", "4 > A 102 502 0 1000",
		}},
		{"a FIN is sent again before it is acknowledged", "Ask Agree Confirm Close CloseAgain CloseAck CloseToo CloseLast", append(opened[:3:3],
			"10 > FA 101 501 0 1000", "300 > FA 101 501 0 1000", "301 < A 501 102 0 1000", "302 < FA 501 102 0 1000", "303 > A 102 502 0 1000",
		)},
		{"a window is probed with a byte", "Ask Agree Confirm Nothing Nothing AskRoom NoRoom Room", append(opened[:3:3],
			"3 > PA 101 501 10 1000", "4 < A 501 111 0 0", "204 > A 111 501 1 1000", "205 < A 501 111 0 0", "400 < A 501 111 0 1000",
		)},
		{"a probe is answered by data", "Ask Agree Confirm AskAlive Nothing AskAlive", append(opened[:3:3],
			"15000 > A 100 501 0 1000", "15001 < PA 501 101 5 1000", "30000 > A 100 506 0 1000",
		)},
		{"an RST follows another", "Ask Agree Confirm Abort AbortAnswer", append(opened[:3:3],
			"3 > RA 101 501 0 0", "4 > R 101 0 0 0",
		)},
		{"a segment without a known length takes no part", "Ask Agree Confirm Nothing Nothing", append(opened[:3:3],
			"3 > FA 101 501 0 1000 cut", "4 < A 501 101 0 1000",
		)},
		{"the capture begins with an acknowledgment of a FIN", "Nothing Close CloseAck", []string{
			"0 > A 101 501 0 1000", "1 < FA 501 101 0 1000", "2 > A 101 502 0 1000",
		}},
		{"numbers wrap around", "Ask Agree Confirm Nothing Close CloseBoth CloseLast", []string{
			"0 > S 4294967290 0 0 1000", "1 < SA 4294967295 4294967291 0 1000", "2 > A 4294967291 0 0 1000",
			"3 > PA 4294967291 0 10 1000", "4 > FA 5 0 0 1000", "5 < FA 0 6 0 1000", "6 > A 6 1 0 1000",
		}},
	} {
		if got := moments(script(t, c.lines...)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestSilence tries silences that the recordings do not contain. The last line is what ends the silence.
func TestSilence(t *testing.T) {
	for _, c := range []struct {
		name, want string
		lines      []string
	}{
		{"an answer to the SYN comes late", "ForAnswer client", []string{opened[0], "900 < SA 500 101 0 1000"}},
		{"the third packet comes late", "ForConfirm server", []string{opened[0], opened[1], "900 > A 101 501 0 1000"}},
		{"an acknowledgment comes late", "ForAck client", append(opened[:3:3], "3 > PA 101 501 10 1000", "900 < A 501 111 0 1000")},
		{"an acknowledgment was there already", "Idle server", append(opened[:3:3],
			"3 > PA 101 501 10 1000", "4 < A 501 111 0 1000", "900 < A 501 111 0 900")},
		{"a program answers late", "ForReply client", append(opened[:3:3],
			"3 > PA 101 501 10 1000", "4 < A 501 111 0 1000", "900 < PA 501 111 10 1000")},
		{"the same program speaks again", "Idle client", append(opened[:3:3],
			"3 > PA 101 501 10 1000", "4 < A 501 111 0 1000", "900 > PA 111 501 10 1000")},
		{"something is missing", "NotShown client", append(opened[:3:3], "3 > PA 101 501 10 1000", "900 > PA 211 501 10 1000")},
		{"a closed window", "ForWindow client", append(opened[:3:3],
			"3 > PA 101 501 10 1000", "4 < A 501 111 0 0", "900 < A 501 111 0 1000")},
		{"a FIN waits for its acknowledgment", "ForAck client", append(opened[:3:3], "3 > FA 101 501 0 1000", "900 < A 501 102 0 1000")},
		{"a half-closed connection", "ForClose client", append(opened[:3:3],
			"3 > FA 101 501 0 1000", "4 < A 501 102 0 1000", "900 < FA 501 102 0 1000")},
		{"after the end", "Over client", append(opened[:3:3],
			"3 > FA 101 501 0 1000", "4 < FA 501 102 0 1000", "5 > A 102 502 0 1000", "900 < R 502 0 0 0")},
		{"an answer that is the first acknowledgment", "Unsure client", append(opened[:3:3],
			"3 > PA 101 501 10 1000", "900 < PA 501 111 10 1000")},
		{"an acknowledgment is held back", "HoldsAck server", append(opened[:3:3], "3 > PA 101 501 10 1000", "203 < A 501 111 0 1000")},
		{"an acknowledgment is later than a receiver may hold it", "ForAck client", append(opened[:3:3],
			"3 > PA 101 501 10 1000", "703 < A 501 111 0 1000")},
		{"an acknowledgment takes as long as the network", "ForAck client", []string{
			"0 > S 100 0 0 1000", "80 < SA 500 101 0 1000", "80 > A 101 501 0 1000", "90 > PA 101 501 10 1000", "290 < A 501 111 0 1000",
		}},
		{"data is sent again", "SendsAgain client", append(opened[:3:3], "3 > PA 101 501 10 1000", "900 > PA 101 501 10 1000")},
		{"a closed window is probed", "AsksRoom client", append(opened[:3:3],
			"3 > PA 101 501 10 1000", "4 < A 501 111 0 0", "900 > A 110 501 0 1000")},
		{"a quiet connection is probed", "AsksLife client", append(opened[:3:3],
			"3 > PA 101 501 10 1000", "4 < A 501 111 0 1000", "9000 > A 110 501 0 1000")},
		{"the capture began after what is waited for", "NotShown client", []string{"0 > A 101 501 0 1000", "1 < A 501 101 0 1000", "900 > PA 101 501 10 1000"}},
		{"one side only", "NotShown client", []string{"0 > PA 101 501 10 1000", "900 > PA 111 501 10 1000"}},
	} {
		v := script(t, c.lines...)
		w, by := Silence(v, Moments(v), v.Len()-1)
		if got := fmt.Sprintf("%s %s", waitingNames[w], sideNames[by]); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// TestIsSilence tries how long a silence must be. The last line is what ends it; the round trip is that of the handshake.
func TestIsSilence(t *testing.T) {
	far := []string{"0 > S 100 0 0 1000", "200 < SA 500 101 0 1000", "200 > A 101 501 0 1000"}
	satellite := []string{"0 > S 100 0 0 1000", "1000 < SA 500 101 0 1000", "1000 > A 101 501 0 1000"}
	const question, answer = " > PA 101 501 10 1000", " < PA 501 111 10 1000"
	for _, c := range []struct {
		name  string
		want  bool
		lines []string
	}{
		{"400 ms nearby", true, append(opened[:3:3], "3"+question, "403"+answer)},
		{"399 ms nearby", false, append(opened[:3:3], "3"+question, "402"+answer)},
		{"less than four round trips", false, append(far[:3:3], "300"+question, "1099"+answer)},
		{"four round trips", true, append(far[:3:3], "300"+question, "1100"+answer)},
		{"three seconds however long the round trip is", true, append(satellite[:3:3], "1000"+question, "4000"+answer)},
		{"a delayed acknowledgment", true, append(opened[:3:3], "3"+question, "43 < A 501 111 0 1000")},
		{"a delayed acknowledgment that the network explains", false, append(far[:3:3], "300"+question, "340 < A 501 111 0 1000")},
		{"a retransmission timer", true, append(opened[:3:3], "3"+question, "203"+question)},
		{"a retransmission timer sooner than anybody notices", false, append(opened[:3:3], "3"+question, "23"+question)},
		{"the clock went back", false, append(opened[:3:3], "9000"+question, "43"+answer)},
	} {
		v := script(t, c.lines...)
		if got := IsSilence(v, Moments(v), v.Len()-1, minSilence); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

// TestConnection tries findings that the recordings do not show.
func TestConnection(t *testing.T) {
	for _, c := range []struct {
		name, want string
		lines      []string
	}{
		{"a scan", "HandshakeDeclined", []string{opened[0], opened[1], "2 > R 101 0 0 0"}},
		{"a SYN flood", "HandshakeUnconfirmed", []string{opened[0], opened[1], "1000 < SA 500 101 0 1000"}},
		{"the client gives up before it is answered", "HandshakePartial NotClosed NothingSentAgain RoundTrip", []string{
			opened[0], opened[1], "2 < A 501 101 0 1000",
		}},
		{"the other direction is missing", "HandshakeUnseen OneSided NotClosed NothingSentAgain", []string{
			"0 > PA 101 501 10 1000", "1 > PA 111 501 10 1000",
		}},
		{"only one side speaks, and names nothing of the other", "HandshakeUnseen NotClosed NothingSentAgain", []string{
			"0 > P 101 0 10 1000",
		}},
		{"one side closes", "HandshakeDone ClosedHalf NothingSentAgain RoundTrip", append(opened[:3:3],
			"3 > FA 101 501 0 1000", "4 < A 501 102 0 1000",
		)},
		{"a handshake without its SYN", "HandshakePartial NotClosed NothingSentAgain RoundTrip", []string{
			opened[1], opened[2],
		}},
		{"a burst of retransmissions is no silence", "HandshakeDone NotClosed SentAgain RoundTrip", append(opened[:3:3],
			"3 > PA 101 501 10 1000", "4 > PA 111 501 10 1000", "5 > PA 121 501 10 1000", "6 > PA 131 501 10 1000",
			"300 > PA 101 501 10 1000", "300 > PA 111 501 10 1000", "300 > PA 121 501 10 1000", "300 > PA 131 501 10 1000",
			"301 < A 501 141 0 1000",
		)},
	} {
		v := script(t, c.lines...)
		var codes []string
		for _, f := range Connection(v, Moments(v)) {
			codes = append(codes, codeNames[f.Code])
		}
		if got := strings.Join(codes, " "); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// TestEvidenceIsBounded repeats a segment more often than a finding lists.
func TestEvidenceIsBounded(t *testing.T) {
	lines := append(opened[:3:3], "3 > PA 101 501 10 1000")
	for i := range 3 * maxEvidence {
		lines = append(lines, fmt.Sprintf("%d > PA 101 501 10 1000", 300*(i+1)))
	}
	v := script(t, lines...)
	for _, f := range Connection(v, Moments(v)) {
		if len(f.Frames) > maxEvidence {
			t.Errorf("%s lists %d packets", codeNames[f.Code], len(f.Frames))
		}
		if f.Code == SentAgain && (f.Count != 3*maxEvidence || !f.All || len(f.Frames) != maxEvidence) {
			t.Errorf("%+v", f)
		}
		if f.Code == Silent && (f.By != flow.ServerToClient || f.Count != 3*maxEvidence+1) {
			t.Errorf("%+v", f)
		}
	}
}

// TestEarlier asks of the last segment which one it repeats, as a packet number, 0 for none.
func TestEarlier(t *testing.T) {
	for _, c := range []struct {
		name  string
		want  int
		lines []string
	}{
		{"the same segment, its latest copy", 5, append(opened[:3:3],
			"3 > PA 101 501 10 1000", "4 > PA 101 501 10 1000", "300 > PA 101 501 10 1000")},
		{"a part of a larger segment", 4, append(opened[:3:3],
			"3 > PA 101 501 100 1000", "4 > PA 201 501 100 1000", "300 > PA 151 501 10 1000")},
		{"a larger segment than before", 4, append(opened[:3:3],
			"3 > PA 101 501 10 1000", "4 > PA 111 501 10 1000", "300 > PA 101 501 20 1000")},
		{"new data", 0, append(opened[:3:3], "3 > PA 101 501 10 1000", "4 > PA 111 501 10 1000")},
		{"the other side's numbers do not count", 0, append(opened[:3:3], "3 < PA 101 101 10 1000", "300 > PA 101 501 10 1000")},
		{"a SYN", 1, []string{opened[0], "1000 > S 100 0 0 1000"}},
		{"a SYN-ACK", 2, append(opened[:3:3], "1000 < SA 500 101 0 1000")},
		{"data that went with the SYN", 1, []string{"0 > S 100 0 10 1000", "1 < SA 500 101 0 1000", "2 > PA 101 501 10 1000"}},
		{"a FIN", 4, append(opened[:3:3], "3 > FA 101 501 0 1000", "300 > FA 101 501 0 1000")},
		{"a bare FIN that had data before", 4, append(opened[:3:3], "3 > FPA 101 501 10 1000", "300 > FA 111 501 0 1000")},
		{"data is not repeated by a FIN behind it", 0, append(opened[:3:3], "3 > PA 101 501 10 1000", "4 > FA 111 501 0 1000")},
		{"a keep-alive with a byte repeats nothing", 0, append(opened[:3:3], "3 > PA 101 501 10 1000", "15000 > A 110 501 1 1000")},
		{"a segment without a known length", 0, append(opened[:3:3], "3 > PA 101 501 10 1000", "4 > PA 101 501 10 1000 cut")},
	} {
		v := script(t, c.lines...)
		got := 0
		if i := Earlier(v, v.Len()-1); i >= 0 {
			got = int(v.At(i).Frame)
		}
		if got != c.want {
			t.Errorf("%s: packet %d, want %d", c.name, got, c.want)
		}
	}
}

// TestEarlierIsBounded puts more segments between than Earlier looks at.
func TestEarlierIsBounded(t *testing.T) {
	lines := append(opened[:3:3], "3 > PA 101 501 10 1000")
	for i := range maxEarlier - 1 {
		lines = append(lines, fmt.Sprintf("%d > PA %d 501 10 1000", 4+i, 111+10*i))
	}
	again := "9000 > PA 101 501 10 1000"
	near := script(t, append(lines[:len(lines):len(lines)], again)...)
	if got := Earlier(near, near.Len()-1); got != 3 {
		t.Errorf("segment %d, want 3", got)
	}
	far := script(t, append(lines[:len(lines):len(lines)], "8999 > PA 60000 501 10 1000", again)...)
	if got := Earlier(far, far.Len()-1); got != -1 {
		t.Errorf("segment %d beyond the bound", got)
	}
}

// TestQuotedOnly makes a connection known from an ICMP error alone.
func TestQuotedOnly(t *testing.T) {
	quoted := segment(true, "S", 100, 0, 0, 1000, false)
	p := make([]byte, 28, 28+len(quoted))
	p[0], p[8], p[9], p[20], p[21] = 0x45, 64, 1, 3, 1 // ICMP: destination unreachable, host unreachable
	copy(p[12:], []byte{10, 0, 0, 9})
	copy(p[16:], []byte{10, 0, 0, 1})
	p = append(p, quoted...)
	binary.BigEndian.PutUint16(p[2:], uint16(len(p)))
	v := viewOf(t, capturing(t, []int64{0}, [][]byte{p}))
	if v.Len() != 0 {
		t.Fatalf("%d segments", v.Len())
	}
	if fs := Connection(v, Moments(v)); len(fs) != 1 || fs[0].Code != QuotedOnly {
		t.Errorf("%+v", fs)
	}
}

// TestWindowFilled finds the side that was sent all it had room for. A window that closed altogether is told as that.
func TestWindowFilled(t *testing.T) {
	lines := []string{
		"0 > S 100 0 0 1000", "1 < SA 300 101 0 1000", "2 > A 101 301 0 1000",
		"3 < PA 301 101 600 1000", "4 < PA 901 101 400 1000", "9 > A 101 1301 0 1000", "10 < PA 1301 101 1000 1000",
	}
	windows := func(v *session.View) (found []Finding) {
		for _, f := range Connection(v, Moments(v)) {
			if f.Code == WindowFilled || f.Code == WindowClosed {
				found = append(found, f)
			}
		}
		return found
	}
	v := script(t, lines...)
	got := windows(v)
	if len(got) != 1 || got[0].Code != WindowFilled || got[0].By != flow.ClientToServer || got[0].Count != 2 || !slices.Equal(got[0].Frames, []uint32{5, 7}) {
		t.Errorf("%+v", got)
	}
	if HealthOf(&v.Conn) != Troubled {
		t.Errorf("health %d", HealthOf(&v.Conn))
	}
	got = windows(script(t, append(lines, "11 > A 101 2301 0 0")...))
	if len(got) != 1 || got[0].Code != WindowClosed {
		t.Errorf("closed: %+v", got)
	}
}
