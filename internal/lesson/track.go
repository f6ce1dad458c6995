package lesson

import "tcptalk/internal/narrate"

// Track is a group of cases that build on each other.
type Track struct {
	// ID begins the folder name of each of its cases.
	ID   string
	Name narrate.Text
	// About says in a few words what is learnt here.
	About narrate.Text
	// BuildsOn are the IDs of the tracks whose cases are taken for granted, all of which come before.
	BuildsOn []string
}

// Tracks returns all tracks in the order in which they are best read.
func Tracks() []Track {
	return []Track{
		{
			"basics",
			narrate.Text{"TCP basics", "TCP 基础"},
			narrate.Text{"Handshake, numbers, flags: start here", "握手、序号、标志：从这里开始"},
			nil,
		},
		{
			"closing",
			narrate.Text{"Closing", "关闭连接"},
			narrate.Text{"How a connection ends", "连接怎样结束"},
			[]string{"basics"},
		},
		{
			"alive",
			narrate.Text{"Staying alive", "保活"},
			narrate.Text{"Quiet connections", "安静的连接"},
			[]string{"basics"},
		},
		{
			"trouble",
			narrate.Text{"When things go wrong", "故障排查"},
			narrate.Text{"Loss, refusal, full windows", "丢包、拒绝、窗口已满"},
			[]string{"basics", "closing"},
		},
		{
			"http",
			narrate.Text{"HTTP", "HTTP"},
			narrate.Text{"Requests and files", "请求与文件"},
			[]string{"basics"},
		},
		{
			"streaming",
			narrate.Text{"WebSocket & streaming", "WebSocket 与流式传输"},
			narrate.Text{"Answers that do not end", "不结束的应答"},
			[]string{"http"},
		},
		{
			"tls",
			narrate.Text{"HTTP/2 & TLS", "HTTP/2 与 TLS"},
			narrate.Text{"Many streams, sealed records", "多条流、加密记录"},
			[]string{"http"},
		},
		{
			"other",
			narrate.Text{"Other protocols", "其他协议"},
			narrate.Text{"Databases and names", "数据库与域名"},
			[]string{"basics"},
		},
	}
}

// trackNamed returns the track with the given ID.
func trackNamed(id string) (Track, bool) {
	for _, t := range Tracks() {
		if t.ID == id {
			return t, true
		}
	}
	return Track{}, false
}
