package narrate

import "tcptalk/internal/proto/body"

// maxOutput is the bound on what is decompressed, as people write it.
const maxOutput = "64 MiB"

// bodyStops say why the content of a body ends early when its codings are taken off.
var bodyStops = map[body.Stop]Text{
	body.Truncated: {"the compressed data ends before its end", "压缩数据没有结束就断了"},
	body.Damaged:   {"the compressed data is damaged from here on", "从这里起压缩数据已损坏"},
	body.TooLarge:  {"stopped at " + maxOutput + ": there is more than is decompressed here", "到 " + maxOutput + " 为止：后面的内容不再解压"},
	body.Bomb:      {"stopped: so much out of so few bytes is a decompression bomb", "已停止：极少的字节解压出极多内容，是压缩炸弹"},
	body.Unknown:   {"compressed in a way that is not known here", "压缩方式未知"},
	body.Trailing:  {"something follows behind the end of the compressed data", "压缩数据结束后还有别的内容"},
}
