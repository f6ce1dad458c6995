package pcapfile

import "tcptalk/internal/capture"

// Bounds for the captured length of a packet in bytes.
const (
	// standardMaxCapLen is what libpcap and Wireshark allow for ordinary link types. A larger value is a sign of damage.
	standardMaxCapLen = 262144
	// absoluteMaxCapLen is what Wireshark allows for link types with large messages; nothing is longer.
	absoluteMaxCapLen = 128 << 20
	// ebhscrMaxCapLen is Wireshark's bound for measuring hardware of that name.
	ebhscrMaxCapLen = 32 << 20
)

// maxCapLen returns the largest captured length that a packet can have. A capture whose own snapshot length is larger than
// the standard bound is believed.
func maxCapLen(link capture.LinkType, snapLen uint32) uint32 {
	limit := uint32(standardMaxCapLen)
	switch link {
	case capture.LinkTypeDBus, capture.LinkTypeUSBPcap:
		limit = absoluteMaxCapLen
	case capture.LinkTypeEBHSCR:
		limit = ebhscrMaxCapLen
	}
	if snapLen > limit && snapLen <= absoluteMaxCapLen {
		limit = snapLen
	}
	return limit
}

// canonicalLinkType replaces values that old programs wrote straight from their system's headers.
func canonicalLinkType(link capture.LinkType) capture.LinkType {
	const rawBSD, rawOpenBSD = 12, 14
	if link == rawBSD || link == rawOpenBSD {
		return capture.LinkTypeRaw
	}
	return link
}
