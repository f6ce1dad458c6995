package pcapfile

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"tcptalk/internal/capture"
)

// all reads the rest of a capture; the packets own their bytes.
func all(t *testing.T, f *File) (packets []capture.Packet) {
	t.Helper()
	for {
		var p capture.Packet
		if err := f.Next(&p); errors.Is(err, io.EOF) {
			return packets
		} else if err != nil {
			t.Fatal(err)
		}
		p.Data = bytes.Clone(p.Data)
		packets = append(packets, p)
	}
}

// someNG is a pcapng of two sections with a block in between that is too long to be read in one piece.
func someNG(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, Section{Application: "one"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if i == 2 {
			if err := w.BeginSection(Section{Application: "two"}); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := w.AddInterface(Interface{LinkType: capture.LinkTypeEthernet}); err != nil || n != uint32(i%2) {
			t.Fatalf("interface %d, %v", n, err)
		}
		p := capture.Packet{Interface: uint32(i % 2), Time: int64(i), OrigLen: 60, Data: payload(60), Comment: "c"}
		if err := w.WritePacket(&p); err != nil {
			t.Fatal(err)
		}
		w.begin(0x7777)
		w.padded(make([]byte, 2*maxHeldBlock))
		if err := w.end(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A capture can be read again, wherever its bytes come from and while the first reader stands anywhere.
func TestAgain(t *testing.T) {
	t.Parallel()
	plain := someNG(t)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	onDisk := filepath.Join(t.TempDir(), "capture")
	if err := os.WriteFile(onDisk, plain, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() (*File, error){
		"memory":     func() (*File, error) { return OpenBytes(plain, "x") },
		"compressed": func() (*File, error) { return OpenBytes(packed.Bytes(), "x") },
		"pipe":       func() (*File, error) { return OpenReader(bytes.NewReader(plain), "x") },
		"disk":       func() (*File, error) { return Open(onDisk) },
	} {
		f, err := open()
		if err != nil {
			t.Fatal(err)
		}
		first := all(t, f)
		if len(first) != 3 || first[2].Interface != 2 {
			t.Fatalf("%s: %+v", name, first)
		}
		again, err := f.Again()
		if err != nil {
			t.Fatal(err)
		}
		if second := all(t, again); !reflect.DeepEqual(first, second) {
			t.Errorf("%s: the second time\n%+v\nthe first time\n%+v", name, second, first)
		}
		one, two := f.Info(), again.Info()
		if one.Compression != two.Compression || !reflect.DeepEqual(one.Sections, two.Sections) || !reflect.DeepEqual(one.Interfaces, two.Interfaces) {
			t.Errorf("%s: the second time %+v, the first time %+v", name, two, one)
		}
		if read, total := again.Progress(); read != total || total != int64(len(plain)) {
			t.Errorf("%s: progress %d of %d", name, read, total)
		}
		if err := errors.Join(again.Close(), f.Close()); err != nil {
			t.Error(err)
		}
	}
}
