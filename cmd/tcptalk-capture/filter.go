package main

import (
	"strconv"

	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcap"

	"tcptalk/internal/capture/helper"
)

// checkFilter compiles the filter for the link type of the options, without opening anything.
func checkFilter(o *helper.Options) error {
	link := layers.LinkTypeEthernet
	if o.LinkType != "" {
		value := pcap.DatalinkNameToVal(o.LinkType)
		if n, err := strconv.ParseUint(o.LinkType, 10, 16); err == nil {
			value = int(n)
		}
		if value < 0 {
			return &failure{helper.ReasonLinkType, "no link type is called " + strconv.Quote(o.LinkType), "", 0, 0}
		}
		link = layers.LinkType(value)
	}
	return filterError(o.Filter, func(filter string) error {
		_, err := pcap.CompileBPFFilter(link, o.SnapLen, filter)
		return err
	})
}

// filterError says what is wrong with a filter, and where. compile is libpcap's answer to a filter.
func filterError(filter string, compile func(string) error) error {
	if filter == "" {
		return nil
	}
	if from, to, found := helper.HostName(filter); found {
		return &failure{helper.ReasonName, "host names are not looked up: " + strconv.Quote(filter[from:to]), "", from, to}
	}
	err := compile(filter)
	if err == nil {
		return nil
	}
	from, to := helper.Locate(filter, func(part string) bool {
		_, _, names := helper.HostName(part)
		return !names && compile(part) == nil
	})
	return &failure{helper.ReasonFilter, err.Error(), "", from, to}
}
