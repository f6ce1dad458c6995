package narrate

import "strings"

// FilterProblem names what is wrong with a display filter or a search.
type FilterProblem uint8

// The problems. What stands in for ${text}, ${other}, ${field} and ${kind} is said by the one who reports it.
const (
	FilterUnknownField FilterProblem = iota
	FilterNoField
	FilterNoValue
	FilterNoSet
	FilterBadValue
	FilterTooBig
	FilterNotForType
	FilterOtherTypes
	FilterBadRegexp
	FilterOpenText
	FilterBadEscape
	FilterOpenBracket
	FilterStrayBracket
	FilterUnexpected
	FilterEmpty
	FilterTooLong
	FilterTooDeep
	FilterTooMany
	FilterBadHex
	FilterBackwards
	FilterSlice
	FilterValueFirst
	NumFilterProblems = iota
)

var filterProblems = [NumFilterProblems]Text{
	FilterUnknownField: {"There is no field “${text}”.", "没有“${text}”这个字段。"},
	FilterNoField:      {"A field must stand here.", "这里应该是一个字段。"},
	FilterNoValue:      {"A value must stand here.", "这里应该是一个值。"},
	FilterNoSet:        {"A list must stand here, like {80, 8000..8080}.", "这里应该是一个列表，例如 {80, 8000..8080}。"},
	FilterBadValue:     {"“${text}” is not ${kind}, which ${field} is compared with.", "“${text}”不是${kind}，而 ${field} 只能与它比较。"},
	FilterTooBig:       {"${text} is too big: ${field} is at most ${other}.", "${text} 太大：${field} 最大为 ${other}。"},
	FilterNotForType:   {"“${text}” does not work with ${field}, which is ${kind}.", "“${text}”不能用于 ${field}，它是${kind}。"},
	FilterOtherTypes:   {"${field} and ${text} cannot be compared: they are of different kinds.", "${field} 和 ${text} 类型不同，不能比较。"},
	FilterBadRegexp:    {"This is no regular expression: ${text}.", "这不是正则表达式：${text}。"},
	FilterOpenText:     {"The closing quotation mark is missing.", "缺少结尾的引号。"},
	FilterBadEscape:    {"There is no such character behind a backslash; write \\\\ for a backslash.", "反斜杠后不能是这个字符，反斜杠本身要写成 \\\\。"},
	FilterOpenBracket:  {"The closing “${text}” is missing.", "缺少结尾的“${text}”。"},
	FilterStrayBracket: {"Nothing was opened that “${text}” could close.", "“${text}”没有对应的开头。"},
	FilterUnexpected:   {"“${text}” cannot stand here.", "“${text}”不能出现在这里。"},
	FilterEmpty:        {"There is nothing to look for.", "没有要查找的内容。"},
	FilterTooLong:      {"This is too long: at most ${other} bytes.", "太长：最多 ${other} 字节。"},
	FilterTooDeep:      {"There are too many brackets inside one another.", "括号嵌套太多层。"},
	FilterTooMany:      {"There are too many conditions on messages and payload: at most ${other}.", "对消息和载荷的条件太多：最多 ${other} 个。"},
	FilterBadHex:       {"This is no hexadecimal byte: write two digits for each, like 47 45.", "这不是十六进制字节：每个字节写两位，例如 47 45。"},
	FilterBackwards:    {"The range begins behind its end.", "范围的开头大于结尾。"},
	FilterSlice:        {"Parts of a field cannot be chosen here; “contains” or “matches” may do.", "这里不能取字段的一部分，可以用 contains 或 matches。"},
	FilterValueFirst:   {"The field comes first, then the value: ${other}.", "字段在前，值在后：${other}。"},
}

// Advice behind a problem.
var (
	filterSuggestion = Text{" Did you mean “${text}”?", "是不是“${text}”？"}
	filterQuote      = Text{" To search for these words, put them in quotation marks.", "要搜索这些文字，请加上引号。"}
)

// FilterFacts fill in the words of a problem.
type FilterFacts struct {
	Text, Other, Field string
	// Kind is the field's kind of value, in words.
	Kind Text
	// Suggestion is what may have been meant, "" if nothing is near.
	Suggestion string
	// Quote says that the text may have been meant as one to search for.
	Quote bool
}

// Filter words a problem with a filter.
func Filter(l Lang, p FilterProblem, f FilterFacts) string {
	s := filterProblems[p].In(l)
	if f.Suggestion != "" {
		s += strings.ReplaceAll(filterSuggestion.In(l), "${text}", f.Suggestion)
	}
	if f.Quote {
		s += filterQuote.In(l)
	}
	return strings.NewReplacer("${text}", f.Text, "${other}", f.Other, "${field}", f.Field, "${kind}", f.Kind.In(l)).Replace(s)
}

// NoBPF names why a filter has no equivalent for tcpdump.
type NoBPF uint8

// The reasons.
const (
	BPFHasOne NoBPF = iota
	BPFLabels
	BPFMessages
	BPFPayload
	BPFNumbers
	BPFTimes
	BPFStreams
	BPFOperator
	BPFPacketNumbers
	NumNoBPF = iota
)

var noBPF = [NumNoBPF]Text{
	BPFLabels:        {"tcpdump sees one packet at a time and does not know ${text}, which takes the packets before it.", "tcpdump 一次只看一个包，不知道 ${text}，它要看前面的包。"},
	BPFMessages:      {"tcpdump does not decode messages, so it does not know ${text}.", "tcpdump 不解码消息，不知道 ${text}。"},
	BPFPayload:       {"tcpdump cannot look for bytes at any place of the payload, as ${text} does.", "tcpdump 不能像 ${text} 那样在载荷任意位置查找字节。"},
	BPFNumbers:       {"${text} is counted from the start of the connection; tcpdump sees only the numbers on the wire.", "${text} 从连接开头算起，tcpdump 只看到线上的原始值。"},
	BPFTimes:         {"tcpdump does not choose by time, as ${text} does.", "tcpdump 不能像 ${text} 那样按时间选择。"},
	BPFStreams:       {"${text} is a number in this capture; tcpdump does not know it. The filter of the connection has an equivalent.", "${text} 是本抓包里的编号，tcpdump 不知道。连接的过滤器有对应的写法。"},
	BPFOperator:      {"tcpdump has no equivalent of this condition on ${text}.", "tcpdump 没有与 ${text} 上这个条件对应的写法。"},
	BPFPacketNumbers: {"${text} numbers packets of this file; tcpdump does not know them.", "${text} 是本文件里包的编号，tcpdump 不知道。"},
}

// WhyNoBPF says why a filter on the field has no equivalent for tcpdump.
func WhyNoBPF(l Lang, why NoBPF, field string) string {
	return strings.ReplaceAll(noBPF[why].In(l), "${text}", field)
}
