package filter

import (
	"sort"
	"strings"
	"unicode/utf8"

	"tcptalk/internal/narrate"
)

// Completion is what may stand at a place of a filter.
type Completion struct {
	// From and To are the bytes of the text that an item replaces.
	From, To int
	Items    []Item
}

// Item is one offer.
type Item struct {
	Text string
	Help narrate.Text
}

// maxItems bounds the offers: more than fit into a list that somebody reads.
const maxItems = 60

var operatorHelp = map[string]narrate.Text{
	"==":       {"is equal to", "等于"},
	"!=":       {"is not equal to; of several values none may be", "不等于，有多个值时全都不等于"},
	"<":        {"is less than", "小于"},
	"<=":       {"is at most", "不大于"},
	">":        {"is more than", "大于"},
	">=":       {"is at least", "不小于"},
	"contains": {"has these bytes or this text in it", "包含这段字节或文字"},
	"matches":  {"fits a regular expression, in any case", "匹配正则表达式，不分大小写"},
	"in":       {"is one of a list", "是列表中的一个"},
	"&":        {"has one of these bits set", "其中某一位为 1"},
	"and":      {"both must hold", "两个条件都成立"},
	"or":       {"one must hold", "至少一个条件成立"},
	"xor":      {"exactly one must hold", "恰好一个条件成立"},
	"not":      {"must not hold", "条件不成立"},
}

// Complete returns what may stand at the cursor, a byte offset in text.
func Complete(text string, cursor int) Completion {
	cursor = max(0, min(cursor, len(text)))
	for cursor > 0 && cursor < len(text) && !utf8.RuneStart(text[cursor]) {
		cursor--
	}
	tokens, err := lex(text[:cursor])
	if err != nil {
		return Completion{From: cursor, To: cursor} // inside a text
	}
	tokens = tokens[:len(tokens)-1]
	c := Completion{From: cursor, To: cursor}
	word := ""
	if n := len(tokens); n > 0 && tokens[n-1].end == cursor && tokens[n-1].kind == tWord {
		word = tokens[n-1].text
		c.From = tokens[n-1].start
		for c.To < len(text) && wordByte(text[c.To]) {
			c.To++
		}
		tokens = tokens[:n-1]
	}
	c.offer(word, tokens)
	if len(c.Items) > maxItems {
		c.Items = c.Items[:maxItems]
	}
	return c
}

// offer finds the items that fit behind the tokens and begin like word.
func (c *Completion) offer(word string, before []token) {
	var last, previous token
	if n := len(before); n > 0 {
		last = before[n-1]
		if n > 1 {
			previous = before[n-2]
		}
	}
	field := fieldNamed(last.text)
	switch {
	case last.kind == tWord && field != nil && !operatorBefore(previous):
		c.operators(word, field)
		c.words(word, "and", "or", "xor")
	case operatorBefore(last):
		if f := fieldNamed(previous.text); f != nil {
			c.values(word, f)
		}
	case last.is("{", ",", ".."):
		if f := setField(before); f != nil {
			c.values(word, f)
		}
	case last.kind == tText || last.kind == tWord && !last.is("and", "or", "xor", "not", "any", "all") || last.is(")", "}"):
		c.words(word, "and", "or", "xor")
	default:
		c.fields(word)
		c.words(word, "not")
	}
}

// operatorBefore reports a comparison that waits for its value.
func operatorBefore(t token) bool {
	_, ok := operators[t.text]
	return (ok || t.is("&")) && (t.kind == tWord || t.kind == tSymbol)
}

// setField returns the field whose list is open.
func setField(before []token) *Field {
	for i := len(before) - 1; i >= 0; i-- {
		switch t := before[i]; {
		case t.is("}"):
			return nil
		case t.is("in") && i > 0:
			return fieldNamed(before[i-1].text)
		}
	}
	return nil
}

func (c *Completion) add(word, item string, help narrate.Text) {
	if strings.HasPrefix(item, word) && item != word {
		c.Items = append(c.Items, Item{item, help})
	}
}

func (c *Completion) words(word string, list ...string) {
	for _, w := range list {
		c.add(word, w, operatorHelp[w])
	}
}

// operators offers those that work with the field.
func (c *Completion) operators(word string, f *Field) {
	for _, o := range []string{"==", "!=", "<", "<=", ">", ">=", "contains", "matches", "in"} {
		if f.Type.takes(operators[o].op) {
			c.add(word, o, operatorHelp[o])
		}
	}
	if f.Type == Number {
		c.add(word, "&", operatorHelp["&"])
	}
}

// values offers names and common values.
func (c *Completion) values(word string, f *Field) {
	common := f.Common
	if f.Type == Bool && common == nil {
		common = []string{"1", "0"}
	}
	for _, v := range common {
		help := f.Help
		for _, n := range f.Names {
			if literalOf(f, v) == n.Value {
				help = narrate.Text{n.Name, n.Name}
			}
		}
		c.add(word, v, help)
	}
}

// literalOf returns the number that a common value stands for.
func literalOf(f *Field, v string) uint64 {
	var l literal
	if l.number(f, token{kind: tWord, text: v}) {
		return uint64(l.num)
	}
	return 1<<64 - 1
}

// fields offers those that begin like word, and behind them those that have it in their middle.
func (c *Completion) fields(word string) {
	var inside []Item
	for _, f := range Fields() {
		switch {
		case strings.HasPrefix(f.Name, word):
			c.add(word, f.Name, f.Help)
		case len(word) > 2 && strings.Contains(f.Name, word):
			inside = append(inside, Item{f.Name, f.Help})
		}
	}
	sort.SliceStable(c.Items, func(i, j int) bool {
		return strings.Count(c.Items[i].Text, ".") < strings.Count(c.Items[j].Text, ".")
	})
	c.Items = append(c.Items, inside...)
}
