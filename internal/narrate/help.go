package narrate

import (
	"strings"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/tcp"
)

// HelpGroup is what a page of the help is about.
type HelpGroup uint8

// The groups, in the order of the help.
const (
	HelpReading HelpGroup = iota
	HelpFlags
	HelpStates
	HelpLabels
	HelpOurs
	HelpEndings
	NumHelpGroups = iota
)

var helpGroups = [NumHelpGroups]Text{
	HelpReading: {"How to read", "怎样阅读"}, HelpFlags: {"Flags", "标志"}, HelpStates: {"States", "状态"},
	HelpLabels: {"Wireshark's labels", "Wireshark 的标签"}, HelpOurs: {"Our own reading", "我们的判断"},
	HelpEndings: {"How connections end", "连接怎样结束"},
}

// Name names the group.
func (g HelpGroup) Name(l Lang) string { return helpGroups[g].In(l) }

// HelpPage is a page of the help.
type HelpPage struct {
	// ID is the page's name: "bubble", "flag.SYN", "state.ESTABLISHED", "label.zero_window".
	ID    string
	Group HelpGroup
	Title Text
	// Text are its paragraphs; the first is the meaning in a sentence.
	Text []Text
	// Filter is the display filter that finds it, "" if there is none.
	Filter string
}

// HelpPages returns all pages, by group.
func HelpPages() []HelpPage {
	pages := append([]HelpPage{}, readingPages...)
	for _, f := range FlagTerms {
		pages = append(pages, HelpPage{"flag." + f.Name, HelpFlags, Text{f.Name, f.Name}, []Text{f.Text}, flagFilters[f.Name]})
	}
	for s := tcp.Closed; s < tcp.NumStates; s++ {
		pages = append(pages, HelpPage{"state." + s.String(), HelpStates, Text{s.String(), s.String()}, []Text{State(s), stateAdvice[s]}, ""})
	}
	for l := tcp.Labels(1); len(l.Names()) == 1; l <<= 1 {
		name := l.Names()[0]
		pages = append(pages, HelpPage{"label." + name, HelpLabels, Label(l).Name, []Text{Label(l).Meaning, labelHelps[l]}, "tcp.analysis." + name})
	}
	for c := diagnose.NoOpinion + 1; c < diagnose.NumOpinions; c++ {
		pages = append(pages, termPage("ours."+c.String(), HelpOurs, Opinion(c)))
	}
	for c := range diagnose.ClosingClass(diagnose.NumClosingClasses) {
		pages = append(pages, termPage("ending."+c.String(), HelpEndings, Closing(c)))
	}
	return pages
}

func termPage(id string, g HelpGroup, t Term) HelpPage {
	return HelpPage{id, g, t.Name, []Text{t.Meaning}, ""}
}

// Matches reports that all words occur in the page, in either language and any case.
func (p *HelpPage) Matches(words string) bool {
	var b strings.Builder
	b.WriteString(p.ID)
	for l := range Lang(NumLangs) {
		b.WriteString(" " + p.Title.In(l))
		for _, t := range p.Text {
			b.WriteString(" " + t.In(l))
		}
	}
	text := strings.ToLower(b.String())
	for _, word := range strings.Fields(strings.ToLower(words)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

var flagFilters = map[string]string{
	"SYN": "tcp.flags.syn == 1", "FIN": "tcp.flags.fin == 1", "RST": "tcp.flags.reset == 1", "PSH": "tcp.flags.push == 1",
	"ACK": "tcp.flags.ack == 1", "URG": "tcp.flags.urg == 1", "ECE": "tcp.flags.ece == 1", "CWR": "tcp.flags.cwr == 1",
	"AE": "tcp.flags.ae == 1",
}

// readingPages explain the window.
var readingPages = []HelpPage{
	{"bubble", HelpReading, Text{"How to read a bubble", "怎样读一个气泡"}, []Text{
		{"A bubble is one TCP segment. The client's stand at the left with a round mark, the server's at the right with a square one.", "一个气泡就是一个 TCP 报文段。左边圆点是客户端发的，右边方块是服务器发的。"},
		{"The head line has the flags as chips, then seq: the number of its first byte; ack: the number of the byte that is expected next; len: how many bytes it carries; win: how many more bytes the sender of this segment can take. #4 is the packet's number in the capture.", "首行的小块是标志；seq 是它第一个字节的编号，ack 是期待的下一个字节的编号，len 是携带的字节数，win 是发送方还能接收的字节数。#4 是它在抓包里的编号。"},
		{"Beside the bubble stands the time, and behind the plus sign how long after the packet before it came.", "气泡旁边是时间；加号后面是与上一个包的间隔。"},
		{"The pills at both edges are the states of the two ends after this packet: filled where the packet changed it, plain where not, dotted where it is inferred because nothing shows it directly.", "两侧的胶囊是这个包之后两端的状态：实底表示被它改变，素色表示没变，虚线表示推断得出。"},
		{"A coloured chip in a second line is a label, as Wireshark sets it, or our own reading of the packet. Below stand what the program said, and a note in plain words.", "第二行的彩色小块是标签：Wireshark 的标签，或我们自己的判断。再下面是程序说的内容，以及一句白话说明。"},
		{"A mark with a magnifying glass at the corner says that the search found this packet.", "角上有放大镜，表示查找命中了这个包。"},
	}, ""},
	{"rows", HelpReading, Text{"The rows in between", "气泡之间的行"}, []Text{
		{"A dashed line with a clock is silence: how long nobody sent anything, and who was waiting for whom.", "带时钟的虚线是沉默：多久没有人发东西，谁在等谁。"},
		{"A row with an arrow holds packets that are folded away; Enter or a click unfolds it.", "带箭头的行里折叠着一些包；按回车或点击即可展开。"},
		{"The card at the end says who closed the connection, how, and what was left. A capture that ends first is no error.", "最后的卡片说明谁关闭了连接、怎样关闭、还剩什么。抓包先结束并不算错误。"},
	}, ""},
	{"search", HelpReading, Text{"How to find things", "怎样查找"}, []Text{
		{"Words in the search box are looked for in addresses, in the payload and in decoded messages, whatever the case of the letters. Put them into quotation marks if they look like a filter.", "查找框里的文字会在地址、载荷和解码后的消息里查找，不分大小写。如果文字像过滤器，请加引号。"},
		{"The same box takes Wireshark's display filters: tcp.port == 443, tcp.flags.syn == 1 && tcp.flags.ack == 0, http.request.method == \"GET\". What may follow is offered while you type; Tab takes it.", "同一个框也接受 Wireshark 显示过滤器：tcp.port == 443、tcp.flags.syn == 1 && tcp.flags.ack == 0、http.request.method == \"GET\"。输入时会提示可用的内容，按 Tab 补全。"},
		{"The list at the left keeps the connections that match. F3 goes to the next match and on to the next connection, Shift+F3 back. Esc stops a search that is running, and then clears it.", "左侧只保留匹配的连接。F3 跳到下一处匹配并进入下一条连接，Shift+F3 往回。Esc 先停止正在进行的查找，再清除它。"},
		{"Ctrl+Shift+F opens a form that writes the filter for you.", "Ctrl+Shift+F 打开表单，替你写出过滤器。"},
	}, ""},
}

// stateAdvice says what a state that lasts means.
var stateAdvice = [tcp.NumStates]Text{
	tcp.Closed:      {"A packet that comes here is answered with RST.", "此时到达的包会得到 RST。"},
	tcp.Listen:      {"Usual for a server before the first SYN. It is inferred: a listening program sends nothing.", "服务器在第一个 SYN 之前的常态。这是推断：监听的程序什么都不发。"},
	tcp.SynSent:     {"If it stays: no answer came. The server is down, or something on the way drops the packets.", "如果一直停在这里：没有得到回答。服务器没开，或者途中有设备丢弃了包。"},
	tcp.SynReceived: {"If it stays: the third packet of the handshake was lost, or the client never sent it.", "如果一直停在这里：第三次握手的包丢了，或者客户端根本没发。"},
	tcp.Established: {"This is where data flows. It says nothing about the program: that may hang all the same.", "数据在这个状态下传输。它不说明程序的情况：程序照样可能卡住。"},
	tcp.FinWait1:    {"If it stays: the other host is gone, or the way to it.", "如果一直停在这里：对方主机或通往它的路断了。"},
	tcp.FinWait2:    {"If it stays: the other program has not closed its socket.", "如果一直停在这里：对方程序没有关闭套接字。"},
	tcp.CloseWait:   {"If it stays: this program forgot to close its socket. Many of these are a leak.", "如果一直停在这里：本端程序忘了关闭套接字。数量很多就是泄漏。"},
	tcp.Closing:     {"Rare: both FINs were on the way at the same time.", "少见：两个 FIN 同时在途。"},
	tcp.LastAck:     {"If it stays: the last acknowledgment was lost; the FIN will be sent again.", "如果一直停在这里：最后的确认丢了，FIN 会重发。"},
	tcp.TimeWait:    {"It lasts a minute or more and is normal on the side that closed first. It keeps the port busy.", "会持续一分钟以上，先关闭的一端出现它很正常。期间端口被占用。"},
}
