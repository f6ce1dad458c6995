package narrate

import (
	"os"
)

// FileGap is what a file lacks. The reasons are those of export, which stands above this package.
type FileGap struct {
	// Reason is why it is not complete; Lacks counts bytes that were not captured, Holes ranges that nobody asked for.
	Reason string
	Lacks  int64
	Holes  int
}

// The reasons that only files joined from ranges have.
const (
	GapRanges   = "ranges are missing"
	GapConflict = "ranges differ where they overlap"
	GapLength   = "length unknown"
)

var gapTexts = map[string]Text{
	GapRanges:   {"parts of it were never asked for, or were not captured: ${holes}", "有部分从未请求，或没有抓到：${holes} 处"},
	GapConflict: {"its ranges differ where they overlap, so they were not joined", "各个范围在重叠处不一致，所以没有拼接"},
	GapLength:   {"no answer says how long the whole is", "没有响应说明总长度"},
}

// FileLacks says why a file is not complete.
func FileLacks(l Lang, g FileGap) string {
	if t, ok := gapTexts[g.Reason]; ok {
		return os.Expand(t.In(l), func(string) string { return Count(uint64(g.Holes)) })
	}
	s := Text{"not all of it was captured", "没有全部抓到"}.In(l)
	if g.Reason != "" {
		s = Broken(l, g.Reason)
	}
	if g.Lacks > 0 {
		s += Text{" · missing: ", " · 缺少："}.In(l) + Bytes(uint64(g.Lacks))
	}
	return s
}
