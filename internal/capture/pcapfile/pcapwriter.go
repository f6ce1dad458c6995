package pcapfile

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"tcptalk/internal/capture"
)

// PcapWriter writes a pcap, little-endian: one link type, no comments.
type PcapWriter struct {
	w         *bufio.Writer
	linkType  capture.LinkType
	unitNanos int64
	header    [pcapRecHeaderLen]byte
}

// NewPcapWriter writes the file header. format is Pcap or PcapNano; snapLen is the length in bytes at which packets were
// cut, 0 for the usual 262144.
func NewPcapWriter(w io.Writer, format Format, linkType capture.LinkType, snapLen uint32) (*PcapWriter, error) {
	out := &PcapWriter{w: bufio.NewWriterSize(w, writeBuffer), linkType: linkType}
	var first magic
	switch format {
	case Pcap:
		first, out.unitNanos = magic{0xd4, 0xc3, 0xb2, 0xa1}, 1000
	case PcapNano:
		first, out.unitNanos = magic{0x4d, 0x3c, 0xb2, 0xa1}, 1
	default:
		return nil, fmt.Errorf("write pcap: format %q cannot be written", format)
	}
	if snapLen == 0 {
		snapLen = standardMaxCapLen
	}
	var header [pcapHeaderLen]byte
	copy(header[:], first[:])
	binary.LittleEndian.PutUint16(header[4:], 2)
	binary.LittleEndian.PutUint16(header[6:], 4)
	// Offset from UTC and accuracy of times, bytes 8 to 15, are 0 in every pcap.
	binary.LittleEndian.PutUint32(header[16:], snapLen)
	binary.LittleEndian.PutUint32(header[20:], uint32(linkType))
	_, err := out.w.Write(header[:])
	return out, err
}

// WritePacket writes Data, Time and OrigLen of p. What a pcap cannot express is an error: another link type, a time
// before 1970 or after 2106. A pcap in microseconds loses the nanoseconds.
func (w *PcapWriter) WritePacket(p *capture.Packet) error {
	seconds := p.Time / nanosPerSecond
	switch {
	case p.LinkType != w.linkType:
		return fmt.Errorf("write packet %d: its link type is %v, that of the pcap is %v", p.Number, p.LinkType, w.linkType)
	case p.Time < 0 || seconds > math.MaxUint32:
		return fmt.Errorf("write packet %d: a pcap holds times of the years 1970 to 2106", p.Number)
	case len(p.Data) > absoluteMaxCapLen:
		return fmt.Errorf("write packet %d: %d bytes are more than the %d a packet can have", p.Number, len(p.Data), absoluteMaxCapLen)
	}
	h := w.header[:]
	binary.LittleEndian.PutUint32(h, uint32(seconds))
	binary.LittleEndian.PutUint32(h[4:], uint32(p.Time%nanosPerSecond/w.unitNanos))
	binary.LittleEndian.PutUint32(h[8:], uint32(len(p.Data)))
	binary.LittleEndian.PutUint32(h[12:], p.OrigLen)
	if _, err := w.w.Write(h); err != nil {
		return err
	}
	_, err := w.w.Write(p.Data)
	return err
}

// Flush hands over what is collected. Call it at the end, and whenever a reader should see the packets so far.
func (w *PcapWriter) Flush() error { return w.w.Flush() }
