package narrate

import (
	"errors"
	"io"
	"path/filepath"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/packet"
)

// TestEveryFieldOfACaseIsExplained reads the bundled recordings: whatever field a learner points at has a sentence, and a source
// unless it is made here.
func TestEveryFieldOfACaseIsExplained(t *testing.T) {
	names, err := filepath.Glob("../../cases/*/capture.pcapng")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	told := map[string]bool{}
	var walk func(fields []packet.Field)
	walk = func(fields []packet.Field) {
		for i := range fields {
			f := &fields[i]
			for l := range Lang(NumLangs) {
				if Field(l, f.ID).Meaning == "" && !told[f.ID] {
					told[f.ID] = true
					t.Errorf("%v: %s (%s) is not explained", l, f.ID, f.Name)
				}
			}
			walk(f.Children)
		}
	}
	for _, name := range names {
		c, err := pcapfile.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for {
			var p capture.Packet
			if err := c.Next(&p); err != nil {
				if !errors.Is(err, io.EOF) {
					t.Error(err)
				}
				break
			}
			walk(packet.Dissect(&p).Layers)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestFieldMeanings(t *testing.T) {
	for id, m := range fieldMeanings {
		if m.text[English] == "" || m.text[Chinese] == "" || m.source == "" && id != "data" {
			t.Errorf("%s: %+v", id, m)
		}
		if fieldTerms[id].meaning != (Text{}) {
			t.Errorf("%s is explained twice", id)
		}
		if FieldName(Chinese, id, "English") == "English" {
			t.Errorf("%s has no Chinese name", id)
		}
	}
}
