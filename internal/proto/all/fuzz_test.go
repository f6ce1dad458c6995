package all

import (
	"slices"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// FuzzConversation plays scripts whose lines are an operation, a length and that many bytes: no message may lie outside
// what was sent.
func FuzzConversation(f *testing.F) {
	for _, tt := range conversations {
		var in []byte
		for _, l := range tt.script {
			if len(l) < 2+1<<8 {
				in = append(in, (l[0]>>4)&1|l[1]<<1, byte(len(l)-2))
				in = append(in, l[2:]...)
			}
		}
		f.Add(in, uint8(3))
	}
	f.Fuzz(func(t *testing.T, in []byte, piece uint8) {
		var sent [2]int64
		c := New(8000, func(m proto.Message) {
			if m.Start < 0 || m.End < m.Start || m.End > sent[m.Dir] {
				t.Errorf("%s: message [%d,%d) of %d bytes", m.Protocol, m.Start, m.End, sent[m.Dir])
			}
		}, Options{})
		for len(in) >= 2 {
			dir := flow.Direction(in[0] & 1)
			op, n := in[0]>>1, min(int(in[1]), len(in)-2)
			data := in[2 : 2+n]
			in = in[2+n:]
			switch op {
			case '.':
				c.Close(dir)
			case '!':
				c.Cut(dir)
			case '-':
				sent[dir] += int64(1 + n)
				c.Gap(dir, int64(1+n))
			default:
				for b := range slices.Chunk(data, 1+int(piece)) {
					sent[dir] += int64(len(b))
					c.Data(dir, slices.Clone(b))
				}
			}
		}
		c.Cut(flow.ClientToServer)
		c.Cut(flow.ServerToClient)
		c.Release()
	})
}
