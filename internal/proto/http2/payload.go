package http2

import "encoding/binary"

// read reads the payload in s.buf, of which the end may be missing.
func (s *side) read(f *Frame, whole bool) {
	b := s.unpad(f)
	switch f.Type {
	case Headers:
		s.promised = 0
		if f.Has(FlagPriority) {
			b = f.readPriority(b)
		}
		s.addBlock(f, b, whole)
	case PushPromise:
		if len(b) >= 4 {
			f.Other = number(b)
			b = b[4:]
		}
		s.promised = f.Other
		s.addBlock(f, b, whole)
	case Continuation:
		s.addBlock(f, b, whole)
	case Priority:
		f.readPriority(b)
	case Settings:
		s.readSettings(f, b)
	case RSTStream, GoAway, WindowUpdate:
		s.readNumbers(f, b)
	default: // DATA, PING and unknown frames
		length := f.Length - int64(f.PadLen)
		if f.Type == Data && f.Has(FlagPadded) && f.Length > 0 {
			length--
		}
		f.keepData(b, length, s.keep)
	}
}

// readNumbers reads the types that begin with numbers.
func (s *side) readNumbers(f *Frame, b []byte) {
	switch {
	case f.Type == GoAway && len(b) >= 8:
		f.Other, f.Error = number(b), ErrorCode(binary.BigEndian.Uint32(b[4:]))
		f.keepData(b[8:], f.Length-8, s.keep)
	case f.Type == RSTStream && len(b) >= 4:
		f.Error = ErrorCode(binary.BigEndian.Uint32(b))
	case f.Type == WindowUpdate && len(b) >= 4:
		f.Increment = number(b)
		f.note(f.Increment == 0, ZeroIncrement)
	}
}

// number reads 31 bits behind a reserved one.
func number(b []byte) uint32 { return binary.BigEndian.Uint32(b) & (1<<31 - 1) }

// keepData copies what a frame carries, up to the limit in keep.
func (f *Frame) keepData(b []byte, length int64, keep int) {
	f.DataLen = length
	if n := min(len(b), keep-maxExtra); n > 0 {
		f.Data = append([]byte(nil), b[:n]...)
	}
}

// unpad returns the payload, as far as it is kept, without its padding.
func (s *side) unpad(f *Frame) []byte {
	b := s.buf
	if f.Type != Data && f.Type != Headers && f.Type != PushPromise || !f.Has(FlagPadded) {
		return b
	}
	if len(b) == 0 {
		f.note(f.Length == 0, BadPadding)
		return nil
	}
	pad := int64(b[0])
	if pad >= f.Length {
		f.note(true, BadPadding)
		return b[1:]
	}
	f.PadLen = int(pad)
	return b[1:min(int64(len(b)), f.Length-pad)]
}

// readPriority reads the priority fields at the beginning of b and returns what follows.
func (f *Frame) readPriority(b []byte) []byte {
	if len(b) < 5 {
		f.note(f.Type == Headers && f.Length < 5, BadLength)
		return nil
	}
	f.Priority = &Dependency{Stream: number(b), Exclusive: b[0]&0x80 != 0, Weight: int(b[4]) + 1}
	return b[5:]
}

// readSettings reads the parameters and applies those that matter to reading.
func (s *side) readSettings(f *Frame, b []byte) {
	bad := false
	for ; len(b) >= 6; b = b[6:] {
		set := Setting{SettingID(binary.BigEndian.Uint16(b)), binary.BigEndian.Uint32(b[2:])}
		f.Settings = append(f.Settings, set)
		switch set.ID {
		case EnablePush, EnableConnect, NoRFC7540Priorities:
			bad = bad || set.Value > 1
		case InitialWindowSize:
			bad = bad || set.Value > 1<<31-1
		case MaxFrameSize:
			if set.Value < defaultMaxFrame || set.Value > 1<<24-1 {
				bad = true
			} else {
				s.maxFrame = set.Value
			}
		default: // any value is right, and reading does not depend on it
		}
	}
	f.note(bad, BadSetting)
}

// addBlock adds a fragment to the header block and decodes the block if it ends here.
func (s *side) addBlock(f *Frame, b []byte, whole bool) {
	if f.Type != Continuation {
		s.endBlock()
	} else if s.blockStream == 0 {
		s.blockBroken = true // its beginning was not seen
	}
	if len(s.block)+len(b) > maxBlock {
		s.blockLarge, s.block = true, nil
	} else {
		s.block = append(s.block, b...)
	}
	s.blockStream = f.Stream
	s.blockBroken = s.blockBroken || !whole
	switch {
	case !f.Has(FlagEndHeaders) && !s.blockBroken:
		return
	case s.blockBroken:
		s.table.lose()
	case s.blockLarge:
		f.note(true, BlockTooLarge)
		s.table.lose()
	default:
		s.table.block(f, s.block)
	}
	s.endBlock()
}

// endBlock forgets the open header block.
func (s *side) endBlock() {
	s.block, s.blockStream, s.blockBroken, s.blockLarge = nil, 0, false, false
}
