package ui

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tcptalk/internal/app"
	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
	"tcptalk/internal/ui/widget"
	"tcptalk/internal/ui/widget/lint"
)

// showDatagrams opens the case about DNS at a conversation over UDP, shown as messages.
func showDatagrams(t *testing.T) (*reader, *app.Capture, *otherPane) {
	t.Helper()
	r := open(t, Options{})
	c := r.openCase("other-dns-udp-tcp")
	r.app.ShowFamily(app.UDPFamily)
	r.app.SelectOther(0)
	r.until("its packets are shown", c.Other.Shown)
	r.win.Canvas().Unfocus()
	r.write("m")
	r.until("the messages are made", func() bool { return c.Other.Messages != nil })
	return r, c, r.capture.other
}

func TestDatagramsAreGoneThroughAsMessages(t *testing.T) {
	r, c, o := showDatagrams(t)
	texts := lint.Texts(o.root)
	for _, want := range []string{"ASKS", "A www.example.test", "ANSWERS"} {
		if !slices.Contains(texts, want) {
			t.Errorf("no %q in %q", want, texts)
		}
	}
	r.write("a")
	if c.Other.Packet != 1 || o.says.list.Selected() != 1 {
		t.Errorf("packet %d is selected, in the list %d", c.Other.Packet, o.says.list.Selected())
	}
	r.press(fyne.KeyUp)
	if c.Other.Packet != 0 {
		t.Errorf("packet %d is selected", c.Other.Packet)
	}
	r.copySelected()
	if got := r.fyne.Clipboard().Content(); !strings.Contains(got, "www.example.test") || !strings.HasPrefix(got, "#1 client") {
		t.Errorf("copied is %q", got)
	}
	if commandOf(r, "view.ladder").possible() || !commandOf(r, "view.chat").possible() {
		t.Error("a ladder of datagrams is offered, or no chat")
	}
	o.choices.OnChanged(0)
	if c.SaysMessages() || !o.rows.Visible() || o.says.list.Visible() {
		t.Error("the chat is not shown")
	}
}

// The fields of a datagram are explained as those of a segment are, and linked with its bytes.
func TestFieldsOfADatagramAreExplained(t *testing.T) {
	r, _, o := showDatagrams(t)
	r.win.Resize(firstSize)
	if !o.card.Visible() {
		t.Fatal("the details are not shown")
	}
	port := slices.IndexFunc(o.fields, func(f *packet.Field) bool { return f.ID == "udp.dstport" })
	if port < 0 {
		t.Fatal("there is no port")
	}
	o.tree.OnHover(port)
	says := narrate.Field(narrate.English, "udp.dstport").Meaning
	if got := unbroken(lint.Texts(o.card)...); !strings.Contains(got, unbroken(says)) {
		t.Errorf("the card says %q", got)
	}
	o.tree.OnHover(widget.NoField)
	at := o.fields[port].Offset
	if o.hex.OnHover(at); o.explained() != o.fields[port] {
		t.Errorf("byte %d is explained as %v", at, o.explained())
	}
	if o.pickByte(at); o.tree.SelectedField() != port {
		t.Errorf("byte %d selects field %d", at, o.tree.SelectedField())
	}
	o.hex.OnHover(-1)
	if o.explained() != o.fields[port] {
		t.Error("the selected field is no longer explained")
	}
}

func TestDatagramsAreDiagnosed(t *testing.T) {
	r := open(t, Options{})
	c := r.openCase("other-dns-udp-tcp")
	r.app.ShowTab(app.DiagnosisTab) // about the connection first
	r.app.ShowFamily(app.UDPFamily)
	r.app.SelectOther(0)
	r.until("it is diagnosed", func() bool { return len(c.Other.Findings) > 0 })
	title, _, _, _ := narrate.OtherFinding(narrate.English, c.Other.Findings[0])
	shown := unbroken(lint.Texts(r.capture.right.diagnosis.root)...)
	if !r.capture.right.root.Visible() || !strings.Contains(shown, unbroken(title)) {
		t.Errorf("no %q in %q", title, shown)
	}
	frame := c.Other.View.At(1).Frame
	r.capture.right.diagnosis.goTo(frame)
	if c.Other.Packet != 1 || !c.Other.Shown() {
		t.Errorf("packet %d is selected", c.Other.Packet)
	}
	r.app.SelectConnection(0)
	title, _ = narrate.Finding(narrate.English, c.Findings[0])
	if shown := unbroken(lint.Texts(r.capture.right.diagnosis.root)...); !strings.Contains(shown, unbroken(title)) {
		t.Errorf("of the connection no %q in %q", title, shown)
	}
}

// A capture without any connection has a diagnosis of its conversations all the same.
func TestCapturesWithoutTCPAreDiagnosed(t *testing.T) {
	r := open(t, Options{})
	query := "\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01"
	r.app.OpenFile(datagrams(t, query, query))
	c := r.app.Capture
	r.until("it is diagnosed", func() bool { return len(c.Other.Findings) > 0 })
	title, _, _, _ := narrate.OtherFinding(narrate.English, c.Other.Findings[0])
	if shown := unbroken(lint.Texts(r.capture.right.diagnosis.root)...); c.Chat != nil || !strings.Contains(shown, unbroken(title)) {
		t.Errorf("no %q in %q", title, shown)
	}
	for _, tab := range []app.Tab{app.FilesTab, app.StatsTab, app.DiagnosisTab} {
		r.app.ShowTab(tab)
		r.run()
	}
	for _, view := range []app.ViewKind{app.MessagesView, app.GraphsView, app.LadderView, app.StreamView, app.ChatView} {
		r.app.ShowView(view)
		r.run()
	}
}

// datagrams writes a capture of UDP datagrams to port 53 and returns its path.
func datagrams(t *testing.T, payloads ...string) string {
	t.Helper()
	var out bytes.Buffer
	w, err := pcapfile.NewPcapWriter(&out, pcapfile.Pcap, capture.LinkTypeRaw, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range payloads {
		p := make([]byte, 28, 28+len(text))
		p[0], p[8], p[9] = 0x45, 64, 17
		binary.BigEndian.PutUint16(p[2:], uint16(28+len(text)))
		copy(p[12:], []byte{10, 0, 0, 1, 10, 0, 0, 2})
		binary.BigEndian.PutUint16(p[20:], 50000)
		binary.BigEndian.PutUint16(p[22:], 53)
		binary.BigEndian.PutUint16(p[24:], uint16(8+len(text)))
		p = append(p, text...)
		if err := w.WritePacket(&capture.Packet{Time: int64(i) * 1e6, OrigLen: uint32(len(p)), Data: p, LinkType: capture.LinkTypeRaw}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "udp.pcap")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDatagramsFitEveryWindow(t *testing.T) {
	r, c, _ := showDatagrams(t)
	for _, size := range []fyne.Size{minSize, firstSize, fyne.NewSize(2560, 1440)} {
		for lang := range narrate.Lang(narrate.NumLangs) {
			for _, mode := range []app.ThemeMode{app.ThemeDark, app.ThemeLight} {
				r.app.Set(func(set *app.Settings) { set.Lang, set.Theme = lang, mode })
				r.until("the messages are made", func() bool { return c.Other.Messages != nil && c.Other.Messages.Options.Lang == lang })
				r.win.Resize(size)
				for _, f := range lint.Check(r.capture.other.root, lint.Options{AllowCut: true}) {
					t.Errorf("%v, %v, %v: %s", size, lang, mode, f)
				}
			}
		}
	}
}
