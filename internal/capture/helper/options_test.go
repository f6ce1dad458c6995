package helper

import (
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		args string
		want Options
		err  string
	}{
		{args: "interfaces", want: Options{Command: CommandInterfaces, SnapLen: DefaultSnapLen, Buffer: DefaultBuffer}},
		{
			args: "capture -i lo -i=eth0 -f=port_80 -s 256 -B 64 -promiscuous -immediate -y EN10MB",
			want: Options{
				Command: CommandCapture, Interfaces: []string{"lo", "eth0"}, Filter: "port_80", SnapLen: 256, Buffer: 64,
				Promiscuous: true, Immediate: true, LinkType: "EN10MB",
			},
		},
		{args: "", err: "first argument"},
		{args: "shell", err: "first argument"},
		{args: "capture", err: "which interface"},
		{args: "probe", err: "which interface"},
		{args: "capture -i lo -i lo", err: "named twice"},
		{args: "capture -i=", err: "no name of an interface"},
		{args: "capture -i lo -s 0", err: "snapshot length"},
		{args: "capture -i lo -s 999999", err: "snapshot length"},
		{args: "capture -i lo -B 0", err: "buffer"},
		{args: "capture -i lo -B 99999", err: "buffer"},
		{args: "capture -i lo -w file", err: "not defined"},
		{args: "capture -i lo tcp", err: `"tcp" is not understood`},
		{args: "check -f " + strings.Repeat("x", maxFilter+1), err: "longer than"},
	} {
		got, err := Parse(strings.Fields(c.args))
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%.60q: error %v does not say %q", c.args, err, c.err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %+v, %v", c.args, got, err)
		}
	}
}

// FuzzParse feeds the privileged program's command line: whatever is accepted lies within the bounds and comes back the
// same when it is written and read again.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"interfaces", "capture\x00-i\x00lo", "capture\x00-i=lo\x00-f=port 80\x00-s=256\x00-B=8\x00-promiscuous", "check\x00-f\x00tcp",
		"probe\x00-i\x00any\x00-immediate=false", "capture\x00--\x00-i", "capture\x00-i\x00lo\x00-s\x00-9223372036854775808",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		o, err := Parse(strings.Split(s, "\x00"))
		if err != nil {
			return
		}
		if o.SnapLen < MinSnapLen || o.SnapLen > MaxSnapLen || o.Buffer < MinBuffer || o.Buffer > MaxBuffer ||
			len(o.Interfaces) > maxInterfaces || len(o.Filter) > maxFilter {
			t.Fatalf("%q is accepted as %+v", s, o)
		}
		again, err := Parse(o.Args())
		if err != nil || !reflect.DeepEqual(o, again) {
			t.Fatalf("%+v is written as %q and read as %+v, %v", o, o.Args(), again, err)
		}
	})
}

func TestLines(t *testing.T) {
	l := Line{Type: Stats, Interface: `a "b"`, Captured: 3, Received: 5, Dropped: 2}
	got, ok := ParseLine(l.Append(nil))
	if !ok || got != l {
		t.Errorf("%+v came back as %+v", l, got)
	}
	for _, s := range []string{"", "{", "{}", "tcptalk-capture: error while loading shared libraries", "[1]", `{"type":7}`} {
		if l, ok := ParseLine([]byte(s)); ok {
			t.Errorf("%q is read as %+v", s, l)
		}
	}
}
