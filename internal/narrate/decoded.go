package narrate

// ChunksJoined says that the framing of a chunked body was taken off.
func ChunksJoined(l Lang) string {
	return Text{"chunks joined", "分块已拼接"}.In(l)
}

// NotDecoded says that bytes are shown as on the wire, and why.
func NotDecoded(l Lang, why string) string {
	return Text{"not decoded, shown raw: ", "未解码，按原始字节显示："}.In(l) + why
}

// DecodedLimit says that as much was decoded of a connection as is kept in memory.
func DecodedLimit(l Lang) string {
	return Text{"as much was decoded as is kept in memory", "已达到解码内容的内存上限"}.In(l)
}

// BehindGap says why what follows missing bytes cannot be decoded.
func BehindGap(l Lang) string {
	return Text{"bytes before it were not captured", "前面有字节未捕获"}.In(l)
}

// EndMissing says why parts of a message cannot be put together.
func EndMissing(l Lang) string {
	return Text{"the message has no end here", "这条消息没有结尾"}.In(l)
}
