package lesson

import "tcptalk/internal/narrate"

// Track is a group of cases that build on each other.
type Track struct {
	// ID begins the folder name of each of its cases.
	ID   string
	Name narrate.Text
}

// Tracks returns all tracks in the order in which they are shown.
func Tracks() []Track {
	return []Track{
		{"basics", narrate.Text{"TCP basics", "TCP 基础"}},
		{"closing", narrate.Text{"Closing", "关闭连接"}},
		{"alive", narrate.Text{"Staying alive", "保活"}},
		{"trouble", narrate.Text{"When things go wrong", "故障排查"}},
		{"http", narrate.Text{"HTTP", "HTTP"}},
		{"streaming", narrate.Text{"WebSocket & streaming", "WebSocket 与流式传输"}},
		{"tls", narrate.Text{"HTTP/2 & TLS", "HTTP/2 与 TLS"}},
		{"other", narrate.Text{"Other protocols", "其他协议"}},
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
