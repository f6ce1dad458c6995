package narrate

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
)

// FailureText is what a reader is told about a capture that could not be read to its end, or at all.
type FailureText struct {
	Title string
	// Sentences say what is wrong, and what can be used nevertheless.
	Sentences []string
	// Place says where, in bytes; "" if that is not known.
	Place string
}

// failureTexts word pcapfile's reasons; ${have}, ${want}, ${field}, ${packet}, ${head}, ${looks} and ${cause} are filled in. Reasons that
// are not here are shown in pcapfile's own English.
var failureTexts = map[pcapfile.Reason]Text{
	pcapfile.ReasonMissing:          {"There is no such file.", "没有这个文件。"},
	pcapfile.ReasonPermission:       {"You have no permission to read this file.", "没有读取这个文件的权限。"},
	pcapfile.ReasonDirectory:        {"This is a folder, not a capture file.", "这是一个文件夹，不是抓包文件。"},
	pcapfile.ReasonOpen:             {"It cannot be opened: ${cause}", "无法打开：${cause}"},
	pcapfile.ReasonNotCapture:       {"It is not a packet capture: it starts with ${head}. ${looks}tcptalk reads pcap and pcapng, also compressed with gzip or zstd.", "它不是抓包文件：开头是 ${head}。${looks}tcptalk 能读 pcap 和 pcapng，也包括 gzip 或 zstd 压缩的。"},
	pcapfile.ReasonVersion:          {"It is a ${field} of version ${have}.${want}, which tcptalk does not know.", "这是版本 ${have}.${want} 的 ${field}，tcptalk 不认识。"},
	pcapfile.ReasonHeaderCut:        {"The file header is cut off after ${have} of ${want} bytes.", "文件头在 ${have}/${want} 字节处被截断。"},
	pcapfile.ReasonPacketHeaderCut:  {"Packet ${packet} is cut off after ${have} of ${want} header bytes.", "包 ${packet} 的头在 ${have}/${want} 字节处被截断。"},
	pcapfile.ReasonPacketCut:        {"Packet ${packet} is cut off after ${have} of ${want} bytes.", "包 ${packet} 在 ${have}/${want} 字节处被截断。"},
	pcapfile.ReasonBlockCut:         {"A block of the file is cut off after ${have} of ${want} bytes.", "文件的一个块在 ${have}/${want} 字节处被截断。"},
	pcapfile.ReasonCaptureLength:    {"Packet ${packet} claims ${have} bytes; at most ${want} are possible.", "包 ${packet} 声称有 ${have} 字节，最多只可能 ${want}。"},
	pcapfile.ReasonBlockLengthSmall: {"A block claims ${have} bytes; it needs at least ${want}.", "一个块声称有 ${have} 字节，至少需要 ${want}。"},
	pcapfile.ReasonBlockLengthLarge: {"A block claims ${have} bytes; at most ${want} are possible.", "一个块声称有 ${have} 字节，最多只可能 ${want}。"},
	pcapfile.ReasonBlockTrailer:     {"A block says it has ${have} bytes at its start, but ${want} at its end.", "一个块的开头说有 ${have} 字节，结尾却说 ${want}。"},
	pcapfile.ReasonBlockRoom:        {"Packet ${packet} claims ${have} bytes; its block has room for ${want}.", "包 ${packet} 声称有 ${have} 字节，它的块只容得下 ${want}。"},
	pcapfile.ReasonInterface:        {"Packet ${packet} names interface ${have}; the file describes ${want}.", "包 ${packet} 指向网卡 ${have}，文件里只描述了 ${want} 个。"},
	pcapfile.ReasonInterfaces:       {"The file describes more than ${want} interfaces.", "文件描述的网卡超过 ${want} 个。"},
	pcapfile.ReasonOption:           {"An option of a block claims ${have} bytes; ${want} are left.", "一个块的选项声称有 ${have} 字节，只剩 ${want}。"},
	pcapfile.ReasonByteOrder:        {"A section of the file has an impossible byte-order mark.", "文件的一个节有不可能的字节序标记。"},
	pcapfile.ReasonCompressedCut:    {"The ${field} data breaks off.", "${field} 数据中断了。"},
	pcapfile.ReasonCompressedBad:    {"The ${field} data is damaged: ${cause}", "${field} 数据损坏：${cause}"},
	pcapfile.ReasonCompressedRatio:  {"The ${field} data unpacks to more than ${want} times its size; reading stopped.", "${field} 数据解压后超过原来的 ${want} 倍，已停止读取。"},
	pcapfile.ReasonCompressedWindow: {"The ${field} data needs more than ${want} bytes of memory to unpack.", "${field} 数据解压需要超过 ${want} 字节的内存。"},
	pcapfile.ReasonSpoolLimit:       {"More than ${want} bytes came from a pipe or compressed file; reading stopped.", "来自管道或压缩文件的数据超过 ${want} 字节，已停止读取。"},
	pcapfile.ReasonDiskFull:         {"The disk is full: there is no room for the temporary copy that a compressed file needs.", "磁盘已满：压缩文件需要的临时副本放不下。"},
	pcapfile.ReasonSpool:            {"The temporary copy that a pipe or compressed file needs failed: ${cause}", "管道或压缩文件需要的临时副本出错：${cause}"},
	pcapfile.ReasonPacketLimit:      {"The file has more than ${want} packets; reading stopped.", "文件里的包超过 ${want} 个，已停止读取。"},
	pcapfile.ReasonRead:             {"Reading failed: ${cause}", "读取失败：${cause}"},
}

// looksTexts say what stands in a file that is no capture, and what to do about it. More text follows.
var looksTexts = map[pcapfile.Looks]Text{
	pcapfile.LooksZIP:    {"This looks like a ZIP archive: unpack it first. ", "看起来是 ZIP 压缩包，请先解压。"},
	pcapfile.LooksGzip:   {"This looks like gzip data inside compressed data: unpack it first. ", "看起来是压缩数据里又套了一层 gzip，请先解压。"},
	pcapfile.LooksZstd:   {"This looks like zstd data inside compressed data: unpack it first. ", "看起来是压缩数据里又套了一层 zstd，请先解压。"},
	pcapfile.LooksBzip2:  {"This looks like bzip2 data: unpack it first. ", "看起来是 bzip2 数据，请先解压。"},
	pcapfile.LooksXZ:     {"This looks like xz data: unpack it first. ", "看起来是 xz 数据，请先解压。"},
	pcapfile.LooksLZ4:    {"This looks like lz4 data: unpack it first. ", "看起来是 lz4 数据，请先解压。"},
	pcapfile.Looks7Zip:   {"This looks like a 7-Zip archive: unpack it first. ", "看起来是 7-Zip 压缩包，请先解压。"},
	pcapfile.LooksSnoop:  {"This looks like a Solaris snoop capture: convert it to pcapng first. ", "看起来是 Solaris 的 snoop 抓包，请先转换成 pcapng。"},
	pcapfile.LooksNetMon: {"This looks like a Microsoft Network Monitor capture: convert it to pcapng first. ", "看起来是 Microsoft Network Monitor 的抓包，请先转换成 pcapng。"},
	pcapfile.LooksLFS:    {"This looks like a Git LFS pointer: fetch the real file first. ", "看起来是 Git LFS 指针，请先取回真正的文件。"},
	pcapfile.LooksWeb:    {"This looks like a web page: was the download complete? ", "看起来是网页，文件是否下载完整？"},
}

var (
	titleUnreadable = Text{"This file cannot be opened", "无法打开这个文件"}
	titleDamaged    = Text{"The file is damaged here", "文件在此处损坏"}
	titleCut        = Text{"The file ends here, in the middle of a packet", "文件到此为止，断在一个包中间"}
	titleStopped    = Text{"Reading stopped here", "读取在此停止"}
	stillUsable     = Text{"The packets before it can be used: ${n}.", "之前的 ${n} 个包可以使用。"}
)

// Failure words why a capture ends early, or cannot be read.
func Failure(l Lang, err error) FailureText {
	var e *pcapfile.Error
	var said interface{ Say(l Lang) string }
	if errors.As(err, &said) {
		return FailureText{Title: titleUnreadable.In(l), Sentences: []string{said.Say(l)}}
	}
	if !errors.As(err, &e) {
		return FailureText{Title: titleUnreadable.In(l), Sentences: []string{Cause(l, err)}}
	}
	f := FailureText{Sentences: []string{reason(l, e)}}
	switch e.Kind {
	case pcapfile.Unreadable:
		f.Title = titleUnreadable.In(l)
		return f
	case pcapfile.Truncated:
		f.Title = titleCut.In(l)
	case pcapfile.Damaged:
		f.Title = titleDamaged.In(l)
	default:
		f.Title = titleStopped.In(l)
	}
	f.Sentences = append(f.Sentences, os.Expand(stillUsable.In(l), func(string) string { return Count(uint64(e.Frame)) }))
	f.Place = fmt.Sprintf(Text{"at byte %s (0x%X)", "位于字节 %s（0x%X）"}.In(l), Count(uint64(e.Offset)), e.Offset)
	if e.Size >= 0 {
		f.Place += fmt.Sprintf(Text{" of %s", "，共 %s"}.In(l), Count(uint64(e.Size)))
	}
	return f
}

func reason(l Lang, e *pcapfile.Error) string {
	t, ok := failureTexts[e.Reason]
	if !ok {
		return e.Message()
	}
	return os.Expand(t.In(l), func(name string) string {
		switch name {
		case "have":
			return Count(e.Have)
		case "want":
			return Count(e.Want)
		case "field":
			return e.Field
		case "packet":
			return Count(uint64(e.Frame) + 1)
		case "head":
			return strconv.Quote(string(e.Head))
		case "looks":
			return looksTexts[e.Looks].In(l)
		case "cause":
			if e.Err != nil {
				return Cause(l, e.Err)
			}
		}
		return ""
	})
}

// Start is what stands in place of the time since the packet before at the first one.
func Start(l Lang) string { return Text{"start", "开始"}.In(l) }

// InferredHint explains the mark of a state that the capture does not prove.
func InferredHint(l Lang) string {
	return Text{"(Inferred: this capture does not prove it.)", "（推断：这份抓包不能证明。）"}.In(l)
}

// OtherPackets says how many packets are not TCP.
func OtherPackets(l Lang, n int) string {
	t := Text{"${n} packets are not TCP", "${n} 个包不是 TCP"}
	if n == 1 {
		t[English] = "1 packet is not TCP"
	}
	return os.Expand(t.In(l), func(string) string { return Count(uint64(n)) })
}

// ReaderNote stands before what the reader wrote about a packet.
func ReaderNote(l Lang) string { return Text{"Note: ", "备注："}.In(l) }

// Comment stands before what somebody wrote about a packet in the capture file.
func Comment(l Lang) string { return Text{"Comment in the file: ", "文件中的注释："}.In(l) }

// UnknownLink says that packets of one kind of network cannot be read.
func UnknownLink(l Lang, link capture.LinkType, n int) string {
	t := Text{"${n} packets of the kind ${link} were counted but cannot be read", "${n} 个 ${link} 类型的包已计数，但无法解读"}
	if n == 1 {
		t[English] = "1 packet of the kind ${link} was counted but cannot be read"
	}
	return os.Expand(t.In(l), func(name string) string {
		if name == "n" {
			return Count(uint64(n))
		}
		return link.String()
	})
}
