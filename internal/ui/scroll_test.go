package ui

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"tcptalk/cases"
	"tcptalk/internal/app"
	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/narrate"
)

// longChat has enough rows that nothing in view at one place of the test is in view at another.
const (
	longChat = 60_000
	// scrollAllocs is the budget of allocations for scrolling by one notch of the wheel, words included.
	scrollAllocs = 20
)

// download writes a capture of one connection: a request, then n packets of an answer in text, each with its ACK.
func download(t testing.TB, n int) string {
	t.Helper()
	var out bytes.Buffer
	w, err := pcapfile.NewPcapWriter(&out, pcapfile.PcapNano, capture.LinkTypeEthernet, 0)
	if err != nil {
		t.Fatal(err)
	}
	clock, number := int64(0), uint32(0)
	send := func(server bool, flags byte, seq, ack uint32, payload []byte) {
		f := make([]byte, 54, 54+len(payload))
		binary.BigEndian.PutUint16(f[12:], 0x0800)
		ip, tcp := f[14:], f[34:]
		ip[0], ip[8], ip[9] = 0x45, 64, 6
		binary.BigEndian.PutUint16(ip[2:], uint16(40+len(payload)))
		from, to, sport, dport := byte(1), byte(2), uint16(40000), uint16(9000)
		if server {
			from, to, sport, dport = to, from, dport, sport
		}
		copy(ip[12:], []byte{10, 0, 0, from, 10, 0, 0, to})
		binary.BigEndian.PutUint16(tcp, sport)
		binary.BigEndian.PutUint16(tcp[2:], dport)
		binary.BigEndian.PutUint32(tcp[4:], seq)
		binary.BigEndian.PutUint32(tcp[8:], ack)
		tcp[12], tcp[13] = 5<<4, flags
		binary.BigEndian.PutUint16(tcp[14:], 64240)
		number++
		clock += 25_000
		f = append(f, payload...)
		p := capture.Packet{Number: number, LinkType: capture.LinkTypeEthernet, Time: clock, OrigLen: uint32(len(f)), Data: f}
		if err := w.WritePacket(&p); err != nil {
			t.Fatal(err)
		}
	}
	const syn, ack, push = 0x02, 0x10, 0x18
	send(false, syn, 99, 0, nil)
	send(true, syn|ack, 499, 100, nil)
	send(false, ack, 100, 500, nil)
	send(false, push, 100, 500, []byte("send me the list, please\n"))
	seq := uint32(500)
	for range n {
		line := []byte("a line of the list, and one more of it\nthe next line\n")
		send(true, push, seq, 125, line)
		seq += uint32(len(line))
		send(false, ack, 125, seq, nil)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "download.pcap")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// longConversation opens a window on a connection of longChat rows and scrolls to its middle. step scrolls on by a notch.
func longConversation(t testing.TB) (step func()) {
	t.Helper()
	fa := test.NewTempApp(t)
	posted := make(chan func(), 1024)
	w, err := Open(fa, Options{
		Cases: cases.FS(), Store: app.NewStore(t.TempDir(), narrate.English), Files: []string{download(t, longChat/2)},
		post: func(f func()) { posted <- f },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.app.Quit)
	for c := w.app.Capture; c.Loading || c.Talk == nil || c.View.Len() < c.Frames; { // it may be shown before it is read
		(<-posted)()
	}
	w.app.Set(func(s *app.Settings) { s.FoldRuns = false })
	if n := w.app.Capture.Chat.Len(); n < longChat {
		t.Fatalf("the chat has only %d rows", n)
	}
	rows := w.capture.middle.chat.rows
	for rows.Model() != w.app.Capture.Chat { // its heights are being counted
		(<-posted)()
	}
	w.app.SelectPacket(longChat / 2)
	notch, steps := &fyne.ScrollEvent{Scrolled: fyne.Delta{DY: -16}}, 0
	step = func() {
		if steps++; steps%500 == 0 { // there and back again, never to an end
			notch.Scrolled.DY = -notch.Scrolled.DY
		}
		rows.Scrolled(notch)
	}
	for range 200 { // fill the pools
		step()
	}
	return step
}

func BenchmarkChatScroll(b *testing.B) {
	step := longConversation(b)
	b.ReportAllocs()
	for b.Loop() {
		step()
	}
}

func TestScrollingAChatStaysWithinItsBudget(t *testing.T) {
	step := longConversation(t)
	if n := testing.AllocsPerRun(500, step); n > scrollAllocs {
		t.Errorf("%.1f allocations a step, budget %d", n, scrollAllocs)
	}
}
