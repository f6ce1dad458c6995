package pcapfile

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"tcptalk/internal/capture"
)

// builder makes captures field by field, in either byte order.
type builder struct {
	order interface {
		binary.ByteOrder
		binary.AppendByteOrder
	}
}

var (
	le = builder{binary.LittleEndian}
	be = builder{binary.BigEndian}
)

// payload is what most packets of these tests hold: n bytes, each different from its neighbours.
func payload(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + 1)
	}
	return b
}

func (b builder) u16(v ...uint16) (out []byte) {
	for _, x := range v {
		out = b.order.AppendUint16(out, x)
	}
	return out
}

func (b builder) u32(v ...uint32) (out []byte) {
	for _, x := range v {
		out = b.order.AppendUint32(out, x)
	}
	return out
}

func cat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// pcap returns a file header of version 2.4.
func (b builder) pcap(magic, snapLen, network uint32) []byte {
	return cat(b.u32(magic), b.u16(2, 4), b.u32(0, 0, snapLen, network))
}

// ethernet is the usual file header.
func (b builder) ethernet() []byte { return b.pcap(0xa1b2c3d4, 262144, 1) }

func (b builder) record(seconds, below uint32, data []byte) []byte {
	return cat(b.u32(seconds, below, uint32(len(data)), uint32(len(data))), data)
}

// block returns a pcapng block with sound lengths; body is padded.
func (b builder) block(kind uint32, body ...[]byte) []byte {
	inner := cat(body...)
	inner = append(inner, make([]byte, -len(inner)&3)...)
	length := b.u32(uint32(len(inner) + 12))
	return cat(b.u32(kind), length, inner, length)
}

func (b builder) option(code uint16, value []byte) []byte {
	return cat(b.u16(code, uint16(len(value))), value, make([]byte, -len(value)&3))
}

func (b builder) section(options ...[]byte) []byte {
	return b.block(blockSection, b.u32(ngByteOrderMark), b.u16(1, 0), b.u32(0xffffffff, 0xffffffff), cat(options...))
}

func (b builder) iface(link uint16, snapLen uint32, options ...[]byte) []byte {
	return b.block(blockInterface, b.u16(link, 0), b.u32(snapLen), cat(options...))
}

func (b builder) enhanced(iface uint32, units uint64, data []byte, options ...[]byte) []byte {
	n := uint32(len(data))
	return b.block(blockEnhanced, b.u32(iface, uint32(units>>32), uint32(units), n, n),
		data, make([]byte, -len(data)&3), cat(options...))
}

// ng is a section with one Ethernet interface.
func (b builder) ng() []byte { return cat(b.section(), b.iface(1, 262144)) }

func gzipOf(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zstdOf(t testing.TB, b []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(b, nil)
}

// open opens bytes and closes them when the test ends.
func open(t testing.TB, b []byte) *File {
	t.Helper()
	f, err := OpenBytes(b, "test")
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// drain returns all packets with Data of their own, and what ended them.
func drain(f *File) ([]capture.Packet, error) {
	var all []capture.Packet
	for {
		var p capture.Packet
		if err := f.Next(&p); err != nil {
			return all, err
		}
		p.Data = bytes.Clone(p.Data)
		all = append(all, p)
	}
}

// packetsOf opens b and expects it to be sound.
func packetsOf(t testing.TB, b []byte) []capture.Packet {
	t.Helper()
	all, err := drain(open(t, b))
	if err != io.EOF {
		t.Fatalf("ended with %v, want io.EOF", err)
	}
	return all
}
