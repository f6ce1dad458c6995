package app

import "tcptalk/internal/narrate"

var (
	noticeNotSaved  = narrate.Text{"Settings could not be saved", "设置无法保存"}
	noticeNotClosed = narrate.Text{"The capture file could not be closed", "抓包文件无法关闭"}
	noticeLeftovers = narrate.Text{"Temporary copies could not be removed", "临时副本无法删除"}
	noticeSaved     = narrate.Text{"Saved", "已保存"}
	noticeSaveGone  = narrate.Text{"Not saved: its capture was closed meanwhile", "未保存：抓包已在此期间关闭"}
	noticeSaveFail  = narrate.Text{"Could not be saved", "无法保存"}
)
