package proof

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"tcptalk/cases"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/lesson"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// caseFacts opens the recording of a bundled case.
func caseFacts(t *testing.T, c *lesson.Case) lesson.Facts {
	t.Helper()
	b, err := fs.ReadFile(cases.FS(), c.CapturePath())
	if err != nil {
		t.Fatal(err)
	}
	file, err := pcapfile.OpenBytes(b, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(file)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	f, err := Facts(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func bundled(t *testing.T) []*lesson.Case {
	t.Helper()
	all, err := lesson.Load(cases.FS())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestEveryCaseHolds opens every bundled case: what it expects, what its steps point at and what its questions compute must
// agree with what the engine finds in the recording.
func TestEveryCaseHolds(t *testing.T) {
	for _, c := range bundled(t) {
		t.Run(c.ID, func(t *testing.T) {
			f := caseFacts(t, c)
			for _, err := range c.Check(f) {
				t.Error(err)
			}
			for i, q := range c.Questions {
				if q.Compute.What == "" {
					continue
				}
				if p, ok := f.Packet(q.Compute.Packet); !ok || p.Stream != q.Stream {
					t.Errorf("question %d computes from packet %d, which is not in connection %d", i+1, q.Compute.Packet, q.Stream)
				}
				if p, ok := f.Packet(q.Before); !ok || p.Stream != q.Stream {
					t.Errorf("question %d covers from packet %d on, which is not in connection %d", i+1, q.Before, q.Stream)
				}
			}
		})
	}
}

// TestFactsOfTheLostThirdPacket spells out one recording.
func TestFactsOfTheLostThirdPacket(t *testing.T) {
	all := bundled(t)
	i := slices.IndexFunc(all, func(c *lesson.Case) bool { return c.ID == "trouble-third-packet-lost" })
	f := caseFacts(t, all[i])
	if n := f.PacketCount(); f.Connections() == 0 || n < 12 {
		t.Fatalf("%d connections, %d packets", f.Connections(), n)
	}
	p, ok := f.Packet(4)
	if !ok || p.Sender != lesson.Server || p.Flags != "SA" || p.Seq != 0 || p.Ack != 1 || p.Len != 0 ||
		p.ClientState != "ESTABLISHED" || p.ServerState != "SYN-RECEIVED" || !slices.Equal(p.Labels, []string{"retransmission"}) {
		t.Errorf("packet 4: %+v, %v", p, ok)
	}
	if _, ok := f.Packet(f.PacketCount() + 1); ok {
		t.Error("a packet behind the last one exists")
	}
	if c, ok := f.Closing(0); !ok || c != (lesson.Closing{Ending: "reset", By: lesson.Client}) {
		t.Errorf("closing: %+v, %v", c, ok)
	}
	beyond := uint32(f.Connections())
	if _, ok := f.Closing(beyond); ok {
		t.Error("a connection behind the last one exists")
	}
	if m := f.Messages(beyond); m != nil {
		t.Errorf("it has messages: %v", m)
	}
}

// TestEndingNames checks that every ending of the engine has a name that lessons know, each its own.
func TestEndingNames(t *testing.T) {
	var names []string
	for e := tcp.Ending(0); int(e) < tcp.NumEndings; e++ {
		names = append(names, endingName(e))
	}
	if got, want := strings.Join(names, " "), strings.Join(lesson.Endings(), " "); got != want {
		t.Errorf("endings %s, want %s", got, want)
	}
}

// TestFactsStop checks that a cancelled reading ends with the reason.
func TestFactsStop(t *testing.T) {
	c := bundled(t)[0]
	b, err := fs.ReadFile(cases.FS(), c.CapturePath())
	if err != nil {
		t.Fatal(err)
	}
	file, err := pcapfile.OpenBytes(b, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(file)
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Facts(ctx, s); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
}

func TestConditionsAreCounted(t *testing.T) {
	all := bundled(t)
	f := caseFacts(t, all[slices.IndexFunc(all, func(c *lesson.Case) bool { return c.ID == "other-who-else-talks" })])
	for text, want := range map[string]int{"tcp": 18, "tcp.flags.syn == 1": 2, "tcp.flags.syn == 1 || tcp.flags.fin == 1": 4} {
		if n, err := f.Count(text, 1, 40); err != nil || n != want {
			t.Errorf("%s: %d, %v, want %d", text, n, err, want)
		}
	}
	if n, err := f.Count("tcp.flags.syn == 1 || tcp", 8, 9); err != nil || n != 2 {
		t.Errorf("a part of the packets: %d, %v, want 2", n, err)
	}
	for _, wrong := range []string{"tcp.colour == 1", "tcp) || (tcp", ""} {
		if n, err := f.Count(wrong, 1, 40); err == nil {
			t.Errorf("%q counts %d packets", wrong, n)
		}
	}
	for name, want := range map[string]int{"arp": 8, "icmp": 5, "dns": 2, "mdns": 3, "ssdp": 3, "udp": 9, "carrier pigeon": 0} {
		if n := f.Others(name, 1, 40); n != want {
			t.Errorf("%s: %d packets, want %d", name, n, want)
		}
	}
	if n := f.Others("arp", 1, 2); n != 2 {
		t.Errorf("arp among the first two packets: %d", n)
	}
}
