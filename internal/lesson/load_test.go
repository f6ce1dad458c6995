package lesson

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"tcptalk/internal/narrate"
)

// goodCase is the smallest case that Load accepts.
const goodCase = `id: basics-small
number: 7
track: basics
level: 2
minutes: 5
tags: [syn]
focus: [3]
title: {en: "A title", zh-Hans: "标题"}
summary: {en: "A summary.", zh-Hans: "摘要。"}
ladder: ["> syn", "... < rst"]
steps:
  - at: [1]
    field: seq
    title: {en: "One", zh-Hans: "一"}
    text: {en: "First.", zh-Hans: "第一。"}
    why: {en: "Because.", zh-Hans: "因为。"}
  - {stream: 4, at: [2, 5], payload: [0, 8], title: {en: "Two", zh-Hans: "二"}, text: {en: "Second.", zh-Hans: "第二。"}}
  - {at: [3], title: {en: "Three", zh-Hans: "三"}, text: {en: "Third.", zh-Hans: "第三。"}}
  - {at: [4], title: {en: "Four", zh-Hans: "四"}, text: {en: "Fourth.", zh-Hans: "第四。"}}
questions:
  - after: 1
    before: 2
    ask: {en: "Which flags?", zh-Hans: "哪些标志？"}
    offer: [A, SA]
    answer: {compute: flags, packet: 2}
    because: {en: "So.", zh-Hans: "如此。"}
  - after: 1
    stream: 4
    before: 3
    ask: {en: "Who?", zh-Hans: "谁？"}
    offer: [client, server]
    answer: {compute: next_sender, packet: 5}
    because: {en: "So.", zh-Hans: "如此。"}
  - after: 3
    before: 4
    ask: {en: "What?", zh-Hans: "什么？"}
    choices:
      - {en: "This", zh-Hans: "这个", other: arp, times: [0]}
      - {en: "That", zh-Hans: "那个", when: "tcp.len > 0"}
    answer: {choice: 2, packets: [4, 5]}
    because: {en: "So.", zh-Hans: "如此。"}
try: {en: "Try it.", zh-Hans: "试试。"}
expect:
  connections: 5
  closing: [{stream: 3, ending: reset, by: server}]
  labels: {4: [keep_alive], 5: []}
  no_other_labels: true
  states: {1: {client: SYN-SENT}}
  packets: {2: {flags: SA, ack: 1}}
  messages: [{stream: 4, protocol: websocket, packet: 5, opcode: 0, fin: false, len: 0}]
  may_drift: [acks]
  files: [{name: a.png, size: 3, sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae}]
sources: ["RFC 9293"]
`

// folder returns a file system with one case.
func folder(text string) fstest.MapFS {
	return fstest.MapFS{
		"basics-small/case.yaml":      {Data: []byte(text)},
		"basics-small/capture.pcapng": {Data: []byte("x")},
		"readme.txt":                  {Data: []byte("not a case")},
	}
}

func TestLoad(t *testing.T) {
	all, err := Load(folder(goodCase))
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 {
		t.Fatalf("%d cases", len(all))
	}
	c := all[0]
	if c.ID != "basics-small" || c.Number != 7 || c.Level != 2 || c.Track.Name.In(narrate.Chinese) != "TCP 基础" {
		t.Errorf("case %+v", c)
	}
	if c.CapturePath() != "basics-small/capture.pcapng" {
		t.Errorf("recording %q", c.CapturePath())
	}
	if got := c.Steps[0]; got.Stream != 3 || got.Field != "seq" || got.Why.In(narrate.English) != "Because." {
		t.Errorf("step 1: %+v", got)
	}
	if got := c.Steps[1]; got.Stream != 4 || got.Payload != [2]int{0, 8} || got.Title.In(narrate.Chinese) != "二" {
		t.Errorf("step 2: %+v", got)
	}
	if got := c.Ladder[1]; got != (Arrow{Kind: ArrowReset, Gap: true, Word: "rst"}) {
		t.Errorf("arrow 2: %+v", got)
	}
	if got := c.Questions[0].Options[1]; got.Value != "SA" || got.Text.In(narrate.Chinese) != "SYN, ACK" {
		t.Errorf("question 1: option 2: %+v", got)
	}
	if got := c.Questions[1].Options[1]; got.Value != Server || got.Text.In(narrate.Chinese) != "服务器" {
		t.Errorf("question 2: option 2: %+v", got)
	}
	if got := c.Questions[2]; got.After != 2 || got.Right != 1 || got.Options[1].Text.In(narrate.English) != "That" {
		t.Errorf("question 3: %+v", got)
	}
	if got := c.Questions[2]; got.Within != [2]uint32{4, 5} || got.Options[0].Holds != (Condition{Other: "arp"}) ||
		got.Options[1].Holds != some("tcp.len > 0", "") {
		t.Errorf("conditions of question 3: %+v", got)
	}
	if m := c.Expect.Messages[0]; m.Opcode == nil || *m.Opcode != 0 || m.Fin == nil || *m.Fin || m.Masked != nil {
		t.Errorf("expected message %+v", m)
	}
}

// saidInChinese checks that each part of each problem is in Chinese: where it is and what it is.
func saidInChinese(t *testing.T, p problems) {
	t.Helper()
	for i, said := range strings.Split(p.Say(narrate.Chinese), "；") {
		for _, part := range strings.Split(said, "：") {
			if part == "" || strings.Contains(part, "%!") {
				t.Errorf("%q is not translated: %q", p[i][narrate.English], said)
			}
		}
		if !strings.ContainsFunc(said, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%q is in no Chinese: %q", p[i][narrate.English], said)
		}
	}
}

func TestLoadSortsByNumber(t *testing.T) {
	fsys := folder(goodCase)
	other := strings.NewReplacer("id: basics-small", "id: basics-other", "number: 7", "number: 6").Replace(goodCase)
	fsys["basics-other/case.yaml"] = &fstest.MapFile{Data: []byte(other)}
	fsys["basics-other/capture.pcapng"] = &fstest.MapFile{}
	all, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0].Number != 6 || all[1].Number != 7 {
		t.Errorf("cases %v", all)
	}
	fsys["basics-other/case.yaml"].Data = []byte(strings.Replace(other, "number: 6", "number: 7", 1))
	if _, err := Load(fsys); err == nil || !strings.Contains(err.Error(), "same number 7") {
		t.Errorf("two cases with one number: %v", err)
	}
}

func TestLoadRefuses(t *testing.T) {
	long := strings.Repeat("word ", textLimit.words+1)
	tests := []struct{ name, from, to, want string }{
		{"unknown key", "level: 2", "level: 2\nlevle: 3", `line 5, column 1: unknown key "levle"`},
		{"unknown key inside", "field: seq", "feild: seq", `unknown key "feild"`},
		{"unknown language", `{en: "A title", zh-Hans: "标题"}`, `{en: "A title", zh-Hans: "标题", de: "Titel"}`, `unknown key "de"`},
		{"key twice", "level: 2", "level: 2\nlevel: 3", "already defined"},
		{"not YAML", "tags: [syn]", "tags: [syn", "case.yaml"},
		{"wrong type", "number: 7", "number: seven", "number"},
		{"other folder", "id: basics-small", "id: basics-big", "not the name of the folder"},
		{"other track", "track: basics", "track: http", "does not begin with the track"},
		{"unknown track", "track: basics", "track: physics", `unknown track "physics"`},
		{"no number", "number: 7\n", "", "number: 0, want 1"},
		{"level", "level: 2", "level: 4", "level: 4, want 1 to 3"},
		{"minutes", "minutes: 5", "minutes: 0", "minutes: 0"},
		{"tag", "tags: [syn]", "tags: [SYN]", "tag 1: want lower case"},
		{"no focus", "focus: [3]", "focus: []", "focus: 0"},
		{"no Chinese", `title: {en: "One", zh-Hans: "一"}`, `title: {en: "One"}`, "step 1: title (zh-Hans): missing"},
		{"no English", `text: {en: "First.", zh-Hans: "第一。"}`, `text: {zh-Hans: "第一。"}`, "step 1: text (en): missing"},
		{"half a why", `why: {en: "Because.", zh-Hans: "因为。"}`, `why: {en: "Because."}`, "step 1: why (zh-Hans): missing"},
		{"too long", `text: {en: "First.", zh-Hans: "第一。"}`, `text: {en: "` + long + `", zh-Hans: "第一。"}`, "step 1: text (en): 91 long"},
		{"arrow in prose", "First.", "1 → 2", "step 1: text (en): write the arrow as a word"},
		{"no packets", "at: [1]", "at: []", "step 1: at: 0, want 1"},
		{"packet 0", "at: [1]", "at: [0]", "step 1: at: packet numbers"},
		{"packets fall", "at: [2, 5]", "at: [5, 2]", "step 2: at: packet numbers"},
		{"field", "field: seq", "field: sequence", `step 1: unknown field "sequence"`},
		{"payload", "payload: [0, 8]", "payload: [8, 8]", "step 2: payload: 8 to 8"},
		{"payload of one number", "payload: [0, 8]", "payload: [8]", "step 2: payload: want two numbers"},
		{"arrow word", "> syn", "> synch", `unknown word "synch"`},
		{"one option", "offer: [A, SA]", "offer: [SA]", "question 1: options: 1, want 2"},
		{"same option", "offer: [A, SA]", "offer: [SA, SA]", "question 1: option 2: stands there twice"},
		{"no before", "before: 2", "before: 0", "question 1: before"},
		{"after no step", "after: 3", "after: 5", "question 3: after: 5, want 1 to 4"},
		{"after step 0", "- after: 1", "- after: 0", "question 1: after: 0, want 1 to 4"},
		{"questions out of order", "- after: 1", "- after: 2", "question 2: after: stands behind"},
		{"already shown", "before: 4", "before: 3", "question 3: after: step 3 has already shown packet 3"},
		{"unknown value", "compute: flags", "compute: colour", `question 1: answer: unknown value to compute "colour"`},
		{"no packet to compute", "compute: flags, packet: 2", "compute: flags", "question 1: answer: packet 0 is not covered"},
		{"choice out of range", "choice: 2", "choice: 3", "question 3: answer: choice: 3"},
		{"both kinds of answer", "choice: 2, packets: [4, 5]", "choice: 2, compute: ack", "question 3: answer: want either"},
		{"nothing proves it", ", packets: [4, 5]}", "}", "question 3: answer: packets: want the first"},
		{"one packet to look at", "packets: [4, 5]", "packets: [4]", "question 3: answer: want either"},
		{"packets in disorder", "packets: [4, 5]", "packets: [5, 4]", "question 3: answer: packets: want the first"},
		{"packets of a computed answer", "{compute: next_sender, packet: 5}", "{compute: next_sender, packet: 5, packets: [4, 5]}", "question 2: answer: want either"},
		{"times in disorder", "times: [0]", "times: [3, 1]", "question 3: option 1: want when or other, and times in order"},
		{"times of three", "times: [0]", "times: [1, 2, 3]", "question 3: choices: times: want a number"},
		{"times of nothing", "other: arp, times: [0]", "times: [4]", "question 3: option 1: want when or other"},
		{"when and other", "other: arp,", "other: arp, when: tcp,", "question 3: option 1: want when or other"},
		{"a choice without", `, when: "tcp.len > 0"`, "", "question 3: want packets, and when or other for each choice"},
		{"neither kind of answer", "answer: {choice: 2, packets: [4, 5]}", "answer: {}", "question 3: answer: want either"},
		{"ending", "ending: reset", "ending: exploded", `expect: closing: ending: unknown name "exploded"`},
		{"by", "by: server", "by: nobody", `expect: closing: by: unknown name "nobody"`},
		{"label", "[keep_alive]", "[keepalive]", `expect: packet 4: label: unknown name "keepalive"`},
		{"state", "client: SYN-SENT", "client: SYN_SENT", `expect: packet 1: client state: unknown name "SYN_SENT"`},
		{"protocol", "protocol: websocket", "protocol: gopher", `unknown name "gopher"`},
		{"hash", "sha256: 2c", "sha256: 2", `expect: file: "a.png"`},
		{"half a try", `try: {en: "Try it.", zh-Hans: "试试。"}`, `try: {en: "Try it."}`, "try (zh-Hans): missing"},
		{"no sources", `sources: ["RFC 9293"]`, "sources: []", "sources: 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(goodCase, tt.from, tt.to, 1)
			if text == goodCase {
				t.Fatalf("%q is not in the case", tt.from)
			}
			all, err := Load(folder(text))
			if err == nil {
				t.Fatal("accepted")
			}
			if all != nil {
				t.Error("cases beside an error")
			}
			var p problems
			if errors.As(err, &p) {
				saidInChinese(t, p)
			}
			if !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "basics-small") {
				t.Errorf("error %q, want %q", err, tt.want)
			}
		})
	}
}

func TestLoadRefusesFolder(t *testing.T) {
	noCapture := folder(goodCase)
	delete(noCapture, "basics-small/capture.pcapng")
	noCase := folder(goodCase)
	delete(noCase, "basics-small/case.yaml")
	tests := []struct {
		name string
		fsys fstest.MapFS
		want string
	}{
		{"no recording", noCapture, "recording: open basics-small/capture.pcapng"},
		{"no lesson", noCase, "open basics-small/case.yaml"},
		{"too large", folder(goodCase + strings.Repeat("#", maxCaseSize)), "is larger than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Load(tt.fsys); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestTracks(t *testing.T) {
	seen := map[string]bool{}
	for _, track := range Tracks() {
		if seen[track.ID] || track.Name[narrate.English] == "" || track.Name[narrate.Chinese] == "" {
			t.Errorf("track %+v", track)
		}
		seen[track.ID] = true
	}
}

func TestNumbersOfferedAreWrittenAsTheChatWritesThem(t *testing.T) {
	for value, want := range map[string]string{"1683": "1,683", "27": "27", "-": "-"} {
		if got := valueText(ComputeSeq, value); got != same(want) {
			t.Errorf("%s is offered as %q", value, got)
		}
	}
}
