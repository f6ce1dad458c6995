//go:build e2e

package e2e

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// x11 is a connection to an X display, just enough of one to drop a file onto a window.
type x11 struct {
	conn  net.Conn
	root  uint32
	base  uint32 // of the resource numbers that are ours
	atoms map[string]uint32
	wait  [][]byte // events that came while a reply was awaited
}

// Numbers of the X protocol.
const (
	xCreateWindow      = 1
	xInternAtom        = 16
	xChangeProperty    = 18
	xSetSelectionOwner = 22
	xSendEvent         = 25
	xSelectionRequest  = 30
	xSelectionNotify   = 31
	xClientMessage     = 33
	xdndVersion        = 5
)

// drop drops files onto a window as a file manager does (XDND, version 5).
func drop(t *testing.T, window string, x, y int, paths ...string) {
	t.Helper()
	target, err := strconv.ParseUint(window, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	c, err := dial(os.Getenv("DISPLAY"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.conn.Close()
	if err := c.drop(uint32(target), x, y, "file://"+strings.Join(paths, "\r\nfile://")+"\r\n"); err != nil {
		t.Fatal("drop: ", err)
	}
}

func (c *x11) drop(target uint32, x, y int, list string) error {
	for _, name := range []string{"XdndSelection", "XdndEnter", "XdndPosition", "XdndStatus", "XdndDrop", "XdndFinished", "XdndActionCopy", "text/uri-list"} {
		if err := c.intern(name); err != nil {
			return err
		}
	}
	source := c.base | 1
	c.request(xCreateWindow, 0, source, c.root, uint32(0), uint32(1|1<<16), uint16(0), uint16(0), uint32(0), uint32(0))
	c.request(xSetSelectionOwner, 0, source, c.atoms["XdndSelection"], uint32(0))
	c.message(target, "XdndEnter", source, xdndVersion<<24, c.atoms["text/uri-list"], 0, 0)
	c.message(target, "XdndPosition", source, 0, uint32(x)<<16|uint32(y), 0, c.atoms["XdndActionCopy"])
	status, err := c.event(xClientMessage, "XdndStatus")
	if err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(status[16:])&1 == 0 {
		return errors.New("the window takes no files")
	}
	c.message(target, "XdndDrop", source, 0, 0, 0, 0)
	ask, err := c.event(xSelectionRequest, "")
	if err != nil {
		return err
	}
	requestor, selection := binary.LittleEndian.Uint32(ask[12:]), binary.LittleEndian.Uint32(ask[16:])
	kind, property := binary.LittleEndian.Uint32(ask[20:]), binary.LittleEndian.Uint32(ask[24:])
	c.request(xChangeProperty, 0, requestor, property, kind, uint32(8), uint32(len(list)), []byte(list))
	var e bytes.Buffer
	put(&e, uint32(xSelectionNotify), uint32(0), requestor, selection, kind, property)
	c.send(requestor, e.Bytes())
	_, err = c.event(xClientMessage, "XdndFinished")
	return err
}

// dial connects to a display such as ":99".
func dial(display string) (*x11, error) {
	_, number, _ := strings.Cut(display, ":")
	number, _, _ = strings.Cut(number, ".")
	conn, err := net.Dial("unix", "/tmp/.X11-unix/X"+number)
	if err != nil {
		return nil, err
	}
	c := &x11{conn: conn, atoms: map[string]uint32{}}
	if err := errors.Join(conn.SetDeadline(time.Now().Add(patience)), c.setup(cookie(number))); err != nil {
		conn.Close()
		return nil, err
	}
	return c, nil
}

// cookie finds the secret of a display in the file that XAUTHORITY names.
func cookie(number string) []byte {
	b, err := os.ReadFile(os.Getenv("XAUTHORITY"))
	if err != nil {
		return nil
	}
	for len(b) > 2 {
		b = b[2:] // the address's family
		var fields [4][]byte
		for i := range fields {
			if len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
				return nil
			}
			n := int(binary.BigEndian.Uint16(b))
			fields[i], b = b[2:2+n], b[2+n:]
		}
		if string(fields[1]) == number && string(fields[2]) == "MIT-MAGIC-COOKIE-1" {
			return fields[3]
		}
	}
	return nil
}

func (c *x11) setup(secret []byte) error {
	name := ""
	if secret != nil {
		name = "MIT-MAGIC-COOKIE-1"
	}
	var b bytes.Buffer
	put(&b, uint16('l'), uint16(11), uint16(0), uint16(len(name)), uint16(len(secret)), uint16(0), padded([]byte(name)), padded(secret))
	if _, err := c.conn.Write(b.Bytes()); err != nil {
		return err
	}
	head := make([]byte, 8)
	if _, err := io.ReadFull(c.conn, head); err != nil {
		return err
	}
	body := make([]byte, 4*int(binary.LittleEndian.Uint16(head[6:])))
	if _, err := io.ReadFull(c.conn, body); err != nil {
		return err
	}
	if head[0] != 1 {
		return fmt.Errorf("the display refuses: %q", body)
	}
	c.base = binary.LittleEndian.Uint32(body[4:])
	vendor, formats := int(binary.LittleEndian.Uint16(body[16:])), int(body[21])
	c.root = binary.LittleEndian.Uint32(body[32+(vendor+3)&^3+8*formats:])
	return nil
}

// request sends a request; a failure shows when the answer does not come.
func (c *x11) request(code, detail byte, fields ...any) {
	var b bytes.Buffer
	put(&b, fields...)
	body := padded(b.Bytes())
	var head bytes.Buffer
	put(&head, uint16(code)|uint16(detail)<<8, uint16(1+len(body)/4), body)
	_, _ = c.conn.Write(head.Bytes())
}

func (c *x11) intern(name string) error {
	c.request(xInternAtom, 0, uint16(len(name)), uint16(0), []byte(name))
	for {
		p, err := c.read()
		if err != nil {
			return err
		}
		if p[0] == 1 {
			c.atoms[name] = binary.LittleEndian.Uint32(p[8:])
			return nil
		}
		c.wait = append(c.wait, p)
	}
}

// message sends a client message.
func (c *x11) message(to uint32, kind string, data ...uint32) {
	var e bytes.Buffer
	put(&e, uint32(xClientMessage|32<<8), to, c.atoms[kind], data)
	c.send(to, e.Bytes())
}

func (c *x11) send(to uint32, e []byte) {
	c.request(xSendEvent, 0, to, uint32(0), append(e, make([]byte, 32-len(e))...))
}

// event waits for an event; messages must be of the given kind.
func (c *x11) event(code byte, kind string) ([]byte, error) {
	for {
		var p []byte
		if len(c.wait) > 0 {
			p, c.wait = c.wait[0], c.wait[1:]
		} else {
			var err error
			if p, err = c.read(); err != nil {
				return nil, fmt.Errorf("waiting for %d %s: %w", code, kind, err)
			}
		}
		if p[0]&0x7f == code && (kind == "" || binary.LittleEndian.Uint32(p[8:]) == c.atoms[kind]) {
			return p, nil
		}
	}
}

// read reads an event or a reply; what the display refused is an error.
func (c *x11) read() ([]byte, error) {
	p := make([]byte, 32)
	if _, err := io.ReadFull(c.conn, p); err != nil {
		return nil, err
	}
	switch p[0] {
	case 0:
		return nil, fmt.Errorf("X error %d in request %d", p[1], p[10])
	case 1:
		more := make([]byte, 4*int(binary.LittleEndian.Uint32(p[4:])))
		_, err := io.ReadFull(c.conn, more)
		return append(p, more...), err
	}
	return p, nil
}

func put(b *bytes.Buffer, fields ...any) {
	for _, f := range fields {
		_ = binary.Write(b, binary.LittleEndian, f) // a buffer takes everything
	}
}

func padded(b []byte) []byte { return append(bytes.Clone(b), make([]byte, -len(b)&3)...) }
