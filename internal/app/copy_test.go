package app

import (
	"context"
	"strings"
	"testing"

	"tcptalk/internal/timeline"
)

func TestConversationText(t *testing.T) {
	a, h := newApp(t, nil)
	a.ConversationText(func(string, int, int) { t.Error("there is text without a capture") })
	a.OpenCase("http-picture")
	c := loaded(a, h)
	a.ConversationText(func(string, int, int) { t.Error("the text that was asked for first comes too") })
	var text string
	var rows, of int
	a.ConversationText(func(s string, n, all int) { text, rows, of = s, n, all })
	h.until("the text is there", func() bool { return text != "" })
	h.run()
	if rows != c.Chat.Len() || of != rows || !strings.HasPrefix(text, c.View.Conn.Client.String()+" – "+c.View.Conn.Server.String()+"\n\n") {
		t.Errorf("%d of %d rows: %.80q", rows, of, text)
	}
	at := 0
	for i := range rows { // every row, in order
		var r timeline.Row
		c.Chat.Row(i, &r)
		n := strings.Index(text[at:], r.PlainText(a.Lang())+"\n")
		if n < 0 {
			t.Fatalf("row %d is missing", i)
		}
		at += n
	}
	for _, limit := range []int{0, 100, 1000, len(text) / 2, len(text) - 1, len(text)} {
		part, n := wordChat(context.Background(), c.Chat, a.Lang(), limit)
		if whole := limit == len(text); !strings.HasPrefix(text, part) || len(part) > limit && n > 0 || (n == rows) != whole {
			t.Fatalf("%d bytes allowed: %d bytes, %d rows", limit, len(part), n)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, n := wordChat(ctx, c.Chat, a.Lang(), maxText); n != 0 {
		t.Errorf("%d rows after it was cancelled", n)
	}
}
