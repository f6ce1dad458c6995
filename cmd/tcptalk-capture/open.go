package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcap"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/helper"
)

// blockTimeout is how long the kernel may collect packets before it hands them over: the price of doing that a block at a time.
const blockTimeout = 40 * time.Millisecond

// activated are the answers of pcap_activate that have a reason of their own, in gopacket's words.
var activated = map[string]helper.Reason{
	"Permission Denied": helper.ReasonPermission, "No Such Device": helper.ReasonNoInterface, "Interface Not Up": helper.ReasonNotUp,
}

// open opens an interface. It has no filter yet.
func open(name string, o *helper.Options) (*pcap.Handle, error) {
	h, err := activate(name, o, o.Promiscuous)
	if f, ok := err.(*failure); ok && o.Promiscuous && f.reason == helper.ReasonOpen {
		// "any" and some drivers have no promiscuous mode. Whoever asked for it still wants what there is.
		if again, err := activate(name, o, false); err == nil {
			say(helper.Line{Type: helper.Warning, Interface: name, Message: f.message})
			return again, nil
		}
	}
	return h, err
}

func activate(name string, o *helper.Options, promiscuous bool) (*pcap.Handle, error) {
	in, err := pcap.NewInactiveHandle(name)
	if err != nil {
		return nil, &failure{helper.ReasonOpen, err.Error(), name, 0, 0}
	}
	defer in.CleanUp()
	for _, err := range []error{
		in.SetSnapLen(o.SnapLen), in.SetPromisc(promiscuous), in.SetTimeout(blockTimeout),
		in.SetBufferSize(o.Buffer << 20), in.SetImmediateMode(o.Immediate),
	} {
		if err != nil {
			return nil, &failure{helper.ReasonOpen, err.Error(), name, 0, 0}
		}
	}
	h, err := in.Activate() // asks for nanoseconds where the system has them
	if err == nil {
		return h, nil
	}
	reason, known := activated[err.Error()]
	if !known {
		reason = helper.ReasonOpen
	}
	message := err.Error()
	if more := in.Error(); more != nil && more.Error() != "" {
		message = more.Error()
	}
	return nil, &failure{reason, message, name, 0, 0}
}

// fileLinkTypes are the link types that have another number in files than in this system's libpcap.
var fileLinkTypes = map[layers.LinkType]capture.LinkType{
	11: capture.LinkTypeATM, 12: capture.LinkTypeRaw, 14: capture.LinkTypeRaw, 149: capture.LinkTypePktap,
}

// linkType returns the link type as files name it.
func linkType(h *pcap.Handle) capture.LinkType {
	if t, ok := fileLinkTypes[h.LinkType()]; ok {
		return t
	}
	return capture.LinkType(h.LinkType())
}

// chooseLinkType sets the link type that was asked for by name or number.
func chooseLinkType(h *pcap.Handle, name, asked string) error {
	if asked == "" {
		return nil
	}
	offered, err := h.ListDataLinks()
	if err != nil {
		return &failure{helper.ReasonLinkType, err.Error(), name, 0, 0}
	}
	for _, d := range offered {
		value := pcap.DatalinkNameToVal(d.Name)
		if strings.EqualFold(d.Name, asked) || strconv.Itoa(value) == asked {
			if err := h.SetLinkType(layers.LinkType(value)); err != nil {
				return &failure{helper.ReasonLinkType, err.Error(), name, 0, 0}
			}
			return nil
		}
	}
	return &failure{helper.ReasonLinkType, "the interface does not offer " + strconv.Quote(asked), name, 0, 0}
}

// probe opens and closes the interfaces as a capture would.
func probe(o *helper.Options) error {
	for _, name := range o.Interfaces {
		h, err := open(name, o)
		if err != nil {
			return err
		}
		h.Close()
	}
	return nil
}
