package narrate

import (
	"fmt"
	"os"
	"strings"
	"time"

	"tcptalk/internal/proto"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/proto/redis"
	"tcptalk/internal/proto/sse"
	"tcptalk/internal/tcp"
)

// Said splits what Message says for a list in which every message has a short tag in front of its words: "GET", "query",
// "ClientHello". The name of the protocol, which is the same for all of them, is left out.
func Said(l Lang, m *proto.Message) (tag, title string, lines []string) {
	title, lines = Message(l, m)
	switch d := m.Detail.(type) {
	case *redis.Message:
		return redisSaid(l, d, title, lines)
	case *dns.Message:
		if title, lines = lines[0], lines[1:]; d.Unreadable {
			return "?", title, lines
		}
		tag, title, _ = strings.Cut(title, Text{":", "："}.In(l))
		return tag, strings.TrimSpace(title), lines
	case *sse.Event:
		tag = Text{"event", "事件"}.In(l)
		if d.Type != "" {
			tag = d.Type
		} else if !d.HasData && len(d.Comments) > 0 {
			tag = Text{"comment", "注释"}.In(l)
		}
		return tag, "", lines
	}
	name := ProtocolName(m.Protocol)
	title = strings.TrimPrefix(strings.TrimPrefix(title, name), " ")
	title = strings.TrimPrefix(title, "· ")
	tag, title, _ = strings.Cut(title, " · ")
	if title == "" && len(lines) > 0 {
		title, lines = lines[0], lines[1:]
	}
	return tag, title, lines
}

// redisSaid tags a command with its name, and shows what a reply of one value says.
func redisSaid(l Lang, m *redis.Message, title string, lines []string) (string, string, []string) {
	title = strings.TrimPrefix(title, ProtocolName(redis.Name)+" · ")
	switch m.Kind {
	case redis.Command:
		tag, rest, _ := strings.Cut(title, " ")
		return strings.ToUpper(tag), rest, lines
	case redis.Reply, redis.Push:
		tag := Text{"reply", "回复"}.In(l)
		if m.Kind == redis.Push {
			tag = Text{"push", "推送"}.In(l)
		}
		if len(lines) > 0 {
			title, lines = lines[0], lines[1:]
		}
		return tag, title, lines
	case redis.Unreadable:
	}
	return "?", title, lines
}

// AnswersMessage says which packet's question a message answers, and after how long; a negative time is not known.
func AnswersMessage(l Lang, frame uint32, after time.Duration) string {
	return withTime(fmt.Sprintf(Text{"answers %s", "回应 %s"}.In(l), Frame(frame)), after)
}

// AnsweredIn says where the answer to a message begins, and after how long; a negative time is not known.
func AnsweredIn(l Lang, frame uint32, after time.Duration) string {
	return withTime(fmt.Sprintf(Text{"answer %s", "应答 %s"}.In(l), Frame(frame)), after)
}

func withTime(s string, d time.Duration) string {
	if d < 0 {
		return s
	}
	return s + " · " + Duration(d)
}

// AskedAgain says that a request was repeated before an answer came.
func AskedAgain(l Lang) string { return Text{"asked again later", "后来又问了一遍"}.In(l) }

// NoAnswerSeen says that the capture holds no answer to a question.
func NoAnswerSeen(l Lang) string { return Text{"no answer seen", "没看到应答"}.In(l) }

// Pings describes a run of pings and pongs over a time: how many pings there were, how many pongs answered one, and how many
// nobody had asked for. longest is how long the slowest answer took, negative if that is not known.
func Pings(l Lang, pings, answered, unasked int, longest, over time.Duration) (title, detail string) {
	switch {
	case pings == 0 && unasked == 1:
		title = Text{"1 heartbeat", "1 次心跳"}.In(l)
		detail = Text{"a pong that no ping asked for", "没有对应 ping 的 pong"}.In(l)
	case pings == 0:
		title = fill(Text{"${n} heartbeats", "${n} 次心跳"}.In(l), unasked, 0)
		detail = Text{"pongs that no ping asked for", "没有对应 ping 的 pong"}.In(l)
	case pings == 1 && answered == 1:
		title = Text{"1 ping, answered", "1 次 ping，有应答"}.In(l)
	case pings == 1:
		title = Text{"1 ping, no answer seen", "1 次 ping，没看到应答"}.In(l)
	case answered == pings:
		title = fill(Text{"${n} pings, all answered", "${n} 次 ping，全部有应答"}.In(l), pings, 0)
	case answered == 0:
		title = fill(Text{"${n} pings, no answer seen", "${n} 次 ping，没看到应答"}.In(l), pings, 0)
	default:
		title = fill(Text{"${n} pings, ${of} answered", "${n} 次 ping，${of} 次有应答"}.In(l), pings, answered)
	}
	var parts []string
	if detail != "" {
		parts = append(parts, detail)
	}
	switch {
	case longest < 0:
	case answered == 1:
		parts = append(parts, fmt.Sprintf(Text{"pong after %s", "%s 后收到 pong"}.In(l), Duration(longest)))
	default:
		parts = append(parts, fmt.Sprintf(Text{"pong after %s at most", "最长 %s 收到 pong"}.In(l), Duration(longest)))
	}
	if pings+unasked > 1 {
		parts = append(parts, fmt.Sprintf(Text{"in %s", "历时 %s"}.In(l), Duration(over)))
	}
	return title, strings.Join(parts, " · ")
}

// fill puts two numbers into the places ${n} and ${of}.
func fill(s string, n, of int) string {
	values := map[string]string{"n": Count(uint64(n)), "of": Count(uint64(of))}
	return os.Expand(s, func(name string) string { return values[name] })
}

// Housekeeping describes a run of n messages by which two programs keep their connection in order.
func Housekeeping(l Lang, n int) string {
	if n == 1 {
		return Text{"Housekeeping", "协议事务"}.In(l)
	}
	return fill(Text{"${n} housekeeping messages", "${n} 条协议事务"}.In(l), n, 0)
}

// FragmentsJoined says of how many parts a message was put together.
func FragmentsJoined(l Lang, n int) string {
	return fill(Text{"${n} fragments joined", "由 ${n} 个分片拼成"}.In(l), n, 0)
}

// FragmentsSeen says how many parts of a message there are that lacks its end.
func FragmentsSeen(l Lang, n int) string {
	if n == 1 {
		return Text{"1 fragment, the last one is missing", "1 个分片，缺最后一片"}.In(l)
	}
	return fill(Text{"${n} fragments, the last one is missing", "${n} 个分片，缺最后一片"}.In(l), n, 0)
}

// KeptOf says that only the first n bytes of a content are shown here; of is how many there are, negative if that is not known.
func KeptOf(l Lang, n, of int64) string {
	if of <= n {
		return Text{"only its beginning is shown", "只显示开头"}.In(l)
	}
	return fill(Text{"the first ${n} of ${of} B are shown", "只显示前 ${n} B，共 ${of} B"}.In(l), int(n), int(of))
}

// Encoded names the codings of a content and its sizes on the wire and without them; inside is negative if that is not known.
func Encoded(l Lang, codings []string, wire, inside int64) string {
	s := strings.Join(codings, ", ")
	if inside < 0 {
		return s
	}
	return s + os.Expand(Text{": ${n} B on the wire, ${of} B inside", "：传输 ${n} B，解开后 ${of} B"}.In(l), func(name string) string {
		if name == "n" {
			return Count(uint64(wire))
		}
		return Count(uint64(inside))
	})
}

// EventsFollow says that the content of a response is shown event by event.
func EventsFollow(l Lang) string {
	return Text{"its events follow", "其中的事件逐条列在下面"}.In(l)
}

// MessagesFollow says that what a WebSocket in a stream of HTTP/2 carries is shown message by message.
func MessagesFollow(l Lang) string {
	return Text{"its WebSocket messages follow", "其中的 WebSocket 消息逐条列在下面"}.In(l)
}

// NothingSaid describes a time without a message, WaitedForAnswer one that ended with an answer.
func NothingSaid(l Lang) string {
	return Text{"no message from either side", "双方都没有消息"}.In(l)
}

// WaitedForAnswer says which side waited for an answer; client says that it was the client.
func WaitedForAnswer(l Lang, client bool) string {
	if client {
		return Text{"the client waited for the answer", "客户端在等应答"}.In(l)
	}
	return Text{"the server waited for the answer", "服务器在等应答"}.In(l)
}

// NoMessages says why a connection carries no message; payload says that bytes were sent nevertheless.
func NoMessages(l Lang, e tcp.Ending, payload bool) string {
	switch {
	case payload:
		return Text{
			"Bytes were sent, but none of them was captured: the packets were cut short, or they were lost on the way to the capture.",
			"发送过数据，但一个字节也没抓到：包被截短了，或者没有进入抓包。",
		}.In(l)
	case e == tcp.Refused:
		return Text{"The connection was refused, so nothing could be said.", "连接被拒绝，双方没有机会说话。"}.In(l)
	case e == tcp.NoAnswer:
		return Text{"Nobody answered the request for a connection, so nothing could be said.", "连接请求没有得到应答，双方没有机会说话。"}.In(l)
	}
	return Text{"Neither side sent a byte: all packets only open, confirm or close the connection.", "双方都没有发送数据：这些包只用来建立、确认或关闭连接。"}.In(l)
}

// MoreMessages stands behind the last message shown where there are more than fit.
func MoreMessages(l Lang) string {
	return Text{"There are more messages than fit here", "后面还有消息，这里装不下"}.In(l)
}

// NextMessages offers to show what MoreMessages speaks of.
func NextMessages(l Lang) string { return Text{"Show the next ones", "显示后面的消息"}.In(l) }

// MessagesBefore stands in front of the first message shown where n others lie before it.
func MessagesBefore(l Lang, n int) string {
	return fill(Text{"${n} messages lie before these", "前面还有 ${n} 条消息"}.In(l), n, 0)
}

// PreviousMessages offers to show what MessagesBefore speaks of.
func PreviousMessages(l Lang) string {
	return Text{"Show the ones before", "显示前面的消息"}.In(l)
}

// The words for contents, and for what is no known protocol.
func WordText(l Lang) string   { return Text{"text", "文本"}.In(l) }
func WordBinary(l Lang) string { return Text{"binary", "二进制"}.In(l) }
func WordBytes(l Lang) string  { return Text{"bytes", "字节"}.In(l) }
func WordGap(l Lang) string    { return Text{"missing", "缺失"}.In(l) }
func WordEmpty(l Lang) string  { return Text{"empty", "空"}.In(l) }

// WordEmptyLine stands for a line without a character, SamePacket for the time since a message that began in the same packet.
func WordEmptyLine(l Lang) string { return Text{"an empty line", "一个空行"}.In(l) }
func SamePacket(l Lang) string    { return Text{"same packet", "同一个包"}.In(l) }

// WordPromise names a request that the server answers before it is made.
func WordPromise(l Lang) string { return Text{"promise", "预告"}.In(l) }

// BytesAnnounced says how much of an announced content came.
func BytesAnnounced(l Lang, n, of int64) string {
	return fill(Text{"${n} of ${of} announced bytes came", "声明 ${of} 字节，只到了 ${n} 字节"}.In(l), int(n), int(of))
}
