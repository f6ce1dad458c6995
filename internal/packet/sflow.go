package packet

// Numbers of sFlow version 5 (https://sflow.org/sflow_version_5.txt). Everything is in units of four bytes.
const (
	sflowVersion        = 5
	sflowFlowSample     = 1
	sflowExpandedSample = 3
	sflowRawHeader      = 1
	// maxSFlowSamples bounds what is looked at in one datagram; a full one of 64 KiB holds fewer records with a TCP header.
	maxSFlowSamples = 512
)

// words reads four-byte numbers one after the other; ok turns false at the end of the bytes.
type words struct {
	v  view
	ok bool
}

func (w *words) next() uint32 {
	b := w.v.bytes()
	if !w.ok || len(b) < 4 {
		w.ok = false
		return 0
	}
	w.v.advance(4)
	return be32(b)
}

func (w *words) skip(n int) {
	if w.ok {
		w.ok = n >= 0 && w.v.advance(n)
	}
}

// record returns the next length-prefixed part and steps over it. The part may be cut by the end of the capture.
func (w *words) record() words {
	size := int(w.next())
	part := words{v: w.v, ok: w.ok}
	part.v.limit(size)
	w.skip((size + 3) &^ 3)
	return part
}

// sflow walks through the samples of an sFlow datagram; each can hold the first bytes of a packet.
func (d *Decoder) sflow(v *view) kind {
	d.push(kindSFlow, v, v.end-v.off)
	w := words{v: *v, ok: true}
	if w.next() != sflowVersion {
		return kindNone
	}
	const ipv4Agent, ipv6Agent = 1, 2
	switch w.next() {
	case ipv4Agent:
		w.skip(4)
	case ipv6Agent:
		w.skip(16)
	default:
		return kindNone
	}
	w.skip(12) // sub-agent, sequence number, uptime
	for samples := min(w.next(), maxSFlowSamples); samples > 0 && w.ok; samples-- {
		format := w.next()
		sample := w.record()
		if format == sflowFlowSample || format == sflowExpandedSample {
			d.sflowSample(sample, format)
		}
	}
	return kindNone
}

func (d *Decoder) sflowSample(w words, format uint32) {
	skip := 7 * 4 // sequence number, source, rate, pool, drops, input, output
	if format == sflowExpandedSample {
		skip = 10 * 4
	}
	w.skip(skip)
	for records := min(w.next(), maxSFlowSamples); records > 0 && w.ok; records-- {
		format := w.next()
		record := w.record()
		if format == sflowRawHeader {
			d.sflowHeader(record)
		}
	}
}

// sflowHeader hands a sampled header on. The frame it was taken from is longer than the sample.
func (d *Decoder) sflowHeader(w words) {
	const ethernet, ppp, ipv4, ipv6, mpls = 1, 7, 11, 12, 13
	protocol, frameLen := w.next(), w.next()
	w.next() // bytes stripped from the frame's end
	size := int(w.next())
	if !w.ok {
		return
	}
	v := w.v
	v.limit(size)
	v.sampled = true
	v.wire = max(v.wire, int(min(frameLen, 1<<16)))
	switch protocol {
	case ethernet:
		d.nested(kindEthernet, &v)
	case ppp:
		d.nested(kindPPP, &v)
	case ipv4, ipv6:
		d.nested(kindIP, &v)
	case mpls:
		d.nested(kindMPLS, &v)
	}
}
