package export

import (
	"bytes"
	"errors"
	"io"
	"os"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto/http1"
)

// Bounds of bodies that wait for their end in memory; beyond them they wait in files of the directory.
const (
	maxSpool    = 1 << 20  // one body
	maxSpoolAll = 64 << 20 // all of them: a capture may have thousands of connections open at a time
)

// spool is the body of a message that is not complete yet.
type spool struct {
	mem  []byte
	file string // what came before mem; "" if there is no file
}

// Body takes the next bytes of a message's body; it is meant for http1.Options.Body. Errors are told by Message.
func (o *HTTPObjects) Body(_ flow.Direction, h *http1.Head, _ int64, b []byte) { o.take(h, b) }

// take takes the next bytes of the body with that key: the message's head, once that is known.
func (o *HTTPObjects) take(key any, b []byte) {
	if o.err != nil {
		return
	}
	sp := o.spools[key]
	if sp == nil {
		sp = &spool{}
		o.spools[key] = sp
	}
	sp.mem = append(sp.mem, b...)
	o.inMem += len(b)
	if len(sp.mem) > maxSpool || o.inMem > maxSpoolAll {
		if err := o.spill(sp); err != nil {
			o.err = &WriteError{"a temporary file", o.w.dir, o.w.files, o.w.bytes, reason(err)}
		}
	}
}

// spill moves the bytes in memory to the spool's file. The file is not kept open: there may be thousands.
func (o *HTTPObjects) spill(sp *spool) error {
	var f *os.File
	var err error
	if sp.file == "" {
		sp.file, f, err = o.w.temp()
	} else {
		f, err = o.w.root.OpenFile(sp.file, os.O_WRONLY|os.O_APPEND, 0)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(sp.mem)
	o.inMem -= len(sp.mem)
	sp.mem = nil
	return errors.Join(err, f.Close())
}

// rename gives a body its message's head as key.
func (o *HTTPObjects) rename(key any, h *http1.Head) {
	if sp := o.spools[key]; sp != nil {
		o.spools[h] = sp
		delete(o.spools, key)
	}
}

// forget drops a body.
func (o *HTTPObjects) forget(key any) {
	sp := o.spools[key]
	if sp == nil {
		return
	}
	o.inMem -= len(sp.mem)
	if sp.file != "" {
		_ = o.w.root.Remove(sp.file) // a leftover does no harm beyond its size
	}
	delete(o.spools, key)
}

// Close drops bodies whose messages never came, and what was kept of ranges.
func (o *HTTPObjects) Close() {
	o.ranges.close(o.w)
	for h := range o.spools {
		o.forget(h)
	}
}

// reader reads the whole body behind the bytes of before; sp may be nil.
func (sp *spool) reader(w *Writer, before []byte) (io.ReadCloser, error) {
	head := bytes.NewReader(before)
	if sp == nil {
		return io.NopCloser(head), nil
	}
	if sp.file == "" {
		return io.NopCloser(io.MultiReader(head, bytes.NewReader(sp.mem))), nil
	}
	f, err := w.root.Open(sp.file)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(head, f, bytes.NewReader(sp.mem)), f}, nil
}

// errNothing says that a coding could not be taken off at all.
var errNothing = errors.New("nothing could be decoded")
