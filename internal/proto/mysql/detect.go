package mysql

import "tcptalk/internal/proto"

// wellKnownPort is where servers listen.
const wellKnownPort = 3306

// Detector recognises the protocol by the server's greeting, or in the midst of a connection by a command.
type Detector struct{ Options Options }

// Name implements proto.Detector.
func (Detector) Name() string { return Name }

// New implements proto.Detector.
func (d Detector) New(start [2]int64, emit proto.Emit) proto.Decoder {
	return New(start, emit, d.Options)
}

// Detect implements proto.Detector. Who is the server may have been guessed wrongly, so both sides may greet.
func (Detector) Detect(client, server []byte, port uint16) proto.Verdict {
	if len(client)+len(server) == 0 {
		return proto.More
	}
	best := proto.No
	for _, v := range []proto.Verdict{detectHello(server), detectHello(client), detectCommand(client, port), detectCommand(server, 0)} {
		best = max(best, v)
	}
	return best
}

// readHeader reads the header of a packet; ok is false while it is not all there.
func readHeader(b []byte) (size int64, seq uint8, ok bool) {
	if len(b) < headerLen {
		return 0, 0, false
	}
	return int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16, b[3], true
}

// detectHello looks for a greeting, or for the error that a server answers a connection with that it does not want.
func detectHello(b []byte) proto.Verdict {
	size, seq, ok := readHeader(b)
	switch {
	case !ok:
		return partOfHello(b)
	case seq != 0 || size < leastHello || size > mostHello:
		return proto.No
	case len(b) == headerLen:
		return proto.More
	}
	b = b[headerLen:]
	whole := int64(len(b)) >= size
	b = b[:min(int64(len(b)), size)]
	if !couldGreet(b) {
		return proto.No
	}
	if !whole {
		return proto.More
	}
	_, greets := readHello(b)
	return verdict(greets || b[0] == lenError)
}

// partOfHello judges less than a header.
func partOfHello(b []byte) proto.Verdict {
	for i, c := range b {
		if i == 0 && c < leastHello || i > 0 && c != 0 {
			return proto.No
		}
	}
	if len(b) == 0 {
		return proto.No
	}
	return proto.More
}

// couldGreet reports that a payload begins like the server's first one.
func couldGreet(b []byte) bool {
	const protocol10, versionStart = 10, 5
	switch b[0] {
	case protocol10:
		for _, c := range b[1:min(len(b), versionStart)] {
			if c < ' ' || c > '~' {
				return false
			}
		}
		return true
	case lenError:
		return len(b) < 3 || refuses(b[1:])
	}
	return false
}

// refuses reports that b is the error code and text with which a server turns a client away.
func refuses(b []byte) bool {
	f := readFailure(&cursor{b: b})
	return f.Code >= 1000 && f.Code < 5000 && plain(f.Message+" ")
}

// detectCommand looks for a command, or for the login of a connection of which the greeting was not captured. A command
// without text says too little, and so do a few bytes of anything: they count on the port that MySQL has.
func detectCommand(b []byte, port uint16) proto.Verdict {
	size, seq, ok := readHeader(b)
	switch {
	case len(b) > 0 && len(b) <= headerLen && seq <= 1 && port == wellKnownPort:
		return proto.More
	case !ok || seq > 1 || size == 0 || len(b) == headerLen:
		return proto.No
	}
	b = b[headerLen:]
	whole := int64(len(b)) >= size
	b = b[:min(int64(len(b)), size)]
	const (
		enough = 64 // bytes in which SQL or a login shows
		some   = 16 // what a segment of a longer packet has at least
	)
	switch {
	case !plausibleClient(size, seq, b[0]):
		return proto.No
	case whole || len(b) >= enough:
		return verdict(asks(b, seq, port))
	case len(b) >= some || port == wellKnownPort:
		return proto.More
	}
	return proto.No
}

// asks reports that a payload is that of a login or command.
func asks(b []byte, seq uint8, port uint16) bool {
	switch code := Code(b[0]); {
	case seq == 1:
		return looksLikeLogin(b)
	case code == ComQuery, code == ComStmtPrepare:
		return startsSQL(b[1:]) || port == wellKnownPort && len(b) > 2 && b[2] == 1
	}
	return port == wellKnownPort
}

func verdict(yes bool) proto.Verdict {
	if yes {
		return proto.Yes
	}
	return proto.No
}
