package narrate

import (
	"strings"
	"testing"

	"tcptalk/internal/packet"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/websocket"
)

func TestHTTPBody(t *testing.T) {
	for _, c := range []struct {
		body http1.Body
		want Text
	}{
		{http1.Body{}, Text{"", ""}},
		{http1.Body{Kind: http1.ByLength, Declared: 0}, Text{"", ""}},
		{http1.Body{Kind: http1.ByLength, Declared: 22, Length: 22}, Text{"body 22 B", "正文 22 B"}},
		{http1.Body{Kind: http1.ByLength, Declared: 100000, Length: 5000}, Text{"body 5,000 B · announced 100,000 B", "正文 5,000 B · 声明 100,000 B"}},
		{http1.Body{Kind: http1.Chunked, Declared: -1, Length: 30, Codings: []string{"gzip"}}, Text{"body 30 B · chunked · gzip", "正文 30 B · 分块 · gzip"}},
		{http1.Body{Kind: http1.UntilClose, Declared: -1, Missing: 7}, Text{"body 0 B · 7 B not captured", "正文 0 B · 7 B 未捕获"}},
	} {
		for l := range Lang(NumLangs) {
			if got := HTTPBody(l, &http1.Head{Body: c.body}); got != c.want[l] {
				t.Errorf("%+v: %q, want %q", c.body, got, c.want[l])
			}
		}
	}
}

// TestSmallWords goes through the names that are too short for a sentence.
func TestSmallWords(t *testing.T) {
	for got, want := range map[string]string{
		HTTPRemark(English, http1.BareLF):                            httpRemarks[http1.BareLF][English],
		WebSocketProblem(Chinese, websocket.BadUTF8):                 webSocketProblems[websocket.BadUTF8][Chinese],
		NotCaptured(English, 1):                                      "1 byte, not captured",
		NotCaptured(English, 1448):                                   "1,448 bytes, not captured",
		NotCaptured(Chinese, 1):                                      "1 字节，未捕获",
		OtherPackets(English, 1):                                     "1 packet is not TCP",
		OtherPackets(English, 2000):                                  "2,000 packets are not TCP",
		OtherPackets(Chinese, 1):                                     "1 个包不是 TCP",
		WebSocketProblem(English, websocket.LongLength):              "the length field is longer than necessary",
		Broken(English, "unheard of"):                                "unheard of",
		Broken(Chinese, "gap"):                                       "这条消息有字节没被抓到",
		Opcode(English, websocket.Ping):                              "ping",
		ProtocolName(http1.Name):                                     "HTTP/1.1",
		ProtocolName("chess"):                                        "chess",
		Bit(true) + Bit(false):                                       "10",
		Frame(12):                                                    "#12",
		FactName(Chinese, FactSentAgain):                             "重发",
		HTTPTitle(English, &http1.Head{Kind: http1.Kind(99)}, false): "Not readable as HTTP",
		HTTPTitle(English, &http1.Head{Kind: http1.Response, Request: &http1.Head{Kind: http1.Request, Method: "GET", Target: "/a"}}, true): "HTTP response ← GET /a · goes on in later packets",
		HTTPTitle(Chinese, &http1.Head{Kind: http1.Response, Request: &http1.Head{Kind: http1.Unreadable}}, false):                          "HTTP 响应",
		FieldPlace(English, 0x26, 4, 0):                                "4 bytes at 0x26",
		FieldPlace(English, 0x2F, 1, 1):                                "1 bit at 0x2F",
		FieldPlace(Chinese, 0x26, 4, 0):                                "0x26 处 4 字节",
		FieldPlace(English, 0x26, 0, 0):                                "",
		OptionName("tcp.options.mss", "Maximum segment size"):          "MSS",
		OptionName("tcp.options.odd", "Odd"):                           "Odd",
		strings.Join(FlagNames(packet.FIN|packet.ACK|packet.SYN), " "): "SYN FIN ACK",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for l := range Lang(NumLangs) {
		sentence(t, "pick a field", l, PickField(l), true)
	}
}
