package narrate

import (
	"testing"

	"tcptalk/internal/tcp"
)

// TestEveryLabelIsHelpedWith asks for help and for words about every label, in every language.
func TestEveryLabelIsHelpedWith(t *testing.T) {
	n := 0
	for label := range labelTerms {
		n++
		for l := range Lang(NumLangs) {
			if labelHelps[label][l] == "" {
				t.Errorf("no help for %v in %v", label.Names(), l)
			}
		}
		if LabelHelp(English, label) == LabelHelp(Chinese, label) {
			t.Errorf("the help for %v is not translated", label.Names())
		}
	}
	if n != len(labelHelps) {
		t.Errorf("%d labels, help for %d", n, len(labelHelps))
	}
}

func TestEveryQuantityIsNamed(t *testing.T) {
	kinds := 0
	for k := tcp.QSeq; k.String() != ""; k++ {
		kinds++
		for l := range Lang(NumLangs) {
			if quantityNames[k][l] == "" {
				t.Errorf("%v has no name in %v", k, l)
			}
		}
	}
	if kinds != len(quantityNames) {
		t.Errorf("%d kinds, %d names", kinds, len(quantityNames))
	}
	for _, tt := range []struct {
		q    tcp.Quantity
		want string
	}{
		{tcp.Quantity{Kind: tcp.QElapsed, Value: 20_700_000}, "20.7 ms"},
		{tcp.Quantity{Kind: tcp.QSeq, Value: 60817}, "60,817"},
		{tcp.Quantity{Kind: tcp.QIPID, Value: 0x1a2b}, "0x1a2b"},
		{tcp.Quantity{Kind: tcp.QSeq, Value: -1}, "-1"},
	} {
		if got := QuantityValue(tt.q); got != tt.want {
			t.Errorf("%v is %q, want %q", tt.q, got, tt.want)
		}
	}
}

func TestFileLacks(t *testing.T) {
	for _, tt := range []struct {
		gap    FileGap
		en, zh string
	}{
		{FileGap{Reason: GapRanges, Holes: 2}, "parts of it were never asked for, or were not captured: 2", "有部分从未请求，或没有抓到：2 处"},
		{FileGap{Reason: "gap", Lacks: 1500}, "bytes of this message were not captured · missing: 1.5 kB", "这条消息有字节没被抓到 · 缺少：1.5 kB"},
		{FileGap{}, "not all of it was captured", "没有全部抓到"},
	} {
		if en, zh := FileLacks(English, tt.gap), FileLacks(Chinese, tt.gap); en != tt.en || zh != tt.zh {
			t.Errorf("%+v: %q, %q", tt.gap, en, zh)
		}
	}
}
