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
