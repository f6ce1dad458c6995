package ui

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"tcptalk/cases"
	"tcptalk/internal/app"
	"tcptalk/internal/capture/helper"
	"tcptalk/internal/capture/live"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/narrate"
	"tcptalk/internal/ui/widget/lint"
)

// computer is one that captures a bundled recording, or may not capture.
type computer struct {
	may  bool
	last *tape
	left []app.Leftover
}

func (c *computer) Examine(context.Context) (live.Diagnosis, error) {
	t := live.Tool{Kind: live.Own, Path: "/usr/local/lib/tcptalk/tcptalk-capture"}
	if c.may {
		return live.Diagnosis{Tool: t, Tried: []live.Attempt{{Tool: t}}}, nil
	}
	return live.Diagnosis{
		Tried: []live.Attempt{
			{Tool: t, Problem: &live.Problem{Kind: live.NoPermission, Interface: "lo", Message: "socket: Operation not permitted"}},
			{Tool: live.Tool{Kind: live.Dumpcap, Path: "/usr/bin/dumpcap"}, Problem: &live.Problem{Kind: live.NotRunnable, Message: "permission denied"}},
		},
		Advice: []live.Advice{
			{Kind: live.AdviceGrant, Commands: []string{
				"sudo chown root:users /usr/local/lib/tcptalk/tcptalk-capture", "sudo chmod 750 /usr/local/lib/tcptalk/tcptalk-capture",
				"sudo setcap cap_net_raw+ep /usr/local/lib/tcptalk/tcptalk-capture",
			}},
			{Kind: live.AdviceJoin, Commands: []string{"sudo usermod -aG wireshark alice"}},
		},
	}, nil
}

func (c *computer) List(context.Context, live.Tool) ([]helper.Interface, error) {
	return []helper.Interface{
		{Name: "lo", Loopback: true, Up: true},
		{Name: "eth0", Up: true},
		{Name: "docker0", Up: true},
		{Name: "any", Up: true},
		{Name: "wlan0", Wireless: true},
	}, nil
}

func (c *computer) Activity() (map[string]live.Traffic, bool) { return nil, false }

func (c *computer) CheckFilter(_ context.Context, _ live.Tool, _, _, filter string) error {
	if at := strings.Index(filter, "prt"); at >= 0 {
		return &live.Problem{Kind: live.BadFilter, Message: "syntax error", From: at, To: at + 3}
	}
	return nil
}

func (c *computer) Start(live.Spec) (app.Recording, error) {
	b, err := fs.ReadFile(cases.FS(), "basics-hello-7456/capture.pcapng")
	if err != nil {
		return nil, err
	}
	c.last = &tape{bytes: b, state: live.State{
		Phase: live.Capturing, Began: time.Now(), Packets: 9, Bytes: int64(len(b)), Counters: live.Counters{Known: true, Received: 1_234_567, Dropped: 89_012},
	}}
	return c.last, nil
}

func (c *computer) Leftovers() ([]app.Leftover, error) { return c.left, nil }

// tape is a recording of a bundled case that stays open until it is stopped.
type tape struct {
	bytes []byte
	state live.State
	ended chan struct{}
}

func (t *tape) State() live.State { return t.state }

func (t *tape) Open() (*pcapfile.File, error) {
	t.ended = make(chan struct{})
	return pcapfile.OpenGrowing(t, "tape")
}

func (t *tape) ReadAt(b []byte, off int64) (int, error) {
	return strings.NewReader(string(t.bytes)).ReadAt(b, off)
}

func (t *tape) Wait(have int64) (int64, bool) {
	if have >= int64(len(t.bytes)) {
		<-t.ended
		return have, true
	}
	return int64(len(t.bytes)), false
}

func (t *tape) Length() int64 { return int64(len(t.bytes)) }

func (t *tape) Stop() {
	select {
	case <-t.ended:
	default:
		close(t.ended)
	}
}

func (t *tape) Close() error { t.Stop(); return nil }

func (t *tape) Keep() error { t.Stop(); return nil }

// capturing opens a window that captures.
func capturing(t *testing.T) (*reader, *app.Capture) {
	t.Helper()
	r := open(t, Options{Live: &computer{may: true}})
	r.showLive()
	r.until("the interfaces are listed", func() bool { return !r.app.Setup.Examining && r.app.Setup.Examined })
	r.press(fyne.KeyReturn)
	r.until("bubbles are shown", func() bool { c := r.app.Capture; return c != nil && c.View != nil && c.Talk != nil })
	return r, r.app.Capture
}

func TestACaptureFromItsDialogToItsEnd(t *testing.T) {
	r := open(t, Options{Live: &computer{may: true}})
	r.click(r.home.live)
	r.until("the interfaces are listed", func() bool { return !r.app.Setup.Examining && r.app.Setup.Examined })
	for _, want := range []string{"lo", "docker0", "any", "tcpdump -n -i lo -w capture.pcap"} {
		if texts := lint.Texts(r.dialog); !slices.Contains(texts, want) {
			t.Errorf("the dialog does not say %q: %q", want, texts)
		}
	}
	r.write("tcp prt 80")
	r.until("the filter is wrong", func() bool { return r.app.Setup.Check.Problem != nil })
	if texts := lint.Texts(r.dialog); !slices.Contains(texts, "prt") || !slices.Contains(texts, "tcp ") {
		t.Errorf("the place is not marked: %q", texts)
	}
	if r.press(fyne.KeyReturn); r.app.Capture != nil {
		t.Error("a wrong filter is captured with")
	}
	for range len("prt 80") {
		r.press(fyne.KeyBackspace)
	}
	r.until("the filter is right", func() bool { return r.app.Setup.Check.Valid })
	r.press(fyne.KeyReturn)
	r.until("bubbles are shown", func() bool { c := r.app.Capture; return c != nil && c.View != nil && c.Talk != nil })
	bar := r.capture.live
	texts := strings.Join(lint.Texts(bar.root), "\n")
	for _, want := range []string{"Live", "1,234,567 received", "89,012 dropped"} {
		if !strings.Contains(texts, want) {
			t.Errorf("the bar does not say %q: %q", want, texts)
		}
	}
	r.click(bar.pause)
	if !r.app.Capture.Live.Paused || bar.pause.Text() != "Go on" {
		t.Errorf("the view is not paused: %q", bar.pause.Text())
	}
	r.click(bar.stop)
	r.until("it is over", func() bool { return !r.app.Capture.Live.Running() })
	if bar.stop.Visible() || !bar.again.Visible() || !bar.save.Visible() {
		t.Error("the bar offers what is over")
	}
	r.press(fyne.KeyEscape)
	if r.app.Asking == nil || r.dialog == nil {
		t.Fatal("what is not saved goes unasked")
	}
	if r.press(fyne.KeyEscape); r.app.Asking != nil || r.app.Page != app.CapturePage || r.dialog != nil {
		t.Error("Esc does not keep the capture")
	}
	r.press(fyne.KeyEscape)
	r.press(fyne.KeyTab) // the usual answer has the keyboard
	r.app.DiscardLive()
	if r.app.Page != app.Home {
		t.Error("discarded, and still open")
	}
}

func TestTheDoctor(t *testing.T) {
	pc := &computer{}
	r := open(t, Options{Live: pc})
	r.showLive()
	r.until("it was looked", func() bool { return r.app.Setup.Examined && !r.app.Setup.Examining })
	said := strings.Join(lint.Texts(r.dialog), "\n")
	for _, want := range []string{"tcptalk-capture", "sudo setcap cap_net_raw+ep", "sudo usermod -aG wireshark alice", "Everything else keeps working"} {
		if !strings.Contains(said, want) {
			t.Errorf("the doctor does not say %q:\n%s", want, said)
		}
	}
	pc.may = true
	r.press(fyne.KeyReturn) // test again
	r.until("it works now", func() bool { return r.app.Setup.Diagnosis.Ready() })
	if !slices.Contains(lint.Texts(r.dialog), "lo") {
		t.Error("the interfaces are not offered after all")
	}
}

func TestLiveDialogsFitTheSmallestWindow(t *testing.T) {
	for name, may := range map[string]bool{"capture": true, "doctor": false} {
		r := open(t, Options{Live: &computer{may: may}})
		r.app.Examine()
		r.until("it was looked", func() bool { return !r.app.Setup.Examining })
		r.app.SetCaptureFilter("tcp prt 80")
		r.until("checked", func() bool { return !r.app.Setup.Check.Checking })
		r.everyLook(func(look string) {
			for dialog, show := range map[string]func(){"live": r.showLive, "remote": r.showRemote} {
				show()
				for _, f := range lint.Check(r.dialog, lint.Options{Whole: []string{r.Window.t(liveWords.remote), r.Window.t(liveWords.remoteInstead), r.Window.t(liveWords.local)}}) {
					t.Errorf("%s, %s, %s: %s", look, name, dialog, f)
				}
				r.closeDialog()
			}
		})
	}
}

func TestALiveCaptureHasNoFaults(t *testing.T) {
	r, c := capturing(t)
	r.everyLook(func(look string) { r.noFaults(look + " running") })
	r.app.PauseLive()
	r.app.ShowTab(app.FilesTab)
	r.capture.showPane(true)
	r.everyLook(func(look string) { r.noFaults(look + " paused") })
	r.app.PauseLive()
	r.app.StopLive()
	r.until("it is over", func() bool { return !c.Live.Running() })
	c.Live.State.Problem = &live.Problem{Kind: live.DiskFull, Message: "no space left on device"}
	r.capture.changed(app.Everything)
	r.everyLook(func(look string) { r.noFaults(look + " broken") })
	if !slices.ContainsFunc(lint.Texts(r.capture.banner), func(s string) bool { return strings.Contains(s, narrate.CaptureHelp(r.lang(), live.DiskFull)[:6]) }) {
		t.Errorf("the banner says %q", lint.Texts(r.capture.banner))
	}
}

func TestTheLabHasNoFaults(t *testing.T) {
	for _, may := range []bool{true, false} {
		r := open(t, Options{Live: &computer{may: may}})
		r.click(r.home.lab)
		r.until("it was looked", func() bool { return !r.app.Setup.Examining })
		r.everyLook(func(look string) {
			for i := range r.app.Lab.Scenarios {
				r.app.ChooseScenario(i)
				r.noFaults(look + " " + r.app.Lab.Scenario().ID)
			}
			r.app.ChooseScenario(0)
		})
		if r.lab.banner.Visible() == may {
			t.Errorf("may capture: %v, the banner is shown: %v", may, r.lab.banner.Visible())
		}
	}
}

func TestTheLabIsDrivenByKeys(t *testing.T) {
	r := open(t, Options{Live: &computer{may: true}})
	r.click(r.home.lab)
	for range 2 {
		r.press(fyne.KeyDown)
	}
	if r.app.Lab.At != 2 || r.win.Canvas().Focused() != r.lab.list {
		t.Errorf("two rows down: scenario %d, focused %T", r.app.Lab.At, r.win.Canvas().Focused())
	}
}

func TestWhatACrashLeftIsOffered(t *testing.T) {
	b, err := fs.ReadFile(cases.FS(), "basics-hello-7456/capture.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	left := &tape{bytes: b, state: live.State{Phase: live.Ended}}
	r := open(t, Options{Live: &computer{left: []app.Leftover{{Spec: live.Spec{Interfaces: []string{"lo"}}, Bytes: 4096, Last: time.Now(), Recording: left}}}})
	r.until("it is offered", func() bool { return r.dialog != nil })
	for _, f := range lint.Check(r.dialog, lint.Options{}) {
		t.Error(f)
	}
	r.press(fyne.KeyReturn)
	c := r.app.Capture
	r.until("it is open", func() bool { return c.Session != nil })
	left.Stop()
	r.until("it is read", func() bool { return !c.Loading && c.View != nil })
	if !c.Live.Recovered || !errors.Is(c.Err, nil) {
		t.Errorf("recovered: %+v, %v", c.Live, c.Err)
	}
}
