package internal

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// row is one line of the import table: which packages of this module pkg may import, apart from its tests.
type row struct {
	pkg string // import path without "tcptalk/"; "/*" at the end stands for the direct children that have no row of their own
	// upTo names a row: that one and everything above it in the table may be imported. "" adds nothing.
	upTo string
	// may lists further packages, with "/*" for direct children.
	may []string
	// not takes packages out of upTo again.
	not []string
}

// table is the house from the cellar to the roof: a package is imported only by packages below its own line here.
var table = []row{
	{pkg: "internal/seqnum"},
	{pkg: "internal/flow"},
	{pkg: "internal/capture"},
	{pkg: "internal/capture/pcapfile", may: []string{"internal/capture"}},
	// What tcptalk and its capture helper say to each other: text and numbers.
	{pkg: "internal/capture/helper"},
	{pkg: "internal/capture/helper/helpertest"}, // imported by tests
	{pkg: "internal/capture/live", may: []string{"internal/capture", "internal/capture/helper", "internal/capture/pcapfile"}},
	{pkg: "internal/packet", may: []string{"internal/seqnum", "internal/capture"}},
	{pkg: "internal/tcp", may: []string{"internal/seqnum", "internal/flow", "internal/packet"}},
	{pkg: "internal/stream", may: []string{"internal/seqnum", "internal/flow", "internal/packet"}},
	{pkg: "internal/proto", may: []string{"internal/flow"}},
	{pkg: "internal/proto/body"},
	// A protocol never imports its sibling: what follows an upgrade is named in a message, not called.
	{pkg: "internal/proto/*", may: []string{"internal/flow", "internal/proto", "internal/proto/body"}},
	{pkg: "internal/proto/all", may: []string{"internal/flow", "internal/proto", "internal/proto/*"}},
	{pkg: "internal/session", upTo: "internal/proto/all"},
	{pkg: "internal/exchange", upTo: "internal/session"},
	{pkg: "internal/diagnose", upTo: "internal/exchange"},
	{pkg: "internal/narrate", upTo: "internal/diagnose"},
	// Files that are embedded, and nothing else.
	{pkg: "cases"},
	{pkg: "assets"},
	{pkg: "internal/filter", upTo: "internal/narrate"},
	{pkg: "internal/timeline", upTo: "internal/narrate"},
	{pkg: "internal/export", upTo: "internal/narrate"},
	{pkg: "internal/lesson", upTo: "cases"},
	{pkg: "internal/lesson/proof", upTo: "internal/lesson"},
	{pkg: "internal/lab"},
	// Networks for the laboratory, and what passes there: of scenarios they know nothing.
	{pkg: "internal/lab/*", may: []string{"internal/capture", "internal/capture/live"}},
	{pkg: "internal/app", upTo: "internal/lab"},
	{pkg: "internal/cli", upTo: "internal/lab", may: []string{"assets"}},
	// The pages draw what app and timeline hand over. The leaves and narrate are the vocabulary of those rows.
	{pkg: "internal/ui/theme", may: []string{"assets", "internal/flow", "internal/narrate", "internal/timeline"}},
	{pkg: "internal/ui/widget", may: uiMay},
	{pkg: "internal/ui/widget/*", may: uiMay},
	{pkg: "internal/ui/*", may: append([]string{"internal/app", "internal/ui/*"}, uiMay...)},
	// The window draws what app holds, so it reads the values that app's state is made of; it calls none of their packages'
	// work.
	{pkg: "internal/ui", may: append([]string{
		"internal/app", "internal/capture/live", "internal/diagnose", "internal/export", "internal/lab", "internal/lesson", "internal/ui/*",
	}, uiMay...)},
	{pkg: "cmd/tcptalk", upTo: "internal/cli", not: []string{"internal/app"}},
	{pkg: "cmd/tcptalk-desktop", upTo: "internal/ui"},
	{pkg: "cmd/tcptalk-capture", may: []string{"internal/capture", "internal/capture/helper", "internal/capture/pcapfile"}},
	// It holds its recordings against the lessons, with the facts that proof reads out of a session.
	{pkg: "cmd/tcptalk-record", upTo: "internal/app", not: []string{"internal/app"}},
	// This package holds the map and this test.
	{pkg: "internal"},
}

// uiMay is what every drawing package may import.
var uiMay = []string{
	"assets", "internal/flow", "internal/narrate", "internal/packet", "internal/seqnum", "internal/tcp",
	"internal/timeline", "internal/ui/theme", "internal/ui/widget",
}

// libraries says where third-party packages may be imported, apart from tests where tests is set. The longest prefix
// counts; a library without a line here is not in use yet, and adding the line is the moment to ask whether it is needed.
var libraries = []struct {
	prefix string
	in     []string // packages of this module, with "/..." for a whole tree
	tests  bool     // every test may import it too
}{
	// The driver with the window, OpenGL and cgo: whoever imports it cannot start without a display.
	{prefix: "fyne.io/fyne/v2/app", in: []string{"cmd/tcptalk-desktop"}},
	{prefix: "fyne.io/fyne/v2", in: []string{"cmd/tcptalk-desktop", "internal/ui/..."}},
	{prefix: "github.com/rymdport/portal", in: []string{"internal/ui"}},
	// Moving to a maintained fork must stay a change of import paths.
	{
		prefix: "github.com/google/gopacket", tests: true,
		in: []string{"cmd/tcptalk-capture", "internal/capture/...", "internal/packet", "internal/stream"},
	},
	// libpcap is linked by the one program that captures.
	{prefix: "github.com/google/gopacket/pcap", in: []string{"cmd/tcptalk-capture"}},
	// Capabilities belong to threads, and only libcap's way of changing them reaches all threads of a program with cgo.
	{prefix: "kernel.org/pub/linux/libs/security/libcap/cap", in: []string{"cmd/tcptalk-capture"}},
	{prefix: "github.com/gorilla/websocket", in: []string{"internal/lab", "cmd/tcptalk-record"}, tests: true},
	{prefix: "github.com/klauspost/compress", in: []string{"internal/capture/...", "internal/proto/...", "cmd/tcptalk-record"}, tests: true},
	{prefix: "github.com/andybalholm/brotli", in: []string{"internal/proto/body", "cmd/tcptalk-record"}, tests: true},
	{prefix: "github.com/miekg/dns", in: []string{"internal/proto/dns", "cmd/tcptalk-record"}, tests: true},
	{prefix: "golang.org/x/net/http2", in: []string{"internal/proto/...", "internal/lab", "cmd/tcptalk-record"}, tests: true},
	{prefix: "golang.org/x/sys", in: []string{"cmd/...", "internal/capture/...", "internal/session", "internal/lab/..."}, tests: true},
	{prefix: "golang.org/x/term", in: []string{"internal/cli"}},
	{prefix: "golang.org/x/text", in: []string{"internal/..."}},
	{prefix: "golang.org/x/image", in: []string{"internal/export", "internal/ui/..."}, tests: true},
	{prefix: "github.com/goccy/go-yaml", in: []string{"internal/lesson"}, tests: true},
	{prefix: "gopkg.in/yaml.v3", in: []string{"internal/lesson"}, tests: true},
	{prefix: "github.com/alecthomas/kong", in: []string{"cmd/...", "internal/cli"}},
	{prefix: "github.com/mattn/go-runewidth", in: []string{"internal/cli"}},
	{prefix: "github.com/vishvananda", in: []string{"cmd/tcptalk-record", "internal/lab/space"}},
	{prefix: "github.com/go-text/typesetting", in: []string{"internal/ui/..."}, tests: true},
	{prefix: "github.com/rogpeppe/go-internal", tests: true},
	{prefix: "golang.org/x/tools/txtar", tests: true},
}

// TestImports holds every package against the table. Sources are read whatever their build tags are.
func TestImports(t *testing.T) {
	for _, p := range modulePackages(t) {
		if findRow(p.path) == nil {
			t.Errorf("%s is not in the import table of internal/architecture_test.go: give it a line and say what it may import", p.path)
			continue
		}
		for _, imp := range p.imports {
			if reason := forbidden(p.path, imp.path, imp.test); reason != "" {
				t.Errorf("%s: %s must not import %s: %s", imp.file, p.path, imp.path, reason)
			}
		}
	}
}

// TestPackageComments asks that every package says what it promises.
func TestPackageComments(t *testing.T) {
	for _, p := range modulePackages(t) {
		switch {
		case p.testOnly:
		case p.comment == "":
			t.Errorf("%s has no package comment", p.path)
		case p.name == "main" && !strings.HasPrefix(p.comment, "Command "):
			t.Errorf("the package comment of %s does not begin with \"Command\": %.40q", p.path, p.comment)
		case p.name != "main" && !strings.HasPrefix(p.comment, "Package "+p.name+" "):
			t.Errorf("the package comment of %s does not begin with \"Package %s\": %.40q", p.path, p.name, p.comment)
		}
	}
}

// TestTableIsARoof checks the table itself: no row may reach a row below it.
func TestTableIsARoof(t *testing.T) {
	for i, r := range table {
		if slices.ContainsFunc(table[:i], func(other row) bool { return other.pkg == r.pkg }) {
			t.Errorf("%s stands in the table twice", r.pkg)
		}
		if r.upTo != "" && !slices.ContainsFunc(table[:i], func(other row) bool { return other.pkg == r.upTo }) {
			t.Errorf("%s may import up to %s, which does not stand above it", r.pkg, r.upTo)
		}
	}
}

// TestForbidden tries the rules on imports that must fail, and on some that must not.
func TestForbidden(t *testing.T) {
	for _, c := range []struct {
		from, to string
		test, ok bool
	}{
		{from: "internal/tcp", to: "tcptalk/internal/packet", ok: true},
		{from: "internal/tcp", to: "tcptalk/internal/session"},
		{from: "internal/tcp", to: "tcptalk/internal/session", test: true, ok: true},
		{from: "internal/packet", to: "tcptalk/internal/capture/pcapfile"},
		{from: "internal/proto/http1", to: "tcptalk/internal/proto/body", ok: true},
		{from: "internal/proto/http1", to: "tcptalk/internal/proto/websocket"},
		{from: "internal/proto/all", to: "tcptalk/internal/proto/websocket", ok: true},
		{from: "internal/session", to: "tcptalk/internal/proto/websocket", ok: true},
		{from: "internal/narrate", to: "tcptalk/internal/diagnose", ok: true},
		{from: "internal/timeline", to: "tcptalk/internal/filter"},
		{from: "internal/timeline", to: "fyne.io/fyne/v2"},
		{from: "internal/timeline", to: "fyne.io/fyne/v2/test", test: true},
		{from: "internal/timeline", to: "tcptalk/internal/ui", test: true},
		{from: "internal/cli", to: "tcptalk/internal/app"},
		{from: "internal/app", to: "tcptalk/internal/lesson", ok: true},
		{from: "internal/app", to: "tcptalk/internal/ui"},
		{from: "internal/ui", to: "fyne.io/fyne/v2/widget", ok: true},
		{from: "internal/ui", to: "fyne.io/fyne/v2/app"},
		{from: "internal/ui", to: "fyne.io/fyne/v2/app", test: true},
		{from: "internal/ui/widget", to: "tcptalk/internal/app"},
		{from: "cmd/tcptalk", to: "tcptalk/internal/cli", ok: true},
		{from: "cmd/tcptalk", to: "tcptalk/internal/app"},
		{from: "cmd/tcptalk", to: "tcptalk/internal/ui"},
		{from: "cmd/tcptalk-desktop", to: "fyne.io/fyne/v2/app", ok: true},
		{from: "internal/export", to: "github.com/google/gopacket"},
		{from: "internal/export", to: "github.com/google/gopacket/pcapgo", test: true, ok: true},
		{from: "internal/packet", to: "github.com/google/gopacket/layers", ok: true},
		{from: "internal/packet", to: "github.com/google/gopacket/pcap"},
		{from: "internal/cli", to: "github.com/gorilla/websocket"},
		{from: "internal/cli", to: "example.com/unheard/of"},
		{from: "internal/cli", to: "C"},
		{from: "internal/cli", to: "net/netip", ok: true},
	} {
		if got := forbidden(c.from, c.to, c.test); (got == "") != c.ok {
			t.Errorf("%s importing %s (test %v): allowed must be %v, but the rule says %q", c.from, c.to, c.test, c.ok, got)
		}
	}
}

// TestCommandIsPureGo asks the go command itself: with CGO_ENABLED=0 cmd/tcptalk has all its files, without Fyne, and no
// dependency outside the standard library would use cgo if it were on.
func TestCommandIsPureGo(t *testing.T) {
	if _, err := os.Stat("../cmd/tcptalk"); errors.Is(err, os.ErrNotExist) {
		t.Skip("cmd/tcptalk is not there yet")
	}
	for _, cgo := range []string{"0", "1"} {
		cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,CgoFiles", "../cmd/tcptalk")
		cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("cmd/tcptalk with CGO_ENABLED=%s: %v\n%s", cgo, err, stderr.String())
		}
		for dec := json.NewDecoder(bytes.NewReader(out)); ; {
			var p struct {
				ImportPath string
				Standard   bool
				CgoFiles   []string
			}
			if err := dec.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(p.ImportPath, "fyne.io/") {
				t.Errorf("cmd/tcptalk depends on %s: it must start without a display", p.ImportPath)
			}
			if !p.Standard && len(p.CgoFiles) > 0 {
				t.Errorf("cmd/tcptalk depends on %s, which uses cgo in %s", p.ImportPath, strings.Join(p.CgoFiles, ", "))
			}
		}
	}
}
