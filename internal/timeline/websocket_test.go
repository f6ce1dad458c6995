package timeline

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// echo writes out the rows of WebSocket frames of a recording of every kind of frame.
func echo(t *testing.T, c *Chat) (frames []FrameRow, rows []int) {
	t.Helper()
	var r Row
	for i := range c.Len() {
		c.Row(i, &r)
		for _, f := range r.Frames {
			frames, rows = append(frames, f), append(rows, i)
		}
	}
	return frames, rows
}

func TestPongsAndFragments(t *testing.T) {
	var texts []string
	c := chatOf(t, recording(t, "ws_echo_plain_first27.pcap"), 0, DefaultOptions())
	frames, _ := echo(t, c)
	for _, f := range frames {
		texts = append(texts, f.Opcode+" "+f.Fin+" "+f.Payload)
	}
	all := strings.Join(texts, "\n")
	for _, want := range []string{
		"pong 1 are you there · answers the ping in #17 after ",
		"continuation 1 text of 4 frames: part0 ",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
}

// A message of JSON is laid out when its bubble is expanded.
func TestJSONOnDemand(t *testing.T) {
	c := chatOf(t, recording(t, "ws_echo_plain_first27.pcap"), 0, DefaultOptions())
	frames, rows := echo(t, c)
	found := false
	for k, f := range frames {
		if !strings.HasPrefix(f.Payload, "{") {
			continue
		}
		found = true
		var r Row
		c.Row(rows[k], &r)
		more := r.More
		c = c.Expanded(rows[k])
		c.Row(rows[k], &r)
		if text := strings.Join(r.Lines, "\n"); more != len(r.Lines) || r.More != -1 || !strings.HasPrefix(text, "{\n  \"") || !strings.HasSuffix(text, "\n}") {
			t.Errorf("%d lines were announced; there are %s", more, text)
		}
		c = c.Expanded(rows[k])
	}
	if !found {
		t.Error("no message of JSON")
	}
}

func TestJSONLines(t *testing.T) {
	for _, text := range []string{
		`1`, `"a\"b{"`, `{}`, `[ ]`, `{"a":1}`, `{"a":{},"b":[1,2,{"c":null}],"d":"x,y"}`, ` [ [ ] , [ [ ] ] ] `, `{"\\":"\\","x":[true,"]"]}`,
	} {
		var b bytes.Buffer
		if err := json.Indent(&b, []byte(text), "", " "); err != nil {
			t.Fatal(err)
		}
		if got, want := jsonLines([]byte(text)), strings.Count(strings.TrimSpace(b.String()), "\n")+1; got != want {
			t.Errorf("%s: %d lines, laid out %d", text, got, want)
		}
	}
}
