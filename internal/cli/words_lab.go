package cli

import (
	"fmt"
	"strings"

	"tcptalk/internal/lab"
	"tcptalk/internal/narrate"
)

// What the laboratory says to people, beside what its scenarios say themselves.
const helpLab = `Makes real traffic on the loopback interface, small enough to understand: a handshake, a keep-alive, a zero window, a WebSocket, ... Capture it beside and open the recording; without the right to capture, "tcptalk cases" has recordings of the same things.

Each run uses a free port and prints a capture filter for it. With --wait it begins when Enter is pressed.

Examples:
  tcptalk lab
  tcptalk lab run close-in-three --wait
  tcptalk lab run slow-reader --params
  tcptalk lab run slow-reader -p sleep=10s -p size=1M`

// labCaptureCommand needs no translation: the interface and the filter go in.
const labCaptureCommand = "tcpdump -i %s -U -w lab.pcap '%s'"

var labWords = struct{ howToRun, filter, bundled, takes, done, pressEnter narrate.Text }{
	howToRun:   narrate.Text{`Run one with "tcptalk lab run NAME"; "--params" lists what can be changed.`, `用 "tcptalk lab run 名字" 运行；加 "--params" 列出可调的参数。`},
	filter:     narrate.Text{"capture filter: %s", "抓包过滤器：%s"},
	bundled:    narrate.Text{"a recording of the same: tcptalk cases show %s", "同一场景的现成录制：tcptalk cases show %s"},
	takes:      narrate.Text{"as it is it takes about %v", "默认参数下大约用时 %v"},
	done:       narrate.Text{"done", "完成"},
	pressEnter: narrate.Text{"Press Enter to begin.", "按回车键开始。"},
}

// noScenario says what can be run.
func noScenario(name string) string {
	var names []string
	for _, s := range lab.All() {
		names = append(names, s.ID)
	}
	return fmt.Sprintf("there is no scenario %q; there are: %s", name, strings.Join(names, ", "))
}
