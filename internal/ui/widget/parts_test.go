package widget

import (
	"fmt"

	"fyne.io/fyne/v2"

	"tcptalk/internal/timeline"
)

// synAck is the frame of a SYN-ACK with options, from its Ethernet header on.
var synAck = []byte{
	0x72, 0xee, 0x7c, 0xac, 0x6a, 0xf6, 0xe2, 0x8c, 0x6c, 0x99, 0xc1, 0x0c, 0x08, 0x00, 0x45, 0x00,
	0x00, 0x3c, 0x00, 0x00, 0x40, 0x00, 0x40, 0x06, 0x20, 0x20, 0x0a, 0x4d, 0x03, 0x02, 0x0a, 0x4d,
	0x03, 0x01, 0x23, 0x2b, 0xea, 0x64, 0xff, 0xf5, 0x5b, 0x9a, 0x81, 0xa4, 0xdf, 0xeb, 0xa0, 0x12,
	0xfe, 0x88, 0x8a, 0x7a, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4, 0x04, 0x02, 0x08, 0x0a, 0xa0, 0x11,
	0x60, 0xfd, 0x12, 0xa5, 0xc5, 0xe8, 0x01, 0x03, 0x03, 0x0a,
}

func synAckCells() []Cell {
	cells := []Cell{
		{Field: 1, Name: "Source port", Value: "9003", Bits: 16},
		{Field: 2, Name: "Destination port", Value: "60004", FirstBit: 16, Bits: 16},
		{Field: 3, Name: "Sequence number", Value: "0  (4,294,269,850)", Row: 1, Bits: 32},
		{Field: 4, Name: "Acknowledgment number", Value: "1  (2,175,066,091)", Row: 2, Bits: 32},
		{Field: 5, Value: "off 10", Row: 3, Bits: 4},
		{Field: 6, Value: "rsv", Row: 3, FirstBit: 4, Bits: 4},
	}
	for i, s := range []string{"C", "E", "U", "A", "P", "R", "S", "F"} {
		cells = append(cells, Cell{Field: 10 + i, Name: s, Row: 3, FirstBit: 8 + i, Bits: 1, Flag: true, Set: s == "A" || s == "S"})
	}
	option := func(field int, name, value string, row, bit, bits int) {
		cells = append(cells, Cell{Field: field, Name: name, Value: value, Row: row, FirstBit: bit, Bits: bits, Option: true})
	}
	cells = append(cells,
		Cell{Field: 20, Name: "Window", Value: "65,160", Row: 3, FirstBit: 16, Bits: 16},
		Cell{Field: 21, Name: "Checksum", Value: "0x8a7a  correct", Row: 4, Bits: 16},
		Cell{Field: 22, Name: "Urgent pointer", Value: "0", Row: 4, FirstBit: 16, Bits: 16})
	option(30, "MSS", "kind 2", 5, 0, 8)
	option(30, "len", "4", 5, 8, 8)
	option(30, "Largest segment", "1460 B", 5, 16, 16)
	option(31, "SACK ok", "kind 4", 6, 0, 8)
	option(31, "len", "2", 6, 8, 8)
	option(32, "Timestamp", "kind 8", 6, 16, 8)
	option(32, "len", "10", 6, 24, 8)
	option(32, "Timestamp value", "2,685,493,501", 7, 0, 32)
	option(32, "Timestamp echo", "312,853,992", 8, 0, 32)
	option(33, "No-op", "kind 1", 9, 0, 8)
	option(34, "Win. scale", "kind 3", 9, 8, 8)
	option(34, "len", "3", 9, 16, 8)
	option(34, "× 1,024", "10", 9, 24, 8)
	return cells
}

func synAckTree() []TreeField {
	return []TreeField{
		{ID: 100, Key: "Ethernet II", Name: "Ethernet II", Value: "e2:8c:6c:99:c1:0c to 72:ee:7c:ac:6a:f6"},
		{ID: 101, Depth: 1, Key: "Destination", Name: "Destination", Value: "72:ee:7c:ac:6a:f6"},
		{ID: 102, Key: "TCP", Name: "TCP", Value: "9003 to 60004", Open: true},
		{ID: 3, Depth: 1, Key: "Sequence number", Name: "Sequence number", Value: "4,294,269,850"},
		{ID: 103, Depth: 1, Key: "Flags", Name: "Flags", Value: "0x012"},
		{ID: 16, Depth: 2, Key: "SYN", Name: "SYN", Value: "1"},
		{ID: 21, Depth: 1, Key: "Checksum", Name: "Checksum", Value: "0x8a7a, should be 0x1b2c", Problem: true},
	}
}

func connections(zh bool) []Connection {
	facts, words := "TCP · 12 packets · 832 B", []string{"RST", "3 retransmissions", "still open"}
	if zh {
		facts, words = "TCP · 12 个包 · 832 B", []string{"RST", "3 次重传", "仍然打开"}
	}
	var out []Connection
	for i := range 40 {
		out = append(out, Connection{
			Host: fmt.Sprintf("host-%d.example.net:443", i), Duration: "9.27 s", Facts: facts, Peer: ":60004",
			Badges: []Badge{{Text: words[0], Severity: timeline.Fail}, {Text: words[1], Severity: timeline.Warn}}[:1+i%2],
		})
	}
	out[2].Badges = []Badge{{Text: words[2], Severity: StillOpen, Icon: true}}
	return out
}

func connectionList(zh bool) *List {
	l := NewList(ConnectionHeight)
	l.Inset = 8
	all := connections(zh)
	l.Count = func() int { return len(all) }
	l.Draw = func(p *Pen, i int, w float32, s RowState) { DrawConnection(p, all[i], w, s) }
	return l
}

func caseInfo(zh bool) CaseInfo {
	c := CaseInfo{
		Title: "The third handshake packet never arrives", Line: "The server keeps asking again, and the client thinks that all is well.",
		Level: 2, LevelText: "Working · 12 min", Badge: Badge{Text: "Step 4/9", Severity: StillOpen}, BadgeIcon: "play",
		Arrows: []LadderArrow{{}, {FromServer: true}, {Kind: LostArrow}, {FromServer: true, Gap: true}, {Kind: DataArrow}, {Kind: LostArrow, Data: true}, {FromServer: true, Kind: ResetArrow}},
	}
	if zh {
		c.Title, c.Line, c.LevelText, c.Badge.Text = "第三次握手的包没有到达", "服务器反复重发，客户端却以为一切正常。", "进阶 · 12 分钟", "第 4/9 步"
	}
	return c
}

// parts returns every small widget, by name, with a size that a page gives it.
func parts(zh bool) map[string]part {
	pick := func(en, cn string) string {
		if zh {
			return cn
		}
		return en
	}
	grid, hex, tree := NewHeaderGrid(), NewHex(), NewFieldTree()
	grid.SetCells(synAckCells())
	grid.Select(3)
	hex.SetBytes(synAck)
	hex.SetHighlight(0x26, 4)
	tree.SetFields(synAckTree())
	tree.SelectField(3)
	donut := NewDonut(pick("connections", "个连接"))
	donut.SetSlices([]Slice{
		{20, pick("healthy", "正常"), timeline.OK},
		{3, pick("slow or lossy", "缓慢或丢包"), timeline.Warn},
		{1, pick("failed", "失败"), timeline.Fail},
		{0, pick("still open", "仍然打开"), StillOpen},
	}, pick("connections", "个连接"))
	banner := NewBanner(timeline.Warn, pick("Damaged file.", "文件已损坏。"), pick("Everything up to packet 1,203 was read and can be used.", "第 1,203 个包之前的内容都已读取，可以使用。"))
	banner.SetAction(pick("Go to the damage", "转到损坏处"), func() {})
	list := connectionList(zh)
	list.Select(1)
	progress := NewProgress()
	progress.SetValue(.38)
	overlay := NewOverlay()
	focused := NewButton(Primary, "play", pick("Continue", "继续"), nil)
	focused.FocusGained()
	action := NewButton(Plain, "live", pick("Live capture…", "实时抓包…"), nil)
	action.Shortcut = "Ctrl K"
	icons := NewSegmented([]string{"auto", "moon", "sun"}, 1, nil)
	icons.Icons = true
	disabled := NewButton(Primary, "", pick("Save", "保存"), nil)
	disabled.Disable()
	return map[string]part{
		"lane head": {NewLaneHead(pick("CLIENT STATE", "客户端状态"), pick("SERVER STATE", "服务器状态"), pick("filled: changed here · plain: unchanged · dotted: inferred", "实心：此处改变 · 普通：未变 · 虚线：推断")), 806, 30},
		"grid":      {grid, 560, 230},
		"hex":       {hex, 560, 100},
		"hex small": {narrowHex(), 330, 100},
		"tree":      {tree, 460, 180},
		"donut":     {donut, 284, 108},
		"list":      {list, 264, 300},
		"case":      {NewCaseCard(caseInfo(zh), nil), 259, CaseCardHeight},
		"banner":    {banner, 780, 40},
		"progress":  {progress, 200, 12},
		"drop":      {NewDropZone(pick("Drop a .pcap or .pcapng anywhere, several at once if you like", "将 .pcap 或 .pcapng 文件拖放到窗口任意位置，可一次多个"), nil), 700, 40},
		"primary":   {focused, 140, 34},
		"action":    {action, 216, 40},
		"tonal":     {NewButton(Tonal, "play", pick("Play", "播放"), nil), 110, 34},
		"quiet":     {NewButton(Quiet, "copy", pick("Copy details", "复制详情"), nil), 150, 34},
		"disabled":  {disabled, 110, 34},
		"icon":      {NewIconButton("settings", "", nil), 34, 34},
		"segmented": {NewSegmented([]string{pick("Chat", "对话"), pick("Messages", "消息"), pick("Ladder", "时序图"), pick("Graphs", "图表"), pick("Stream", "字节流")}, 0, nil), 340, 32},
		"icons":     {icons, 90, 32},
		"tabs":      {NewTabs([]string{pick("Lesson", "课程"), pick("Diagnosis", "诊断"), pick("Statistics", "统计"), pick("Files", "文件")}, 1, nil), 328, 40},
		"search":    {NewSearchBox(pick("Host, text or filter", "主机、文本或过滤器"), "Ctrl F"), 300, 36},
		"overlay":   {overlay, 500, 160},
		"prose":     {NewParagraph(pick("One second after #2 the same SYN-ACK comes again: same sequence number.", "第二个包之后一秒，同样的 SYN-ACK 再次到来：序列号相同。"), Prose), 300, 60},
	}
}

func narrowHex() *Hex {
	h := NewHex()
	h.SetBytes(synAck)
	return h
}

type part struct {
	o    fyne.CanvasObject
	w, h float32
}
