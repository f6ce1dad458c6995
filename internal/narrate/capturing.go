package narrate

import "tcptalk/internal/capture/live"

// captureHelp says what to do about what is wrong with a live capture.
var captureHelp = map[live.ProblemKind]Text{
	live.NoTool:          {"tcptalk-capture belongs beside tcptalk; Wireshark's dumpcap does as well. The live capture dialog has the command that brings one.", "tcptalk-capture 应与 tcptalk 放在一起；Wireshark 的 dumpcap 也可以。实时抓包对话框里有安装命令。"},
	live.NotRunnable:     {"The live capture dialog says which group may, and how to join it.", "实时抓包对话框会说明哪个用户组可以运行，以及如何加入。"},
	live.NoLibrary:       {"Install libpcap (on Windows: Npcap), then test again.", "安装 libpcap（Windows 上是 Npcap），然后重新检测。"},
	live.NoPermission:    {"The live capture dialog has the exact command that gives it. On another computer: an account that may run tcpdump, or sudo without a password.", "实时抓包对话框里有授权的准确命令。远程电脑上：换一个可以运行 tcpdump 的用户，或配置免密码 sudo。"},
	live.NoInterface:     {"It may have gone away. Choose another one.", "它可能已经消失。请换一个。"},
	live.NotUp:           {"Bring it up (ip link set … up), or choose another one.", "先启用它（ip link set … up），或换一个。"},
	live.BadFilter:       {"Correct it at the place that is marked, or begin with a template.", "请在标出的位置修改，或从模板开始。"},
	live.HostName:        {"Names are not looked up for a filter. Write the address instead.", "过滤器不做域名解析，请改写成地址。"},
	live.BadLinkType:     {"Capture without choosing one.", "不要指定链路类型再抓。"},
	live.BadOption:       {"Correct what is named, and start again.", "改正所指出的内容后重新开始。"},
	live.RemoteNoTcpdump: {"Install tcpdump there, or make sure that it is on the path of that account.", "在远程安装 tcpdump，或确认它在该用户的 PATH 里。"},
	live.RemoteRefused:   {"Try the same host with ssh in a terminal: its key must be known, and yours must work without a password.", "先在终端里用 ssh 登录同一主机：主机密钥要已确认，并且能免密码登录。"},
	live.NoSSH:           {"Install the OpenSSH client, then start again.", "安装 OpenSSH 客户端后重新开始。"},
	live.HelperKilled:    {"What it had handed over is here and can be saved.", "此前抓到的内容都在，可以保存。"},
	live.HelperFailed:    {"What was captured before is here. Start again, or look at what the program says.", "此前抓到的内容都在。请重新开始，或查看程序的提示。"},
	live.InterfaceDown:   {"What was captured before is here and can be saved. Start again once it is back.", "此前抓到的内容都在，可以保存。网卡恢复后可重新开始。"},
	live.RemoteCut:       {"What had arrived is here and can be saved. Start again once the other computer answers.", "已经传到的内容都在，可以保存。远程电脑恢复应答后可重新开始。"},
	live.DiskFull:        {"What was written before is here. Make room, save it to another disk, or capture into a ring.", "此前写入的内容都在。请腾出空间、保存到别的磁盘，或改用环形文件抓包。"},
	live.WriteFailed:     {"They are kept in your cache folder: look at its rights and its disk.", "包保存在缓存目录里：请检查该目录的权限和磁盘。"},
	live.Garbled:         {"Another program may have written into it: a shell's greeting over ssh, for instance. What came before is here.", "可能有别的程序往里写了内容，例如 ssh 登录时 shell 的欢迎语。此前的内容都在。"},
}

// CaptureHelp says what to do about a problem of a live capture.
func CaptureHelp(l Lang, kind live.ProblemKind) string { return captureHelp[kind].In(l) }
