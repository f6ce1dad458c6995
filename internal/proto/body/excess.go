package body

import (
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/andybalholm/brotli"
)

// Excess is the error that comes with Trailing: what was compressed is whole, and something follows it. RFC 1952 §2.2 (gzip)
// and RFC 8878 §3 (zstd) let only another member or frame follow, RFC 1950 (zlib), RFC 1951 (deflate) and RFC 7932 §2 (br) define
// one stream and say nothing of what is behind it: those bytes belong to no body and damage none.
type Excess struct {
	// Bytes is how many they are, -1 if that is not known.
	Bytes int64
}

func (e *Excess) Error() string {
	switch {
	case e.Bytes < 0:
		return "bytes follow behind the end of the compressed data"
	case e.Bytes == 1:
		return "1 byte follows behind the end of the compressed data"
	}
	return fmt.Sprintf("%d bytes follow behind the end of the compressed data", e.Bytes)
}

// errTrailing ends a decoder behind whose compressed data something else follows: the rest of its source, and what was read
// ahead of that.
type errTrailing struct {
	rest  io.Reader
	ahead int64 // -1 if not known
}

func (errTrailing) Error() string { return "data follows behind the compressed data" }

// excess counts what follows. For a Stream it is not known: more may come.
func (e errTrailing) excess(count bool) *Excess {
	if e.ahead < 0 || !count {
		return &Excess{-1}
	}
	n, err := io.Copy(io.Discard, e.rest)
	if _, ended := asExcess(err); err != nil && !ended { // in a stack the coding outside may have something behind it, too
		return &Excess{-1}
	}
	return &Excess{e.ahead + n}
}

// unbrotli reads br. brotli.Reader takes bytes behind the end for an error that does not have a name.
type unbrotli struct {
	z   *brotli.Reader
	src io.Reader
}

// excessive is what brotli.Reader says of them.
const excessive = "brotli: excessive input"

func (u *unbrotli) Read(b []byte) (int, error) {
	n, err := u.z.Read(b)
	if err != nil && err.Error() == excessive {
		err = errTrailing{u.src, u.unread()}
	}
	return n, err
}

// unread returns how much brotli.Reader has taken from its source and not read, which it keeps to itself.
func (u *unbrotli) unread() int64 {
	z := reflect.ValueOf(u.z).Elem()
	in, held := z.FieldByName("in"), z.FieldByName("buffer_length")
	if !in.IsValid() || in.Kind() != reflect.Slice || !held.CanUint() {
		return -1
	}
	return int64(in.Len()) + int64(held.Uint())
}

// asExcess returns err as what follows the compressed data, if it is that.
func asExcess(err error) (e errTrailing, ok bool) {
	ok = errors.As(err, &e)
	return e, ok
}
