// Package internal is the house of tcptalk. This page is its map; architecture_test.go beside it keeps the walls.
//
// # Programs
//
// cmd/tcptalk is the command: it opens the window and works without one (show, analyze, export, cases, lab). It is pure Go and
// needs no display. cmd/tcptalk-desktop is the window: a few lines of wiring, and the only importer of Fyne's OpenGL
// driver. Neither links libpcap: reading a capture needs no privilege and no capture library. cmd/tcptalk-capture does, and
// is the only program that needs privilege: it hands packets to whoever started it and knows nothing else. cmd/tcptalk-record makes the
// recordings of the cases (Linux, root) and is no part of the app.
//
// # The way of the data
//
// Bytes on disk become packets (capture, capture/pcapfile), a packet becomes TCP segments (packet), segments become
// connections with states and labels (tcp) and two ordered byte streams (stream), streams become messages (proto and the
// packages below it). One open capture with all of that is a session. From there on it is words and rows: narrate says in
// English and Chinese what something means, timeline makes the rows of a view, export writes files, lesson knows the
// bundled cases. Whoever shows it comes last: cli prints, app holds the state of the window, ui draws it.
//
// One direction, top to bottom. Nothing below session knows that a user exists; nothing below ui knows Fyne.
//
// Opening a file is one sequential pass that keeps a small record per packet and the state of every connection, and never
// payload. Bytes are read again by their offset when someone looks at them. That keeps large files openable.
//
// # Packages, bottom up
//
//   - seqnum: 32-bit sequence numbers, the only place that compares them.
//   - flow: the two directions of a connection.
//   - capture: what a packet is, and Source, which yields them. capture/pcapfile reads pcap and pcapng, also compressed.
//     capture/helper is what tcptalk and tcptalk-capture say to each other; capture/live captures while somebody watches.
//   - packet: Decoder, one record into segments without allocating; the field tree of one packet on demand.
//   - tcp: Tracker, the connection table, the states of RFC 9293, Wireshark's analysis labels.
//   - stream: ordered bytes, gaps and overlaps, with the way back from every byte to its packet.
//   - proto: what a decoder is (no I/O, no clock). One protocol per package below it, never importing a sibling; proto/all
//     is the ordered list of detectors, proto/body undoes content encodings within bounds, proto/multipart finds the parts
//     of uploads.
//   - session: one open capture: records, connections, streams and messages on demand, progress, cancel.
//   - exchange: requests with their responses, timed, whatever HTTP carries them.
//   - narrate: every word about a packet, label, state or field, in both languages.
//   - filter: display filters and searches over a session.
//   - timeline: rows of a view as pure data. export: everything that leaves. lesson: cases, steps, questions, expectations.
//   - lab: scenarios that make real traffic to look at, between addresses that it is given.
//   - cli: the subcommands. app: the window's state without a toolkit, one writer. ui, ui/widget, ui/theme: Fyne.
//
// The packages cases and assets at the top level only embed files.
//
// # Where is ...?
//
//   - a keep-alive, a retransmission, a duplicate ACK recognised: internal/tcp/analysis.go, by their names: internal/tcp/labels.go
//   - the state of an end (ESTABLISHED, FIN-WAIT-1, ...) changed by a segment: internal/tcp/state.go, the states: internal/tcp/states.go
//   - how a connection ended and who ended it: internal/tcp/ending.go
//   - the client told from the server when the SYN is missing: internal/tcp/connection.go
//   - the program with the privilege to capture, and how it gives that up: cmd/tcptalk-capture, cmd/tcptalk-capture/privilege_linux.go
//   - that program built for tests: internal/capture/helper/helpertest
//   - where a capture filter is wrong: internal/capture/helper/filter.go; before which packet others were dropped: internal/capture/helper/drops.go
//   - a capture read while it is being written: internal/capture/pcapfile/growing.go
//   - the program to capture with found and asked: internal/capture/live/tool.go; what to do where none may: internal/capture/live/doctor.go
//   - a live capture: internal/capture/live/run.go; its packets kept in files: internal/capture/live/keeper.go, read as one: internal/capture/live/trail.go
//   - what goes on across the files of a ring (numbers, times, who opened a connection): internal/session/continued.go, internal/tcp/known.go
//   - rows printed while packets come: internal/cli/live.go; who waits for more of a session: internal/session/growth.go
//   - a problem or an advice about capturing, in words: internal/narrate/live.go
//   - a capture that a crash left behind: internal/capture/live/directory.go; one on another computer: internal/capture/live/ssh.go
//   - a file format told by its first bytes: internal/capture/pcapfile/open.go
//   - the end of a damaged file worded: internal/capture/pcapfile/error.go
//   - a lost or late segment put in its place: internal/stream/assembler.go
//   - bytes sent twice with different content: internal/stream/overlap.go, internal/session/conflict.go
//   - "follow TCP stream" with Wireshark's quirks: internal/stream/follow.go
//   - gzip, deflate, br, zstd undone, and the bound on what comes out: internal/proto/body; what follows their ends: internal/proto/body/excess.go
//   - the fields and files of an uploaded form found: internal/proto/multipart
//   - who is MySQL's server, its packets and rows, and which answer belongs to which command: internal/proto/mysql
//   - compressed bytes undone while they come: internal/proto/body/stream.go; the events in them: internal/proto/all/events.go
//   - what a message says as a line of JSON: internal/export/lines.go, and lines_... for each protocol
//   - the protocol of a connection chosen: internal/proto/all
//   - a Redis reply paired with its command: internal/proto/redis/pair.go
//   - PostgreSQL's rows folded, and paired with their query: internal/proto/postgres/decoder.go, internal/proto/postgres/pair.go
//   - what is compared with tshark of the database protocols: .ci/databases.py
//   - what a packet holds that is not TCP: internal/packet/other.go; such packets listed by conversation: internal/session/other.go
//   - a UDP protocol named by its first bytes: internal/proto/datagram; DNS and its relatives read: internal/proto/dns
//   - the host of a connection in a list (SNI, Host): internal/session/servername.go
//   - a TLS record told from an encrypted one, and where decryption has its place: internal/proto/tls
//   - HTTP/2 frames put together into streams, flow control: internal/proto/http2/tracker.go, internal/proto/http2/window.go
//   - which request a response of HTTP/2 answers: internal/proto/http2/asked.go; a WebSocket in one of its streams: internal/proto/all/tunnel.go
//   - a request paired with its response, how long each part took, who ended it: internal/exchange; how long a TLS handshake took: internal/exchange/opening.go
//   - HTTP exchanges written as HAR: internal/export/har.go; a request as a curl command: internal/export/curl.go
//   - how far a capture can be believed, and where it was taken: internal/diagnose/trust.go
//   - what the tab Files lists, ranges joined and forms taken apart: internal/export/capture.go; a job that saves, with progress: internal/app/saving.go
//   - a file name made safe, and two names told apart: internal/export/names.go; parts of one file joined: internal/export/ranges.go,
//     listed: internal/export/rangeparts.go, internal/ui/filesranges.go
//   - what the system says of a file, in words: internal/narrate/cause.go, said where something is saved: internal/app/files.go
//   - a sentence a user reads: internal/narrate; a command's wording: internal/cli
//   - the card that says why a packet has its labels: internal/ui/whycard.go; its words: internal/timeline/why.go, internal/narrate/labelhelp.go
//   - what Wireshark's label misses, and why we think so: internal/diagnose/opinion.go; the numbers behind a label: internal/tcp/evidence.go
//   - a connection in numbers: internal/diagnose/stats.go; where its time went: internal/diagnose/stats_time.go; as rows and as
//     Markdown: internal/timeline/stats.go, internal/timeline/stats_markdown.go
//   - what is to be known about a conversation that is not TCP: internal/diagnose/other.go, internal/narrate/otherfinding.go
//   - how a connection closed, finely: internal/diagnose/closing.go; how far a capture can be believed: internal/diagnose/trust.go
//   - a live capture in the window: internal/app/live.go, stopped, saved, asked about: internal/app/livecontrol.go, its dialog: internal/app/livesetup.go, a ring read again: internal/app/livering.go, what is shown made of it: internal/app/liveturn.go,
//     internal/ui/livedialog.go, what is missing for it: internal/ui/livedoctor.go, what was received and dropped: internal/ui/livebar.go
//   - a scenario of the laboratory played while it is captured: internal/app/lab.go, internal/ui/labpage.go
//   - a row where the capture itself lost packets: internal/timeline/dropped.go
//   - the chat of a capture that grows, its end kept in view: internal/app/tail.go, internal/ui/chattail.go
//   - how the rows of a chat go on where they stood: internal/timeline/build.go (Grown); how often the rest is made anew: internal/app/pace.go
//   - the pages of the help: internal/narrate/help.go, shown by internal/ui/helppage.go
//   - a command of the window with its words and key, and how to add one: internal/ui/commands.go
//   - which records are a connection's, shared by the views of it as it grows: internal/session/ids.go; from a stream's byte to its packet:
//     internal/stream/origin.go; how much garbage may lie beside a large capture: internal/app/sparing.go
//   - which row stands where in the chat: internal/timeline/build.go; from when on a pause is a silence: internal/diagnose/quiet.go, who waits in it: internal/diagnose/silence.go, internal/timeline/silence.go
//   - the list at the left, its orders and groups: internal/app/side.go; conversations that are not TCP in the middle: internal/ui/otherpane.go,
//     as messages: internal/timeline/othermessages.go
//   - the card that says what a header field means: internal/ui/fieldcard.go
//   - the messages of a connection as rows: internal/timeline/messages.go; which one answers which: internal/timeline/messages_pair.go
//   - the content of one message taken out, its codings undone: internal/export/content.go
//   - the search box and what it offers: internal/ui/finder.go; what is looked for and found: internal/app/search.go, where in each view:
//     internal/app/searchplace.go
//   - a text looked for in what is not TCP: internal/filter/datagrams.go; the way from match to match: internal/app/searchothers.go
//   - the fields of what a packet carries (DNS, DHCP, HTTP, TLS, ...): internal/packet/payload.go, explained: internal/narrate/fieldcontent.go
//   - the way to Wireshark and tcpdump: internal/app/bridge.go, internal/app/wireshark.go; a filter from a form: internal/app/form.go
//   - the ends of a connection that change places: internal/session/swap.go; a packet found by its number: internal/session/locate.go
//   - marks and notes on packets: internal/app/notes.go, where they are kept: internal/app/sidecar.go, in the window: internal/ui/notespane.go
//   - the settings, protocols chosen by hand: internal/ui/settings.go, internal/app/decodeas.go
//   - installing for a desktop: .make/install.sh, assets/linux; letting a group capture: .make/setcap.sh
//   - the views of a connection in the middle of the window: internal/ui/middle.go; the byte streams: internal/timeline/stream.go, decoded: internal/timeline/stream_decode.go, the graphs: internal/timeline/graph.go
//   - the rows of the sequence diagram: internal/timeline/ladder.go, lost and late segments in it: internal/timeline/ladder_fate.go, how it is drawn: internal/ui/widget/sequence_draw.go
//   - a fold opened in a connection of a million packets: internal/timeline/refs.go, internal/ui/widget/heights.go; how fast that and the rest is: internal/ui/million_test.go
//   - many texts drawn as one object: internal/ui/widget/textsheet.go; what a page may draw: internal/ui/faults_test.go, internal/ui/widget/lint
//   - what each widget draws, object by object, and how to write it anew: internal/ui/widget/testdata/golden, internal/ui/widget/lint/golden.go
//   - what a display filter can ask for, and how to add a field: internal/filter/doc.go, internal/filter/field.go
//   - which messages and exchanges an export leaves out: internal/export/choice.go; a message as the reason for a filter's packet: internal/filter/concern.go
//   - a protocol chosen by hand: internal/session/decodeas.go, its notation: internal/cli/choose.go
//   - a whole capture read again from front to back: internal/session/replay.go
//   - colours and sizes: internal/ui/theme
//   - the report on a connection, as Markdown and HTML: internal/app/report.go, internal/export/report.go
//   - the packets of a search saved: internal/app/foundsave.go
//   - what a lesson may say and what is checked of it: internal/lesson
//   - what a new recording of a case need not share with the old one, and how the two are compared: internal/lesson/again.go
//   - how a case's recording is made: cmd/tcptalk-record/recipes_linux.go and its siblings; the networks: cmd/tcptalk-record/stage_linux.go
//   - traffic made on purpose, and how to add a scenario: internal/lab/lab.go; what a scenario works with: internal/lab/bench.go
//   - network namespaces for tests and recordings, cables between them, what passes recorded: internal/lab/space
//   - a step that shows a packet besides TCP: showBeside in internal/app/lesson.go
//   - what proves the right choice of a question: internal/lesson/condition.go, counted: internal/lesson/proof/count.go
//   - what a lesson may say and what is checked of it: internal/lesson; what the engine says of a recording: internal/lesson/proof
//   - the bytes that a step of a lesson points at: internal/app/lesson.go, marked in the packet: internal/ui/drawer.go,
//     named where its details are closed: internal/ui/drawerpointed.go
//   - a question asked, answered, scored, and what it covers meanwhile: internal/app/questions.go, a quiz: internal/app/quiz.go,
//     both in the window: internal/ui/lessonpane.go
//   - what stands before a view or tab that would show the answer of an open question: internal/ui/curtain.go
//   - a connection played, how fast and how long pauses are: internal/app/play.go; the state diagrams: internal/timeline/states.go,
//     internal/ui/statespane.go, drawn by internal/ui/widget/statediagram.go
//   - a case of somebody's own in one file, and why it can harm nothing: internal/lesson/bundle.go
//   - a case made of marks and notes: internal/lesson/draft.go, opened and saved: internal/app/shared.go, asked for: internal/ui/makecase.go
//   - a case walked through and asked about in a terminal: internal/cli/caseswalk.go
//   - the questions of a quiz on any connection, and what is not asked: internal/lesson/quiz.go; in which order cases are best read: internal/lesson/path.go
//   - a link that loses the n-th segment, delays, reorders, marks: internal/lab/link/way.go
//   - which package may import which: internal/architecture_test.go
//
// # Rules that tests keep
//
// Imports point down as the table says; Fyne, gopacket and the other libraries stay in their rooms; cmd/tcptalk builds
// without cgo; every package has a comment that says what it promises; every path on this page exists.
package internal
