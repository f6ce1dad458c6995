package narrate

import (
	"time"

	"tcptalk/internal/tcp"
)

// quantityNames are the names of the numbers behind a label, for people; data formats have those of package tcp.
var quantityNames = map[tcp.QuantityKind]Text{
	tcp.QSeq:            {"sequence number", "序号"},
	tcp.QNextSeq:        {"number behind it", "其后的序号"},
	tcp.QExpectedSeq:    {"number expected next", "期待的下一个序号"},
	tcp.QAck:            {"acknowledgment number", "确认号"},
	tcp.QLastAck:        {"latest acknowledgment number", "最近的确认号"},
	tcp.QWindow:         {"window field, not scaled", "窗口字段（未缩放）"},
	tcp.QLastWindow:     {"window field before", "之前的窗口字段"},
	tcp.QWindowEnd:      {"end of the window", "窗口右沿"},
	tcp.QMissing:        {"missing bytes", "缺失字节"},
	tcp.QLength:         {"length", "长度"},
	tcp.QOtherLength:    {"length of the other", "另一个的长度"},
	tcp.QElapsed:        {"time since then", "距那时"},
	tcp.QLimit:          {"limit for that", "时限"},
	tcp.QRoundTrip:      {"round trip", "往返时间"},
	tcp.QDupAcks:        {"duplicate ACKs", "重复 ACK 数"},
	tcp.QIPID:           {"IP identification", "IP 标识"},
	tcp.QOtherIPID:      {"that of the other", "另一个的 IP 标识"},
	tcp.QTSVal:          {"timestamp", "时间戳"},
	tcp.QOtherTSVal:     {"timestamp of the other", "另一个的时间戳"},
	tcp.QInterface:      {"interface", "接口"},
	tcp.QOtherInterface: {"interface of the other", "另一个的接口"},
	tcp.QTTL:            {"TTL", "TTL"},
	tcp.QOtherTTL:       {"TTL of the other", "另一个的 TTL"},
	tcp.QMSS:            {"MSS", "MSS"},
	tcp.QPieces:         {"pieces", "报文段数"},
	tcp.QLeftEdge:       {"SACK from", "SACK 左沿"},
	tcp.QRightEdge:      {"SACK to", "SACK 右沿"},
	tcp.QRepetitions:    {"repetitions", "重复次数"},
}

// QuantityName names one number of an evidence for people.
func QuantityName(l Lang, k tcp.QuantityKind) string { return quantityNames[k].In(l) }

// QuantityValue writes the number without its name.
func QuantityValue(q tcp.Quantity) string {
	if q.Kind.IsTime() {
		return Duration(time.Duration(q.Value))
	}
	return Quantity(q)[len(q.Kind.String())+1:]
}
