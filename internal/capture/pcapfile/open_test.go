package pcapfile

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"tcptalk/internal/capture"
)

// manyPackets is a pcap of n packets of 1000 bytes.
func manyPackets(n int) []byte {
	file := le.ethernet()
	for i := range n {
		data := payload(1000)
		copy(data, le.u32(uint32(i)))
		file = append(file, le.record(uint32(i), 0, data)...)
	}
	return file
}

func writeFile(t testing.TB, name string, b []byte) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestOpenFailures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	secret := writeFile(t, "secret.pcap", le.ethernet())
	if err := os.Chmod(secret, 0); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		file   string
		reason Reason
		is     error
		text   string
	}{
		{"missing", filepath.Join(dir, "none.pcap"), ReasonMissing, fs.ErrNotExist, "there is no such file"},
		{"directory", dir, ReasonDirectory, nil, "this is a directory, not a capture file"},
		{"permission", secret, ReasonPermission, fs.ErrPermission, "no permission to read the file"},
		{"path through a file", filepath.Join(secret, "x"), ReasonOpen, nil, "cannot be opened: "},
	}
	for _, tt := range tests {
		if tt.reason == ReasonPermission && (os.Getuid() == 0 || runtime.GOOS == "windows") {
			continue // here nothing is forbidden; TestOpenErrorWords covers the words
		}
		if tt.reason == ReasonOpen && runtime.GOOS == "windows" {
			continue // Windows says that the file does not exist
		}
		_, err := Open(tt.file)
		var e *Error
		if !errors.As(err, &e) || e.Kind != Unreadable || e.Reason != tt.reason || e.Name != tt.file {
			t.Errorf("%s: %#v", tt.name, err)
			continue
		}
		if tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("%s: %v is not %v", tt.name, err, tt.is)
		}
		if !bytes.HasPrefix([]byte(e.Message()), []byte(tt.text)) {
			t.Errorf("%s: message %q", tt.name, e.Message())
		}
	}
}

func TestOpenErrorWords(t *testing.T) {
	t.Parallel()
	err := openError("a.pcap", &fs.PathError{Op: "open", Path: "a.pcap", Err: syscall.EACCES})
	if err.Error() != "a.pcap: no permission to read the file" || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v", err)
	}
	if err := spoolError(&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}); err.Reason != ReasonDiskFull {
		t.Errorf("%v", err)
	}
}

// Names say nothing about contents.
func TestOpenIgnoresNames(t *testing.T) {
	t.Parallel()
	capture := manyPackets(3)
	for _, b := range [][]byte{capture, gzipOf(t, capture), zstdOf(t, capture)} {
		for _, name := range []string{"a.txt", "a.gz", "a.zst", "a.pcapng"} {
			f, err := Open(writeFile(t, name, b))
			if err != nil {
				t.Fatal(err)
			}
			if all, err := drain(f); len(all) != 3 || err != io.EOF {
				t.Errorf("%s: %d packets, %v", name, len(all), err)
			}
			f.Close()
		}
	}
}

// A spool keeps little in memory and more on disk, gives the same bytes either way, and leaves nothing behind.
func TestSpool(t *testing.T) {
	t.Parallel()
	file := manyPackets(2000)
	for name, packed := range map[string][]byte{"gzip": gzipOf(t, file), "zstd": zstdOf(t, file)} {
		for _, memory := range []int64{0, 100_000, 4 << 20} {
			dir := t.TempDir()
			lim := defaultLimits
			lim.spoolMemory = memory
			f, err := openWith(writeFile(t, "x", packed), lim, dir)
			if err != nil {
				t.Fatal(err)
			}
			all, err := drain(f)
			if len(all) != 2000 || err != io.EOF {
				t.Fatalf("%s: %d packets, %v", name, len(all), err)
			}
			if onDisk := f.src.(*spool).file != nil; onDisk != (memory < int64(len(file))) {
				t.Errorf("%s: temporary file %v with %d bytes of memory", name, onDisk, memory)
			}
			buf := make([]byte, 1000)
			for _, p := range []capture.Packet{all[1999], all[0], all[700]} {
				if err := f.ReadPacketAt(p.Offset, buf); err != nil || !bytes.Equal(buf, p.Data) {
					t.Errorf("%s: packet %d cannot be read again: %v", name, p.Number, err)
				}
			}
			if n, err := f.ReadAt(buf, int64(len(file))-10); n != 10 || err != io.EOF {
				t.Errorf("%s: read %d at the end, %v", name, n, err)
			}
			if n, err := f.ReadAt(buf, int64(len(file))+10); n != 0 || err != io.EOF {
				t.Errorf("%s: read %d beyond the end, %v", name, n, err)
			}
			if read, total := f.Progress(); read != int64(len(packed)) || total != read {
				t.Errorf("%s: progress %d of %d, want %d", name, read, total, len(packed))
			}
			if info := f.Info(); info.Compression != name || info.Size != int64(len(packed)) {
				t.Errorf("%s: info %+v", name, info)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
			if _, err := f.ReadAt(buf, 0); err == nil {
				t.Errorf("%s: read after Close", name)
			}
			if left, _ := os.ReadDir(dir); len(left) != 0 {
				t.Errorf("%s: left behind: %v", name, left)
			}
		}
	}
}

func TestSpoolBounds(t *testing.T) {
	t.Parallel()
	file := manyPackets(2000)
	tests := []struct {
		name   string
		set    func(*limits)
		dir    string
		reason Reason
	}{
		{"size", func(l *limits) { l.spoolSize = 1_000_000 }, "", ReasonSpoolLimit},
		{"ratio", func(l *limits) { l.ratioFree, l.ratio = 1_000_000, 10 }, "", ReasonCompressedRatio},
		{"no place for a temporary file", func(l *limits) { l.spoolMemory = 1 }, filepath.Join(t.TempDir(), "none"), ReasonSpool},
	}
	for _, tt := range tests {
		lim := defaultLimits
		tt.set(&lim)
		f, err := openWith(writeFile(t, "x", gzipOf(t, file)), lim, tt.dir)
		if err == nil {
			var all []capture.Packet
			all, err = drain(f)
			if len(all) == 2000 {
				t.Errorf("%s: everything was read", tt.name)
			}
			f.Close()
		}
		var e *Error
		if !errors.As(err, &e) || e.Kind != Failed || e.Reason != tt.reason {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// However slowly and in whatever pieces a pipe delivers, the packets are the same.
func TestOpenReader(t *testing.T) {
	t.Parallel()
	for name, file := range fixtures(t) {
		want := packetsOf(t, file)
		for how, r := range map[string]io.Reader{
			"whole": bytes.NewReader(file), "bytes": iotest.OneByteReader(bytes.NewReader(file)),
			"halves": iotest.HalfReader(bytes.NewReader(file)), "end with data": iotest.DataErrReader(bytes.NewReader(file)),
		} {
			f, err := OpenReader(r, name)
			if err != nil {
				t.Fatalf("%s %s: %v", name, how, err)
			}
			if _, total := f.Progress(); total != -1 {
				t.Errorf("%s %s: total %d before the end", name, how, total)
			}
			all, err := drain(f)
			if len(all) != len(want) || err != io.EOF {
				t.Fatalf("%s %s: %d packets, %v", name, how, len(all), err)
			}
			for i := range all {
				again := make([]byte, len(all[i].Data))
				if err := f.ReadPacketAt(all[i].Offset, again); err != nil || !samePacket(all[i], want[i]) || !bytes.Equal(again, want[i].Data) {
					t.Errorf("%s %s: packet %d differs, %v", name, how, i+1, err)
				}
			}
			if read, total := f.Progress(); read != int64(len(file)) || total != read {
				t.Errorf("%s %s: progress %d of %d", name, how, read, total)
			}
			f.Close()
		}
	}
}

func TestReaderFails(t *testing.T) {
	t.Parallel()
	cause := errors.New("cable unplugged")
	for _, file := range [][]byte{manyPackets(3), gzipOf(t, manyPackets(3))} {
		f, err := OpenReader(io.MultiReader(bytes.NewReader(file[:len(file)-20]), iotest.ErrReader(cause)), "pipe")
		if err == nil {
			_, err = drain(f)
			f.Close()
		}
		var e *Error
		if !errors.As(err, &e) || e.Kind != Failed || e.Reason != ReasonRead || !errors.Is(err, cause) {
			t.Errorf("%v", err)
		}
	}
}

// A live capture shows each packet as soon as it is there, and Close ends the waiting.
func TestLivePipe(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("closing does not wake a reader of an anonymous pipe here")
	}
	for name, parts := range map[string][2][]byte{
		"pcap":   {le.ethernet(), le.record(1, 2, payload(60))},
		"pcapng": {le.ng(), le.enhanced(0, 1, payload(60))},
	} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(parts[0]); err != nil {
			t.Fatal(err)
		}
		f, err := openStream(r, "pipe", -1, defaultLimits, "", r)
		if err != nil {
			t.Fatal(err)
		}
		var p capture.Packet
		for i := range uint32(3) {
			if _, err := w.Write(parts[1]); err != nil {
				t.Fatal(err)
			}
			if err := f.Next(&p); err != nil || p.Number != i+1 {
				t.Fatalf("%s: packet %d: %v", name, p.Number, err)
			}
			if err := f.ReadPacketAt(p.Offset, make([]byte, len(p.Data))); err != nil {
				t.Errorf("%s: packet %d cannot be read again: %v", name, p.Number, err)
			}
		}
		ended := make(chan error, 1)
		go func() { ended <- f.Next(&p) }()
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		select {
		case err := <-ended:
			if err == nil || err == io.EOF {
				t.Errorf("%s: Next ended with %v", name, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: Next still waits after Close", name)
		}
		w.Close()
	}
}

// Someone else cuts the file short while it is read.
func TestFileShrinks(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("an open file cannot be cut here")
	}
	name := writeFile(t, "x.pcap", manyPackets(2000))
	f, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var p capture.Packet
	if err := f.Next(&p); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, 1_000_000); err != nil {
		t.Fatal(err)
	}
	all, err := drain(f)
	var e *Error
	if !errors.As(err, &e) || e.Kind != Truncated || len(all) < 900 {
		t.Errorf("%d packets, %v", len(all), err)
	}
	err = f.ReadPacketAt(1_500_000, make([]byte, 10))
	if !errors.As(err, &e) || e.Kind != Failed || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v", err)
	}
}

// Everything but Next and NextBatch may be called from anywhere meanwhile. The race detector is the judge.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	file := manyPackets(3000)
	lim := defaultLimits
	lim.spoolMemory = 1 << 20
	for name, packed := range map[string][]byte{"plain": file, "gzip": gzipOf(t, file)} {
		f, err := openWith(writeFile(t, "x", packed), lim, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		offsets := make(chan int64, 3000)
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				buf := make([]byte, 1000)
				for at := range offsets {
					if err := f.ReadPacketAt(at, buf); err != nil || buf[500] != payload(1000)[500] {
						t.Errorf("%s: reading at %d: %v", name, at, err)
					}
					if read, _ := f.Progress(); read <= 0 {
						t.Errorf("%s: progress %d", name, read)
					}
					f.Info()
				}
			})
		}
		var p capture.Packet
		for {
			if err := f.Next(&p); err != nil {
				break
			}
			offsets <- p.Offset
		}
		close(offsets)
		wg.Wait()
		f.Close()
	}
}

// Next may follow NextBatch: the lent bytes stay as they are.
func TestNextAfterBatch(t *testing.T) {
	t.Parallel()
	f := open(t, manyPackets(2000))
	var b Batch
	if err := f.NextBatch(&b); err != nil {
		t.Fatal(err)
	}
	first := len(b.Packets)
	all, _ := drain(f)
	if first == 0 || first+len(all) != 2000 {
		t.Errorf("%d and %d packets", first, len(all))
	}
	for i, p := range b.Packets {
		if !bytes.Equal(p.Data[:4], le.u32(uint32(i))) {
			t.Fatalf("packet %d was overwritten", p.Number)
		}
	}
}
