package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
)

// analyzed runs "analyze" on a recording of the second opinion's table and returns what it prints.
func analyzed(t *testing.T, args ...string) string {
	t.Helper()
	var out, problems bytes.Buffer
	args[len(args)-1] = "../diagnose/testdata/opinion/" + args[len(args)-1]
	if code := Main(context.Background(), append([]string{"analyze"}, args...), strings.NewReader(""), &out, &problems); code != exitOK {
		t.Fatalf("exit status %d: %s", code, problems.String())
	}
	return out.String()
}

// TestEvidenceRecords asks for the evidence of the two crossing keep-alives, and that the other records stay as they are.
func TestEvidenceRecords(t *testing.T) {
	const file = "../keepalive_close4.pcapng"
	plain := analyzed(t, "--format", "ndjson", file)
	full := analyzed(t, "--format", "ndjson", "--evidence", file)
	if !strings.HasPrefix(full, plain) {
		t.Fatal("the records of the contract change with --evidence")
	}
	type said struct {
		Label, Rule, Opinion, Confidence string
		AckFrame                         int `json:"ack_frame"`
		Frames                           []int
		Elapsed                          string
	}
	var records []struct {
		Type, Class, By    string
		Stream, Frame      int
		Evidence, Opinions []said
		Frames             []int
	}
	dec := json.NewDecoder(strings.NewReader(full[len(plain):]))
	if err := decodeAll(dec, &records); err != nil {
		t.Fatal(err)
	}
	if len(records) != 13 {
		t.Fatalf("%d records more, want one about the end and twelve labelled packets", len(records))
	}
	if c := records[0]; c.Type != "closing" || c.Class != "in_four" || c.By != "server" || c.Frame != 16 || len(c.Frames) != 4 {
		t.Errorf("closing: %+v", c)
	}
	r := records[4]
	if r.Type != "evidence" || r.Frame != 7 || len(r.Evidence) != 1 || len(r.Opinions) != 1 {
		t.Fatalf("packet 7: %+v", r)
	}
	if e := r.Evidence[0]; e.Label != "duplicate_ack" || e.Rule != "repeats_ack" || e.AckFrame != 2 {
		t.Errorf("packet 7, evidence: %+v", e)
	}
	if o := r.Opinions[0]; o.Opinion != "answers_keep_alive" || o.Confidence != "proven" || o.Rule != "outstanding" ||
		o.Elapsed != "0.000041000" || len(o.Frames) != 1 || o.Frames[0] != 4 {
		t.Errorf("packet 7, opinion: %+v", o)
	}
}

// decodeAll reads JSON values to the end of the input.
func decodeAll[T any](dec *json.Decoder, list *[]T) error {
	for dec.More() {
		var v T
		if err := dec.Decode(&v); err != nil {
			return err
		}
		*list = append(*list, v)
	}
	return nil
}

func TestEvidenceLines(t *testing.T) {
	got := analyzed(t, "--evidence", "s10b_reorder.pcap")
	for _, want := range []string{
		"connection 0: closed in order, three segments, by the server in #465",
		"#169 server  Spurious retransmission: the other side has acknowledged all of it already, seq 60,817, nextseq 62,265, last_ack 136,113, #96, #97  | Needless (proven): the receiver says so (D-SACK)",
		"| Late, not sent again (proven): ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
	if plain := analyzed(t, "s10b_reorder.pcap"); !strings.HasPrefix(got, plain) || strings.Contains(plain, "#169") {
		t.Error("--evidence must only add lines")
	}
}
