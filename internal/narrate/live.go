package narrate

import (
	"math"
	"os"
	"time"

	"tcptalk/internal/capture/live"
)

// captureProblems are titles and explanations, by what is wrong with a live capture.
var captureProblems = map[live.ProblemKind]finding{
	live.NoTool: {
		Text{"Nothing here can capture", "本机没有可用的抓包程序"},
		Text{"Neither tcptalk-capture nor Wireshark's dumpcap was found.", "没有找到 tcptalk-capture，也没有找到 Wireshark 的 dumpcap。"},
	},
	live.NotRunnable: {
		Text{"This account may not run the capture program", "当前账户无权运行抓包程序"},
		Text{"It is there, but only for the members of a group.", "程序存在，但只允许某个用户组的成员运行。"},
	},
	live.NoLibrary: {
		Text{"The capture library is missing", "缺少抓包库"},
		Text{"The capture program needs libpcap, or Npcap on Windows.", "抓包程序需要 libpcap（Windows 上是 Npcap）。"},
	},
	live.NoPermission: {
		Text{"No permission to capture", "没有抓包权限"},
		Text{"The system lets only some accounts read packets.", "系统只允许部分账户读取网络数据包。"},
	},
	live.NoInterface: {
		Text{"There is no such interface", "没有这个网络接口"},
		Text{"It may have been removed, or is called otherwise there.", "它可能已被移除，或者在那台机器上叫别的名字。"},
	},
	live.NotUp: {
		Text{"The interface is not up", "网络接口未启用"},
		Text{"Nothing can pass through it.", "没有任何数据包能通过它。"},
	},
	live.BadFilter: {
		Text{"The capture filter is wrong", "抓包过滤器有误"},
		Text{"It is not a filter that libpcap understands.", "libpcap 无法理解这个过滤器。"},
	},
	live.HostName: {
		Text{"The capture filter has a host name", "抓包过滤器中有主机名"},
		Text{"Names are not looked up; write the address.", "这里不做域名解析，请写 IP 地址。"},
	},
	live.BadLinkType: {
		Text{"The interface does not have that link type", "网络接口不支持该链路类型"},
		Text{"Leave the choice to the interface.", "请使用接口默认的链路类型。"},
	},
	live.BadOption: {
		Text{"This cannot be captured", "无法按此设置抓包"},
		Text{"One of the settings is impossible.", "其中有一项设置不成立。"},
	},
	live.RemoteNoTcpdump: {
		Text{"The other computer has no tcpdump", "远程机器上没有 tcpdump"},
		Text{"ssh got in, but tcpdump is not installed there, or not on the path.", "ssh 已登录，但那里没有安装 tcpdump，或者它不在 PATH 中。"},
	},
	live.RemoteRefused: {
		Text{"ssh did not get in", "ssh 登录失败"},
		Text{"Try the same ssh command in a terminal first: the host must be known, and a key must suffice.", "请先在终端中试试同样的 ssh 命令：主机密钥必须已知，并且要能用密钥登录。"},
	},
	live.NoSSH: {
		Text{"ssh is missing", "缺少 ssh"},
		Text{"This computer has no ssh program.", "本机没有 ssh 程序。"},
	},
	live.HelperKilled: {
		Text{"The capture program was killed", "抓包程序被终止"},
		Text{"What it had handed over is all here.", "它已交出的数据包都还在。"},
	},
	live.HelperFailed: {
		Text{"The capture program failed", "抓包程序出错"},
		Text{"What it had handed over is all here.", "它已交出的数据包都还在。"},
	},
	live.InterfaceDown: {
		Text{"The interface went away", "网络接口已消失"},
		Text{"What was captured before is all here.", "此前抓到的数据包都还在。"},
	},
	live.RemoteCut: {
		Text{"The connection to the other computer broke off", "与远程机器的连接中断"},
		Text{"What had arrived is all here.", "已经收到的数据包都还在。"},
	},
	live.DiskFull: {
		Text{"The disk is full", "磁盘已满"},
		Text{"What was written before is all here. Free some room, then start again.", "此前写入的数据包都还在。请腾出空间后重新开始。"},
	},
	live.WriteFailed: {
		Text{"The packets could not be kept", "数据包无法保存"},
		Text{"What was written before is all here.", "此前写入的数据包都还在。"},
	},
	live.Garbled: {
		Text{"What came is no capture", "收到的不是抓包数据"},
		Text{"The program, or a login script on the other computer, wrote something else.", "抓包程序或远程机器的登录脚本输出了别的内容。"},
	},
}

// CaptureProblem returns a title and a sentence for what is wrong with a live capture. What the program itself said stands in
// the Problem's Message and is not translated.
func CaptureProblem(l Lang, kind live.ProblemKind) (title, text string) {
	f := captureProblems[kind]
	return f.title.In(l), f.text.In(l)
}

// captureAdvice says what the commands of an advice do.
var captureAdvice = map[live.AdviceKind]Text{
	live.AdviceInstall:     {"Build tcptalk-capture with \"make build\", or install Wireshark's dumpcap:", "用 \"make build\" 构建 tcptalk-capture，或安装 Wireshark 的 dumpcap："},
	live.AdviceGrant:       {"Let your account's group capture, and nobody else:", "只允许你的账户所在的用户组抓包："},
	live.AdviceMove:        {"Capabilities count nothing on that file system (nosuid). Copy the program elsewhere:", "该文件系统不支持程序权能（nosuid）。请把程序复制到别处："},
	live.AdviceJoin:        {"Join the group that may capture, then log in again:", "加入允许抓包的用户组，然后重新登录："},
	live.AdviceReconfigure: {"Let Wireshark's package allow it (answer Yes), then log in again:", "让 Wireshark 软件包允许抓包（选择“是”），然后重新登录："},
	live.AdviceLibrary:     {"Install the capture library:", "安装抓包库："},
	live.AdviceDevices:     {"Let your account's group use the capture devices until the next restart; Wireshark's installer (ChmodBPF) makes it last:", "允许你的用户组使用抓包设备，重启后失效；Wireshark 安装包中的 ChmodBPF 可使其长期有效："},
	live.AdviceContainer:   {"Even root may not capture here: start the container with the right to:", "这里连 root 也无权抓包：请在启动容器时授予权限："},
}

// CaptureAdvice says what an advice is about; its commands follow.
func CaptureAdvice(l Lang, kind live.AdviceKind) string { return captureAdvice[kind].In(l) }

// captureNotices are what happens during a capture. ${n} is how many packets, ${back} how far the clock was set back, ${what} the
// interface or the program's words.
var captureNotices = map[live.NoticeKind]Text{
	live.NoticeDropped:   {"${n} packets were lost here: the computer could not keep up", "此处丢失 ${n} 个包：本机来不及处理"},
	live.NoticeClockBack: {"The computer's clock was set back by ${back}", "本机时钟被回拨了 ${back}"},
	live.NoticeDown:      {"${what} went down; the capture waits for it", "${what} 已断开，抓包正在等待它恢复"},
	live.NoticeUp:        {"${what} is up again", "${what} 已恢复"},
	live.NoticeWarning:   {"${what}", "${what}"},
	live.NoticeInterface: {"No more packets from this interface: ${what}", "该接口不再有数据包：${what}"},
}

// CaptureNotice says what happened during a live capture.
func CaptureNotice(l Lang, n live.Notice) string {
	return os.Expand(captureNotices[n.Kind].In(l), func(name string) string {
		switch name {
		case "n":
			return Count(n.N)
		case "back":
			return Duration(time.Duration(min(n.N, math.MaxInt64)))
		}
		return n.Message
	})
}

// captureEnds are why a capture ended without a problem.
var captureEnds = map[live.EndReason]Text{
	live.EndAsked: {"stopped", "已停止"}, live.EndPackets: {"the packet limit is reached", "已达到包数上限"},
	live.EndBytes: {"the size limit is reached", "已达到大小上限"}, live.EndTime: {"the time limit is reached", "已达到时间上限"},
	live.EndItself: {"the capture program ended", "抓包程序已结束"},
}

// CaptureEnd says why a live capture ended.
func CaptureEnd(l Lang, why live.EndReason) string { return captureEnds[why].In(l) }
