package export

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcptalk/cases"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/session"
)

// recording reads the recording of a bundled case.
func recording(t *testing.T, id string) *session.Session {
	t.Helper()
	b, err := fs.ReadFile(cases.FS(), id+"/capture.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	f, err := pcapfile.OpenBytes(b, id)
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(f)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

// pictureHash is the SHA-256 of the picture on the server's disk.
const pictureHash = "9283dc30be213f3e953d0bc221a2ccf7f07f9230708433018de45c10c2d3a956"

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func TestHTTPOfACapture(t *testing.T) {
	s := recording(t, "http-picture")
	w, dir := newWriter(t)
	var steps [][2]int
	objects, err := HTTP(context.Background(), s, w, HTTPOptions{}, func(done, total int) { steps = append(steps, [2]int{done, total}) })
	if err != nil || len(objects) != 1 {
		t.Fatalf("%+v, %v", objects, err)
	}
	o := objects[0]
	if o.Name != "lighthouses.png" || o.URI != "/lighthouses.png" || o.Host != "pictures.example" || o.ContentType != "image/png" ||
		o.Size != 57413 || !o.Complete || o.Stream != 0 || o.Frame != 65 || o.Skipped != "" || o.Missing != "" {
		t.Errorf("%+v", o)
	}
	if len(o.Packets) != 40 || o.Packets[0] != 6 || o.Packets[39] != 65 {
		t.Errorf("the picture is in packets %v", o.Packets)
	}
	if len(steps) != 1 || steps[0] != [2]int{1, 1} {
		t.Errorf("progress %v", steps)
	}
	if b, err := os.ReadFile(filepath.Join(dir, o.Name)); err != nil || hashOf(b) != pictureHash {
		t.Errorf("the picture has the hash %s, %v", hashOf(b), err)
	}
}

// What a stream of HTTP/2 carries as a tunnel is no file.
func TestHTTPOfTunnels(t *testing.T) {
	w, _ := newWriter(t)
	objects, err := HTTP(context.Background(), opened(t, "../exchange/testdata/websocket-http2.pcap"), w, HTTPOptions{HTTP2: true}, nil)
	if err != nil || len(objects) != 1 || objects[0].URI != "/page" {
		t.Errorf("%+v, %v", objects, err)
	}
}

// Bodies come out in the order in which they ended, whatever connection they are on, and one that only the connection's end
// completes belongs to the packet with the FIN.
func TestHTTPOrder(t *testing.T) {
	s := recording(t, "http-bad-header")
	w, _ := newWriter(t)
	objects, err := HTTP(context.Background(), s, w, HTTPOptions{}, nil)
	if err != nil || len(objects) < 3 {
		t.Fatalf("%+v, %v", objects, err)
	}
	streams := map[uint32]bool{}
	byFIN := false
	for i := range objects {
		streams[objects[i].Stream] = true
		if i > 0 && objects[i].Frame < objects[i-1].Frame {
			t.Errorf("%+v comes after %+v", objects[i], objects[i-1])
		}
		byFIN = byFIN || objects[i].Frame == 8
	}
	if len(streams) < 2 || !byFIN {
		t.Errorf("connections %v, one ended by the FIN in packet 8: %v", streams, byFIN)
	}
}

func TestHTTPCancelled(t *testing.T) {
	s := recording(t, "http-picture")
	w, dir := newWriter(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := HTTP(ctx, s, w, HTTPOptions{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if got := listing(t, dir); got != "" {
		t.Errorf("left behind: %.200s", got)
	}
}

func TestCollection(t *testing.T) {
	c, err := Collect(context.Background(), recording(t, "http-picture"), nil)
	if err != nil || len(c.Objects) != 1 {
		t.Fatalf("%+v, %v", c, err)
	}
	if head, err := c.Head(0, 8); err != nil || !bytes.Equal(head, []byte("\x89PNG\r\n\x1a\n")) {
		t.Errorf("head %q, %v", head, err)
	}

	dir := t.TempDir()
	one := filepath.Join(dir, "my picture.png")
	if err := os.WriteFile(one, []byte("an older one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.Save(0, one); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(one); err != nil || hashOf(b) != pictureHash {
		t.Errorf("saved: hash %s, %v", hashOf(b), err)
	}

	for range 2 {
		if n, err := c.SaveAll(context.Background(), dir); n != 1 || err != nil {
			t.Errorf("%d files, %v", n, err)
		}
	}
	var names []string
	for _, line := range strings.Split(listing(t, dir), "\n") {
		if name, _, ok := strings.Cut(line, "=\x89PNG"); ok {
			names = append(names, name)
		}
	}
	if got := strings.Join(names, "|"); got != "lighthouses(1).png|lighthouses.png|my picture.png" {
		t.Errorf("files: %s", got)
	}

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if n, err := c.SaveAll(ctx, t.TempDir()); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %d files, %v", n, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(c.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the temporary folder is still there: %v", err)
	}
	if _, err := c.Open(0); err == nil {
		t.Error("a closed collection opens files")
	}
}

// What is incomplete is collected too, and marked.
func TestCollectIncomplete(t *testing.T) {
	b, err := fs.ReadFile(cases.FS(), "http-picture/capture.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	f, err := pcapfile.OpenBytes(b[:40000], "cut")
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(f)
	defer s.Close()
	if err := s.Run(context.Background()); err == nil {
		t.Fatal("half a recording was read to its end")
	}
	c, err := Collect(context.Background(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if len(c.Objects) != 1 || c.Objects[0].Complete || c.Objects[0].Missing == "" || c.Objects[0].Size < 10000 || c.Objects[0].Size >= 40000 {
		t.Errorf("%+v", c.Objects)
	}
}

// The names in a collection are safe already: making them safe again would make them longer.
func TestSaveAllKeepsTheNames(t *testing.T) {
	c := &Collection{dir: t.TempDir(), Objects: []Object{{Name: SafeName("caf\xc3\xa9.png")}}}
	if err := os.WriteFile(filepath.Join(c.dir, c.Objects[0].Name), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if n, err := c.SaveAll(context.Background(), dir); n != 1 || err != nil {
		t.Fatalf("%d files, %v", n, err)
	}
	if got := listing(t, dir); got != "caf\ufffd\ufffd.png=x" {
		t.Errorf("%q", got)
	}
}
