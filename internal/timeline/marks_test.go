package timeline

import (
	"context"
	"slices"
	"strings"
	"testing"

	"tcptalk/internal/narrate"
)

func TestTimesSinceAMark(t *testing.T) {
	m := NewMarks([]Mark{{Frame: 7, Time: 700}, {Frame: 3, Time: 300}, {Frame: 7, Time: 701}})
	if len(m.All()) != 2 || m.At(7).Time != 701 || m.At(4) != (Mark{}) {
		t.Errorf("%+v", m.All())
	}
	for frame, want := range map[uint32]int64{1: 300, 3: 300, 6: 300, 7: 701, 9: 701} {
		if at, ok := m.since(frame); !ok || at != want {
			t.Errorf("packet %d counts from %d, want %d", frame, at, want)
		}
	}
	if _, ok := (*Marks)(nil).since(1); ok || (*Marks)(nil).At(1) != (Mark{}) {
		t.Error("no marks are some")
	}
}

func TestWhatWasWrittenFitsIntoABubble(t *testing.T) {
	text := strings.TrimSpace(strings.Repeat("packets and words ", 20)) + "\n\n" + strings.Repeat("重传", 60) + "\nend"
	lines := written(text)
	for _, l := range lines {
		if columns := len([]rune(l)) + strings.Count(l, "重") + strings.Count(l, "传"); columns > noteColumns || l != strings.TrimSpace(l) {
			t.Errorf("%d columns: %q", columns, l)
		}
	}
	if strings.ReplaceAll(strings.Join(lines, ""), " ", "") != strings.NewReplacer(" ", "", "\n", "").Replace(text) || lines[len(lines)-1] != "end" || !slices.Contains(lines, "") {
		t.Errorf("%q", lines)
	}
	if n := len(written(strings.Repeat("x\n", 5000))); n > maxExpanded {
		t.Errorf("%d lines", n)
	}
}

func TestOtherRowsShowMarksAndTimes(t *testing.T) {
	s := otherSession(t, datagram(1, 5000, 53, "hello"), datagram(2, 53, 5000, "world\nagain"))
	c := otherChat(t, s, 0, narrate.English)
	rows := NewOtherRows(c, Options{Time: SinceMark}, nil).WithMarks(NewMarks([]Mark{{Frame: 2, Time: 1e18 + 1e6, Starred: true, Note: "here"}}))
	var r Row
	for i, want := range []struct {
		time, delta string
		starred     bool
	}{{"-0.001000", "start", false}, {"0.000000", "+1 ms", true}} {
		rows.Row(i, &r)
		if r.Time != want.time || r.Delta != want.delta || r.Starred != want.starred || int(rows.Shape(i).Lines) != len(r.Lines) {
			t.Errorf("row %d: %+v, %d lines expected", i, r, rows.Shape(i).Lines)
		}
	}
	if r.Lines[0] != "Note: here" {
		t.Errorf("%q", r.Lines)
	}
	for format, want := range map[TimeFormat]string{SinceStart: "0.001000", SincePrevious: "0.001000", ClockUTC: "01:46:40.001000"} {
		if NewOtherRows(c, Options{Time: format}, nil).Row(1, &r); r.Time != want {
			t.Errorf("format %d: %q", format, r.Time)
		}
	}
}

func TestALongConversationShowsALineAPacket(t *testing.T) {
	packets := make([][]byte, maxOtherRead+1)
	for i := range packets {
		packets[i] = datagram(1, 5000, 53, "text\nof two lines")
	}
	v, err := otherSession(t, packets...).OtherView(0)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewOtherChat(context.Background(), v, narrate.English)
	if err != nil {
		t.Fatal(err)
	}
	rows := NewOtherRows(c, Options{}, NewMarks([]Mark{{Frame: 9, Note: "kept in view"}}))
	if rows.Shape(0).Lines != 0 || rows.Shape(8).Lines != 1 {
		t.Errorf("a long conversation: %d and %d lines", rows.Shape(0).Lines, rows.Shape(8).Lines)
	}
}
