package app

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tcptalk/cases"
	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/narrate"
)

// patience bounds how long a test waits for work in the background before it fails.
const patience = 30 * time.Second

// host is an owner whose goroutine is the test's: what is posted waits until the test runs it.
type host struct {
	t    *testing.T
	wake chan struct{} // holds a token while there may be something in posted

	mu     sync.Mutex
	posted []func()

	changes Change
	notices []Notice
}

func newHost(t *testing.T) *host { return &host{t: t, wake: make(chan struct{}, 1)} }

func (h *host) Post(f func()) {
	h.mu.Lock()
	h.posted = append(h.posted, f)
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

func (h *host) Changed(c Change) { h.changes |= c }

func (h *host) Notify(n Notice) { h.notices = append(h.notices, n) }

// run runs what was posted so far.
func (h *host) run() {
	h.mu.Lock()
	posted := h.posted
	h.posted = nil
	h.mu.Unlock()
	for _, f := range posted {
		f()
	}
}

// until runs what is posted until done is true.
func (h *host) until(what string, done func() bool) {
	h.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for h.run(); !done(); h.run() {
		select {
		case <-h.wake:
		case <-limit.C:
			h.t.Fatalf("still waiting for: %s", what)
		}
	}
}

// newApp starts an app on the bundled cases. The store is in a folder of its own unless one is given.
func newApp(t *testing.T, store *Store) (*App, *host) {
	t.Helper()
	if store == nil {
		store = NewStore(t.TempDir(), narrate.English)
	}
	h := newHost(t)
	a, err := New(h, cases.FS(), store, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Quit)
	return a, h
}

// loaded waits until the open capture is read and its connection decoded.
func loaded(a *App, h *host) *Capture {
	h.t.Helper()
	c := a.Capture
	h.until(c.Name+" is read", func() bool { return !c.Loading && (c.Chat == nil || c.Talk != nil) })
	return c
}

// caseCapture returns the recording of a bundled case.
func caseCapture(t *testing.T, id string) []byte {
	t.Helper()
	b, err := cases.FS().(interface {
		ReadFile(name string) ([]byte, error)
	}).ReadFile(id + "/capture.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// write puts bytes into a file of the test's own and returns its path.
func write(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// generated is a capture of n packets: connections one after the other, each of 8 data segments from its client.
func generated(t *testing.T, n int) []byte { return generatedBy(t, n, 8) }

// generatedBy is a capture of n packets with as many a connection as each says.
func generatedBy(t testing.TB, n, each int) []byte {
	t.Helper()
	var out strings.Builder
	w, err := pcapfile.NewPcapWriter(&out, pcapfile.PcapNano, capture.LinkTypeEthernet, 0)
	if err != nil {
		t.Fatal(err)
	}
	frame := make([]byte, 14+20+20+4)
	binary.BigEndian.PutUint16(frame[12:], 0x0800)
	ip, tcp := frame[14:], frame[34:]
	ip[0], ip[8], ip[9] = 0x45, 64, 6
	binary.BigEndian.PutUint16(ip[2:], uint16(len(ip)))
	copy(ip[12:], []byte{10, 0, 0, 1, 10, 0, 0, 2})
	tcp[12], tcp[13] = 5<<4, 0x18
	binary.BigEndian.PutUint16(tcp[2:], 80)
	binary.BigEndian.PutUint16(tcp[14:], 1024)
	for i := range n {
		const ports = 50_000
		ip[14] = byte(i / each / ports)
		binary.BigEndian.PutUint16(tcp, uint16(1024+i/each%ports))
		binary.BigEndian.PutUint32(tcp[4:], uint32(i%each*4))
		p := capture.Packet{Number: uint32(i + 1), LinkType: capture.LinkTypeEthernet, Time: int64(i) * 1000, OrigLen: uint32(len(frame)), Data: frame}
		if err := w.WritePacket(&p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return []byte(out.String())
}

// openFile opens a file and waits until that is done or has failed.
func openFile(a *App, h *host, path string) {
	h.t.Helper()
	a.OpenFile(path)
	loaded(a, h)
}
