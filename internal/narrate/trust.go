package narrate

import (
	"os"
	"strings"
	"time"

	"tcptalk/internal/diagnose"
)

// trustWords are the line for a banner and the sentence for who wants to know more. ${n}, ${of}, ${size}, ${limit}, ${back} and the
// gaps of the handshake ${ask} and ${confirm} are filled in; ${who} is the side concerned.
type trustWords struct{ line, text Text }

var trusts = [diagnose.NumTrustCodes]trustWords{
	diagnose.PacketsDropped: {
		Text{"${n} packet${s} dropped while capturing", "抓包时丢弃了 ${n} 个包"},
		Text{"The file says so itself. What looks lost or late here may only be missing in the capture.", "这是文件自己的记录。这里看似丢失或迟到的，可能只是没被抓到。"},
	},
	diagnose.OneWay: {
		Text{"Only ${heard} is heard", "只抓到了${heard}"},
		Text{"The other direction was not captured. Whether data arrived and how long answers took cannot be told.", "另一个方向没有被抓到。数据是否到达、回答用了多久，都无法判断。"},
	},
	diagnose.SeenTwice: {
		Text{"Nearly every packet is here twice", "几乎每个包都出现了两次"},
		Text{"${n} of ${of} packets are copies: it was captured in two places at once. Most retransmissions and duplicate ACKs shown are only copies.", "${of} 个包中有 ${n} 个是副本：同时在两处抓包。显示的重传和重复 ACK 大多只是副本。"},
	},
	diagnose.PacketsMissing: {
		Text{"The capture missed ${size} in ${n} place${s}", "抓包漏掉了 ${n} 处，共 ${size}"},
		Text{"The other side acknowledged these bytes, so they arrived: the capture missed them, not the network. SYN and FIN count as one byte.", "对方确认了这些字节，说明已经到达：漏掉它们的是抓包，不是网络。SYN 和 FIN 各算一个字节。"},
	},
	diagnose.HandshakeMissing: {
		Text{"The capture began after the connection", "抓包开始时连接已经建立"},
		Text{"Without the handshake the client is a guess, window sizes may be too small, and nobody knows where the capture was taken.", "没有握手，谁是客户端只能猜测，窗口大小可能偏小，也不知道是在哪里抓的包。"},
	},
	diagnose.PacketsCut: {
		Text{"${n} of ${of} packets are cut${at}", "${of} 个包中有 ${n} 个被截短${at}"},
		Text{"Lengths and sequence numbers are right, but contents break off. Capturing with tcpdump -s 0 keeps everything.", "长度和序号仍然正确，但内容不完整。用 tcpdump -s 0 抓包可以保留全部。"},
	},
	diagnose.ClockBack: {
		Text{"The clock went back ${n} time${s}${back}", "时钟倒退了 ${n} 次${back}"},
		Text{"Where it did, the time between two packets means nothing. The order is that of the file.", "在倒退之处，两个包之间的时间没有意义。顺序以文件为准。"},
	},
	diagnose.ManyUnacked: {
		Text{"${n} segment${s} more than can be remembered", "有 ${n} 个报文段超出了可记住的数量"},
		Text{"More than ${limit} segments of one side waited for their ACK at once. Like Wireshark, tcptalk remembers no more: for the others there is no round-trip time, and bytes in flight are too few.", "一方同时有超过 ${limit} 个报文段在等待 ACK。和 Wireshark 一样，tcptalk 不再记住更多：其余的报文段没有往返时间，在途字节数偏小。"},
	},
	diagnose.ManyFragments: {
		Text{"${n} fragmented datagram${s} given up", "放弃了 ${n} 个分片的数据报"},
		Text{"Too many datagrams waited for missing fragments at once (${limit}, or 32 MiB of them). The oldest were given up; what they carried is not shown.", "同时等待缺失分片的数据报太多（${limit} 个，或 32 MiB）。最早的被放弃，其中的内容不会显示。"},
	},
	diagnose.ManyLayers: {
		Text{"${n} packet${s} with too many headers", "${n} 个包的头部层数过多"},
		Text{"A packet of real traffic has about a dozen headers. After ${limit} tcptalk looks no deeper.", "真实流量的包大约有十来层头部。超过 ${limit} 层，tcptalk 不再往里看。"},
	},
	diagnose.ChecksumsWrong: {
		Text{"${n} of ${of} checksums are wrong", "${of} 个校验和中有 ${n} 个错误"},
		Text{"They are not the kind that a network card fills in later. Either the packets were changed after the capture, for example to hide addresses, or they were damaged and the receiver threw them away.", "它们不像是留给网卡填写的。要么包在抓取之后被改过（例如隐藏地址），要么在途中损坏，被接收方丢弃。"},
	},
	diagnose.Oversized: {
		Text{"Segments of up to ${size}: joined by offload", "段长达 ${size}：由网卡卸载合并"},
		Text{"The network card cuts or joins segments${mss}. On the wire there were more and smaller packets.", "网卡会切分或合并报文段${mss}。线路上的包更多、更小。"},
	},
	diagnose.ChecksumsLeft: {
		Text{"Unfinished checksums: normal on the sending host", "校验和未填写：在发送方主机上是正常的"},
		Text{"${n} of ${of} checksums are left to the network card (offload). That is harmless, and it shows that the capture was taken on the ${sender}.", "${of} 个校验和中有 ${n} 个留给网卡填写（卸载）。这没有问题，并说明抓包是在${sender}进行的。"},
	},
	diagnose.SomeTwice: {
		Text{"${n} packet${s} here twice", "${n} 个包出现了两次"},
		Text{"The same packet, not a retransmission: the network doubled it, or the capture did.", "是同一个包，不是重传：被网络或抓包复制了。"},
	},
	diagnose.OnLoopback: {
		Text{"Captured on the machine of both sides (loopback)", "在双方所在的同一台机器上抓取（回环）"},
		Text{"The packets never left the machine. Every delay is that of a program or of the system, none of a network.", "包从未离开这台机器。所有延迟都来自程序或系统，没有网络。"},
	},
	diagnose.NearBoth: {
		Text{"Captured close to both sides", "在双方附近抓取"},
		Text{"In the handshake the server answered in ${ask} and the client in ${confirm}: the network takes no time here. A longer delay is that of the program or system that answers.", "握手时服务器用了${ask}应答，客户端用了${confirm}：网络几乎不花时间。更长的延迟来自应答的程序或系统。"},
	},
	diagnose.NearClient: {
		Text{"Captured near the client", "在客户端一侧抓取"},
		Text{"In the handshake the client answered in ${confirm}, the server in ${ask}. A delay before the server's packets is network and server together; one before the client's packets is the client's own.", "握手时客户端用了${confirm}应答，服务器用了${ask}。服务器的包之前的延迟包含网络和服务器；客户端的包之前的延迟是它自己的。"},
	},
	diagnose.NearServer: {
		Text{"Captured near the server", "在服务器一侧抓取"},
		Text{"In the handshake the server answered in ${ask}, the client in ${confirm}. A delay before the client's packets is network and client together; one before the server's packets is the server's own.", "握手时服务器用了${ask}应答，客户端用了${confirm}。客户端的包之前的延迟包含网络和客户端；服务器的包之前的延迟是它自己的。"},
	},
	diagnose.OnPath: {
		Text{"Captured between client and server", "在客户端与服务器之间抓取"},
		Text{"In the handshake the server answered in ${ask}, the client in ${confirm}. Every delay contains a part of the network, on either side.", "握手时服务器用了${ask}应答，客户端用了${confirm}。每个延迟都包含一段网络，两侧都是如此。"},
	},
}

var (
	trustAmong = Text{" (${c} of ${among} connections)", "（${among} 条连接中的 ${c} 条）"}
	trustFirst = Text{" Only the first ${first} packets were looked at.", "只检查了前 ${first} 个包。"}
	trustCutAt = Text{" at ${size}", "到 ${size}"}
	trustBack  = Text{", by up to ${time}", "，最多${time}"}
	trustMSS   = Text{": the largest that was agreed on has ${limit} bytes", "：约定的最大段长是 ${limit} 字节"}
	oneSide    = Text{"one side", "一方"} // of some connections this one, of others that one
	theSide    = Text{"the ${who}", "${who}一方"}
	bothHosts  = Text{"host itself", "主机自身"}
	sideHost   = Text{"${who}'s side", "${who}一端"}
)

// Trust words what decides how far a capture can be believed: a line for a banner, and a sentence or two about what it means.
func Trust(l Lang, f diagnose.TrustFinding) (line, text string) {
	if int(f.Code) >= len(trusts) {
		return "", ""
	}
	w := &trusts[f.Code]
	get := func(name string) string { return trustValue(l, &f, name) }
	line, text = strings.TrimSpace(os.Expand(w.line.In(l), get)), os.Expand(w.text.In(l), get)
	if f.Connections > 0 && f.Among > 1 {
		line += os.Expand(trustAmong.In(l), get)
	}
	if f.First > 0 {
		text += os.Expand(trustFirst.In(l), get)
	}
	return tightened.Replace(line), tightened.Replace(text)
}

// tightened takes away the space that a duration has behind it in Chinese, in front of punctuation.
var tightened = strings.NewReplacer(" ，", "，", " 。", "。", " ：", "：")

func trustValue(l Lang, f *diagnose.TrustFinding, name string) string {
	if t, ok := trustPart(f, name); ok {
		return os.Expand(t.In(l), func(name string) string { return trustValue(l, f, name) })
	}
	if s, ok := trustNumber(f, name); ok {
		return s
	}
	var d time.Duration
	switch name {
	case "who":
		return Side(l, f.By)
	case "other":
		return Side(l, f.By.Reverse())
	case "time":
		d = f.Time
	case "ask":
		d = f.Gaps[0]
	case "confirm":
		d = f.Gaps[1]
	default:
		return ""
	}
	if l == Chinese {
		return " " + Duration(d) + " "
	}
	return Duration(d)
}

// trustPart returns a part of a text that depends on what is known, "" where it is left out.
func trustPart(f *diagnose.TrustFinding, name string) (t Text, ok bool) {
	choose := func(a Text, first bool, b Text) Text {
		if first {
			return a
		}
		return b
	}
	switch name {
	case "at":
		return choose(trustCutAt, f.Size > 0, Text{}), true
	case "back":
		return choose(trustBack, f.Time > 0, Text{}), true
	case "mss":
		return choose(trustMSS, f.Limit > 0, Text{}), true
	case "heard":
		return choose(oneSide, f.Both, theSide), true
	case "sender":
		return choose(bothHosts, f.Both, sideHost), true
	}
	return Text{}, false
}

// trustNumber writes the numbers that are the same in every language.
func trustNumber(f *diagnose.TrustFinding, name string) (string, bool) {
	switch name {
	case "n":
		return Count(f.Count), true
	case "s":
		if f.Count == 1 {
			return "", true
		}
		return "s", true
	case "of":
		return Count(f.Of), true
	case "size":
		return Bytes(f.Size), true
	case "limit":
		return Count(f.Limit), true
	case "first":
		return Count(f.First), true
	case "c":
		return Count(f.Connections), true
	case "among":
		return Count(f.Among), true
	}
	return "", false
}
