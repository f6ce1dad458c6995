package cli

import (
	"context"
	"slices"
	"testing"

	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
)

func TestTrustLines(t *testing.T) {
	for _, c := range []struct {
		file string
		lang narrate.Lang
		want []string // every other line: the sentences below are narrate's
	}{
		{"s12b_snaplen96.pcap", narrate.English, []string{"⚠ 47 of 80 packets are cut at 96 B", "· Captured close to both sides"}},
		{"s12e_one_direction.pcap", narrate.Chinese, []string{"⚠ 只抓到了服务器一方"}},
		{"s12d_starts_mid_stream.pcap", narrate.English, []string{"⚠ The capture began after the connection"}},
	} {
		s, err := session.Open("../diagnose/testdata/trust/" + c.file)
		if err != nil {
			t.Fatal(err)
		}
		if got := trustLines(c.lang, s); got != nil {
			t.Errorf("%s: %q before anything was read", c.file, got)
		}
		if err := s.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		lines := trustLines(c.lang, s)
		var marked []string
		for i := 0; i+1 < len(lines); i += 2 {
			marked = append(marked, lines[i])
			if lines[i+1][:2] != "  " {
				t.Errorf("%s: %q is not indented", c.file, lines[i+1])
			}
		}
		if !slices.Equal(marked, c.want) {
			t.Errorf("%s: %q, want %q", c.file, marked, c.want)
		}
		s.Close()
	}
}
