package export

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// collected finds the files of a recording for a reader.
func collected(t *testing.T, name string) *Collection {
	t.Helper()
	c, err := CollectWhole(context.Background(), opened(t, name), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestCollectWholeJoinsRanges(t *testing.T) {
	c := collected(t, "../cli/testdata/byteranges.pcap")
	plain, err := Collect(context.Background(), opened(t, "../cli/testdata/byteranges.pcap"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	joined := 0
	for _, o := range c.Objects {
		if o.Bytes != (Span{}) {
			joined++
			if o.Complete || len(o.Absent) == 0 {
				t.Errorf("%+v", o)
			}
			var held, lacks int64
			for i, p := range o.Parts() {
				if p.Absent {
					lacks += p.End - p.Start
				} else if held += p.End - p.Start; !slices.Contains(o.Packets, p.First) || !slices.Contains(o.Packets, p.Last) {
					t.Errorf("range %d of %s came in packets %d to %d, which are not among %v", i, o.Name, p.First, p.Last, o.Packets)
				}
			}
			if held < o.Size || lacks == 0 {
				t.Errorf("the ranges of %s hold %d of %d bytes, %d are missing", o.Name, held, o.Size, lacks)
			}
		}
	}
	if joined == 0 {
		t.Error("nothing was joined")
	}
	for _, o := range plain.Objects {
		if o.Bytes != (Span{}) {
			t.Errorf("Collect joins %+v", o)
		}
	}
}

func TestCollectWholeTakesFormsApart(t *testing.T) {
	c := collected(t, "../cli/testdata/multipart.pcap")
	var whole, parts []int
	for i, o := range c.Objects {
		switch {
		case o.Part != "":
			parts = append(parts, i)
		case o.Request:
			whole = append(whole, i)
		}
	}
	if len(whole) != 1 || len(parts) < 2 {
		t.Fatalf("%d forms, %d parts", len(whole), len(parts))
	}
	dir := t.TempDir()
	steps := 0
	n, err := c.SaveSome(context.Background(), dir, parts, func(done, total int) {
		if done != steps || total != len(parts) {
			t.Errorf("%d of %d after %d", done, total, steps)
		}
		steps++
	})
	if err != nil || n != len(parts) {
		t.Fatalf("%d saved, %v", n, err)
	}
	there, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(there) != len(parts) {
		t.Errorf("%q, %v", there, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	other := t.TempDir()
	if n, err := c.SaveSome(ctx, other, parts, func(int, int) {}); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %d saved, %v", n, err)
	}
	if left, err := os.ReadDir(other); err != nil || len(left) != 0 {
		t.Errorf("cancelled, %d files are there, %v", len(left), err)
	}
}
