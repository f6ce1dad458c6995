package live

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
)

// pcapOf writes n packets of 8 bytes, a millisecond apart.
func pcapOf(t testing.TB, out io.Writer, n int) *pcapfile.Writer {
	t.Helper()
	w, err := pcapfile.NewWriter(out, pcapfile.Section{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.AddInterface(pcapfile.Interface{LinkType: capture.LinkTypeEthernet, Name: "lo"}); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		p := capture.Packet{Time: int64(i) * 1e6, OrigLen: 8, Data: []byte("12345678")}
		if err := w.WritePacket(&p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return w
}

// kept makes a Run without a program, and keeps the packets of in.
func kept(t testing.TB, s Spec, in io.Reader) (*Run, *keeper, *Problem) {
	t.Helper()
	dir, err := newDirectory(t.TempDir(), &s)
	if err != nil {
		t.Fatal(err)
	}
	r := &Run{spec: s, dir: dir, trail: newTrail(true), changed: make(chan struct{})}
	k, err := newKeeper(r)
	if err != nil {
		t.Fatal(err)
	}
	p := k.takeAll(in)
	if p == nil {
		p = k.finish()
	}
	r.trail.end()
	t.Cleanup(func() {
		if err := errors.Join(r.trail.close(), dir.remove()); err != nil {
			t.Error(err)
		}
	})
	return r, k, p
}

// stream writes packets with the given times in milliseconds; drops says how many were lost before some of them.
func stream(t testing.TB, times []int64, drops map[int]uint64) io.Reader {
	t.Helper()
	var b bytes.Buffer
	w := pcapOf(t, &b, 0)
	for i, ms := range times {
		p := capture.Packet{Time: ms * 1e6, OrigLen: 4, Data: []byte{1, 2, 3, 4}, Dropped: drops[i]}
		if err := w.WritePacket(&p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.WriteStatistics(0, 0, 100, 12); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return &b
}

// TestNotices tells where packets were lost and where the clock was set back.
func TestNotices(t *testing.T) {
	hour := int64(3_600_000)
	now := 10 * hour
	r, _, p := kept(t, Spec{}, stream(t, []int64{now, now + 1, now - 20, now + 2, now - hour, now - hour + 1, 0}, map[int]uint64{3: 7}))
	if p != nil {
		t.Fatal(p)
	}
	want := []Notice{
		{Kind: NoticeDropped, Frame: 4, N: 7},
		{Kind: NoticeClockBack, Frame: 5, N: uint64((hour + 2) * 1e6)},
		{Kind: NoticeClockBack, Frame: 7, N: uint64((now - hour + 1) * 1e6)},
		{Kind: NoticeDropped, N: 5}, // of the 12 in all
	}
	got := r.State().Notices
	if len(got) != len(want) {
		t.Fatalf("noticed %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("notice %d: %+v, not %+v", i, got[i], want[i])
		}
	}
	f, err := r.Open()
	if n := packets(t, f, err); n != 7 {
		t.Errorf("%d packets of 7: a clock that was set back loses some", n)
	}
}

// TestRing turns a ring: the latest packets are there, the files before them are not, and who reads those can go on.
func TestRing(t *testing.T) {
	var in bytes.Buffer
	const sent, size = 10000, 40
	pcapOf(t, &in, sent)
	first := bytes.NewReader(in.Next(minFile / 2)) // half of the first file, so that a reader begins there
	opened := make(chan *pcapfile.File, 1)
	var r *Run
	s := Spec{Ring: Ring{Files: 3, FileBytes: minFile}}
	dir, err := newDirectory(t.TempDir(), &s)
	if err != nil {
		t.Fatal(err)
	}
	r = &Run{spec: s, dir: dir, trail: newTrail(true), changed: make(chan struct{})}
	defer func() {
		if err := dir.remove(); err != nil {
			t.Error(err)
		}
	}()
	k, err := newKeeper(r)
	if err != nil {
		t.Fatal(err)
	}
	if p := k.takeAll(io.MultiReader(first, readerFunc(func() {
		f, err := r.Open()
		if err != nil {
			t.Error(err)
		}
		opened <- f
	}), &in)); p != nil {
		t.Fatal(p)
	}
	if p := k.finish(); p != nil {
		t.Fatal(p)
	}
	r.trail.end()
	state := r.State()
	if state.Packets != sent || state.Turned == 0 || state.Bytes > 3*minFile {
		t.Errorf("%+v", state)
	}
	f, err := r.Open()
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.Again()
	if err != nil {
		t.Fatal(err)
	}
	before := f.Info().Before
	for _, f := range []*pcapfile.File{f, again} {
		var p capture.Packet
		// The tape gave packet n the time of n-1 milliseconds.
		if err := f.Next(&p); err != nil || before.Packets == 0 || p.Number != before.Packets+1 || p.Time != int64(before.Packets)*1e6 || before.Start != 0 {
			t.Errorf("behind %+v: packet %d of %d ns: %v", before, p.Number, p.Time, err)
		}
	}
	n := packets(t, f, err) + 1
	if n != sent-int(before.Packets) {
		t.Errorf("%d packets are kept behind %d of %d", n, before.Packets, sent)
	}
	if n < 2*minFile/size/2 || n > 3*minFile/size {
		t.Errorf("%d packets are kept", n)
	}
	files, _ := os.ReadDir(dir.path)
	names := len(files)
	if all := packets(t, <-opened, nil); all != sent {
		t.Errorf("who opened the capture before it turned reads %d packets of %d", all, sent)
	}
	files, _ = os.ReadDir(dir.path)
	if parts := len(files) - 2; parts != 3 || names <= len(files) {
		t.Errorf("%d files are kept of 3; there were %d names while somebody read, and are %d", parts, names, len(files))
	}
	if err := r.trail.close(); err != nil {
		t.Error(err)
	}
}

// readerFunc calls f once and has no bytes.
type readerFunc func()

func (f readerFunc) Read([]byte) (int, error) {
	f()
	return 0, io.EOF
}

// TestEarlyTimes keeps packets that a computer without a clock stamps: pcap has no times before 1970, but may claim odd ones.
func TestEarlyTimes(t *testing.T) {
	r, _, p := kept(t, Spec{}, stream(t, []int64{0, 1}, nil))
	if s := r.State(); p != nil || s.Packets != 2 {
		t.Errorf("%+v, %v", s, p)
	}
}

// TestGarbled is a program that hands over something else.
func TestGarbled(t *testing.T) {
	for _, in := range []string{"", "Last login: today\n", "\n\r\r\n"} {
		r, k, p := kept(t, Spec{}, bytes.NewReader([]byte(in)))
		r.messages = &messages{r: r}
		if why := r.why(k.source, nil); p != nil || in != "" && (why == nil || why.Kind != Garbled && why.Kind != HelperKilled) {
			t.Errorf("%q: %v, %v", in, p, why)
		}
	}
}

// TestTrailManyReaders has readers that come and go while files are added and given up.
func TestTrailManyReaders(t *testing.T) {
	dir := t.TempDir()
	tr := newTrail(true)
	add := func(i int) {
		file, err := os.Create(dir + "/" + string(rune('a'+i)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Write(bytes.Repeat([]byte{byte(i)}, 100)); err != nil {
			t.Fatal(err)
		}
		tr.add(file.Name(), file, 0, pcapfile.Before{})
		tr.publish(100)
	}
	done := make(chan int)
	add(0)
	f := tr.follow()
	go func() {
		have, buf := int64(0), make([]byte, 64)
		for {
			length, ended := f.Wait(have)
			if ended && length == have {
				done <- int(have)
				return
			}
			n, err := f.ReadAt(buf[:min(64, length-have)], have)
			if err != nil {
				t.Error(err)
				done <- int(have)
				return
			}
			for i, b := range buf[:n] {
				if want := byte((have + int64(i)) / 100); b != want {
					t.Errorf("byte %d is %d, not %d", have+int64(i), b, want)
				}
			}
			have += int64(n)
		}
	}()
	for i := 1; i < 20; i++ {
		add(i)
		if _, err := tr.keep(2); err != nil {
			t.Fatal(err)
		}
	}
	tr.end()
	if n := <-done; n != 2000 {
		t.Errorf("%d bytes of 2000 were read", n)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := f.ReadAt(make([]byte, 1), 0); err == nil {
		t.Error("a closed follower reads")
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("%d files are left of 2", len(left))
	}
	if err := tr.close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%d files are left", len(left))
	}
	waited := make(chan struct{})
	go func() {
		defer close(waited)
		if length, ended := tr.follow().Wait(0); length != 0 || !ended {
			t.Errorf("an ended trail without files: %d, %v", length, ended)
		}
	}()
	select {
	case <-waited:
	case <-time.After(5 * time.Second):
		t.Fatal("a follower of an ended trail waits")
	}
}

// TestNumbersEnd numbers packets anew where they could not be counted on.
func TestNumbersEnd(t *testing.T) {
	for packets, want := range map[uint64]uint32{0: 0, 7: 7, maxNumbered: maxNumbered, maxNumbered + 1: 0, 1 << 40: 0} {
		k := keeper{packets: packets, start: 5}
		if got := k.gone(); got.Packets != want || want > 0 && got.Start != 5 {
			t.Errorf("behind %d packets: %+v", packets, got)
		}
	}
}
