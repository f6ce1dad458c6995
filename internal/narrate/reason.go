package narrate

import "tcptalk/internal/tcp"

// reasonTexts say by which of Wireshark's rules a segment got its label. They state what was compared, not what it means.
var reasonTexts = map[tcp.Reason]Text{
	tcp.SentBefore:               {"its bytes lie below the highest ones sent so far", "它的字节低于目前发送过的最高序号"},
	tcp.SentBeforeAfterDups:      {"duplicate ACKs ask for exactly these bytes, the last one less than 20 ms ago", "重复 ACK 正好要求这些字节，最后一个不到 20 毫秒之前"},
	tcp.AlreadyAcked:             {"the other side has acknowledged all of it already", "对方已经全部确认过"},
	tcp.BelowHighestRecently:     {"its bytes lie below the highest ones, which were sent less than the limit ago", "它的字节低于最高序号，而最高的那段发出不久，还在时限之内"},
	tcp.NewSYN:                   {"a SYN with another number between the same addresses and ports", "相同地址和端口之间，序号不同的 SYN"},
	tcp.BeyondExpected:           {"its number lies behind the one expected next", "序号超过了期待的下一个"},
	tcp.AcksUnseen:               {"it acknowledges more than was captured", "它确认的字节比抓到的多"},
	tcp.OnlyWindowDiffers:        {"it repeats number and ACK, with another window", "序号和确认号重复，只有窗口不同"},
	tcp.EndsAtWindow:             {"its data ends exactly where the other side's window ends", "数据正好在对方窗口的边界结束"},
	tcp.OneBelowExpected:         {"at most one byte, one number below the one expected next", "最多一个字节，序号比期待的小 1"},
	tcp.AnswersLabelledKeepAlive: {"it repeats number, ACK and window right after a keep-alive", "紧跟在保活之后，序号、确认号和窗口都重复"},
	tcp.RepeatsAck:               {"it repeats number, ACK and window", "序号、确认号和窗口都重复"},
	tcp.AnnouncesZero:            {"its window is 0", "窗口为 0"},
	tcp.OneByteIntoZero:          {"one new byte while the other side's window is 0", "对方窗口为 0 时的一个新字节"},
	tcp.AnswersLabelledProbe:     {"it repeats everything, window 0, right after a window probe", "紧跟在窗口探测之后，一切重复，窗口仍为 0"},
	tcp.CookieInSYN:              {"the SYN carries a Fast Open cookie", "SYN 带有快速打开 cookie"},
	tcp.AcksDataOfSYN:            {"the SYN-ACK acknowledges the data of the SYN", "SYN-ACK 确认了 SYN 携带的数据"},
	tcp.AcksOnlySYN:              {"the SYN-ACK acknowledges the SYN without its data", "SYN-ACK 只确认了 SYN，没有确认数据"},
}

// Reason says by which rule a segment got its label.
func Reason(l Lang, r tcp.Reason) string { return reasonTexts[r].In(l) }
