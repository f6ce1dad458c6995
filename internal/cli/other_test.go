package cli

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
)

// withoutTCP is a capture of an ARP request and its answer, a ping that finds no port, and a search for devices.
func withoutTCP(t *testing.T) []byte {
	t.Helper()
	const ether = "020000000002 020000000001"
	search := hex.EncodeToString([]byte("M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n"))
	var buf bytes.Buffer
	w, err := pcapfile.NewPcapWriter(&buf, pcapfile.Pcap, capture.LinkTypeEthernet, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, packet := range []string{
		ether + "0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002",
		ether + "0806 0001 0800 06 04 0002 020000000002 0a000002 020000000001 0a000001",
		ether + "0800 4500 0024 0000 4000 40 01 0000 0a000001 0a000002 0303 0000 00000000 45000008 00000000",
		ether + "0800 4500 0041 0000 4000 04 11 0000 0a000001 effffffa c350 076c 002d 0000" + search,
		ether + "88cc 0000",
	} {
		b, err := hex.DecodeString(strings.ReplaceAll(packet, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		p := capture.Packet{Time: 1e18 + int64(i)*1e6, OrigLen: uint32(len(b)), Data: b, LinkType: capture.LinkTypeEthernet}
		if err := w.WritePacket(&p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// A capture without TCP shows what it has.
func TestWithoutTCP(t *testing.T) {
	b := withoutTCP(t)
	for _, args := range [][]string{{"analyze", "-"}, {"show", "-"}} {
		status, out, said := runOn(b, args...)
		if status != exitOK || said != "" {
			t.Errorf("%v: status %d, %s", args, status, said)
		}
		for _, want := range []string{
			"5 packets, no TCP connection among them.\n",
			"Not TCP: 5 packets in 4 conversations (\"tcptalk show --other N FILE\" shows one)\n",
			"     0  ARP              10.0.0.1                                 10.0.0.2                                         2         84       1 ms\n",
			"     1  ICMP             10.0.0.1                                 10.0.0.2 ",
			"     2  SSDP             10.0.0.1:50000                           239.255.255.250:1900 ",
			"     3  LLDP ",
		} {
			if !strings.Contains(out, want) {
				t.Errorf("%v: %q is not in\n%s", args, want, out)
			}
		}
	}
	for other, wants := range map[string][]string{
		"0": {"● 10.0.0.1 ", "▌ #1  who has 10.0.0.2? tell 10.0.0.1\n", "#2  10.0.0.2 is at 02:00:00:00:00:02 ▐\n", "answers #1 after 1 ms ▐\n"},
		"1": {"▌ #3  port unreachable: nobody listens there\n"},
		"2": {"▌ #4  SSDP looks for ssdp:all\n"},
		"3": {"● LLDP\n", "▌ #5  LLDP\n"},
	} {
		status, out, said := runOn(b, "show", "--other", other, "-")
		if status != exitOK || said != "" {
			t.Errorf("%s: status %d, %s", other, status, said)
		}
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %q is not in\n%s", other, want, out)
			}
		}
	}
}
