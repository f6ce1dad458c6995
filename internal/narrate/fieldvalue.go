package narrate

import "regexp"

// fieldNamesZH are Chinese names of fields that need no explanation.
var fieldNamesZH = map[string]string{
	"frame.time": "到达时间", "frame.interface_id": "网卡", "frame.encap_type": "链路类型", "frame.len": "帧长度",
	"frame.cap_len": "捕获长度", "frame.comment": "注释",
	"ip.dsfield.dscp": "代码点", "ip.dsfield.ecn": "拥塞通知", "ip.flags.rb": "保留位", "ip.flags.df": "禁止分片",
	"ip.flags.mf": "还有分片", "ip.checksum.status": "校验和状态",
	"ipv6.version": "版本", "ipv6.tclass": "流量类别", "ipv6.tclass.dscp": "代码点", "ipv6.tclass.ecn": "拥塞通知", "ipv6.flow": "流标签",
	"sll": "Linux cooked 捕获", "sll.etype": "协议", "sll.ifindex": "网卡编号", "sll.hatype": "设备类型", "sll.pkttype": "包类型",
	"sll.halen": "地址长度", "sll.src": "源地址",
	"tcp.options.sack_le": "左边界", "tcp.options.sack_re": "右边界", "tcp.options.tfo.cookie": "Cookie",
	"tcp.options.mptcp.subtype": "子类型", "tcp.options.mptcp.flags": "标志", "tcp.options.mptcp.data": "数据",
}

// valuesZH turn the words in package packet's values into Chinese, in this order.
var valuesZH = []struct {
	english *regexp.Regexp
	chinese string
}{
	{regexp.MustCompile(`^(\d+) bytes on wire, (\d+) captured$`), "线上 $1 字节，捕获 $2 字节"},
	{regexp.MustCompile(`\b([\d,]+) bytes?\b`), "$1 字节"},
	{regexp.MustCompile(`^not set$`), "未置位"},
	{regexp.MustCompile(`^set$`), "置位"},
	{regexp.MustCompile(`^correct$`), "正确"},
	{regexp.MustCompile(`^wrong \(maybe offload\)$`), "错误（可能由网卡计算）"},
	{regexp.MustCompile(`^not checkable$`), "无法校验"},
	{regexp.MustCompile(`^not used$`), "未使用"},
	{regexp.MustCompile(`^not capable \(0\)$`), "不支持 (0)"},
	{regexp.MustCompile(`^sent by this machine \(4\)$`), "由本机发出 (4)"},
	{regexp.MustCompile(`^query · `), "询问 · "},
	{regexp.MustCompile(`^response · `), "应答 · "},
	{regexp.MustCompile(`^value (\d+), echo (\d+)$`), "值 $1，回显 $2"},
}

// FieldValue words a field's value; english is the value in package packet.
func FieldValue(l Lang, english string) string {
	if l != Chinese {
		return english
	}
	for _, v := range valuesZH {
		english = v.english.ReplaceAllString(english, v.chinese)
	}
	return english
}
