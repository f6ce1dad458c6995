package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"tcptalk/internal/capture"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/filter"
	"tcptalk/internal/narrate"
	"tcptalk/internal/session"
)

// What the command says to people; the one-line helps of commands and flags stand beside their fields.
const (
	description = `tcptalk reads a packet capture as a conversation: each TCP segment is a message, client on one side, server on the other.

Examples:
  tcptalk capture.pcapng            open it in the desktop app
  tcptalk show capture.pcapng       read it here, in the terminal
  tcptalk cases                     list the bundled teaching cases`

	hintUsage = `Run "tcptalk --help" for the commands, "tcptalk COMMAND --help" for one of them.`

	// The list of connections and the totals below it.
	sentAgain           = " sent again"
	nameRetransmissions = "retransmissions"
	nameRoundTrips      = "round trips measured"

	// hintOther stands behind the line above the list of what is not TCP.
	hintOther = ` ("tcptalk show --other N FILE" shows one)`

	nameStdin = "standard input"

	errInterrupted = `interrupted; what was printed so far is not all there is, and no unfinished file is left`

	errNoOut       = `--out FILE is missing: where to, or - for standard output`
	errNoCurl      = `which requests? Name a connection with --connection, or say with --filter what their packets match`
	errRawBoth     = `raw bytes of both sides in one would be of no use to anybody: choose --side client or --side server`
	errRawTerminal = `raw bytes may do anything to a terminal: name a file with --out, or write to a pipe`

	errNotLive     = `--interface, --ssh, --sudo, --snap-len, --count, --for, --max-size and --save are for --live`
	errNoInterface = `which interface? Name one with --interface ("lo" is this computer talking to itself), or a pipe to follow and nothing else`
	errLiveText    = `--live prints packets as they come: choose --format ndjson, or "tcptalk show --live" for reading`

	errNoDesktop = `the desktop app (tcptalk-desktop) is neither beside this program nor on the PATH.
Build it with "make build", or stay in the terminal: "tcptalk show FILE"`

	helpOpen = `Opens the desktop app with a capture in it, or with the bundled cases to choose from.

Examples:
  tcptalk
  tcptalk capture.pcapng
  tcptalk open recording.pcap.gz
  tcpdump -U -w - | tcptalk -`

	helpShow = `Shows the first connection of the capture, or the one given with --connection, as a chat: the client speaks on the left, the server on the right.

Examples:
  tcptalk show capture.pcapng
  tcptalk show --connection 3 --lang zh capture.pcapng
  tcptalk show --notation tcpdump capture.pcapng
  tcptalk show --other 2 capture.pcapng    what is not TCP: DNS, ping, ARP, ...
  tcpdump -w - -c 100 | tcptalk show -

Live, as it happens, until Ctrl-C or a limit. Connections appear in the order in which they speak; one that goes on when the capture ends is open:
  tcptalk show --live -i lo 'port 8000'
  tcptalk show --live -i lo --count 100 --save talk.pcapng 'host 127.0.0.1'
  tcptalk show --live --ssh me@server -i eth0 'port 443'
  tcpdump -U -w - | tcptalk show --live -`

	helpAnalyze = `Prints the connections, what is not TCP, and totals (--summary), or one JSON object per line for every segment, connection and message (--format ndjson).

Examples:
  tcptalk analyze capture.pcapng
  tcptalk analyze --format ndjson capture.pcapng | jq 'select(.analysis != [])'
  tcptalk analyze --format ndjson --live -i lo --for 10s 'port 8000' | jq .type`

	helpFind = `Finds packets by a display filter, a subset of Wireshark's with the same meaning; "tcptalk fields" lists the fields. A text that is no filter is searched for, in any case: in addresses, in payload across packets, and in decoded messages (bodies without chunks and compression, WebSocket messages without mask and compression). A text in quotation marks is always searched for.

Results are grouped by connection. The exit status is 0 if something was found, 3 if nothing was, 1 for a wrong filter or an unreadable capture, and 2 if the capture is damaged (what was found before that is printed).

Examples:
  tcptalk find capture.pcapng 'tcp.analysis.retransmission && tcp.port == 443'
  tcptalk find capture.pcapng 'http.response.code in {400..599}'
  tcptalk find capture.pcapng 'connection refused'
  tcptalk find --hex capture.pcapng '1f 8b 08'
  tcptalk find --tcpdump capture.pcapng 'ip.addr == 10.0.0.0/8 && tcp.flags.syn == 1'`

	helpCapture = `Captures are made with "tcptalk show --live". This lists what can be captured on, says whether this account may, with the exact commands if it may not, and saves what a process that was killed had captured.

Examples:
  tcptalk capture interfaces
  tcptalk capture doctor
  tcptalk capture recover
  tcptalk capture recover --out saved.pcapng`

	// notUp stands beside an interface.
	notUp = "not up"

	helpFields = `Lists the fields of display filters with their types, or those that begin like PREFIX.

Examples:
  tcptalk fields
  tcptalk fields http.request`

	helpExportHTTP = `Writes the body of every HTTP message into a folder, decoded (de-chunked and decompressed), named after its URL. Nothing is overwritten: a second file of the same name becomes "name(1)".

With --filter EXPR only exchanges of which a packet matches a display filter: a packet that carries, or completes, the request or the response. If no packet matches nothing is written and the exit status is 3.

Examples:
  tcptalk export http --out files capture.pcapng
  tcptalk export http --requests --out uploads --manifest uploads.json capture.pcapng
  tcptalk export http --join-ranges --connection 3,4,5 --out files capture.pcapng
  tcptalk export http --filter 'http.response.code == 404' --out missing capture.pcapng`

	helpExportMessages = `Writes every message as a JSON object on a line of its own: its connection ("stream"; of a datagram its conversation, "other"), packets, times, sender, byte range, whether it is complete, and what its protocol says. Text is written as text, anything else in base64 with "encoding":"base64".

What protocols say, besides "kind", "problems" and "request" (what is answered):
  http       method, target, status, headers, body ("data", without codings)
  http2      frame_type, flags, h2_stream, headers, data
  websocket  opcode, fin, masked, data (inflated, whole), h2_stream
  sse        event, id, data
  redis      command and args; value (with "items" inside)
  mysql      command, result (columns, rows), status, error, account
  postgres   text, columns, rows, values, fields, query
  dns, mdns, llmnr, nbns
             questions, records, flags, rcode_name, edns
  tls        version, server_name, alpn, ciphers, certificates, alerts
Values of databases are strings or null; where a value is no text, or only its beginning is kept, it is an object with "length". Passwords are never written.

With --filter EXPR only messages of which a packet matches a display filter: one that carries, or completes, the message. Of several messages in a packet those count that meet the conditions on messages by themselves. If no packet matches the exit status is 3.

Examples:
  tcptalk export messages capture.pcapng | jq .protocol
  tcptalk export messages --protocol dns capture.pcapng | jq -r '.questions[]?.name'
  tcptalk export messages --protocol mysql capture.pcapng | jq -c '.result.rows[]?'
  tcptalk export messages --protocol http --connection 3 capture.pcapng
  tcptalk export messages --connection 3 --message 0 --out first.json capture.pcapng
  tcptalk export messages --filter 'mysql.error_code == 1213' capture.pcapng`

	helpExportSSE = `Writes every server-sent event as a JSON object on a line of its own, with the packet that made it readable, also where the response is compressed.

With --filter EXPR only events of which a packet matches a display filter: one that carries the event, or made it readable. Of several events in a packet those count that meet the conditions on messages by themselves. If no packet matches the exit status is 3.

Examples:
  tcptalk export sse capture.pcapng | jq '{time, event, data}'
  tcptalk export sse --filter 'sse.event == "error"' capture.pcapng`

	helpExportWebSocket = `Writes every WebSocket frame as a JSON object on a line of its own; the last frame of a message carries the whole message, inflated.

With --filter EXPR only frames of which a packet matches a display filter: one that carries, or completes, the frame. Of several frames in a packet those count that meet the conditions on messages by themselves. If no packet matches the exit status is 3.

Examples:
  tcptalk export websocket capture.pcapng | jq 'select(.fin) | .data'
  tcptalk export websocket --filter 'websocket.payload.text contains "error"' capture.pcapng`

	helpExportHAR = `Writes every HTTP exchange, HTTP/1 and HTTP/2, as an HTTP Archive 1.2 that browsers and other tools read: headers, cookies, bodies (decoded), timing, WebSocket messages. A file that is there already is left alone.

With --filter EXPR only exchanges of which a packet matches a display filter: a packet that carries, or completes, the request, the response, or a message of the WebSocket that they open. If no packet matches nothing is written and the exit status is 3.

Examples:
  tcptalk export har --out capture.har capture.pcapng
  tcptalk export har --out - --connection 3 capture.pcapng | jq '.log.entries[].request.url'
  tcptalk export har --filter 'http.response.code == 404' --out missing.har capture.pcapng`

	helpExportCurl = `Prints a curl command for each HTTP request of a connection, or for the one given with --request, that sends the same request again. The commands are for a POSIX shell.

With --filter EXPR only requests of exchanges of which a packet matches a display filter: a packet that carries, or completes, the request or the response; without --connection in all connections. If no packet matches the exit status is 3.

Examples:
  tcptalk export curl --connection 3 capture.pcapng
  tcptalk export curl --connection 3 --request 2 capture.pcapng
  tcptalk export curl --filter 'http.response.code >= 500' capture.pcapng`

	helpExportPackets = `Writes packets into a capture of their own, as they were captured: bytes, times, comments, interfaces. With a segment that came in IP fragments go all of them, with a connection the ICMP errors about it. Without --connection and --frames all packets are written.

With --filter EXPR only packets that match a display filter, of those that --connection and --frames name. If none matches nothing is written and the exit status is 3.

Examples:
  tcptalk export pcapng --connection 3 --out one.pcapng capture.pcapng
  tcptalk export pcapng --frames 1-100 --format pcap --out first.pcap capture.pcapng.gz
  tcptalk export pcapng --filter 'tcp.analysis.retransmission' --out again.pcapng capture.pcapng`

	helpExportStream = `Writes what the two sides of a connection sent, put in order. In text and hex "> " begins a line of the client's and "< " one of the server's; bytes that were not captured are told there, and on standard error for raw.

With --filter EXPR the connections of which a packet matches a display filter, each as a whole, with a line "# connection N" in front if there are several. If no packet matches nothing is written and the exit status is 3.

Examples:
  tcptalk export stream --connection 3 capture.pcapng
  tcptalk export stream --side server --format raw --out answer.bin capture.pcapng
  tcptalk export stream --filter 'tls.alert_message' capture.pcapng`
)

// errNothingFound makes the exit status.
var errNothingFound = errors.New("nothing was found")

// findWords are the words of results that are not narrate's.
var findWords = struct {
	more, partly, noTcpdump narrate.Text
	where                   [filter.NumWhere]narrate.Text
}{
	more:      narrate.Text{"… and %d more places", "…… 还有 %d 处"},
	partly:    narrate.Text{"Of %d messages only the beginning was looked at: they are larger than the bound.", "有 %d 条消息只查看了开头：它们超过了上限。"},
	noTcpdump: narrate.Text{"tcpdump cannot search for text: only a filter may have an equivalent.", "tcpdump 不能搜索文字：只有过滤器才可能有对应的写法。"},
	where: [filter.NumWhere]narrate.Text{
		filter.InAddress: {"address", "地址"}, filter.InPayload: {"payload", "载荷"}, filter.InHeader: {"header", "头部"},
		filter.InBody: {"body", "正文"}, filter.InMessage: {"message", "消息"},
	},
}

// foundHere says how much was found in a connection: packets of a filter, or places of a search.
func foundHere(l narrate.Lang, n int, places bool) string {
	switch {
	case l == narrate.Chinese && places:
		return narrate.Count(uint64(n)) + " 处"
	case l == narrate.Chinese:
		return narrate.Count(uint64(n)) + " 个包"
	case places:
		return count(uint64(n), "place")
	}
	return count(uint64(n), "packet")
}

// foundInAll sums up what was found.
func foundInAll(l narrate.Lang, n, connections int) string {
	if l == narrate.Chinese {
		return fmt.Sprintf("共 %s，分布在 %s 条连接中", narrate.Count(uint64(n)), narrate.Count(uint64(connections)))
	}
	return fmt.Sprintf("%s in %s", narrate.Count(uint64(n)), count(uint64(connections), "connection"))
}

// listHeads are the heads of the list of connections.
var listHeads = []any{"stream", "client", "server", "packets", "bytes", "duration", "how it ended"}

// otherHeads are the heads of the list of what is not TCP.
var otherHeads = []any{"other", "protocol", "from", "to", "packets", "bytes", "duration"}

// hints say what a person can do about a capture that cannot be read.
var hints = map[pcapfile.Reason]string{
	pcapfile.ReasonNotCapture: "tcptalk reads pcap and pcapng files, also compressed with gzip or zstd.",
	pcapfile.ReasonMissing:    "Check the name and the folder.",
	pcapfile.ReasonDirectory:  "Name a file in it.",
	pcapfile.ReasonPermission: "Ask for the right to read it, or copy it with the rights of its owner.",
	pcapfile.ReasonDiskFull:   "Free some room, or set TMPDIR to a folder with more of it.",
	pcapfile.ReasonSpoolLimit: "Save or unpack the capture to a file and open that.",
}

// damageHint says what a person can do about a capture that is not, or not wholly, readable.
func damageHint(e *pcapfile.Error) string {
	if h := hints[e.Reason]; h != "" || e.Kind == pcapfile.Unreadable {
		return h
	}
	if e.Frame == 0 {
		return "There is no packet before that."
	}
	return "Everything before that was read and is shown."
}

// count writes n things, in the plural unless it is one.
func count(n uint64, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return narrate.Count(n) + " " + thing
}

// captureFacts is the first line about a capture.
func captureFacts(s *session.Session, c *session.Counts) string {
	return fmt.Sprintf("%s: %s, %s, %s", s.Info().Name, count(uint64(c.Frames), "packet"), narrate.Bytes(c.Bytes), narrate.Duration(time.Duration(c.End-c.Start)))
}

// connectionFacts is the second line about a capture.
func connectionFacts(c *session.Counts) string {
	return count(uint64(c.Segments), "TCP segment") + " in " + count(uint64(c.Streams), "connection")
}

// otherFacts is the line above the list of what is not TCP.
func otherFacts(packets uint64, conversations int) string {
	return "Not TCP: " + count(packets, "packet") + " in " + count(uint64(conversations), "conversation") + hintOther
}

// unknownLanguage says which languages there are.
func unknownLanguage(name string) string {
	return fmt.Sprintf("unknown language %q: there are en and zh", name)
}

// noConnection says that a capture has no TCP, and what it has instead.
func noConnection(s *session.Session, c *session.Counts) string {
	if c.Frames == 0 {
		return s.Info().Name + ": the capture has no packets."
	}
	return fmt.Sprintf("%s: %s, no TCP connection among them.", s.Info().Name, count(uint64(c.Frames), "packet"))
}

// unknownLink says that the packets of one kind of network cannot be decoded.
func unknownLink(link capture.LinkType, n int) string {
	return narrate.UnknownLink(narrate.English, link, n)
}

// unknownProtocol says which protocols there are.
func unknownProtocol(name string, known []string) string {
	return fmt.Sprintf("unknown protocol %q: there are %s", name, strings.Join(known, ", "))
}

// badDecodeAs says how a rule is written.
func badDecodeAs(text string) string {
	return fmt.Sprintf("%q is no rule: write 8080=http, tcp.port==8080,http or tcp.stream==3,http", text)
}

// noCase says which cases there are.
func noCase(name string, fit, all []string) string {
	if len(fit) > 1 {
		return fmt.Sprintf("several cases fit %q: %s", name, strings.Join(fit, ", "))
	}
	return fmt.Sprintf("there is no case %q; there are: %s", name, strings.Join(all, ", "))
}

// noCapture says that a capture must be named.
func noCapture() string {
	return `which capture? Name a file, or - for standard input, or capture with --live --interface NAME` + "\n" + hintUsage
}

// noFile says that what should be opened is not there: perhaps it was meant as a command.
func noFile(name string) string {
	return fmt.Sprintf("%s: there is neither such a file nor such a command\n%s", name, hintUsage)
}

// terminalWords are the words of the terminal chat that are not narrate's.
type terminalWords struct {
	guessed, facts, more, limited, others, mask, showCase, dropped narrate.Text
}

var chatWords = terminalWords{
	guessed:  narrate.Text{"(guessed)", "（推测）"},
	facts:    narrate.Text{"%d packets · %s · %s · %s", "%d 个包 · %s · %s · %s"},
	more:     narrate.Text{"  … %d more lines", "  … 还有 %d 行"},
	limited:  narrate.Text{"Only the first %d messages were decoded: this connection has more than fit into memory.", "只解码了前 %d 条消息：这条连接的消息太多，内存放不下。"},
	others:   narrate.Text{"This is connection %d of %d, counted from 0; choose another one with --connection.", "这是第 %d 条连接（共 %d 条，从 0 数起）；用 --connection 选择别的连接。"},
	mask:     narrate.Text{"mask", "掩码"},
	dropped:  narrate.Text{"· · ·  %d packets were lost before packet %d: the computer could not keep up  · · ·", "· · ·  在第 %[2]d 个包之前丢失了 %[1]d 个包：本机来不及处理  · · ·"},
	showCase: narrate.Text{`Read one with "tcptalk cases show NAME".`, `用 "tcptalk cases show 名字" 阅读案例。`},
}

// maxAbsent is how many missing ranges are listed; the manifest has all.
const maxAbsent = 5
