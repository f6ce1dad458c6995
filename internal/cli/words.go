package cli

import (
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/narrate"
)

// What the command says to people.
const (
	description = `tcptalk reads a packet capture as a conversation: each TCP segment is a message, client on one side, server on the other.

Examples:
  tcptalk capture.pcapng            open it in the desktop app
  tcptalk show capture.pcapng       read it here, in the terminal
  tcptalk cases                     list the bundled teaching cases`

	hintUsage = `Run "tcptalk --help" for the commands, "tcptalk COMMAND --help" for one of them.`

	errNoDesktop = `the desktop app (tcptalk-desktop) is neither beside this program nor on the PATH.
Build it with "make build", or stay in the terminal: "tcptalk show FILE"`

	helpShow = `Shows the first connection of the capture, or the one given with --connection, as a chat: the client speaks on the left, the server on the right.

Examples:
  tcptalk show capture.pcapng
  tcptalk show --connection 3 --lang zh capture.pcapng
  tcptalk show --notation tcpdump capture.pcapng
  tcpdump -w - -c 100 | tcptalk show -`

	helpAnalyze = `Prints the connections and totals (--summary), or one JSON object per line for every segment, connection and message (--format ndjson).

Examples:
  tcptalk analyze capture.pcapng
  tcptalk analyze --format ndjson capture.pcapng | jq 'select(.analysis != [])'`

	helpExportHTTP = `Writes the body of every HTTP message into a folder, decoded (de-chunked and decompressed), named after its URL. Nothing is overwritten: a second file of the same name becomes "name(1)".

Example:
  tcptalk export http --out files capture.pcapng`

	helpCases = `Without a name: the list. "cases show NAME" shows a case as a chat with its lesson.

Examples:
  tcptalk cases
  tcptalk cases show hello-tcp
  tcptalk cases show hello-tcp --lang zh`
)

// damageHint says what a person can do about a capture that is not, or not wholly, readable.
func damageHint(e *pcapfile.Error) string {
	switch {
	case e.Kind == pcapfile.Truncated || e.Kind == pcapfile.Damaged:
		return "Everything before that was read and is shown."
	case e.Reason == pcapfile.ReasonNotCapture:
		return "tcptalk reads pcap and pcapng files, also compressed with gzip or zstd."
	case e.Reason == pcapfile.ReasonMissing:
		return "Check the name and the folder."
	case e.Reason == pcapfile.ReasonDirectory:
		return "Name a file in it."
	}
	return ""
}

// terminalWords are the words of the terminal chat that are not narrate's.
type terminalWords struct{ guessed, facts, more, others, mask, showCase narrate.Text }

var chatWords = terminalWords{
	guessed:  narrate.Text{"(guessed)", "（推测）"},
	facts:    narrate.Text{"%d packets · %s · %s · %s", "%d 个包 · %s · %s · %s"},
	more:     narrate.Text{"  … %d more lines", "  … 还有 %d 行"},
	others:   narrate.Text{"This is connection %d of %d, counted from 0; choose another one with --connection.", "这是第 %d 条连接（共 %d 条，从 0 数起）；用 --connection 选择别的连接。"},
	mask:     narrate.Text{"mask", "掩码"},
	showCase: narrate.Text{`Read one with "tcptalk cases show NAME".`, `用 "tcptalk cases show 名字" 阅读案例。`},
}
