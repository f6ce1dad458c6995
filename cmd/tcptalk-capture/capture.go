package main

import (
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/gopacket/pcap"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/helper"
	"tcptalk/internal/capture/pcapfile"
)

const (
	// flushEvery is how long a packet waits for others before it is handed over.
	flushEvery = 20 * time.Millisecond
	// askEvery is how often the kernel is asked what it dropped, sayEvery how often that is said.
	askEvery, sayEvery = 100 * time.Millisecond, time.Second
	// lookEvery is how many packets pass between two looks at the clock.
	lookEvery = 32
)

// capturePackets captures until it is asked to stop, or until no interface is left.
func capturePackets(o *helper.Options) error {
	if stat, err := os.Stdout.Stat(); err == nil && stat.Mode()&os.ModeCharDevice != 0 {
		return &failure{helper.ReasonUsage, "standard output must be a pipe or a file", "", 0, 0}
	}
	devices, err := openAll(o)
	if err != nil {
		return err
	}
	// From here on there is no privilege.
	out, err := begin(devices, o)
	if err != nil {
		return err
	}
	stop := make(chan struct{})
	go watch(stop)
	var all sync.WaitGroup
	var failed atomic.Pointer[failure]
	for id, d := range devices {
		all.Go(func() {
			if err := d.read(out, id, stop); err != nil {
				f, ok := err.(*failure)
				if !ok {
					f = &failure{helper.ReasonWrite, err.Error(), d.name, 0, 0}
				}
				failed.Store(f)
				say(line(f))
			}
		})
	}
	done := make(chan struct{})
	go out.flushAlways(done)
	all.Wait()
	close(done)
	if err := out.flush(); err != nil {
		return err
	}
	if f := failed.Load(); f != nil {
		os.Exit(exitFailed) // it is said already
	}
	return nil
}

// device is an interface that is being captured on.
type device struct {
	name     string
	handle   *pcap.Handle
	captured uint64
	drops    helper.Drops
	stats    pcap.Stats
	before   pcap.Stats // of what came before the filter was set, which is none of the capture
	asked    time.Time  // when stats was asked for
	said     time.Time
	network  bool // the system knows it as a network interface, so that it can go down
	down     bool
}

// openAll opens the interfaces, gives up the privilege, and then looks at what the user wrote.
func openAll(o *helper.Options) ([]*device, error) {
	var devices []*device
	for _, name := range o.Interfaces {
		h, err := open(name, o)
		if err != nil {
			return nil, err
		}
		onceOnLoopback(name)
		_, unknown := net.InterfaceByName(name)
		devices = append(devices, &device{name: name, handle: h, network: unknown == nil})
	}
	if err := relinquish(); err != nil {
		return nil, &failure{helper.ReasonPrivilege, err.Error(), "", 0, 0}
	}
	for _, d := range devices {
		if err := chooseLinkType(d.handle, d.name, o.LinkType); err != nil {
			return nil, err
		}
		if err := filterError(o.Filter, func(filter string) error {
			_, err := d.handle.CompileBPFFilter(filter)
			return err
		}); err != nil {
			return nil, err
		}
		if o.Filter != "" {
			d.forgetCounts()
			if err := d.handle.SetBPFFilter(o.Filter); err != nil {
				return nil, &failure{helper.ReasonFilter, err.Error(), d.name, 0, len(o.Filter)}
			}
		}
	}
	return devices, nil
}

// forgetCounts leaves out of the counts what came before there was a filter: nothing passes while they are read.
func (d *device) forgetCounts() {
	const ret = 0x06 // BPF_RET | BPF_K: of every packet, 0 bytes
	if d.handle.SetBPFInstructionFilter([]pcap.BPFInstruction{{Code: ret}}) != nil {
		return
	}
	if stats, err := d.handle.Stats(); err == nil {
		d.before = *stats
	}
}

// output is standard output, shared by the interfaces.
type output struct {
	mu    sync.Mutex
	w     *pcapfile.Writer
	dirty bool
	pkt   capture.Packet
	err   error // sticky
}

// begin writes what stands in front of the packets, and says that they come.
func begin(devices []*device, o *helper.Options) (*output, error) {
	w, err := pcapfile.NewWriter(os.Stdout, pcapfile.Section{
		OS: runtime.GOOS + " " + runtime.GOARCH, Application: "tcptalk-capture, " + text(pcap.Version()),
	})
	if err != nil {
		return nil, err
	}
	for _, d := range devices {
		if _, err := w.AddInterface(pcapfile.Interface{
			LinkType: linkType(d.handle), SnapLen: uint32(o.SnapLen), Name: text(d.name), Filter: o.Filter,
		}); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	for _, d := range devices {
		say(helper.Line{Type: helper.Ready, Interface: d.name})
	}
	return &output{w: w}, nil
}

// packet writes a packet of interface number id.
func (o *output) packet(id int, stamp time.Time, data []byte, length int, dropped uint64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		// A clock that stands before 1970 is no reason to lose packets.
		o.pkt = capture.Packet{
			Interface: uint32(id), Time: max(stamp.UnixNano(), 0), OrigLen: uint32(length), Data: data, Dropped: dropped,
		}
		o.err, o.dirty = o.w.WritePacket(&o.pkt), true
	}
	return o.err
}

// statistics writes the counts of interface number id into the capture.
func (o *output) statistics(id int, received, dropped uint64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		o.err, o.dirty = o.w.WriteStatistics(uint32(id), max(time.Now().UnixNano(), 0), received, dropped), true
	}
	return o.err
}

// flush hands over what is collected.
func (o *output) flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil && o.dirty {
		o.err, o.dirty = o.w.Flush(), false
	}
	return o.err
}

// flushAlways flushes again and again until done.
func (o *output) flushAlways(done <-chan struct{}) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			if o.flush() != nil {
				return // whoever writes next gets the error too
			}
		}
	}
}

// read hands packets over until stop, and then those that had come by then.
func (d *device) read(out *output, id int, stop <-chan struct{}) error {
	defer d.handle.Close()
	var end time.Time
	for n := 0; ; n++ {
		data, info, err := d.handle.ZeroCopyReadPacketData()
		switch err {
		case nil:
			if !end.IsZero() && info.Timestamp.After(end) {
				return d.last(out, id)
			}
			d.captured++
			if err := out.packet(id, info.Timestamp, data, info.Length, d.drops.Before(info.Timestamp.UnixNano(), time.Now)); err != nil {
				return err
			}
			if n%lookEvery != 0 {
				continue
			}
		case pcap.NextErrorTimeoutExpired:
			if !end.IsZero() {
				return d.last(out, id)
			}
		case io.EOF:
			return d.last(out, id)
		default:
			return d.broken(out, id, err)
		}
		if err := d.look(out, id); err != nil {
			return err
		}
		select {
		case <-stop:
			if end.IsZero() {
				end = time.Now()
			}
		default:
		}
	}
}

// look asks for the counts and tells them, if it is time.
func (d *device) look(out *output, id int) error {
	now := time.Now()
	if now.Sub(d.asked) < askEvery {
		return nil
	}
	d.asked = now
	if err := d.ask(out, id, now); err != nil {
		return err
	}
	if now.Sub(d.said) >= sayEvery {
		d.said = now
		say(d.line(helper.Stats))
		d.lookUp()
	}
	return nil
}

// lookUp tells that the interface went down or came up again. libpcap waits for one that is down, and fails only when it is
// gone.
func (d *device) lookUp() {
	i, err := net.InterfaceByName(d.name)
	if !d.network || err != nil {
		return
	}
	if down := i.Flags&net.FlagUp == 0; down != d.down {
		d.down = down
		reason := helper.ReasonInterfaceUp
		if down {
			reason = helper.ReasonInterfaceDown
		}
		say(helper.Line{Type: helper.Warning, Interface: d.name, Reason: reason})
	}
}

// ask takes over what the kernel counts.
func (d *device) ask(out *output, id int, now time.Time) error {
	stats, err := d.handle.Stats()
	if err != nil {
		return nil // the interface is gone, which reading from it will say
	}
	stats.PacketsReceived -= d.before.PacketsReceived
	stats.PacketsDropped -= d.before.PacketsDropped
	stats.PacketsIfDropped -= d.before.PacketsIfDropped
	d.stats = *stats
	before := d.drops.Total()
	d.drops.Count(uint64(stats.PacketsDropped), now)
	if d.drops.Total() == before {
		return nil
	}
	return out.statistics(id, uint64(stats.PacketsReceived), uint64(stats.PacketsDropped)+uint64(stats.PacketsIfDropped))
}

func (d *device) line(kind helper.Kind) helper.Line {
	return helper.Line{
		Type: kind, Interface: d.name, Captured: d.captured, Received: uint64(d.stats.PacketsReceived),
		Dropped: uint64(d.stats.PacketsDropped), IfDropped: uint64(d.stats.PacketsIfDropped),
	}
}

// last tells the final counts.
func (d *device) last(out *output, id int) error {
	if err := d.ask(out, id, time.Now()); err != nil {
		return err
	}
	err := out.statistics(id, uint64(d.stats.PacketsReceived), uint64(d.stats.PacketsDropped)+uint64(d.stats.PacketsIfDropped))
	say(d.line(helper.End))
	return err
}

// broken tells the final counts and why there are no more packets.
func (d *device) broken(out *output, id int, err error) error {
	message := err.Error()
	if more := d.handle.Error(); more != nil && more.Error() != "" {
		message = more.Error()
	}
	reason := helper.ReasonRead
	for _, down := range []string{"disappeared", "went down", "is down"} {
		if strings.Contains(message, down) {
			reason = helper.ReasonInterfaceDown
		}
	}
	if err := d.last(out, id); err != nil {
		return err
	}
	return &failure{reason, message, d.name, 0, 0}
}
