package http1

import (
	"runtime"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

func TestBounds(t *testing.T) {
	long := strings.Repeat("x", maxLine+10)
	tests := map[string][]ev{
		"start line":   {req(long + crlf)},
		"header line":  {req("GET / HTTP/1.0\r\nA: " + long + crlf + "GET / HTTP/1.0\r\n\r\n")},
		"many headers": {req("GET / HTTP/1.0\r\n" + strings.Repeat("A: b\r\n", maxFields+5) + crlf)},
		"many folds":   {req("GET / HTTP/1.0\r\nA: b\r\n" + strings.Repeat(" c\r\n", maxFields+5) + crlf)},
		"large head":   {req("GET / HTTP/1.0\r\n" + strings.Repeat("A: "+long[:maxLine-100]+crlf, 5) + crlf)},
		"trailers":     {res("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + strings.Repeat("A: b\r\n", maxFields+5) + crlf)},
		"held bytes":   {req("GET / HTTP/1.0\r\nUpgrade: x\r\n\r\nGET / HTTP/1.0\r\nContent-Length: 99999\r\n\r\n" + long[:100000])},
	}
	for name, events := range tests {
		events = append(events, fin(req("")), fin(res("")))
		want := play(events, whole)
		for _, n := range []int{1, 1000, 70000} {
			if got := play(events, func() int { return n }); got != want {
				t.Errorf("%s in pieces of %d:\n got %.300s\nwant %.300s", name, n, got, want)
			}
		}
		if name != "held bytes" && name != "start line" && !strings.Contains(want, string(TooLarge)) {
			t.Errorf("%s: nothing is too large in %.300s", name, want)
		}
		if strings.Count(want, "\n") < 1 && name != "start line" {
			t.Errorf("%s: %.300s", name, want)
		}
	}
}

// A value that goes on over many lines is put together once, not anew with every line.
func TestFoldedLinesCostWhatTheyAre(t *testing.T) {
	text := []byte("GET / HTTP/1.0\r\nA: b\r\n" + strings.Repeat(" "+strings.Repeat("c", 400)+crlf, maxFields-2) + "D: e\r\n\r\n")
	var h *Head
	d := New([2]int64{}, func(m proto.Message) { h = m.Detail.(*Head) }, Options{})
	n := allocated(func() { d.Data(flow.ClientToServer, text) })
	if len(h.Fields) != 2 || len(h.Fields[0].Value) != 1+401*(maxFields-2) || h.Fields[1].Value != "e" {
		t.Fatalf("%d fields, the first of %d bytes", len(h.Fields), len(h.Fields[0].Value))
	}
	if n > 20*uint64(len(text)) {
		t.Errorf("%d bytes were made of %d", n, len(text))
	}
}

func TestPendingIsBounded(t *testing.T) {
	d := New([2]int64{}, func(proto.Message) {}, Options{})
	for range maxPending + 10 {
		d.Data(flow.ClientToServer, []byte("GET / HTTP/1.0\r\n\r\n"))
	}
	if len(d.pending) != maxPending {
		t.Errorf("%d requests wait", len(d.pending))
	}
}

// Offers to upgrade that were held are not copied again with each one that is read.
func TestHeldRequestsCostWhatTheyAre(t *testing.T) {
	requests := 0
	d := New([2]int64{}, func(proto.Message) { requests++ }, Options{})
	text := []byte(strings.Repeat("GET / HTTP/1.0\r\nUpgrade: x\r\n\r\n", maxHeld/30))
	d.Data(flow.ClientToServer, text)
	n := allocated(func() { d.Close(flow.ClientToServer) })
	if requests != maxHeld/30 || n > 100*uint64(len(text)) {
		t.Errorf("%d bytes were made to read %d requests of %d bytes", n, requests, len(text))
	}
}

// Nothing is kept of chunk extensions, however long.
func TestChunkExtensionsCostNothing(t *testing.T) {
	d := New([2]int64{}, func(proto.Message) {}, Options{})
	d.Data(flow.ServerToClient, []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
	chunks := []byte(strings.Repeat("1;"+strings.Repeat("x", 10_000)+"\r\na\r\n", 100))
	if n := allocated(func() { d.Data(flow.ServerToClient, chunks) }); n > 10_000 {
		t.Errorf("%d bytes were made of %d", n, len(chunks))
	}
}

// A list of a hundred thousand codings is not kept, nor taken apart.
func TestTokensAreBounded(t *testing.T) {
	text := "PUT / HTTP/1.1\r\n"
	for _, name := range []string{"Transfer-Encoding", "Content-Encoding", "Upgrade", "Content-Length"} {
		text += name + ": " + strings.Repeat("1,", 100_000) + "\r\n"
	}
	var h *Head
	d := New([2]int64{}, func(m proto.Message) { h = m.Detail.(*Head) }, Options{})
	n := allocated(func() { d.Data(flow.ClientToServer, []byte(text+"\r\n")) })
	if len(h.Body.Codings) != maxTokens || len(h.Body.Transfer) != maxTokens || n > 4*uint64(len(text)) {
		t.Errorf("%d and %d codings, %d bytes were made of %d", len(h.Body.Codings), len(h.Body.Transfer), n, len(text))
	}
}

func TestKept(t *testing.T) {
	line, x := "POST / HTTP/1.1", strings.Repeat("x", 1000)
	for name, text := range map[string]string{
		"start line": "POST /" + x + " HTTP/1.1\r\n\r\n",
		"no HTTP":    x + "\r\n",
		"field":      line + "\r\nA: " + x + "\r\n\r\n",
		"stray line": line + "\r\n" + x + "\r\n\r\n",
		"body":       line + "\r\nContent-Length: 1000\r\n\r\n" + x,
		"trailer":    line + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: " + x + "\r\n\r\n",
	} {
		d := New([2]int64{}, func(m proto.Message) {
			if n := m.Detail.(*Head).Kept(); n < 1000 || n > 3000 {
				t.Errorf("%s: %d bytes", name, n)
			}
		}, Options{})
		d.Data(flow.ClientToServer, []byte(text))
		d.Close(flow.ClientToServer)
	}
}

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
