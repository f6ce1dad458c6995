package timeline

import (
	"testing"
	"time"

	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
)

// TestSilenceRows checks what the rows between bubbles say where the messages tell more than the segments.
func TestSilenceRows(t *testing.T) {
	const data = packet.PSH | packet.ACK
	const request, head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"
	at := func(ms int) int64 { return int64(ms) * int64(time.Millisecond) }
	c := chatOf(t, made(t, []seg{
		{at: at(0), flags: packet.SYN, seq: 99, window: 65000},
		{at: at(1), server: true, flags: packet.SYN | packet.ACK, seq: 499, ack: 100, window: 65000},
		{at: at(2), flags: packet.ACK, seq: 100, ack: 500, window: 65000},
		{at: at(900), flags: data, seq: 100, ack: 500, window: 65000, text: request},
		{at: at(901), server: true, flags: packet.ACK, seq: 500, ack: 127, window: 65000},
		{at: at(1901), server: true, flags: data, seq: 500, ack: 127, window: 65000, text: head},
		{at: at(2701), server: true, flags: data, seq: 544, ack: 127, window: 65000, text: "67890"},
		{at: at(2702), flags: packet.ACK, seq: 127, ack: 549, window: 65000},
		{at: at(5702), flags: data, seq: 127, ack: 549, window: 65000, text: request},
		{at: at(6500), server: true, flags: data, seq: 549, ack: 154, window: 65000, text: head + "67890"},
		{at: at(6501), flags: data, seq: 154, ack: 598, window: 65000, text: request},
		{at: at(6502), server: true, flags: packet.ACK, seq: 598, ack: 181, window: 65000},
		{at: at(8502), flags: packet.FIN | packet.ACK, seq: 181, ack: 598, window: 65000}, // the client has enough
	}), 0, DefaultOptions())
	var got []string
	var r Row
	for i := range c.Len() {
		if c.Row(i, &r); r.Kind == Silence {
			got = append(got, r.PlainText(narrate.English))
		}
	}
	want := []string{
		"898 ms  all is answered; the client asks nothing",
		"1 s  the server's program works on it: the client waits",
		"800 ms  the server pauses in the middle of a message",
		"3 s  all is answered; the client asks nothing",
		"798 ms  the client waits for the other side: program or network",
		"2 s  the server's program works on it: the client waits",
	}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%q, want %q", got[i], want[i])
		}
	}
}

// TestWebSocketPushes checks that nobody is said to wait where a server only speaks when it has something to say.
func TestWebSocketPushes(t *testing.T) {
	c := chatOf(t, openedFile(t, "../../cases/streaming-browser-chat/capture.pcapng"), 6, DefaultOptions())
	var r Row
	rows := 0
	for i := range c.Len() {
		if c.Row(i, &r); r.Kind == Silence && c.PacketOf(i+1) >= 0 && c.View().At(c.PacketOf(i+1)).Frame == 66 { // Alice's words come
			rows++
			if got := r.PlainText(narrate.English); got != "487 ms  nobody has anything to say" {
				t.Errorf("%q", got)
			}
		}
	}
	if rows != 1 {
		t.Errorf("%d silences in front of packet 66", rows)
	}
}
