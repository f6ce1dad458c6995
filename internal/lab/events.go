package lab

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// eventStreams are Server-Sent Events in three ways.
func eventStreams() []*Scenario {
	make := func(id string, title, summary Text, w eventWriter) *Scenario {
		return &Scenario{
			ID: id, Title: title, Summary: summary,
			Params: []Param{
				count("events", Text{"events", "事件数"}, 1, 100, 8),
				pause("pause", Text{"pause before each event", "每个事件之前的间隔"}, 0, 5*time.Second, 300*time.Millisecond),
				size("size", Text{"bytes of text in each event", "每个事件的文本字节数"}, 1, 2000, 60),
			},
			Case:  "streaming-sse-held",
			takes: func(v Values) time.Duration { return v.times("events", "pause") },
			play:  func(b *bench) error { return events(b, w) },
		}
	}
	return []*Scenario{
		make("sse", Text{"Events as they happen", "事件随时到达"},
			Text{"Server-Sent Events without compression: every event leaves the moment it is written.", "不压缩的 Server-Sent Events：事件写出就发走。"}, eventWriter{}),
		make("sse-gzip", Text{"Events, compressed and flushed", "压缩的事件流，逐个刷新"},
			Text{"gzip with a flush after each event: a few bytes more, and still every event leaves at once.", "gzip 压缩，每个事件后刷新：多花几个字节，事件仍能马上发走。"}, eventWriter{compress: true, flush: true}),
		make("sse-gzip-held", Text{"Events that came all at once", "一下子全到的事件"},
			Text{"gzip without a flush keeps the events in the compressor until the stream ends.", "gzip 不刷新：事件全攒在压缩器里，流结束时才一起发出。"}, eventWriter{compress: true}),
	}
}

// eventWriter is how a server writes its events.
type eventWriter struct{ compress, flush bool }

func (e eventWriter) ServeHTTP(w http.ResponseWriter, b *bench) error {
	var out io.Writer = w
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w).Flush
	var zip *gzip.Writer
	if e.compress {
		w.Header().Set("Content-Encoding", "gzip")
		zip = gzip.NewWriter(w)
		out = zip
	}
	// The headers leave right away in any case, so that the client sees a stream that has begun.
	if err := flush(); err != nil {
		return err
	}
	text := strings.ReplaceAll(string(pattern(b.number("size"))), "\n", " ")
	for i := range b.number("events") {
		if err := b.pauseFor("pause"); err != nil {
			return err
		}
		b.say(Server, Text{"writes event %d", "写出事件 %d"}, i+1)
		if _, err := fmt.Fprintf(out, "id: %d\nevent: news\ndata: %s\n\n", i+1, text); err != nil {
			return err
		}
		if e.flush {
			if err := zip.Flush(); err != nil {
				return err
			}
		}
		if err := flush(); err != nil {
			return err
		}
	}
	if e.compress {
		return zip.Close()
	}
	return nil
}

func events(b *bench, e eventWriter) error {
	wrote := make(chan error, 1)
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { wrote <- e.ServeHTTP(w, b) })}
	return b.serve(srv, func() error {
		c := b.browser()
		req, err := http.NewRequestWithContext(b.ctx, http.MethodGet, b.url("/events"), http.NoBody)
		if err != nil {
			return err
		}
		req.Header.Set("Accept", "text/event-stream")
		if e.compress {
			req.Header.Set("Accept-Encoding", "gzip")
		}
		b.say(Client, Text{"asks: GET %s", "请求：GET %s"}, "/events")
		res, err := c.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if err := b.readEvents(res); err != nil {
			return err
		}
		c.CloseIdleConnections()
		return <-wrote
	})
}

// readEvents says when each event arrives.
func (b *bench) readEvents(res *http.Response) error {
	body := io.Reader(res.Body)
	if res.Header.Get("Content-Encoding") == "gzip" {
		zip, err := gzip.NewReader(body)
		if err != nil {
			return err
		}
		body = zip
	}
	n := 0
	for lines := bufio.NewScanner(body); ; {
		if !lines.Scan() {
			if err := lines.Err(); err != nil {
				return err
			}
			break
		}
		if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			n++
			b.say(Client, Text{"receives event %s", "收到事件 %s"}, id)
		}
	}
	if n != b.number("events") {
		return fmt.Errorf("%d events arrived of %d", n, b.number("events"))
	}
	return nil
}
