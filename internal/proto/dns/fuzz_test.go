package dns

import (
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

// FuzzDecode feeds a stream in two ways, with a gap in it, and parses the bytes as one message of every protocol.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(framedBy(packed(f, nil))), uint8(3), uint16(20), uint16(4))
	f.Add([]byte(framedBy(packed(f, nil, "a. 1 IN HTTPS 1 . alpn=\"h2\"", "b. 1 IN CAA 0 issue \"x\""))), uint8(1), uint16(0), uint16(100))
	f.Fuzz(func(t *testing.T, b []byte, piece uint8, at, gap uint16) {
		for _, protocol := range []string{Name, NBNS} {
			if m, ok := Parse(b, protocol); ok && (len(m.Records) > maxRecords || m.Left < 0 || m.Kept() > 1<<20) {
				t.Fatalf("%d records, %d left, %d kept", len(m.Records), m.Left, m.Kept())
			}
		}
		Recognise(50000, 9999, b)
		at = min(at, uint16(min(len(b), 1<<16-1)))
		run := func(n int) (out string) {
			d := New([2]int64{}, func(m proto.Message) {
				detail, ok := m.Detail.(*Message)
				if !ok || m.Start > m.End || m.Complete != (m.Broken == "") {
					t.Fatalf("%+v", m)
				}
				out += m.Broken + render(detail) + "\n"
			})
			feed := func(b []byte) {
				for len(b) > 0 {
					k := min(n, len(b))
					d.Data(flow.ServerToClient, b[:k])
					b = b[k:]
				}
			}
			feed(b[:at])
			d.Gap(flow.ServerToClient, int64(gap))
			feed(b[at:])
			d.Close(flow.ServerToClient)
			return out
		}
		if whole, pieces := run(1<<20), run(1+int(piece)); whole != pieces {
			t.Fatalf("pieces of %d:\n%s\nwhole:\n%s", 1+int(piece), pieces, whole)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	m := packed(b, nil, "www.example.test. 60 IN CNAME a.test.", "a.test. 60 IN A 192.0.2.1", "a.test. 60 IN A 192.0.2.2")
	b.ReportAllocs()
	b.SetBytes(int64(len(m)))
	for b.Loop() {
		if _, ok := Parse(m, Name); !ok {
			b.Fatal("no message")
		}
	}
}
