package lesson

import (
	"fmt"
	"regexp"
	"strings"

	"tcptalk/internal/narrate"
)

// problems collects what is wrong with a case, in every language.
type problems []narrate.Text

// add adds what is wrong in a place of the written case, as in "step 2: title"; said is a format for the arguments.
func (p *problems) add(place string, said narrate.Text, args ...any) {
	*p = append(*p, narrate.Text{
		narrate.English: place + ": " + fmt.Sprintf(said[narrate.English], args...),
		narrate.Chinese: placeInChinese(place) + "：" + fmt.Sprintf(said[narrate.Chinese], args...),
	})
}

// err is all that was collected as one error, nil for nothing.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Error implements error: one problem a line.
func (p problems) Error() string { return p.join(narrate.English, "\n") }

// Say says it in a reader's language.
func (p problems) Say(l narrate.Lang) string {
	return p.join(l, [narrate.NumLangs]string{narrate.English: "; ", narrate.Chinese: "；"}[l])
}

func (p problems) join(l narrate.Lang, between string) string {
	said := make([]string, len(p))
	for i, t := range p {
		said[i] = t[l]
	}
	return strings.Join(said, between)
}

// chinesePlaces are the places of a written case. Those with a number have it where the %s is.
var chinesePlaces = map[string]string{
	"question": "问题", "file": "文件",
	"step #": "第 %s 步", "question #": "第 %s 题", "option #": "第 %s 个选项", "tag #": "第 %s 个标签", "packet #": "%s 号包", "message in packet #": "%s 号包中的消息",
	"id": "编号", "number": "序号", "level": "难度", "minutes": "时长", "tags": "标签", "focus": "连接", "ladder": "示意图", "steps": "步骤数", "questions": "问题数",
	"sources": "来源", "title": "标题", "summary": "简介", "try": "结尾", "tags and sources": "标签和来源", "text": "正文", "why": "用处", "at": "包", "field": "字段",
	"payload": "载荷", "ask": "问题", "because": "理由", "options": "选项数", "before": "遮住的第一个包", "after": "提问的位置", "answer": "答案", "choice": "正确选项",
	"packets": "所看的包", "expect": "预期", "connections": "连接数", "closing": "结束方式", "ending": "方式", "by": "哪一方", "label": "标签", "client state": "客户端状态",
	"server state": "服务器状态", "protocol": "协议",
}

// counted is a place with a number, langSuffix names the language of a text.
var (
	counted    = regexp.MustCompile(`^(.+) (\d+)$`)
	langSuffix = strings.NewReplacer(" (en)", "（英文）", " (zh-Hans)", "（中文）")
)

// placeInChinese translates a place part by part.
func placeInChinese(place string) string {
	parts := strings.Split(place, ": ")
	for i, part := range parts {
		name, lang, _ := strings.Cut(part, " (")
		if lang != "" {
			lang = langSuffix.Replace(" (" + lang)
		}
		if m := counted.FindStringSubmatch(name); m != nil {
			name = fmt.Sprintf(chinesePlaces[m[1]+" #"], m[2])
		} else {
			name = chinesePlaces[name]
		}
		parts[i] = name + lang
	}
	return strings.Join(parts, "：")
}
