package main

import (
	"net"

	"golang.org/x/sys/unix"
)

// maxSocket bounds the search for libpcap's socket: descriptors are given from the lowest on.
const maxSocket = 1024

// onceOnLoopback tells the kernel to hand over each packet of a loopback interface once. It sees them twice there, going out
// and coming in. libpcap leaves the first one out, but only after it has taken room in the buffer, where it counts as
// received and may be the reason why another packet is dropped. gopacket does not hand out libpcap's socket, so it is found
// by what it is bound to. Kernels before 4.20 do not know this and work as they always did.
func onceOnLoopback(name string) {
	i, err := net.InterfaceByName(name)
	if err != nil || i.Flags&net.FlagLoopback == 0 {
		return
	}
	for fd := range maxSocket {
		at, err := unix.Getsockname(fd)
		if err != nil {
			continue
		}
		if link, ok := at.(*unix.SockaddrLinklayer); ok && link.Ifindex == i.Index {
			_ = unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1)
		}
	}
}
