package timeline

import (
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// caseView is the first connection of a bundled case.
func caseView(t *testing.T, id string) *session.View {
	t.Helper()
	v, err := openedFile(t, "../../cases/"+id+"/capture.pcapng").View(0)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestStatePathsOfAClose(t *testing.T) {
	v := caseView(t, "closing-keepalive-four")
	for _, tt := range []struct {
		frame          uint32
		client, server tcp.State
		before         [2]tcp.State
	}{
		{1, tcp.SynSent, tcp.Listen, [2]tcp.State{tcp.Closed, tcp.Listen}},
		{2, tcp.SynSent, tcp.SynReceived, [2]tcp.State{tcp.Closed, tcp.Listen}},
		{3, tcp.Established, tcp.Established, [2]tcp.State{tcp.SynSent, tcp.SynReceived}},
		{8, tcp.Established, tcp.FinWait1, [2]tcp.State{tcp.SynSent, tcp.Established}},
		{9, tcp.CloseWait, tcp.FinWait2, [2]tcp.State{tcp.Established, tcp.FinWait1}},
		{10, tcp.LastAck, tcp.FinWait2, [2]tcp.State{tcp.CloseWait, tcp.FinWait1}},
	} {
		p := StatePaths(v, v.Find(tt.frame))
		if p[0].Now.State() != tt.client || p[1].Now.State() != tt.server || p[0].Before != tt.before[0] || p[1].Before != tt.before[1] {
			t.Errorf("packet %d: %v from %v, %v from %v", tt.frame, p[0].Now.State(), p[0].Before, p[1].Now.State(), p[1].Before)
		}
	}
	p := StatePaths(v, v.Len()-1)
	for _, s := range []tcp.State{tcp.Closed, tcp.SynSent, tcp.Established, tcp.CloseWait, tcp.LastAck} {
		if !p[flow.ClientToServer].Was(s) {
			t.Errorf("the client was never in %v", s)
		}
	}
	if p[flow.ClientToServer].Was(tcp.FinWait1) || p[flow.ServerToClient].Was(tcp.SynSent) {
		t.Error("an end was where it never was")
	}
	if since := v.At(p[flow.ServerToClient].Since).Frame; since != 11 {
		t.Errorf("the server's last state began with packet %d", since)
	}
	for _, i := range []int{-1, v.Len()} {
		if p := StatePaths(v, i); p[0].Now != 0 || p[0].Since != -1 {
			t.Errorf("packet index %d: %+v", i, p[0])
		}
	}
}

// A FIN that acknowledges the other's FIN passes CLOSE-WAIT, and the FIN that completes a handshake ESTABLISHED.
func TestStatePathsThroughWhatNoSegmentShows(t *testing.T) {
	for _, tt := range []struct {
		id           string
		frame        uint32
		now, through tcp.State
	}{
		{"basics-close-in-three", 5, tcp.LastAck, tcp.CloseWait},
		{"trouble-third-packet-lost", 11, tcp.CloseWait, tcp.Established},
	} {
		v := caseView(t, tt.id)
		p := StatePaths(v, v.Find(tt.frame))[flow.ServerToClient]
		if p.Now.State() != tt.now || p.Before != tt.through || !p.Was(tt.through) {
			t.Errorf("%s, packet %d: %v from %v", tt.id, tt.frame, p.Now.State(), p.Before)
		}
		if early := StatePaths(v, v.Find(tt.frame)-1)[flow.ServerToClient]; early.Was(tt.through) && tt.through == tcp.CloseWait {
			t.Errorf("%s: the server was in %v before", tt.id, tt.through)
		}
	}
}

func TestFieldToSee(t *testing.T) {
	v := caseView(t, "closing-keepalive-four")
	for frame, want := range map[uint32]string{1: "tcp.flags", 4: "tcp.seq", 5: "tcp.ack", 8: "tcp.flags"} {
		if got := FieldToSee(v, v.Find(frame)); got != want {
			t.Errorf("packet %d: look at %s, want %s", frame, got, want)
		}
	}
	v = caseView(t, "trouble-reader-stopped")
	for i := range v.Len() {
		if v.At(i).Labels.Has(tcp.ZeroWindow) && FieldToSee(v, i) != "tcp.window_size_value" {
			t.Errorf("packet %d: look at %s", v.At(i).Frame, FieldToSee(v, i))
		}
	}
}
