package app

import (
	"context"
	"io"
	"strconv"
	"strings"
	"time"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/export"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
	"tcptalk/internal/timeline"
)

// reportWords are the words of a report besides those that narrate has.
var reportWords = struct {
	client, server, protocol, packets, bytes, lasted, began, trust, findings, or, try, shown narrate.Text
	marks                                                                                    map[diagnose.Severity]narrate.Text
}{
	client: narrate.Text{"Client", "客户端"}, server: narrate.Text{"Server", "服务器"}, protocol: narrate.Text{"Protocol", "协议"},
	packets: narrate.Text{"Packets", "包"}, bytes: narrate.Text{"Bytes on the wire", "线上字节"}, lasted: narrate.Text{"Lasted", "持续"},
	began: narrate.Text{"Began", "开始于"}, trust: narrate.Text{"How far the capture can be believed", "这份抓包有多可信"},
	findings: narrate.Text{"What happened", "发生了什么"}, or: narrate.Text{"Or: ", "另一种可能："}, try: narrate.Text{"Try: ", "可以试试："},
	shown: narrate.Text{"Packets: ", "包："},
	marks: map[diagnose.Severity]narrate.Text{
		diagnose.Info: {"note", "说明"}, diagnose.OK: {"good", "正常"}, diagnose.Warn: {"warning", "警告"}, diagnose.Fail: {"trouble", "故障"},
	},
}

// writeReport writes what is to be known about a connection as Markdown or as a page of HTML.
func writeReport(ctx context.Context, w io.Writer, k ExportKind, s *session.Session, v *session.View, l narrate.Lang) error {
	talk, err := s.Conversation(ctx, v)
	if err != nil {
		return err
	}
	stats, err := diagnose.MeasureStats(ctx, v)
	if err != nil {
		return err
	}
	spent, err := diagnose.Spend(ctx, v, talk)
	if err != nil {
		return err
	}
	r := export.Report{Title: v.Conn.Client.String() + " – " + v.Conn.Server.String(), Lang: l.String(), Facts: reportFacts(v, talk, l)}
	r.Sections = append(r.Sections, reportTrust(v, l), reportFindings(v, l))
	for _, g := range timeline.StatsGroups(l, stats, spent) {
		section := export.ReportSection{Title: g.Title, Note: g.Note}
		if g.Sides {
			section.Head = [2]string{narrate.Side(l, 0), narrate.Side(l, 1)}
		}
		for i := range g.Rows {
			section.Rows = append(section.Rows, [3]string{g.Rows[i].Name, g.Rows[i].Values[0], g.Rows[i].Values[1]})
		}
		r.Sections = append(r.Sections, section)
	}
	if k == ExportReportHTML {
		return r.HTML(w)
	}
	return r.Markdown(w)
}

func reportFacts(v *session.View, talk *session.Conversation, l narrate.Lang) [][2]string {
	conn := &v.Conn
	protocol := "TCP"
	if talk.Protocol != "" {
		protocol = narrate.ProtocolName(talk.Protocol)
	}
	return [][2]string{
		{reportWords.client.In(l), conn.Client.String()},
		{reportWords.server.In(l), conn.Server.String()},
		{reportWords.protocol.In(l), protocol},
		{reportWords.packets.In(l), narrate.Count(uint64(v.Len()))},
		{reportWords.bytes.In(l), narrate.Bytes(conn.Bytes[0] + conn.Bytes[1])},
		{reportWords.began.In(l), time.Unix(0, conn.FirstTime).UTC().Format("2006-01-02 15:04:05.000000") + " UTC"},
		{reportWords.lasted.In(l), narrate.Duration(time.Duration(conn.LastTime - conn.FirstTime))},
	}
}

func reportTrust(v *session.View, l narrate.Lang) export.ReportSection {
	section := export.ReportSection{Title: reportWords.trust.In(l)}
	for _, f := range diagnose.Trust(v) {
		line, text := narrate.Trust(l, f)
		section.Items = append(section.Items, reportItem(l, f.Severity, line, f.Frames, text))
	}
	return section
}

func reportFindings(v *session.View, l narrate.Lang) export.ReportSection {
	section := export.ReportSection{Title: reportWords.findings.In(l)}
	for _, f := range diagnose.Connection(v, diagnose.Moments(v)) {
		title, text := narrate.Finding(l, f)
		other, try := narrate.FindingAdvice(l, f)
		if other != "" {
			other = reportWords.or.In(l) + other
		}
		if try != "" {
			try = reportWords.try.In(l) + try
		}
		section.Items = append(section.Items, reportItem(l, f.Severity, title, f.Frames, text, other, try))
	}
	return section
}

// reportItem is a finding with the sentences that there are, and the packets that show it.
func reportItem(l narrate.Lang, severity diagnose.Severity, title string, frames []uint32, paras ...string) export.ReportItem {
	it := export.ReportItem{Mark: reportWords.marks[severity].In(l), Title: title}
	for _, p := range paras {
		if p != "" {
			it.Paras = append(it.Paras, p)
		}
	}
	if len(frames) > 0 {
		names := make([]string, len(frames))
		for i, f := range frames {
			names[i] = strconv.FormatUint(uint64(f), 10)
		}
		it.Paras = append(it.Paras, reportWords.shown.In(l)+strings.Join(names, ", "))
	}
	return it
}
