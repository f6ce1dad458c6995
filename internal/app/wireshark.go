package app

import (
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"tcptalk/internal/narrate"
)

var (
	noticeNoWireshark   = narrate.Text{"Wireshark was not found. Install it, or put its folder into PATH", "没有找到 Wireshark。请安装它，或把它的目录加入 PATH"}
	noticeNoFile        = narrate.Text{"A case is no file that Wireshark could open: save it with its steps as comments", "案例不是 Wireshark 能打开的文件：请先连同步骤另存"}
	noticeWiresharkFail = narrate.Text{"Wireshark could not be started", "无法启动 Wireshark"}
	noticeWireshark     = narrate.Text{"Starting Wireshark", "正在启动 Wireshark"}
)

// wiresharkPlaces are where Wireshark is where PATH does not name its folder.
var wiresharkPlaces = map[string]string{
	"darwin":  "/Applications/Wireshark.app/Contents/MacOS/Wireshark",
	"windows": `C:\Program Files\Wireshark\Wireshark.exe`,
}

// wireshark returns the program, "" if it is not installed.
func wireshark() string {
	if path, err := exec.LookPath("wireshark"); err == nil {
		return path
	}
	place := wiresharkPlaces[runtime.GOOS]
	if _, err := os.Stat(place); err != nil {
		return ""
	}
	return place
}

// startTime is how soon Wireshark ends if it could not start.
const startTime = 5 * time.Second

// OpenInWireshark opens the capture in Wireshark at packet i of the connection shown, and says why if it cannot.
func (a *App) OpenInWireshark(i int) {
	c := a.Capture
	if c == nil || c.View == nil || i < 0 || i >= c.View.Len() {
		return
	}
	if c.Path == "" || c.Case != nil {
		a.host.Notify(Notice{Bad: true, Text: noticeNoFile})
		return
	}
	program := wireshark()
	if program == "" {
		a.host.Notify(Notice{Bad: true, Text: noticeNoWireshark})
		return
	}
	// No shell takes part, and the path is absolute: it cannot be taken for an option.
	number := c.View.At(i).Frame - c.Session.Before() // in the file
	cmd := exec.Command(program, "-r", c.Path, "-g", strconv.FormatUint(uint64(number), 10))
	if err := cmd.Start(); err != nil {
		a.host.Notify(Notice{Bad: true, Text: noticeWiresharkFail, Detail: a.cause(err)})
		return
	}
	a.host.Notify(Notice{Text: noticeWireshark})
	began := time.Now()
	go func() { // it lives on without us; only its end is collected
		if err := cmd.Wait(); err != nil && time.Since(began) < startTime {
			a.host.Post(func() { a.host.Notify(Notice{Bad: true, Text: noticeWiresharkFail, Detail: a.cause(err)}) })
		}
	}()
}
