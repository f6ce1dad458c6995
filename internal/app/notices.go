package app

import "tcptalk/internal/narrate"

var (
	noticeNotSaved      = narrate.Text{"Settings could not be saved", "设置无法保存"}
	noticeNotClosed     = narrate.Text{"The capture file could not be closed", "抓包文件无法关闭"}
	noticeLeftovers     = narrate.Text{"Temporary copies could not be removed", "临时副本无法删除"}
	noticeSaved         = narrate.Text{"Saved", "已保存"}
	noticeSaveGone      = narrate.Text{"Not saved: its capture was closed meanwhile", "未保存：抓包已在此期间关闭"}
	noticeNotMarked     = narrate.Text{"The packet could not be marked", "无法标记这个包"}
	noticeForeignNotes  = narrate.Text{"A file with notes cannot be read; it is left as it is, and new notes go elsewhere", "备注文件无法读取；原文件保持不动，新的备注另存他处"}
	noticeNoMark        = narrate.Text{"No further mark in this direction", "这个方向上没有更多标记"}
	noticeTooManyMarks  = narrate.Text{"There are too many marks on this capture already", "这份抓包上的标记太多了"}
	noticeNotesNotSaved = narrate.Text{"The notes could not be saved", "备注无法保存"}
	noticeChanged       = narrate.Text{"The capture has changed since the notes were made: %d of %d fit their packet; the others are kept, not shown", "抓包在做备注之后变过：%[2]d 条中有 %[1]d 条仍与包对得上，其余保留但不显示"}
	noticeSaveOver      = narrate.Text{"The capture that is open cannot be replaced: choose another name", "不能覆盖正在打开的抓包，请换个文件名"}
	noticeSaveFail      = narrate.Text{"Could not be saved", "无法保存"}
	noticeSaveBusy      = narrate.Text{"Not saved: something else is still being saved", "未保存：还有别的内容正在保存"}
	noticeSaveStopped   = narrate.Text{"Stopped; what was written whole stays", "已停止；已写完的文件保留"}

	noticeNotDiscarded = narrate.Text{"The unsaved capture could not be removed", "未保存的抓包无法删除"}
	noticeNoLeftovers  = narrate.Text{"It could not be looked for captures of an earlier run", "无法查找上次运行留下的抓包"}
	noticeSavedSoFar   = narrate.Text{"Saved what was captured so far; the capture goes on", "已保存到目前为止的抓包；抓包继续进行"}
	noticeLabRecording = narrate.Text{"This computer may not capture (yet), so here is the recording of the same scenario", "本机（暂时）没有抓包权限，先打开同一实验的录制"}
	noticeLabFailed    = narrate.Text{"The scenario could not be played", "实验无法进行"}
)
