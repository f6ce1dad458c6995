package postgres

import (
	"encoding/binary"

	"tcptalk/internal/proto"
)

// Detector recognises PostgreSQL by a startup, or by messages that fit each other.
type Detector struct{ Options Options }

// Name implements proto.Detector.
func (Detector) Name() string { return Name }

// New implements proto.Detector.
func (d Detector) New(start [2]int64, emit proto.Emit) proto.Decoder {
	return New(start, emit, d.Options)
}

// Detect implements proto.Detector. A startup is sure. Of a connection from its middle the messages seen must be whole, and
// of types that leave no doubt.
func (Detector) Detect(client, server []byte, _ uint16) proto.Verdict {
	c, s := walk(client), walk(server)
	switch {
	case len(server) > 0 && server[0] == 0 && s != proto.Yes:
		// The side taken for the server hardly ever sends a startup: it is not waited for, as others begin with a 0 too.
		return proto.No
	case c == proto.Yes || s == proto.Yes:
		return proto.Yes
	case c == proto.No || s == proto.No || len(client)+len(server) == 0:
		return proto.No
	}
	return proto.More
}

// walk goes from message to message.
func walk(b []byte) proto.Verdict {
	const maxQuery = 4 << 10 // a query of which that much is text is one
	sure := false
	for len(b) > 0 {
		who := judge(b)
		switch {
		case who == neither:
			return proto.No
		case b[0] == 0 && who == frontend:
			return proto.Yes
		case len(b) < headerLen:
			return verdict(sure)
		}
		length := int64(binary.BigEndian.Uint32(b[1:])) + 1
		if length > int64(len(b)) {
			if b[0] == 'Q' && len(b) > maxQuery && text(b[headerLen:], false) {
				return proto.Yes
			}
			return verdict(sure)
		}
		switch b[0] {
		case 'Q', 'Z', 'C', 'E', 'N', 'R', 'K':
			// These say enough of what stands in them; and of the others none comes alone.
			sure = sure || who != either
		}
		b = b[length:]
	}
	return verdict(sure)
}

func verdict(sure bool) proto.Verdict {
	if sure {
		return proto.Yes
	}
	return proto.More
}
