package pcapfile

import (
	"errors"
	"io"
	"math"
	"slices"
	"sync"

	"tcptalk/internal/capture"
)

// File is an open capture. Next and NextBatch belong to one goroutine; ReadAt, ReadPacketAt, Progress and Info may be
// called from any goroutine at any time until Close.
type File struct {
	name   string
	src    source
	win    window
	walker walker // nil if the input is empty
	limits limits

	frame uint32 // number of the last record
	err   error  // sticky: what ended the capture

	mu    sync.RWMutex // guards the fields below
	info  Info
	facts factKeeper
}

var _ capture.Source = (*File)(nil)

// walker steps through the records of one format.
type walker interface {
	// next fills in everything of the next packet. It consumes nothing when it returns errPause.
	next(f *File, p *capture.Packet) error
}

// maxPackets is what Packet.Number can count.
const maxPackets = math.MaxUint32

// Next reads the next packet into p. p.Data is borrowed: valid until the next call of Next or NextBatch. After the last
// packet it returns io.EOF; any other error is an *Error, ends the capture and comes again with every further call.
// On a pipe it waits until a whole packet has arrived.
func (f *File) Next(p *capture.Packet) error {
	if f.err != nil {
		return f.err
	}
	f.win.paused = false
	if err := f.next(p); err != nil {
		f.err = err
		return err
	}
	return nil
}

func (f *File) next(p *capture.Packet) error {
	if f.walker == nil {
		return io.EOF
	}
	err := f.walker.next(f, p)
	if err == nil || err == io.EOF || err == errPause {
		return err
	}
	var e *Error
	if errors.As(err, &e) {
		e.Name, e.Frame, e.Size = f.name, f.frame, f.src.size()
	}
	return err
}

// number gives the next record its number.
func (f *File) number(offset int64) (uint32, error) {
	if f.frame == maxPackets {
		return 0, &Error{Kind: Failed, Reason: ReasonPacketLimit, Offset: offset, Want: maxPackets}
	}
	f.frame++
	return f.frame, nil
}

// Batch is a run of packets together with the memory of their bytes. The zero value is ready for use.
type Batch struct {
	// Packets and their Data are valid until this Batch is given to NextBatch again.
	Packets []capture.Packet
	buf     []byte
}

// batchPackets bounds the packets of a Batch, so that tiny packets do not make it long.
const batchPackets = 4096

// NextBatch replaces what b holds by the next packets: at least one, and as many as came with the same read. Errors are
// those of Next and leave b empty. Nothing touches b's memory until b is passed in again, so it may be used on
// another goroutine while the next Batch is filled.
func (f *File) NextBatch(b *Batch) error {
	b.Packets = b.Packets[:0]
	if f.err != nil {
		return f.err
	}
	if b.buf == nil {
		b.buf = make([]byte, windowSize)
	}
	f.win.swap(b.buf)
	defer func() {
		b.buf, f.win.lent, f.win.paused = f.win.buf, true, false
	}()
	for len(b.Packets) < batchPackets {
		f.win.paused = len(b.Packets) > 0
		b.Packets = append(b.Packets, capture.Packet{})
		err := f.next(&b.Packets[len(b.Packets)-1])
		if err == nil {
			continue
		}
		b.Packets = b.Packets[:len(b.Packets)-1]
		if err == errPause {
			return nil
		}
		f.err = err
		if len(b.Packets) > 0 {
			return nil // the error comes with the next call
		}
		return err
	}
	return nil
}

// ReadAt reads bytes of the uncompressed capture, as io.ReaderAt does. Of a pipe or compressed file only what Next
// has passed can be read, and it may be a little more.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.src.ReadAt(p, off)
	if err == nil {
		return n, nil // before e, which costs an allocation
	}
	var e *Error
	if errors.As(err, &e) {
		e.Name, e.Offset, e.Size = f.name, off, f.src.size()
	}
	return n, err
}

// ReadPacketAt fills buf with the bytes at offset, a Packet.Offset that Next has given. It fills all of buf or returns
// an *Error, for instance because someone cut the file short meanwhile.
func (f *File) ReadPacketAt(offset int64, buf []byte) error {
	n, err := f.ReadAt(buf, offset)
	if n == len(buf) {
		return nil
	}
	if err == io.EOF {
		err = &Error{
			Kind: Failed, Reason: ReasonRead, Name: f.name, Offset: offset, Size: f.src.size(), Err: io.ErrUnexpectedEOF,
		}
	}
	return err
}

// Progress returns how many bytes of the input (compressed bytes, if it is) have been consumed, and how many there are:
// -1 if not known.
func (f *File) Progress() (read, total int64) { return f.src.progress() }

// Info returns what is known about the capture by now. The caller owns it.
func (f *File) Info() Info {
	f.mu.RLock()
	defer f.mu.RUnlock()
	info := f.info
	info.Sections = slices.Clone(info.Sections)
	info.Interfaces = slices.Clone(info.Interfaces)
	info.FactsOmitted = f.facts.omitted
	_, info.Size = f.src.progress()
	return info
}

// Close gives back the file and the temporary copy, if there is one. A Next that waits for a pipe opened by Open ends with
// an error.
func (f *File) Close() error { return f.src.Close() }
