package main

import (
	"encoding/json"
	"io"
	"net"
	"net/netip"
	"runtime"
	"strings"

	"github.com/google/gopacket/pcap"

	"tcptalk/internal/capture/helper"
)

// Flags of an interface in libpcap (pcap_findalldevs(3PCAP)).
const (
	flagLoopback = 1 << 0
	flagUp       = 1 << 1
	flagWireless = 1 << 3
)

// listInterfaces writes a JSON array. Link types are known only where the interfaces may be opened.
func listInterfaces(w io.Writer) error {
	found, err := pcap.FindAllDevs()
	if err != nil {
		return &failure{helper.ReasonOpen, err.Error(), "", 0, 0}
	}
	list := make([]helper.Interface, 0, len(found))
	for i := range found {
		f := &found[i]
		one := helper.Interface{
			Name: f.Name, Description: text(f.Description), Addresses: addresses(f.Addresses), LinkType: -1,
			Loopback: f.Flags&flagLoopback != 0, Up: f.Flags&flagUp != 0, Wireless: f.Flags&flagWireless != 0,
		}
		if one.Up && isNetwork(f.Name) {
			if h, err := open(f.Name, &helper.Options{SnapLen: helper.MinSnapLen, Buffer: helper.MinBuffer}); err == nil {
				one.LinkType, one.LinkName = int(linkType(h)), h.LinkType().String()
				h.Close()
			}
		}
		list = append(list, one)
	}
	return json.NewEncoder(w).Encode(list)
}

// isNetwork tells network interfaces from what libpcap offers besides (USB, Bluetooth, D-Bus, netfilter's queues), which
// is not opened just to be listed. Only on Linux do names tell.
func isNetwork(name string) bool {
	if runtime.GOOS != "linux" || name == "any" {
		return true
	}
	_, err := net.InterfaceByName(name)
	return err == nil
}

func addresses(all []pcap.InterfaceAddress) []netip.Prefix {
	var out []netip.Prefix
	for _, a := range all {
		addr, ok := netip.AddrFromSlice(a.IP)
		if !ok {
			continue
		}
		addr = addr.Unmap()
		bits, _ := a.Netmask.Size()
		if bits == 0 || bits > addr.BitLen() {
			bits = addr.BitLen()
		}
		out = append(out, netip.PrefixFrom(addr, bits))
	}
	return out
}

// text replaces what is not UTF-8: descriptions come from drivers.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
