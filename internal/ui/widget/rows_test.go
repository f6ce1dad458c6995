package widget

import (
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/packet"
	"tcptalk/internal/tcp"
	"tcptalk/internal/timeline"
)

// rowList is a model of ready rows.
type rowList []timeline.Row

func (m rowList) Len() int { return len(m) }

func (m rowList) Shape(i int) timeline.Shape {
	r := m[i]
	note := r.Note
	if r.Kind == timeline.Closing {
		note = r.Detail
	}
	return timeline.Shape{
		Alarm: r.NoteSeverity != timeline.Info, Note: note, Kind: r.Kind, Chips: len(r.Chips) > 0, Title: r.Title != "", Lines: uint16(len(r.Lines)), More: r.More != 0,
		Frames: uint16(len(r.Frames)), Facts: uint8(len(r.Facts)), Text: uint8(len(r.Sentences)),
	}
}

func (m rowList) Row(i int, r *timeline.Row) { *r = m[i] }

func states(c, s tcp.State, changed string) [2]timeline.StateMark {
	return [2]timeline.StateMark{
		{State: c, Changed: strings.Contains(changed, "c"), Inferred: strings.Contains(changed, "C")},
		{State: s, Changed: strings.Contains(changed, "s"), Inferred: strings.Contains(changed, "S")},
	}
}

func bubble(n int, dir flow.Direction, f packet.Flags, meta, at, delta string, st [2]timeline.StateMark) timeline.Row {
	return timeline.Row{Kind: timeline.Bubble, Packet: n - 1, Frame: uint32(n), Dir: dir, Flags: f, Meta: meta, Time: at, Delta: delta, States: st}
}

const (
	c2s = flow.ClientToServer
	s2c = flow.ServerToClient
)

// lesson is one row of every kind, in the manner of a connection.
func lesson() rowList {
	retr := bubble(4, s2c, packet.SYN|packet.ACK, "seq 0  ack 1  len 0  win 65,160", "1.018115", "+1.018 s", states(tcp.Established, tcp.SynReceived, ""))
	retr.Chips = []timeline.Chip{{Text: "Retransmission · why?", Severity: timeline.Warn, Label: tcp.Retransmission}, {Text: "D-SACK", Severity: timeline.Info}}
	get := bubble(10, c2s, packet.PSH|packet.ACK, "seq 1  ack 1  len 214  win 64,512", "8.018157", "+0.856 s", states(tcp.Established, tcp.Established, ""))
	get.Title = "HTTP/1.1 request"
	get.Lines = []string{"GET /chat HTTP/1.1", "Host: feed.example.net", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="}
	get.More = 5
	ws := bubble(12, s2c, packet.PSH|packet.ACK, "seq 130  ack 215  len 71", "8.058301", "+8.5 ms", states(tcp.Established, tcp.Established, ""))
	ws.Title = "WebSocket · 3 frames in this segment"
	ws.Frames = []timeline.FrameRow{
		{Fin: "1", Opcode: "text", Mask: "no", Length: "24", Payload: `{"type":"hello","v":3}`},
		{Fin: "1", Opcode: "ping", Mask: "no", Length: "4", Payload: "beat"},
		{Fin: "0", Opcode: "binary", Mask: "no", Length: "37", Payload: "0a 07 73 65 71"},
	}
	ws.Note = "Window full: the program on this side is not reading, and so the server has to wait until there is room again for what it still wants to send."
	ws.NoteSeverity = timeline.Warn
	return rowList{
		{Kind: timeline.Divider, Packet: -1, Text: "Handshake"},
		bubble(1, c2s, packet.SYN, "seq 0  len 0  win 64,240", "0.000000", "start", states(tcp.SynSent, tcp.Listen, "cS")),
		bubble(2, s2c, packet.SYN|packet.ACK, "seq 0  ack 1  len 0  win 65,160", "0.000020", "+20 µs", states(tcp.SynSent, tcp.SynReceived, "s")),
		bubble(3, c2s, packet.ACK, "seq 1  ack 1  len 0  win 64,512", "0.000030", "+10 µs", states(tcp.Established, tcp.SynReceived, "cS")),
		{Kind: timeline.Silence, Packet: -1, Text: "1.0 s", Detail: "the server waits for the third handshake packet"},
		retr,
		{Kind: timeline.Fold, Packet: 4, Frame: 5, LastFrame: 9, Text: "#5–#9", Detail: "SYN-ACK again after 2.0 s, then 4.1 s; each answered"},
		get,
		bubble(11, s2c, packet.ACK, "seq 1  ack 215  len 0  win 65,536", "8.022079", "+3.9 ms", states(tcp.Established, tcp.Established, "")),
		ws,
		bubble(13, c2s, packet.FIN|packet.ACK, "seq 215  ack 201  len 0  win 64,512", "8.1", "+0.05 s", states(tcp.FinWait1, tcp.CloseWait, "cs")),
		bubble(14, s2c, packet.RST|packet.ACK, "seq 201  ack 216  len 0  win 0", "9.269064", "+1.247 s", states(tcp.Closed, tcp.Closed, "cs")),
		{
			Kind: timeline.Closing, Packet: -1, Text: "Ended by client FIN at 8.0 s; server answered RST", RowSeverity: timeline.Fail,
			Detail: "Its program never had this connection: #3 did not reach it, the FIN came too late.",
			Facts:  []timeline.Fact{{Name: "data", Value: "0 B each way"}, {Name: "unacknowledged", Value: "0 B"}, {Name: "client", Value: "CLOSED"}, {Name: "server", Value: "CLOSED"}},
		},
		{
			Kind: timeline.Failure, Packet: -1, Text: "The file is damaged here", RowSeverity: timeline.Fail,
			Sentences: []string{"Packet 1,204 claims 3 GB. The file has 41 kB left, and no packet is larger than 256 kB.", "What was read stays usable: 1,203 packets, search, diagnosis and export."},
			Facts:     []timeline.Fact{{Name: "at byte", Value: "416,272 (0x65A10)"}, {Name: "captured length", Value: "00 00 00 c0"}},
		},
	}
}

// chinese is lesson with the texts a Chinese reader sees.
func chinese() rowList {
	m := lesson()
	m[0].Text = "三次握手"
	m[4].Text, m[4].Detail = "1.0 秒", "服务器在等待第三个握手包"
	m[5].Chips[0].Text = "重传 · 为什么？"
	m[6].Detail = "2.0 秒后再次发送 SYN-ACK，然后 4.1 秒；每次都得到应答"
	m[7].Title = "HTTP/1.1 请求"
	m[7].Lines[1] = `{"消息":"你好，世界","id":7}`
	m[9].Note = "窗口已满：这一端的程序没有读取数据，所以服务器必须等待，直到有空间接收它还想发送的内容为止。这不是网络的问题，而是程序的问题。"
	m[12].Text, m[12].Detail = "客户端在 8.0 秒发送 FIN 结束；服务器以 RST 应答", "它的程序从未拥有这个连接：#3 没有到达，FIN 来得太晚。"
	m[12].Facts = []timeline.Fact{{Name: "数据", Value: "双向 0 B"}, {Name: "未确认", Value: "0 B"}, {Name: "客户端", Value: "CLOSED"}, {Name: "服务器", Value: "CLOSED"}}
	m[13].Text = "文件在这里损坏"
	m[13].Sentences = []string{"第 1,204 个包声称有 3 GB。文件只剩 41 kB，而没有包大于 256 kB。", "已读取的内容仍然可用：1,203 个包、搜索、诊断和导出。"}
	return m
}

// The facts of a closing card stand in as few lines as they need, and no fact is left out before the lines are used up.
func TestFactsOfAClosingCardFlow(t *testing.T) {
	v := &rowView{pen: NewPen(NewCache())}
	for range 5 {
		v.row.Facts = append(v.row.Facts, timeline.Fact{Name: "lasted", Value: "1.2 s"})
	}
	for _, tt := range []struct {
		w          float32
		last, told int
	}{{600, 0, 5}, {300, 1, 5}, {100, 1, 2}} {
		told := 0
		last := v.flowFacts(tt.w, 2, func(f timeline.Fact, x, room float32, row int) {
			if told++; x+room != tt.w || row > 1 {
				t.Errorf("%v wide: a fact at %v in line %d has %v", tt.w, x, row, room)
			}
		})
		if last != tt.last || told != tt.told {
			t.Errorf("%v wide: %d facts in %d lines, want %d in %d", tt.w, told, last+1, tt.told, tt.last+1)
		}
	}
}
