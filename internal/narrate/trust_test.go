package narrate

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"tcptalk/internal/diagnose"
	"tcptalk/internal/flow"
)

// fullTrust has a value in every place of the sentences.
func fullTrust(code diagnose.TrustCode) diagnose.TrustFinding {
	return diagnose.TrustFinding{
		Code: code, By: flow.ServerToClient, Count: 12_345, Of: 67_890, Size: 14_480, Limit: 1460, Time: 3 * time.Second,
		Gaps: [2]time.Duration{27_908 * time.Microsecond, 29 * time.Microsecond}, First: 2048, Connections: 17, Among: 23,
	}
}

func TestTrustWords(t *testing.T) {
	for l := range Lang(NumLangs) {
		longest := 100 // columns of a banner line at the narrowest window
		for code := range diagnose.TrustCode(diagnose.NumTrustCodes) {
			for _, f := range []diagnose.TrustFinding{fullTrust(code), {Code: code}} {
				line, text := Trust(l, f)
				if line == "" || text == "" || strings.ContainsAny(line+text, "${}") || strings.Contains(line+text, "  ") {
					t.Errorf("%v, %d: %q, %q", l, code, line, text)
				}
				if n := columns(line); n > longest {
					t.Errorf("%v, %d: %q takes %d columns, a banner has %d", l, code, line, n, longest)
				}
				if l == English && !strings.HasSuffix(text, ".") || l == Chinese && !strings.HasSuffix(text, "。") {
					t.Errorf("%v, %d: %q is no sentence", l, code, text)
				}
				if han := strings.ContainsFunc(line, isHan); han != (l == Chinese) {
					t.Errorf("%v, %d: %q is in the wrong language", l, code, line)
				}
			}
		}
	}
	if line, _ := Trust(English, diagnose.TrustFinding{Code: diagnose.TrustCode(diagnose.NumTrustCodes)}); line != "" {
		t.Errorf("a code that does not exist: %q", line)
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

func TestTrustNumbersInWords(t *testing.T) {
	for _, c := range []struct {
		lang Lang
		f    diagnose.TrustFinding
		line string
		text string // a part
	}{
		{English, diagnose.TrustFinding{Code: diagnose.PacketsDropped, Count: 1}, "1 packet dropped while capturing", ""},
		{Chinese, diagnose.TrustFinding{Code: diagnose.PacketsDropped, Count: 40}, "抓包时丢弃了 40 个包", ""},
		{English, diagnose.TrustFinding{Code: diagnose.OneWay, By: flow.ServerToClient, Connections: 2, Among: 5}, "Only the server is heard (2 of 5 connections)", ""},
		{Chinese, diagnose.TrustFinding{Code: diagnose.OneWay, By: flow.ClientToServer}, "只抓到了客户端一方", ""},
		{English, diagnose.TrustFinding{Code: diagnose.OneWay, Both: true, Connections: 3, Among: 5}, "Only one side is heard (3 of 5 connections)", ""},
		{Chinese, diagnose.TrustFinding{Code: diagnose.OneWay, Both: true, Connections: 3, Among: 5}, "只抓到了一方（5 条连接中的 3 条）", ""},
		{English, diagnose.TrustFinding{Code: diagnose.PacketsCut, Count: 47, Of: 80, Size: 96}, "47 of 80 packets are cut at 96 B", ""},
		{English, diagnose.TrustFinding{Code: diagnose.PacketsCut, Count: 47, Of: 80}, "47 of 80 packets are cut", ""},
		{English, diagnose.TrustFinding{Code: diagnose.ClockBack, Count: 1, Time: time.Minute}, "The clock went back 1 time, by up to 60 s", ""},
		{Chinese, diagnose.TrustFinding{Code: diagnose.ClockBack, Count: 2, Time: time.Minute}, "时钟倒退了 2 次，最多 60 s", ""},
		{English, diagnose.TrustFinding{Code: diagnose.Oversized, Size: 14_480, Limit: 1460}, "Segments of up to 14 kB: joined by offload", "agreed on has 1,460 bytes."},
		{English, diagnose.TrustFinding{Code: diagnose.ChecksumsLeft, Count: 3, Of: 9, By: flow.ClientToServer}, "Unfinished checksums: normal on the sending host", "taken on the client's side."},
		{English, diagnose.TrustFinding{Code: diagnose.ChecksumsLeft, Count: 3, Of: 9, Both: true}, "Unfinished checksums: normal on the sending host", "taken on the host itself."},
		{
			English,
			diagnose.TrustFinding{Code: diagnose.NearClient, Gaps: [2]time.Duration{27_908 * time.Microsecond, 29 * time.Microsecond}},
			"Captured near the client", "the client answered in 29 µs, the server in 27.9 ms.",
		},
		{
			Chinese,
			diagnose.TrustFinding{Code: diagnose.NearBoth, Gaps: [2]time.Duration{17 * time.Microsecond, 9 * time.Microsecond}},
			"在双方附近抓取", "服务器用了 17 µs 应答，客户端用了 9 µs：",
		},
		{English, diagnose.TrustFinding{Code: diagnose.SomeTwice, Count: 2, First: 2048}, "2 packets here twice", "Only the first 2,048 packets were looked at."},
	} {
		line, text := Trust(c.lang, c.f)
		if line != c.line || !strings.Contains(text, c.text) {
			t.Errorf("%d:\n%q\n%q, want\n%q\n%q", c.f.Code, line, text, c.line, c.text)
		}
	}
}
