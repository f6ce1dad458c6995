package proof

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tcptalk/cases"
	"tcptalk/internal/lesson"
	"tcptalk/internal/narrate"
	"tcptalk/internal/tcp"
)

// maxEmbedded is what all cases together may add to the program.
const maxEmbedded = 6 << 20

func TestTheCasesAreSmall(t *testing.T) {
	total := int64(0)
	err := fs.WalkDir(cases.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		st, err := fs.Stat(cases.FS(), path)
		if err == nil {
			total += st.Size()
		}
		return err
	})
	if err != nil || total > maxEmbedded || total == 0 {
		t.Errorf("the cases have %d bytes, %v", total, err)
	}
}

// said is one text of a case with the packets that it is about.
type said struct {
	where   string
	text    narrate.Text
	stream  uint32
	packets []uint32
}

// texts are all texts of a case.
func texts(c *lesson.Case) []said {
	all := []said{{where: "title", text: c.Title}, {where: "summary", text: c.Summary}, {where: "try", text: c.Try}}
	for i, s := range c.Steps {
		where := fmt.Sprintf("step %d: ", i+1)
		all = append(all, said{where + "title", s.Title, s.Stream, s.Packets}, said{where + "text", s.Text, s.Stream, s.Packets}, said{where + "why", s.Why, s.Stream, s.Packets})
	}
	for i, q := range c.Questions {
		where := fmt.Sprintf("question %d: ", i+1)
		all = append(all, said{where + "ask", q.Ask, q.Stream, nil}, said{where + "because", q.Because, q.Stream, nil})
		for _, o := range q.Options {
			all = append(all, said{where + "option", o.Text, q.Stream, nil})
		}
	}
	return all
}

// TestLessonsSayWhatThePacketsShow takes every number that a step gives for a field, every packet and every state that it names,
// and looks for it in the recording.
func TestLessonsSayWhatThePacketsShow(t *testing.T) {
	for _, c := range bundled(t) {
		t.Run(c.ID, func(t *testing.T) {
			f := caseFacts(t, c)
			for _, s := range texts(c) {
				for l, text := range s.text {
					for _, wrong := range disagreements(f, &s, text, passedOver[c.ID]) {
						t.Errorf("%s (%v): %s", s.where, narrate.Lang(l), wrong)
					}
				}
			}
		})
	}
}

var (
	packetsNamed = regexp.MustCompile(`(?i)\bpacket (\d+)|\bpackets (\d+)(?:(?:, (\d+))*(?:,? (?:and|to|or) (\d+)))?`)
	packetsZh    = regexp.MustCompile(`(\d+) 号包`)
	thousands    = regexp.MustCompile(`\d{1,3}(,\d{3})+`)
	numbersGiven = regexp.MustCompile(`\b(seq|ack|len) (\d[\d,]*)\b`)
)

// disagreements are what a text says and the recording does not.
func disagreements(f lesson.Facts, s *said, text, except string) []string {
	var wrong []string
	named := slices.Clone(s.packets)
	for _, re := range []*regexp.Regexp{packetsNamed, packetsZh} {
		for _, m := range re.FindAllStringSubmatch(thousands.ReplaceAllString(text, "many"), -1) {
			for _, digits := range m[1:] {
				if n, err := strconv.ParseUint(digits, 10, 32); err == nil {
					named = append(named, uint32(n))
					if uint32(n) == 0 || uint32(n) > f.PacketCount() {
						wrong = append(wrong, "there is no packet "+digits)
					}
				}
			}
		}
	}
	if s.packets != nil {
		for _, m := range numbersGiven.FindAllStringSubmatch(text, -1) {
			n, err := strconv.ParseUint(strings.ReplaceAll(strings.TrimRight(m[2], ","), ",", ""), 10, 32)
			if err == nil && !slices.ContainsFunc(named, func(p uint32) bool { return shows(f, p, m[1], uint32(n)) }) && !comes(f, s, m[1], uint32(n)) {
				wrong = append(wrong, fmt.Sprintf("none of packets %v has %s, and none soon after", named, m[0]))
			}
		}
	}
	for state := tcp.Closed; state < tcp.NumStates; state++ {
		if name := state.String(); s.packets != nil && strings.Contains(text, name) && !occurs(f, name) && name != except {
			wrong = append(wrong, "no end is ever in "+name)
		}
	}
	return wrong
}

// shows reports that a field of a packet has a value.
func shows(f lesson.Facts, packet uint32, field string, value uint32) bool {
	p, ok := f.Packet(packet)
	return ok && map[string]uint32{"seq": p.Seq, "ack": p.Ack, "len": p.Len}[field] == value
}

// comes reports that a packet soon after those of a step has a value: a step may say what will come.
func comes(f lesson.Facts, s *said, field string, value uint32) bool {
	const soon = 8
	last := s.packets[len(s.packets)-1]
	for n := last + 1; n <= last+soon; n++ {
		if p, ok := f.Packet(n); ok && p.Stream == s.stream && shows(f, n, field, value) {
			return true
		}
	}
	return false
}

// passedOver are states that a step speaks of although no end is ever seen in them: it says just that.
var passedOver = map[string]string{
	"basics-close-in-three": "CLOSE-WAIT", "basics-psh-urg-rst": "TIME-WAIT", "closing-both-at-once": "FIN-WAIT-2",
}

// occurs reports that an end is in a state after some packet, or before the first one.
func occurs(f lesson.Facts, state string) bool {
	if state == tcp.Closed.String() || state == tcp.Listen.String() {
		return true
	}
	for n := uint32(1); n <= f.PacketCount(); n++ {
		if p, ok := f.Packet(n); ok && (p.ClientState == state || p.ServerState == state) {
			return true
		}
	}
	return false
}

// wrongTerms are words that a lesson does not use, with the ones it does.
var wrongTerms = [narrate.NumLangs]map[string]string{
	narrate.English: {
		"acknowledgement": "acknowledgment", "re-transmission": "retransmission", "re-transmit": "retransmit", "three way handshake": "three-way", "four way close": "four-way", "web socket": "WebSocket",
		"keepalive": "keep-alive", "zero-window size": "zero window", "recieve": "receive", "seperate": "separate", "occured": "occurred",
		"sucess": "success", "adress": "address", "connexion": "connection", "begining": "beginning", "wich": "which", "untill": "until",
		"lenght": "length", "transfered": "transferred", "the the": "the", "a an": "a", "is is": "is", "of of": "of", "to to": "to",
		"wireshark": "Wireshark", "linux": "Linux", "http": "HTTP", "tcp": "TCP",
	},
	narrate.Chinese: {
		"三路握手": "三次握手", "三步握手": "三次握手", "四路挥手": "四次挥手", "保持活动": "保活", "视窗": "窗口", "零视窗": "零窗口", "封包": "包",
		"失序": "乱序", "重新传输": "重传", "网路": "网络", "连线": "连接", "伺服器": "服务器", "资料": "数据", "讯息": "消息", "埠": "端口",
		"客户机": "客户端", "缓存区": "缓冲区", "的的": "的", "了了": "了", "是是": "是",
	},
}

// code is what is typed or printed by programs, whose spelling is theirs.
var code = regexp.MustCompile(`with tcp reset|tcp dport|tcptalk export \w+|\bss -\w+[^),.]*|nstat -\w+ \w+|curl --\S+|“[^”]*”|[\w.-]*[_./=:()][\w.-]*`)

// TestLessonsAreSpelled checks the terms, the punctuation and the quotation marks of all texts.
func TestLessonsAreSpelled(t *testing.T) {
	mixed := regexp.MustCompile(`\p{Han}[,;:!?]|\p{Han}\.(\s|$)|[,;!?]\p{Han}`)
	for _, c := range bundled(t) {
		for _, s := range texts(c) {
			for l, text := range s.text {
				plain := code.ReplaceAllString(text, " ")
				for _, wrong := range slices.Sorted(maps.Keys(wrongTerms[l])) {
					if regexp.MustCompile(termPattern(narrate.Lang(l), wrong)).MatchString(plain) {
						t.Errorf("%s, %s (%v): %q, want %q", c.ID, s.where, narrate.Lang(l), wrong, wrongTerms[l][wrong])
					}
				}
				if strings.Contains(text, "  ") || strings.TrimSpace(text) != text {
					t.Errorf("%s, %s (%v): a space too many", c.ID, s.where, narrate.Lang(l))
				}
				for _, pair := range [][2]string{{"“", "”"}, {"（", "）"}, {"(", ")"}, {"《", "》"}} {
					if strings.Count(text, pair[0]) != strings.Count(text, pair[1]) {
						t.Errorf("%s, %s (%v): %s and %s are not in pairs", c.ID, s.where, narrate.Lang(l), pair[0], pair[1])
					}
				}
				if narrate.Lang(l) == narrate.Chinese && mixed.MatchString(plain) {
					t.Errorf("%s, %s: %q has the punctuation of English", c.ID, s.where, mixed.FindString(plain))
				}
			}
		}
	}
}

// termPattern finds a term; an English one as a whole word.
func termPattern(l narrate.Lang, term string) string {
	if l == narrate.English {
		return `\b` + regexp.QuoteMeta(term) + `\b`
	}
	return regexp.QuoteMeta(term)
}

// rfcs are the standards that lessons may lean on. A number that is not here was mistyped, or nobody has looked at it yet.
var rfcs = map[string]string{
	"768":  "UDP",
	"792":  "ICMP",
	"826":  "ARP",
	"896":  "congestion control, Nagle",
	"1035": "DNS",
	"1122": "hosts",
	"1191": "path MTU discovery",
	"1951": "DEFLATE",
	"1952": "gzip",
	"2018": "SACK",
	"2046": "MIME media types",
	"2181": "DNS clarifications",
	"2525": "known TCP problems",
	"2883": "D-SACK",
	"2923": "TCP and path MTU discovery",
	"4821": "path MTU discovery without ICMP",
	"4987": "SYN floods",
	"5452": "DNS against forged answers",
	"5681": "congestion control",
	"5771": "IPv4 multicast addresses",
	"5802": "SCRAM",
	"6066": "TLS extensions",
	"6093": "urgent data",
	"6298": "retransmission timer",
	"6455": "WebSocket",
	"6691": "MSS",
	"6762": "mDNS",
	"6763": "DNS service discovery",
	"6891": "EDNS",
	"7301": "ALPN",
	"7323": "window scale and timestamps",
	"7540": "HTTP/2, the first edition",
	"7541": "HPACK",
	"7578": "form data",
	"7677": "SCRAM-SHA-256",
	"7692": "WebSocket compression",
	"7766": "DNS over TCP",
	"7932": "Brotli",
	"8201": "path MTU discovery for IPv6",
	"8446": "TLS 1.3",
	"8744": "encrypted server names, what is asked for",
	"8878": "Zstandard",
	"8985": "RACK and tail loss probes",
	"9110": "HTTP",
	"9112": "HTTP/1.1",
	"9113": "HTTP/2",
	"9114": "HTTP/3",
	"9293": "TCP",
}

var (
	rfcNamed  = regexp.MustCompile(`RFC ?(\d+)`)
	caseNamed = [narrate.NumLangs]*regexp.Regexp{regexp.MustCompile(`case “([^”]+)”`), regexp.MustCompile(`案例“([^”]+)”`)}
)

// TestLinksOfLessons checks that the standards and the other cases that lessons point to exist.
func TestLinksOfLessons(t *testing.T) {
	all := bundled(t)
	titles := map[string]bool{}
	for _, c := range all {
		for _, title := range c.Title {
			titles[title] = true
		}
	}
	for _, c := range all {
		for _, source := range c.Sources {
			for _, m := range rfcNamed.FindAllStringSubmatch(source, -1) {
				if rfcs[m[1]] == "" {
					t.Errorf("%s leans on RFC %s, which nobody knows", c.ID, m[1])
				}
			}
			if strings.Contains(source, "://") {
				t.Errorf("%s: %q may be gone tomorrow: name the standard", c.ID, source)
			}
		}
		for _, s := range texts(c) {
			for l, text := range s.text {
				for _, m := range caseNamed[l].FindAllStringSubmatch(text, -1) {
					if !titles[m[1]] {
						t.Errorf("%s, %s: there is no case %q", c.ID, s.where, m[1])
					}
				}
				for _, m := range rfcNamed.FindAllStringSubmatch(text, -1) {
					if rfcs[m[1]] == "" {
						t.Errorf("%s, %s: RFC %s, which nobody knows", c.ID, s.where, m[1])
					}
				}
			}
		}
	}
}
