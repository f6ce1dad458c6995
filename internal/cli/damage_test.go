package cli

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
)

// damagedCopies is how many damaged captures TestDamage reads.
const damagedCopies = 200

// TestDamage cuts recordings anywhere and flips bytes in them. Whatever comes of that, the commands end by themselves with
// a status that says how far they came, and the packets in front of the damage are what they were.
func TestDamage(t *testing.T) {
	all := recordings(t)
	names := slices.Sorted(maps.Keys(all))
	want := map[string][]string{}
	begins := map[string][]int64{}
	for name, b := range all {
		_, out, _ := runOn(b, "analyze", "--format", "ndjson", "-")
		want[name], begins[name] = packetLines(out), dataOffsets(b)
	}
	r := rand.New(rand.NewPCG(1, 2))
	statuses := map[int]int{}
	for i := range damagedCopies {
		name := names[i%len(names)]
		b, at := damage(r, all[name])
		safe := linesOfFrames(want[name], intactFrames(begins[name], at))
		status, err := readDamaged(b, want[name][:safe])
		if err != nil {
			t.Errorf("copy %d of %s, damaged from byte %d on: %v", i, name, at, err)
		}
		statuses[status]++
		if i%4 == 0 {
			if err := useDamaged(b, status, t.TempDir()); err != nil {
				t.Errorf("copy %d of %s, damaged from byte %d on: %v", i, name, at, err)
			}
		}
	}
	if len(statuses) != 3 {
		t.Errorf("the damage is not varied enough: exit statuses %v", statuses)
	}
}

// damageFolder names a folder of captures for TestDamageEverywhere. It takes half an hour for 66 MB of them.
const damageFolder = "TCPTALK_DAMAGE"

// damagePlaces is how many places of a capture are cut at, and how many copies with changed bytes are read.
const damagePlaces = 200

// TestDamageEverywhere does with every capture of a folder what TestDamage does with some recordings: it cuts each at
// damagePlaces places, evenly spread, and changes bytes in as many copies.
func TestDamageEverywhere(t *testing.T) {
	folder := os.Getenv(damageFolder)
	if folder == "" {
		t.Skip("no folder of captures is named by " + damageFolder)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(filepath.Join(folder, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if len(b) == 0 {
				t.Skip("nothing to damage")
			}
			_, out, _ := runOn(b, "analyze", "--format", "ndjson", "-")
			want, begins := packetLines(out), dataOffsets(b)
			r := rand.New(rand.NewPCG(uint64(i), 3))
			for k := range 2 * damagePlaces {
				at := int64(len(b) * k / damagePlaces)
				damaged := b[:min(at, int64(len(b)))]
				if k >= damagePlaces {
					damaged, at = changed(r, b)
				}
				safe := linesOfFrames(want, intactFrames(begins, at))
				if _, err := readDamaged(damaged, want[:safe]); err != nil {
					t.Errorf("copy %d, damaged from byte %d on: %v", k, at, err)
				}
			}
		})
	}
}

// readDamaged analyses a damaged capture. Its packets must begin with the given lines.
func readDamaged(b []byte, safe []string) (status int, err error) {
	status, out, said := runOn(b, "analyze", "--format", "ndjson", "-")
	if status < 0 || status > 2 || (status != 0) != (said != "") {
		return status, fmt.Errorf("exit status %d with %q", status, said)
	}
	got := packetLines(out)
	if len(got) < len(safe) || !slices.Equal(got[:len(safe)], safe) {
		return status, fmt.Errorf("the %d packets in front of the damage are not what they were", len(safe))
	}
	for line := range strings.Lines(out) {
		if _, err := checkLine(line); err != nil {
			return status, fmt.Errorf("%w in %s", err, line)
		}
	}
	return status, nil
}

// useDamaged runs the other commands on a damaged capture: they must come to the same status.
func useDamaged(b []byte, want int, dir string) error {
	for _, args := range [][]string{{"show", "-"}, {"analyze", "-"}, {"export", "http", "--out", dir, "-"}} {
		status, _, said := runOn(b, args...)
		if status != want || status != 0 && said == "" {
			return fmt.Errorf("%v ends with status %d and %q, analyze with %d", args, status, said, want)
		}
	}
	return nil
}

// runOn runs the command with b on standard input. A command that hangs fails the test by its deadline.
func runOn(b []byte, args ...string) (status int, stdout, stderr string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var out, said strings.Builder
	status = Main(ctx, args, bytes.NewReader(b), &out, &said)
	return status, out.String(), said.String()
}

// damage returns a copy of b that is cut or has some bytes changed, and where that begins.
func damage(r *rand.Rand, b []byte) (damaged []byte, at int64) {
	if r.IntN(2) == 0 {
		n := r.IntN(len(b))
		return b[:n], int64(n)
	}
	return changed(r, b)
}

// changed returns a copy of b with some bytes changed, and where the first of them is.
func changed(r *rand.Rand, b []byte) (damaged []byte, at int64) {
	b = slices.Clone(b)
	first := len(b)
	limit := len(b)
	if r.IntN(3) == 0 {
		limit = min(64, len(b)) // headers are where damage does most
	}
	for range 1 + r.IntN(8) {
		i := r.IntN(limit)
		b[i] ^= byte(1 + r.IntN(255))
		first = min(first, i)
	}
	return b, int64(first)
}

func packetLines(out string) (lines []string) {
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, `{"type":"packet"`) {
			lines = append(lines, line)
		}
	}
	return lines
}

// dataOffsets returns where the bytes of each packet begin, as far as the capture can be read.
func dataOffsets(b []byte) (offsets []int64) {
	f, err := pcapfile.OpenBytes(b, "recording")
	if err != nil {
		return nil
	}
	var p capture.Packet
	for f.Next(&p) == nil {
		offsets = append(offsets, p.Offset)
	}
	return offsets
}

// intactFrames returns how many packets lie wholly before a byte: those after which another packet's bytes begin.
func intactFrames(offsets []int64, at int64) int {
	n := 0
	for n+1 < len(offsets) && offsets[n+1] <= at {
		n++
	}
	return n
}

// linesOfFrames returns how many of the lines are of the first n frames.
func linesOfFrames(lines []string, n int) int {
	return len(slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		var frame int
		for _, c := range line[len(`{"type":"packet","frame":`):] {
			if c < '0' || c > '9' {
				break
			}
			frame = frame*10 + int(c-'0')
		}
		return frame > n
	}))
}

// TestUnknownLinkType reads a capture of a network that nothing here can decode: not an error.
func TestUnknownLinkType(t *testing.T) {
	b := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(capture.LinkTypeDBus))
	for range 2 {
		b = append(b, make([]byte, 8)...)
		b = append(b, 4, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4)
	}
	status, out, said := runOn(b, "analyze", "--format", "ndjson", "-")
	const record = `{"type":"error","status":"unsupported","frame":2,"message":"2 packets of the kind D-Bus were counted but cannot be read"}` + "\n"
	if status != 0 || out != record || said != "" {
		t.Errorf("exit status %d, %q, %q", status, out, said)
	}
	const text = "standard input: 2 packets, no TCP connection among them.\n2 packets of the kind D-Bus were counted but cannot be read\n"
	for _, command := range []string{"analyze", "show"} {
		if status, out, _ := runOn(b, command, "-"); status != 0 || out != text {
			t.Errorf("%s: exit status %d, %q", command, status, out)
		}
	}
}

func TestReport(t *testing.T) {
	broken := func(k pcapfile.Kind, r pcapfile.Reason, frame uint32) error {
		return &pcapfile.Error{Kind: k, Reason: r, Name: "x.pcap", Frame: frame, Size: -1}
	}
	for _, tt := range []struct {
		name   string
		err    error
		status int
		says   string // a part of it, "" for silence
	}{
		{"nothing", nil, 0, ""},
		{"unreadable", broken(pcapfile.Unreadable, pcapfile.ReasonNotCapture, 0), 1, "pcap and pcapng files"},
		{"no permission", broken(pcapfile.Unreadable, pcapfile.ReasonPermission, 0), 1, "Ask for the right"},
		{"cannot be opened", broken(pcapfile.Unreadable, pcapfile.ReasonOpen, 0), 1, "x.pcap: cannot be opened"},
		{"truncated", broken(pcapfile.Truncated, pcapfile.ReasonPacketCut, 3), 2, "Everything before that was read"},
		{"truncated at once", broken(pcapfile.Truncated, pcapfile.ReasonHeaderCut, 0), 2, "There is no packet before that"},
		{"damaged", broken(pcapfile.Damaged, pcapfile.ReasonCaptureLength, 3), 2, "Everything before that was read"},
		{"failed", broken(pcapfile.Failed, pcapfile.ReasonDiskFull, 3), 2, "TMPDIR"},
		{"damage and more", errors.Join(errors.New("first"), broken(pcapfile.Damaged, pcapfile.ReasonBlockTrailer, 3)), 2, "first"},
		{"other", errors.New("something else"), 1, "tcptalk: something else\n"},
		{"cancelled", context.Canceled, 1, "interrupted"},
		{"nobody reads on", &wrapped{syscall.EPIPE}, 1, ""},
		{"a closed pipe", io.ErrClosedPipe, 1, ""},
		{"the desktop app failed", &exec.ExitError{}, 1, ""},
	} {
		var said strings.Builder
		if got := report(&env{stderr: &said}, tt.err); got != tt.status {
			t.Errorf("%s: exit status %d, want %d", tt.name, got, tt.status)
		}
		if !strings.Contains(said.String(), tt.says) || (tt.says == "") != (said.Len() == 0) {
			t.Errorf("%s: it says %q, want %q in it", tt.name, &said, tt.says)
		}
	}
}

// wrapped is an error with a cause.
type wrapped struct{ error }

func (w *wrapped) Unwrap() error { return w.error }
