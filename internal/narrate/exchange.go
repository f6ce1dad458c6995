package narrate

import (
	"os"

	"tcptalk/internal/exchange"
	"tcptalk/internal/flow"
	"tcptalk/internal/proto/http2"
)

// exchangeEndings are the words about how an exchange ended. ${who} is who ended it, ${code} the code of a stream's reset.
var exchangeEndings = [exchange.NumEndKinds]Text{
	exchange.Complete:        {"complete", "完整"},
	exchange.ResetStream:     {"the ${who} reset the stream: ${code}", "${who}重置了这个流：${code}"},
	exchange.ResetConnection: {"the ${who} reset the connection", "${who}重置了连接"},
	exchange.ClosedEarly:     {"the ${who} closed the connection before the end", "${who}没等结束就关闭了连接"},
	exchange.Refused:         {"the server did not act on it: the connection was going away", "服务器没有处理：连接即将关闭"},
	exchange.CutOff:          {"the capture ends before the exchange", "抓包在交换结束前就停了"},
	exchange.Missing:         {"not all of it was captured", "没有全部抓到"},
	exchange.NotFollowed:     {"too many exchanges at once: this one is no longer followed", "同时进行的交换太多，这个不再跟踪"},
}

// ExchangeEnding says how an exchange ended, and who ended it.
func ExchangeEnding(l Lang, e exchange.Ending) string {
	return os.Expand(exchangeEndings[e.Kind].In(l), func(name string) string {
		if name == "code" {
			return HTTP2Error(l, e.Code)
		}
		if e.By == flow.ClientToServer {
			return Text{"client", "客户端"}.In(l)
		}
		return Text{"server", "服务器"}.In(l)
	})
}

var streamStates = [...]Text{
	http2.Reserved:    {"reserved: the server has promised it", "已预留：服务器已预告"},
	http2.Open:        {"open", "打开"},
	http2.ClientEnded: {"half-closed: the client has sent all", "半关闭：客户端已发完"},
	http2.ServerEnded: {"half-closed: the server has sent all", "半关闭：服务器已发完"},
	http2.Closed:      {"closed", "已关闭"},
}

// StreamState names the state of an HTTP/2 stream.
func StreamState(l Lang, s http2.State) string { return streamStates[s].In(l) }
