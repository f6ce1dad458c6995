package session

import (
	"sync/atomic"
	"unsafe"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
)

// Record is what a session keeps of one TCP segment: 64 bytes, no payload, no pointers. Everything else is read again from
// the capture when someone looks.
type Record struct {
	// Time is nanoseconds since 1970-01-01 UTC.
	Time int64
	// Offset is the position of the packet's bytes in the uncompressed capture, CapLen and OrigLen their captured and
	// original length.
	Offset          int64
	CapLen, OrigLen uint32
	// Frame is the packet's number in the capture, from 1.
	Frame uint32
	// Stream is the index of the connection.
	Stream uint32
	// Seq and Ack are relative numbers, Len the payload length on the wire, Window the scaled receive window.
	Seq, Ack, Len, Window uint32
	Labels                tcp.Labels
	// next is the record of the same connection that follows, plus one; 0 at the end. The pass writes it while others read
	// the record.
	next      atomic.Uint32
	Flags     packet.Flags
	Interface uint16
	// States are the states of both ends after the segment, indexed by flow.Direction.
	States [2]tcp.EndState
	bits   recordBits
	_      uint8
}

type recordBits uint8

const (
	fromServer recordBits = 1 << iota
	noNumbers
	defragmented // put together from IP fragments
	hidden       // tcp.Analysis.Hidden
	partial      // tcp.Analysis.Partial
)

// Dir says who sent the segment.
func (r *Record) Dir() flow.Direction {
	if r.bits&fromServer != 0 {
		return flow.ServerToClient
	}
	return flow.ClientToServer
}

// HasNumbers says that the segment's length was known, so that Seq, Ack, Window and Labels mean something.
func (r *Record) HasNumbers() bool { return r.bits&noNumbers == 0 }

// Partial says that the header claims fewer than 20 bytes, so that Flags, Ack and Window mean little.
func (r *Record) Partial() bool { return r.bits&partial != 0 }

// Shown returns the labels that Wireshark shows on the segment: none where the header is cut or malformed.
func (r *Record) Shown() tcp.Labels {
	if r.bits&(hidden|partial) != 0 {
		return 0
	}
	return r.Labels
}

// NextSeq returns the relative sequence number behind the segment; SYN and FIN count as one.
func (r *Record) NextSeq() uint32 {
	n := r.Seq + r.Len
	if r.Flags.Any(packet.SYN | packet.FIN) {
		n++
	}
	return n
}

// PureAck reports an ACK that carries nothing else: no data, no SYN, FIN or RST.
func (r *Record) PureAck() bool {
	return r.Len == 0 && r.Flags.Has(packet.ACK) && !r.Flags.Any(packet.SYN|packet.FIN|packet.RST)
}

// blockSize is the number of records in a block of a recordList: 1 MiB.
const blockSize = 1 << 14

// recordBlock is a part of a recordList.
type recordBlock [blockSize]Record

// newRecordBlock returns a block whose memory is really there: the system hands out a page when it is first written to, which
// takes longer than filling it with records.
func newRecordBlock() *recordBlock {
	b := new(recordBlock)
	const page = 4096 / int(unsafe.Sizeof(Record{}))
	for i := 0; i < blockSize; i += page {
		b[i].bits = 0
	}
	return b
}

// recordList is a list of records that grows without copying; records keep their address.
type recordList struct {
	blocks []*recordBlock
	n      int
	// spare is the next block, made by someone who has more time.
	spare atomic.Pointer[recordBlock]
}

// prepare makes the next block if there is none. It may be called beside everything else.
func (l *recordList) prepare() {
	if l.spare.Load() == nil {
		l.spare.Store(newRecordBlock())
	}
}

func (l *recordList) add() *Record {
	if l.n == len(l.blocks)*blockSize {
		b := l.spare.Swap(nil)
		if b == nil {
			b = new(recordBlock)
		}
		l.blocks = append(l.blocks, b)
	}
	r := &l.blocks[l.n/blockSize][l.n%blockSize]
	l.n++
	return r
}

func (l *recordList) at(i uint32) *Record { return &l.blocks[i/blockSize][i%blockSize] }
