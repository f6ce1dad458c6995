package timeline

import (
	"bytes"
	"slices"
	"testing"
)

func TestHexLinesSayOnceWhatIsRepeated(t *testing.T) {
	zeros := func(n int) []byte { return make([]byte, n) }
	for _, tt := range []struct {
		in   []byte
		want []string
	}{
		{zeros(1448), []string{"0000  00 × 1,448"}},
		{zeros(16), []string{"0000  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................"}},
		{append(zeros(20), 'a'), []string{
			"0000  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................", "0010  00 00 00 00 61                                   ....a",
		}},
		{append([]byte("b"), zeros(40)...), []string{
			"0000  62 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  b...............", "0010  00 × 25",
		}},
		{bytes.Repeat([]byte{0xff}, 70_000), []string{"0000  ff × 70,000"}},
	} {
		if got := hexLines(tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("%d bytes: %q, want %q", len(tt.in), got, tt.want)
		}
	}
}
