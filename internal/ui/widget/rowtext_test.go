package widget

import "testing"

func TestRowText(t *testing.T) {
	m := lesson()
	for i, want := range map[int]string{
		0: "Handshake",
		2: "#2  0.000020  +20 µs  server  SYN ACK  seq 0  ack 1  len 0  win 65,160",
		4: "1.0 s  the server waits for the third handshake packet",
		5: "#4  1.018115  +1.018 s  server  SYN ACK  seq 0  ack 1  len 0  win 65,160\nRetransmission · why?\nD-SACK",
		7: "#10  8.018157  +0.856 s  client  PSH ACK  seq 1  ack 1  len 214  win 64,512\nHTTP/1.1 request\nGET /chat HTTP/1.1\n" +
			"Host: feed.example.net\nUpgrade: websocket\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
	} {
		if got := RowText(&m[i]); got != want {
			t.Errorf("row %d:\n%s\nwant\n%s", i, got, want)
		}
	}
}
