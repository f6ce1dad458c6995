//go:build e2e

package e2e

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"tcptalk/cases"
)

// TestDamagedFiles opens twenty captures one after the other, each damaged in another way. Whatever is left of one is shown,
// and the next one opens as if nothing had been.
func TestDamagedFiles(t *testing.T) {
	home := t.TempDir()
	whole, err := fs.ReadFile(cases.FS(), "http-picture/capture.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(20, 26))
	d := at(t, home)
	for n := range 20 {
		b := append([]byte(nil), whole...)
		switch n % 4 {
		case 0: // ends early
			b = b[:1+r.IntN(len(b)-1)]
		case 1: // a few bytes are others
			for range 1 + r.IntN(40) {
				b[r.IntN(len(b))] ^= byte(1 + r.IntN(255))
			}
		case 2: // a stretch is missing
			from := r.IntN(len(b))
			b = append(b[:from], b[min(len(b), from+1+r.IntN(4000)):]...)
		case 3: // a stretch is zeros, as after a crash of the system
			from := r.IntN(len(b))
			clear(b[from:min(len(b), from+r.IntN(20_000))])
		}
		name := fmt.Sprintf("damaged %d.pcapng", n)
		drop(t, d.window, 700, 500, file(t, home, name, b))
		d.wait(event{"event": "opened", "file": name})
	}
	d.shot("last")
	drop(t, d.window, 700, 500, recording(t, home, "whole.pcapng", "http-picture", 0))
	d.wait(event{"event": "opened", "file": "whole.pcapng", "packets": 69, "connections": 1})
	d.wait(event{"event": "chat", "connection": 0, "packets": 69})
	d.quit()
}

// manyPackets writes a pcap file with n small packets and returns its path.
func manyPackets(t *testing.T, dir string, n int) string {
	t.Helper()
	path := filepath.Join(dir, "many.pcap")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	header := []byte("\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x65\x00\x00\x00") // raw IP
	const length = 40
	record := make([]byte, 16+length)
	binary.LittleEndian.PutUint32(record[8:], length)
	binary.LittleEndian.PutUint32(record[12:], length)
	ip := record[16:]
	copy(ip, "\x45\x00\x00\x28\x00\x00\x40\x00\x40\x06\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02")
	copy(ip[20:], "\x10\x00\x00\x50\x00\x00\x00\x00\x00\x00\x00\x00\x50\x10\xff\xff\x00\x00\x00\x00")
	_, err = w.Write(header)
	for i := range n {
		binary.LittleEndian.PutUint32(record, uint32(i/1000))
		binary.LittleEndian.PutUint16(ip[20:], uint16(1024+i/64%60000)) // the client's port
		binary.BigEndian.PutUint32(ip[24:], uint32(i))
		if _, e := w.Write(record); err == nil {
			err = e
		}
	}
	if e := w.Flush(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestLeavingInTheMiddleOfALoad kills the program while it reads, closes it while it reads, and opens the file in peace then.
func TestLeavingInTheMiddleOfALoad(t *testing.T) {
	home := t.TempDir()
	const packets = 4_000_000
	path := manyPackets(t, home, packets)

	d := start(t, home, path)
	d.wait(event{"event": "page", "page": "capture"})
	if err := d.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-d.ended; err == nil {
		t.Error("it was not killed")
	}
	for e := range d.events {
		if e["event"] == "opened" {
			t.Errorf("it was not in the middle: %v", e)
		}
	}

	d = start(t, home, path)
	d.wait(event{"event": "page", "page": "capture"})
	d.quit()

	d = start(t, home, path)
	d.wait(event{"event": "opened", "file": "many.pcap", "packets": packets})
	d.shot("opened")
	d.quit()
}

// TestEveryViewInEverySize shows every view and tab in the smallest window, in a large one, and in the first one again.
func TestEveryViewInEverySize(t *testing.T) {
	d := at(t, t.TempDir(), "--case", "http-picture")
	d.wait(event{"event": "opened"})
	d.wait(event{"event": "step", "step": 0})
	for _, size := range [][2]int{{1024, 640}, {2560, 1440}, {width, height}} {
		d.resize(size[0], size[1])
		for i, name := range []string{"messages", "ladder", "graphs", "stream", "chat"} {
			d.keys(fmt.Sprintf("ctrl+%d", (i+1)%5+1))
			d.wait(event{"event": "view", "view": name})
			d.shot(fmt.Sprintf("%d-%s", size[0], name))
		}
		for i, name := range []string{"diagnosis", "statistics", "files", "lesson"} {
			d.keys(string("2341"[i]))
			d.wait(event{"event": "panes", "tab": name})
			d.shot(fmt.Sprintf("%d-%s", size[0], name))
		}
	}
	d.quit()
}
