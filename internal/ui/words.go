package ui

import (
	"strconv"

	"tcptalk/internal/narrate"
)

// words are the texts of the window that belong to no packet; those are package narrate's.
var words = struct {
	openCapture, recentFiles, noRecent, missing,
	searchCases, allLevels, beginner, working, deep, casesDone, continueTitle, continueStep, continueButton,
	dropHere, minutes, trackDone, done, stepOf, noCases,
	home, cases, openFile, settings, keys,
	connectionList, overview, connections, inTotal, soFar, healthy, troubled, failed, unfinished, noConnections, noMatch, noneOfKind,
	packets, onePacket, someConns, oneConn,
	clientState, serverState, stateLegend, guessed, ourReading, limited,
	lesson, diagnosis, statistics, files, back, next, inPractice, showPacket, backHome, stepTitle,
	reading, readingHint, cancelHint, cancel, stopped, minutesLeft, secondsLeft,
	damagedTitle, emptyTitle, emptyText, noTCPTitle, noTCPText, openAnother, copyDetails, copied,
	packet, bytesWord, header, fields, collapse, expand, raw, relative, copyValue, offset, reserved, dataLen, packetUnread,
	filesTitle, oneFile, noFiles, noFilesHint, lookingForFiles, filesFailed, previewing, previewFailed, save, saveAll, complete, incomplete, saveTo, fileOf,
	language, theme, themeAuto, themeDark, themeLight, numbers, numbersRelative, numbersRaw, notes, times, timesUTC,
	timesLocal, close, unfold, fold, covered, showMore, showOne, showLines, hideMore, stop, keysTitle,
	synOnly, retransmissions, oneRetransmission, zeroWindow, windowFull, lostSegment, outOfOrder, resetBadge, refusedBadge, okBadge, openBadge,
	copyBubble, copyAll, copying, copiedPart, thisCapture, thisConnection, colon narrate.Text
}{
	colon:          narrate.Text{": ", "："},
	openCapture:    narrate.Text{"Open capture…", "打开抓包…"},
	recentFiles:    narrate.Text{"Recent files", "最近的文件"},
	noRecent:       narrate.Text{"Files you open appear here.", "打开过的文件会出现在这里。"},
	missing:        narrate.Text{"no longer there", "已不存在"},
	searchCases:    narrate.Text{"Search the cases: RST, keep-alive, gzip…", "搜索案例：RST、保活、gzip…"},
	allLevels:      narrate.Text{"All levels", "全部难度"},
	beginner:       narrate.Text{"Beginner", "入门"},
	working:        narrate.Text{"Working", "进阶"},
	deep:           narrate.Text{"Deep", "深入"},
	casesDone:      narrate.Text{"${n} of ${of} cases done", "已完成 ${n}/${of} 个案例"},
	continueTitle:  narrate.Text{"Continue where you left off", "接着上次继续"},
	continueStep:   narrate.Text{"Step ${n} of ${of}", "第 ${n}/${of} 步"},
	continueButton: narrate.Text{"Continue", "继续"},
	dropHere:       narrate.Text{"Drop a .pcap or .pcapng anywhere, or click here to choose one", "把 .pcap 或 .pcapng 拖到任意位置，或点击这里选择"},
	minutes:        narrate.Text{"${n} min", "${n} 分钟"},
	trackDone:      narrate.Text{"${n} of ${of} done", "已完成 ${n}/${of}"},
	done:           narrate.Text{"Done", "已完成"},
	stepOf:         narrate.Text{"Step ${n}/${of}", "第 ${n}/${of} 步"},
	noCases:        narrate.Text{"No case matches. Try another word or level.", "没有匹配的案例。换个词或难度试试。"},

	home:     narrate.Text{"Home", "首页"},
	cases:    narrate.Text{"Cases", "案例"},
	openFile: narrate.Text{"Open", "打开"},
	settings: narrate.Text{"Settings", "设置"},
	keys:     narrate.Text{"Keys", "快捷键"},

	connectionList: narrate.Text{"Connections", "连接列表"},
	overview:       narrate.Text{"Overview", "概览"},
	connections:    narrate.Text{"CONNECTIONS", "连接"},
	inTotal:        narrate.Text{"in total", "共计"},
	soFar:          narrate.Text{"so far", "目前"},
	healthy:        narrate.Text{"healthy", "正常"},
	troubled:       narrate.Text{"slow or lossy", "慢或丢包"},
	failed:         narrate.Text{"failed", "失败"},
	unfinished:     narrate.Text{"still open", "仍打开"},
	noConnections:  narrate.Text{"No connections in this file.", "这个文件里没有连接。"},
	noMatch:        narrate.Text{"Nothing matches. Esc clears the box.", "没有匹配项。按 Esc 清空。"},
	noneOfKind:     narrate.Text{"None of this kind. Click it again above to see all.", "没有这类连接。再次点击上方的类别可查看全部。"},
	packets:        narrate.Text{"${n} packets", "${n} 个包"},
	onePacket:      narrate.Text{"1 packet", "1 个包"},
	someConns:      narrate.Text{"${n} connections", "${n} 条连接"},
	oneConn:        narrate.Text{"1 connection", "1 条连接"},

	clientState: narrate.Text{"CLIENT STATE", "客户端状态"},
	serverState: narrate.Text{"SERVER STATE", "服务器状态"},
	stateLegend: narrate.Text{"filled: changed here · plain: unchanged · dotted: inferred", "实底：在此改变 · 素色：未变 · 虚线：推断"},
	ourReading:  narrate.Text{"Our own reading: ", "我们的判断："},
	limited:     narrate.Text{"too long to be decoded as a whole", "太长，没有全部解码"},
	guessed:     narrate.Text{"client guessed", "客户端为推测"},

	lesson:     narrate.Text{"Lesson", "课程"},
	statistics: narrate.Text{"Statistics", "统计"},
	diagnosis:  narrate.Text{"Diagnosis", "诊断"},
	files:      narrate.Text{"Files", "文件"},
	back:       narrate.Text{"Back", "上一步"},
	next:       narrate.Text{"Next step", "下一步"},
	inPractice: narrate.Text{"In practice", "实际中"},
	showPacket: narrate.Text{"packet ${n}", "包 ${n}"},
	backHome:   narrate.Text{"Back to the cases", "回到案例"},
	stepTitle:  narrate.Text{"Step ${n} of ${of}", "第 ${n} 步，共 ${of} 步"},

	reading:     narrate.Text{"Reading the capture", "正在读取抓包"},
	readingHint: narrate.Text{"Connections on the left can be opened already.", "左侧的连接已经可以打开。"},
	cancelHint:  narrate.Text{"Cancel keeps what was read so far.", "取消会保留已读取的部分。"},
	cancel:      narrate.Text{"Cancel", "取消"},
	stopped:     narrate.Text{"Stopped: only the first ${n} packets were read.", "已停止：只读取了前 ${n} 个包。"},
	minutesLeft: narrate.Text{"about ${n} min left", "约剩 ${n} 分钟"},
	secondsLeft: narrate.Text{"about ${n} s left", "约剩 ${n} 秒"},

	damagedTitle: narrate.Text{"Damaged file.", "文件损坏。"},
	emptyTitle:   narrate.Text{"No packets in this capture", "这份抓包里没有包"},
	emptyText:    narrate.Text{"The file is sound, but nothing was recorded. Check the capture filter and the interface.", "文件完好，但什么都没录到。请检查抓包过滤器和网卡。"},
	noTCPTitle:   narrate.Text{"No TCP in this capture", "这份抓包里没有 TCP"},
	noTCPText:    narrate.Text{"${n} packets were read; none of them is TCP.", "读取了 ${n} 个包，其中没有 TCP。"},
	openAnother:  narrate.Text{"Open another file…", "打开别的文件…"},
	copyDetails:  narrate.Text{"Copy details", "复制详情"},
	copied:       narrate.Text{"Copied", "已复制"},

	packet:    narrate.Text{"Packet ${n}", "包 ${n}"},
	bytesWord: narrate.Text{"bytes", "字节"},
	header:    narrate.Text{"Header", "头部"},
	fields:    narrate.Text{"Fields", "字段"},
	collapse:  narrate.Text{"Hide packet details", "收起包详情"},
	expand:    narrate.Text{"Packet details", "包详情"},
	raw:       narrate.Text{"raw", "原始"},
	relative:  narrate.Text{"${n} (relative, ${of})", "${n}（相对，${of}）"},
	copyValue: narrate.Text{"Copy value", "复制值"},
	offset:    narrate.Text{"off ${n}", "偏移 ${n}"},
	reserved:  narrate.Text{"rsv", "保留"},
	dataLen:   narrate.Text{"len ${n}", "载荷 ${n}"},

	packetUnread: narrate.Text{"The bytes of this packet cannot be read again: ${n}", "无法重新读取这个包的字节：${n}"},

	filesTitle:      narrate.Text{"${n} files in this capture", "这份抓包里有 ${n} 个文件"},
	oneFile:         narrate.Text{"1 file in this capture", "这份抓包里有 1 个文件"},
	noFiles:         narrate.Text{"No files", "没有文件"},
	noFilesHint:     narrate.Text{"Nothing was transferred over plain HTTP in this capture.", "这份抓包里没有通过明文 HTTP 传输的内容。"},
	lookingForFiles: narrate.Text{"Looking for files…", "正在查找文件…"},
	filesFailed:     narrate.Text{"The files could not be put together: ${n}", "无法还原文件：${n}"},
	previewing:      narrate.Text{"Preparing the preview…", "正在准备预览…"},
	previewFailed:   narrate.Text{"This file cannot be shown: ${n}", "无法预览这个文件：${n}"},
	save:            narrate.Text{"Save…", "保存…"},
	saveAll:         narrate.Text{"Save all…", "全部保存…"},
	complete:        narrate.Text{"complete", "完整"},
	incomplete:      narrate.Text{"incomplete", "不完整"},
	saveTo:          narrate.Text{"Save", "保存"},
	fileOf:          narrate.Text{"from packets ${n}–${of}", "来自包 ${n}–${of}"},

	language:        narrate.Text{"Language", "语言"},
	theme:           narrate.Text{"Theme", "主题"},
	themeAuto:       narrate.Text{"System", "跟随系统"},
	themeDark:       narrate.Text{"Dark", "深色"},
	themeLight:      narrate.Text{"Light", "浅色"},
	numbers:         narrate.Text{"Sequence numbers", "序号"},
	numbersRelative: narrate.Text{"From 0", "从 0 开始"},
	numbersRaw:      narrate.Text{"As on the wire", "原始值"},
	notes:           narrate.Text{"Explain packets in plain words", "用白话解释每个包"},
	times:           narrate.Text{"Times", "时间"},
	timesUTC:        narrate.Text{"Clock (UTC)", "时钟（UTC）"},
	timesLocal:      narrate.Text{"Clock (local)", "时钟（本地）"},
	close:           narrate.Text{"Close", "关闭"},
	unfold:          narrate.Text{"Unfold", "展开"},
	fold:            narrate.Text{"Fold", "折叠"},
	covered:         narrate.Text{"Covered until the question is answered", "回答问题后显示"},
	showMore:        narrate.Text{"Show ${n} more lines", "再显示 ${n} 行"},
	showOne:         narrate.Text{"Show 1 more line", "再显示 1 行"},
	showLines:       narrate.Text{"Show ${n} lines", "显示 ${n} 行"},
	stop:            narrate.Text{". ", "。"}, // between two sentences
	hideMore:        narrate.Text{"Show less", "收起"},
	keysTitle:       narrate.Text{"Keys", "快捷键"},

	synOnly:           narrate.Text{"SYN only", "只有 SYN"},
	retransmissions:   narrate.Text{"${n} retransmissions", "${n} 次重传"},
	oneRetransmission: narrate.Text{"1 retransmission", "1 次重传"},
	zeroWindow:        narrate.Text{"zero window", "零窗口"},
	windowFull:        narrate.Text{"window full", "窗口已满"},
	lostSegment:       narrate.Text{"missing segments", "缺少报文段"},
	outOfOrder:        narrate.Text{"out of order", "乱序"},
	resetBadge:        narrate.Text{"RST", "RST"},
	refusedBadge:      narrate.Text{"refused", "被拒绝"},
	okBadge:           narrate.Text{"closed", "已关闭"},
	openBadge:         narrate.Text{"still open", "仍打开"},

	thisCapture:    narrate.Text{"This capture", "这份抓包"},
	thisConnection: narrate.Text{"This connection", "这条连接"},

	copyBubble: narrate.Text{"Copy this packet as text", "复制这个包的文字"},
	copyAll:    narrate.Text{"Copy the whole conversation", "复制整个会话"},
	copying:    narrate.Text{"Copying…", "正在复制…"},
	copiedPart: narrate.Text{"Copied only the first ${n} of ${of} rows: the text was cut at 16 MiB", "只复制了前 ${n} 行，共 ${of} 行：文字在 16 MiB 处截断"},
}

// fill puts numbers or names into the places ${n} and ${of} of a text.
func fill(l narrate.Lang, t narrate.Text, n, of string) string {
	return expand(t.In(l), map[string]string{"n": n, "of": of})
}

// why words what went wrong, in the reader's language where it comes from a capture file.
func why(l narrate.Lang, err error) string { return narrate.Failure(l, err).Sentences[0] }

// count writes a number of things, with the singular where there is one.
func (w *Window) count(n int, one, many narrate.Text) string {
	if n == 1 {
		return w.t(one)
	}
	return fill(w.lang(), many, narrate.Count(uint64(n)), "")
}

func (w *Window) packets(n int) string { return w.count(n, words.onePacket, words.packets) }

func itoa(n int) string { return strconv.Itoa(n) }
