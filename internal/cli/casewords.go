package cli

import "tcptalk/internal/narrate"

// helpCases is the help on cases.
const helpCases = `Without a name: the list. A case is read as a chat with its lesson (show), step by step (walk), or by its questions (quiz). A case of somebody's own is one file, name.tcpcase; it can harm nothing: nothing of it is unpacked or run.

While walking, Enter goes on, b and Enter goes back, q and Enter ends. A question is answered with its letter; Enter alone shows the answer. "cases quiz" with a capture asks about a connection of it; the answers are read from its packets.

Examples:
  tcptalk cases
  tcptalk cases show hello-7456
  tcptalk cases walk third-packet --lang zh
  tcptalk cases quiz 8
  tcptalk cases quiz capture.pcapng --connection 3
  tcptalk cases check my.tcpcase`

// caseWords are the words of walks and quizzes.
var caseWords = struct {
	goOn, end, answer, right, wrong, passed, score, try, again, noQuestions, question, hidden narrate.Text
}{
	goOn:        narrate.Text{"[Enter] on · b back · q end ", "[回车] 继续 · b 返回 · q 结束 "},
	end:         narrate.Text{"The end of this case.", "本案例到此结束。"},
	answer:      narrate.Text{"Your prediction (A–%c, Enter shows the answer): ", "你的预测（A–%c，回车看答案）："},
	right:       narrate.Text{"Right.", "答对了。"},
	wrong:       narrate.Text{"Not this time. It is %c: %s", "不对。答案是 %c：%s"},
	passed:      narrate.Text{"It is %c: %s", "答案是 %c：%s"},
	score:       narrate.Text{"%d of %d predicted right.", "%[2]d 个问题中猜对了 %[1]d 个。"},
	try:         narrate.Text{"What would you try next?", "接下来你会怎么做？"},
	again:       narrate.Text{"Please answer with one of the letters.", "请用上面的字母回答。"},
	noQuestions: narrate.Text{"The packets of this connection prove too little to ask about it.", "这条连接的包能证明的太少，没法出题。"},
	question:    narrate.Text{"Question %d", "问题 %d"},
	hidden:      narrate.Text{"(what comes next is hidden)", "（后面的内容先不显示）"},
}

// caseHolds says that a case is as it claims.
func caseHolds(name, title string, steps, questions, packets int) string {
	return name + ": it holds: " + title + ", " + count(uint64(steps), "step") + ", " + count(uint64(questions), "question") + ", " +
		count(uint64(packets), "packet")
}
