package narrate

import "os"

var droppedText, droppedDetail = Text{"The capture lost ${n} packet${s} here", "抓包在这里丢失了 ${n} 个包"},
	Text{"This computer had no room for them: it was not the network.", "是抓包的电脑来不及收，不是网络丢的。"}

// Dropped says that the capture itself lost n packets between two others, and what that means.
func Dropped(l Lang, n uint64) (text, detail string) {
	s := "s"
	if n == 1 {
		s = ""
	}
	text = os.Expand(droppedText.In(l), func(name string) string {
		if name == "s" {
			return s
		}
		return Count(n)
	})
	return text, droppedDetail.In(l)
}
