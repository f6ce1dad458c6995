package narrate

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"path/filepath"
	"strings"
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
	all := maps.Clone(fieldMeanings)
	maps.Copy(all, contentMeanings)
	if len(all) != len(fieldMeanings)+len(contentMeanings) {
		t.Error("a field has two meanings")
	}
	for id, m := range all {
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

// TestEveryFieldOfAContentIsExplained has a packet for each protocol that is taken apart, behind IPv4 and UDP or TCP.
func TestEveryFieldOfAContentIsExplained(t *testing.T) {
	zeros := func(n int) string { return strings.Repeat("00", n) }
	for _, c := range []struct {
		name, speaks, hex string
		port              uint16
		tcp               bool
	}{
		{"dns", "", "1234 8183 0001 0001 0001 0001 00 0001 0001 00 0001 0001 0000003c 0004 c0000201 00 0002 0001 0000003c 0002 0161 00 0029 04d0 00000000 0000", 53, false},
		{"mdns", "", "1234 0100 0001 0000 0000 0000 00 0001 0001", 5353, false},
		{"llmnr", "", "1234 0100 0001 0000 0000 0000 00 0001 0001", 5355, false},
		{"nbns", "", "1234 0100 0001 0000 0000 0000 00 0001 0001", 137, false},
		{"dns", "", "0011 1234 0100 0001 0000 0000 0000 00 0001 0001", 53, true},
		{"ntp", "", "24" + zeros(47), 123, false},
		{"dhcp", "", "010106" + zeros(233) + "63825363 350101 ff", 67, false},
		{"ssdp", "", hex.EncodeToString([]byte("NOTIFY * HTTP/1.1\r\nNT: a\r\n\r\n")), 1900, false},
		{"http", "", hex.EncodeToString([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\nb")), 80, true},
		{"http", "", hex.EncodeToString([]byte("HTTP/1.1 200 OK\r\n\r\n")), 80, true},
		{"tls", "", "160301 003f 01 00003b 0303" + zeros(32) + "00 0002 1301 01 00 0010 0000 0006 0004 00 0001 61 0010 0002 0000", 443, true},
		{"tls", "", "160303 002c 02 000028 0303" + zeros(32) + "00 1301 00 0000 150303 0002 0228 140303 0001 01 170303 0001 00 160303 0005 0b 000001 00", 443, true},
		{"websocket", "websocket", "8181 01020304 00", 80, true},
	} {
		tree := packet.DissectAs(carrying(t, c.hex, c.port, c.tcp), c.speaks)
		if tree.Find(c.name) == nil {
			t.Errorf("%s is not taken apart:\n%s", c.name, tree)
		}
		var walk func(fields []packet.Field)
		walk = func(fields []packet.Field) {
			for i := range fields {
				for l := range Lang(NumLangs) {
					if Field(l, fields[i].ID).Meaning == "" {
						t.Errorf("%v: %s (%s) is not explained", l, fields[i].ID, fields[i].Name)
					}
				}
				walk(fields[i].Children)
			}
		}
		walk(tree.Layers)
	}
}

// carrying is a packet of IPv4 with UDP or TCP and the payload written in hexadecimal.
func carrying(t *testing.T, payload string, port uint16, tcp bool) *capture.Packet {
	t.Helper()
	content, err := hex.DecodeString(strings.Join(strings.Fields(payload), ""))
	if err != nil {
		t.Fatal(err)
	}
	head := make([]byte, 8)
	protocol := byte(17)
	binary.BigEndian.PutUint16(head[4:], uint16(len(head)+len(content)))
	if tcp {
		head, protocol = make([]byte, 20), 6
		head[12] = 5 << 4
	}
	binary.BigEndian.PutUint16(head[2:], port)
	ip := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2}
	data := append(append(ip, head...), content...)
	binary.BigEndian.PutUint16(data[2:], uint16(len(data)))
	return &capture.Packet{Number: 1, LinkType: capture.LinkTypeRaw, OrigLen: uint32(len(data)), Data: data}
}
