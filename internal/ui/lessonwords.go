package ui

import "tcptalk/internal/narrate"

// lessonWords are the texts of questions, quizzes and the end of a lesson.
var lessonWords = struct {
	nextIs, predict, question, quizQuestion, reveal, right, wrong, passed, end, score, allRight, try, nextCase, allDone, startOver, more,
	toLesson, closeQuiz, quizEnd, quizHint, goOn, scoreBadge, ask, choose, firstCase, begin, buildsOn, and narrate.Text
}{
	nextIs:       narrate.Text{"Next case: ${n}", "下一个案例：${n}"},
	predict:      narrate.Text{"Predict first", "先猜一猜"},
	question:     narrate.Text{"Question ${n} of ${of}", "第 ${n} 问，共 ${of} 问"},
	quizQuestion: narrate.Text{"Quiz: question ${n} of ${of}", "测验：第 ${n} 题，共 ${of} 题"},
	reveal:       narrate.Text{"Show the answer", "看答案"},
	right:        narrate.Text{"Right", "答对了"},
	wrong:        narrate.Text{"Not this time", "不对"},
	passed:       narrate.Text{"The answer", "答案"},
	end:          narrate.Text{"The end of this case", "本案例到此结束"},
	score:        narrate.Text{"You predicted ${n} of ${of} right.", "${of} 个问题中你猜对了 ${n} 个。"},
	allRight:     narrate.Text{"You predicted all ${of} right.", "${of} 个问题你全部猜对了。"},
	try:          narrate.Text{"What would you try next?", "接下来你会怎么做？"},
	nextCase:     narrate.Text{"Next case", "下一个案例"},
	allDone:      narrate.Text{"All cases are done.", "所有案例都已完成。"},
	startOver:    narrate.Text{"Start over", "重新开始"},
	more:         narrate.Text{"More questions", "再来一组"},
	toLesson:     narrate.Text{"Back to the lesson", "回到课程"},
	closeQuiz:    narrate.Text{"End the quiz", "结束测验"},
	quizEnd:      narrate.Text{"That was the quiz", "测验结束"},
	quizHint:     narrate.Text{"All answers were read from the packets of this connection. Another round asks about other packets.", "所有答案都来自这条连接的包。再来一组会问别的包。"},
	goOn:         narrate.Text{"Next", "继续"},
	scoreBadge:   narrate.Text{"Done ${n}/${of}", "已完成 ${n}/${of}"},
	ask:          narrate.Text{"quiz me on this connection", "就这条连接考考我"},
	choose:       narrate.Text{"answer an open question", "回答当前的问题"},
	firstCase:    narrate.Text{"Next on the path", "按顺序的下一个"},
	begin:        narrate.Text{"Open", "打开"},
	buildsOn:     narrate.Text{"builds on ${n}", "建议先学：${n}"},
	and:          narrate.Text{" and ", "、"},
}
