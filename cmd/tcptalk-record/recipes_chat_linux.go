package main

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// browserChat is about a chat of two browsers.
func browserChat() recipe {
	return recipe{id: "streaming-browser-chat", needs: []string{"chromium"}, takes: []take{{
		what: "two headless Chromium browsers and a Go server with gorilla/websocket", net: between("10.77.12"), play: twoBrowsers,
	}}}
}

// room is the chat: who is in it, in the order in which they came.
type room struct {
	mu      sync.Mutex
	members []*member
	count   int
	came    chan struct{} // closed when the first has come
	empty   chan struct{} // closed when both have gone
}

// both is how many come.
const both = 2

type member struct {
	conn     *websocket.Conn
	id, name string
}

// said is what a browser sends.
type said struct {
	Type string `json:"type"`
	Name string `json:"client_name"`
	To   string `json:"to_client_id"`
	Text string `json:"content"`
}

// tellAll passes a message on. A member that has gone is found out when it is read from.
func (r *room) tellAll(message map[string]string) {
	for _, m := range r.members {
		_ = m.conn.WriteJSON(message)
	}
}

func (r *room) hears(m *member, s said) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now().UTC().Format(time.DateTime)
	switch s.Type {
	case "login":
		r.count++
		m.id, m.name = fmt.Sprintf("7f000001%04x", 0xb50+r.count), s.Name
		r.members = append(r.members, m)
		if r.count == 1 {
			close(r.came)
		}
		_ = m.conn.WriteJSON(map[string]string{"type": "ping"}) // see tellAll
		r.tellAll(map[string]string{"type": "login", "client_id": m.id, "client_name": m.name, "time": now})
	case "say":
		r.tellAll(map[string]string{
			"type": "say", "from_client_id": m.id, "from_client_name": m.name, "to_client_id": s.To, "content": s.Text, "time": now,
		})
	}
}

// leaves is called when a member has closed, and answers before it tells the others.
func (r *room) leaves(m *member) {
	_ = m.conn.Close() // it has said so itself
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members = slices.DeleteFunc(r.members, func(other *member) bool { return other == m })
	if len(r.members) == 0 && r.count == both {
		close(r.empty)
	}
	r.tellAll(map[string]string{"type": "logout", "from_client_id": m.id, "from_client_name": m.name})
}

func (r *room) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	c, err := (&websocket.Upgrader{}).Upgrade(w, req, nil)
	if err != nil {
		return // the client knows
	}
	m := &member{conn: c}
	defer r.leaves(m)
	for {
		var s said
		if c.ReadJSON(&s) != nil {
			return
		}
		r.hears(m, s)
	}
}

func twoBrowsers(s *stage) error {
	const port = 7272
	page, err := fileOf(s.ctx, "streaming-browser-chat", "/?name=alice&lag=1200")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	chat := &room{came: make(chan struct{}), empty: make(chan struct{})}
	mux.Handle("/ws", chat)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(page) // the browser notices
	})
	return s.serve(port, mux, func() error {
		// Alice says something two seconds after she has come, Bob after 0.8 s. So they speak in turn.
		second := make(chan struct{})
		return s.together(func() error {
			return s.browse(now(), s.url(port, "/?name=alice&lag=1200"), chat.empty)
		}, func() error {
			return s.browse(second, s.url(port, "/?name=bob"), chat.empty)
		}, func() error {
			return inOrder(func() error { return reached(s.ctx, chat.came) }, s.pause(1250*ms), func() error { close(second); return nil })
		})
	})
}
