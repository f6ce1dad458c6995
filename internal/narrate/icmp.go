package narrate

import (
	"fmt"
	"strconv"

	"tcptalk/internal/packet"
)

// icmpKind is an ICMP type, and a code if the code changes the meaning.
type icmpKind struct{ typ, code int16 }

// anyCode stands for the codes that a table does not list.
const anyCode = -1

var icmpWords = map[icmpKind]Text{
	{0, anyCode}:  {"ping reply", "ping 应答"},
	{8, anyCode}:  {"ping request", "ping 请求"},
	{3, anyCode}:  {"destination unreachable", "目的不可达"},
	{3, 0}:        {"network unreachable", "网络不可达"},
	{3, 1}:        {"host unreachable", "主机不可达"},
	{3, 2}:        {"protocol unreachable: the host does not speak it", "协议不可达：主机不支持这个协议"},
	{3, 3}:        {"port unreachable: nobody listens there", "端口不可达：没有程序在监听"},
	{3, 4}:        {"too big, and it must not be fragmented", "包太大，又不允许分片"},
	{3, 5}:        {"the source route failed", "源路由失败"},
	{3, 6}:        {"unknown network", "未知网络"},
	{3, 7}:        {"unknown host", "未知主机"},
	{3, 9}:        {"the network is prohibited by an administrator", "管理员禁止访问该网络"},
	{3, 10}:       {"the host is prohibited by an administrator", "管理员禁止访问该主机"},
	{3, 11}:       {"network unreachable for this type of service", "这种服务类型的网络不可达"},
	{3, 12}:       {"host unreachable for this type of service", "这种服务类型的主机不可达"},
	{3, 13}:       {"filtered by an administrator", "被管理员过滤"},
	{4, anyCode}:  {"source quench: please send more slowly (obsolete)", "源抑制：请放慢发送（已废弃）"},
	{5, anyCode}:  {"redirect: there is a better way", "重定向：有更好的路"},
	{9, anyCode}:  {"router advertisement", "路由器通告"},
	{10, anyCode}: {"router solicitation: which routers are there?", "路由器请求：有哪些路由器？"},
	{11, anyCode}: {"time exceeded", "超时"},
	{11, 0}:       {"the packet passed too many routers (TTL is 0)", "经过的路由器太多（TTL 减到 0）"},
	{11, 1}:       {"fragments were missing for too long", "分片太久没有到齐"},
	{12, anyCode}: {"a header field is wrong", "头部字段有错"},
	{13, anyCode}: {"timestamp request", "时间戳请求"},
	{14, anyCode}: {"timestamp reply", "时间戳应答"},
	{17, anyCode}: {"address mask request", "地址掩码请求"},
	{18, anyCode}: {"address mask reply", "地址掩码应答"},
}

var icmpv6Words = map[icmpKind]Text{
	{1, anyCode}:   {"destination unreachable", "目的不可达"},
	{1, 0}:         {"no route to the destination", "没有到目的地的路由"},
	{1, 1}:         {"prohibited by an administrator", "被管理员禁止"},
	{1, 2}:         {"beyond the scope of the source address", "超出源地址的作用域"},
	{1, 3}:         {"address unreachable", "地址不可达"},
	{1, 4}:         {"port unreachable: nobody listens there", "端口不可达：没有程序在监听"},
	{1, 5}:         {"the source address is not allowed", "源地址不被允许"},
	{1, 6}:         {"the route to the destination rejects it", "到目的地的路由拒绝转发"},
	{2, anyCode}:   {"too big for the way", "包太大，这条路过不去"},
	{3, anyCode}:   {"time exceeded", "超时"},
	{3, 0}:         {"the packet passed too many routers (hop limit is 0)", "经过的路由器太多（跳数减到 0）"},
	{3, 1}:         {"fragments were missing for too long", "分片太久没有到齐"},
	{4, anyCode}:   {"a header field is wrong", "头部字段有错"},
	{128, anyCode}: {"ping request", "ping 请求"},
	{129, anyCode}: {"ping reply", "ping 应答"},
	{130, anyCode}: {"multicast listener query: who listens to which groups?", "组播监听查询：谁在听哪些组？"},
	{131, anyCode}: {"multicast listener report", "组播监听报告"},
	{132, anyCode}: {"multicast listener done", "组播监听结束"},
	{133, anyCode}: {"router solicitation: which routers are there?", "路由器请求：有哪些路由器？"},
	{134, anyCode}: {"router advertisement", "路由器通告"},
	{135, anyCode}: {"neighbor solicitation: who has this address?", "邻居请求：谁有这个地址？"},
	{136, anyCode}: {"neighbor advertisement: I have this address", "邻居通告：这个地址是我的"},
	{137, anyCode}: {"redirect: there is a better way", "重定向：有更好的路"},
	{143, anyCode}: {"multicast listener report", "组播监听报告"},
}

// ICMP says in one line what an ICMP message means.
func ICMP(l Lang, m *packet.ICMP) string {
	s := icmpMeaning(l, m)
	if request, reply := m.Echo(); request || reply {
		s += fmt.Sprintf(Text{" %d, id %d", " %d，标识 %d"}.In(l), m.Seq, m.ID)
	}
	if m.MTU != 0 {
		s += fmt.Sprintf(Text{"; at most %s bytes pass", "；最多 %s 字节能通过"}.In(l), Count(uint64(m.MTU)))
	}
	if m.Gateway.IsValid() {
		s += fmt.Sprintf(Text{", by %s", "，经由 %s"}.In(l), m.Gateway)
	}
	if m.Target.IsValid() {
		s += " " + m.Target.String()
	}
	if q := &m.Quoted; q.Src.IsValid() {
		s += fmt.Sprintf(Text{" · about a %s packet %s → %s", " · 针对 %s 包 %s → %s"}.In(l), IPProtocol(l, uint16(q.Protocol)), Endpoint(q.Src), Endpoint(q.Dst))
	}
	return s
}

func icmpMeaning(l Lang, m *packet.ICMP) string {
	words := icmpWords
	if m.V6 {
		words = icmpv6Words
	}
	for _, code := range [...]int16{int16(m.Code), anyCode} {
		if t, ok := words[icmpKind{int16(m.Type), code}]; ok {
			return t.In(l)
		}
	}
	return Text{"type ", "类型 "}.In(l) + strconv.Itoa(int(m.Type)) + Text{" code ", " 代码 "}.In(l) + strconv.Itoa(int(m.Code))
}

// ARP says in one line what an address resolution message asks or tells.
func ARP(l Lang, a *packet.ARP) string {
	if a.SenderIP == a.TargetIP && (a.Operation == packet.ARPRequest || a.Operation == packet.ARPReply) {
		return fmt.Sprintf(Text{"I am %s, at %s (announcement)", "我是 %s，在 %s（通告）"}.In(l), a.SenderIP, a.SenderMAC)
	}
	switch a.Operation {
	case packet.ARPRequest:
		if a.SenderIP.IsUnspecified() {
			return fmt.Sprintf(Text{"does anybody have %s yet? (probe)", "%s 有人在用吗？（探测）"}.In(l), a.TargetIP)
		}
		return fmt.Sprintf(Text{"who has %s? tell %s", "谁是 %s？请告诉 %s"}.In(l), a.TargetIP, a.SenderIP)
	case packet.ARPReply:
		return fmt.Sprintf(Text{"%s is at %s", "%s 在 %s"}.In(l), a.SenderIP, a.SenderMAC)
	case packet.RARPRequest:
		return fmt.Sprintf(Text{"which address does %s have?", "%s 的地址是什么？"}.In(l), a.TargetMAC)
	case packet.RARPReply:
		return fmt.Sprintf(Text{"%s has %s", "%s 的地址是 %s"}.In(l), a.TargetMAC, a.TargetIP)
	}
	return Text{"operation ", "操作 "}.In(l) + strconv.Itoa(int(a.Operation))
}
