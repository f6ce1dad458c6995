package narrate

import (
	"fmt"
	"testing"

	"tcptalk/internal/exchange"
	"tcptalk/internal/flow"
	"tcptalk/internal/proto/http2"
)

func TestExchangeEndings(t *testing.T) {
	const unknownCode = 99 // the known ones are names, which the test of HTTP2Error looks at
	for k := range exchange.EndKind(exchange.NumEndKinds) {
		for l := range Lang(NumLangs) {
			sentence(t, fmt.Sprint("ending ", k), l, ExchangeEnding(l, exchange.Ending{Kind: k, Code: unknownCode}), false)
		}
	}
	for k := range streamStates {
		text(t, fmt.Sprint("state ", k), streamStates[k], false)
	}
	e := exchange.Ending{Kind: exchange.ResetStream, By: flow.ClientToServer, Code: http2.Cancel}
	if got := ExchangeEnding(English, e); got != "the client reset the stream: CANCEL: no longer wanted" {
		t.Errorf("%q", got)
	}
	e = exchange.Ending{Kind: exchange.ClosedEarly, By: flow.ServerToClient}
	if got := ExchangeEnding(Chinese, e); got != "服务器没等结束就关闭了连接" {
		t.Errorf("%q", got)
	}
	if got := StreamState(English, http2.Closed); got != "closed" {
		t.Errorf("%q", got)
	}
}
