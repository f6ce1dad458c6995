package filter

import (
	"regexp"

	"tcptalk/internal/narrate"
)

const (
	// maxDepth bounds brackets and negations inside one another, which the parser follows by recursion.
	maxDepth = 200
	// maxConditions bounds the conditions on messages and payload: each has a bit in a mask.
	maxConditions = 64
)

// Filter is a compiled display filter. It may be used by several goroutines at once.
type Filter struct {
	text  string
	root  *node
	level Level // the highest of its fields
	deep  []*test
}

// String returns the filter's text.
func (f *Filter) String() string { return f.text }

// Level says what the filter has to look at: Connection and Packet take no reading of the capture.
func (f *Filter) Level() Level { return f.level }

// Parse compiles a display filter. An error is an *Error.
func Parse(text string) (*Filter, error) {
	f, err := parse(text)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func parse(text string) (*Filter, *Error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := parser{text: text, tokens: tokens}
	if p.peek().kind == tEnd {
		return nil, p.fail(p.peek(), narrate.FilterEmpty, narrate.FilterFacts{})
	}
	root, err := p.either()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tEnd {
		if t.is(")") {
			return nil, p.fail(t, narrate.FilterStrayBracket, narrate.FilterFacts{Text: ")"})
		}
		return nil, p.unexpected(t)
	}
	return &Filter{text: text, root: root, level: p.level, deep: p.deep}, nil
}

// parser reads a filter by recursive descent. "or" binds loosest, then "xor", "and" and "not", as in Wireshark.
type parser struct {
	text   string
	tokens []token
	at     int
	depth  int
	level  Level
	deep   []*test
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != tEnd {
		p.at++
	}
	return t
}

// take moves on if the next token is one of these words.
func (p *parser) take(words ...string) bool {
	if p.peek().is(words...) {
		p.at++
		return true
	}
	return false
}

func (p *parser) fail(t token, problem narrate.FilterProblem, facts narrate.FilterFacts) *Error {
	return fail(p.text, t, problem, facts)
}

func fail(text string, t token, p narrate.FilterProblem, facts narrate.FilterFacts) *Error {
	return problem(text, t.start, t.end, p, facts)
}

// unexpected says that a token cannot stand where it does.
func (p *parser) unexpected(t token) *Error {
	if t.kind == tEnd {
		return p.fail(t, narrate.FilterNoValue, narrate.FilterFacts{})
	}
	if t.is("[") {
		return p.fail(t, narrate.FilterSlice, narrate.FilterFacts{})
	}
	return p.fail(t, narrate.FilterUnexpected, narrate.FilterFacts{Text: p.text[t.start:t.end]})
}

func (p *parser) either() (*node, *Error) { return p.joined(opOr, p.exclusive, "or", "||") }
func (p *parser) exclusive() (*node, *Error) {
	return p.joined(opXor, p.both, "xor", "^^")
}
func (p *parser) both() (*node, *Error) { return p.joined(opAnd, p.negation, "and", "&&") }

// joined reads operands with an operator between them.
func (p *parser) joined(op nodeOp, operand func() (*node, *Error), words ...string) (*node, *Error) {
	n, err := operand()
	if err != nil || !p.peek().is(words...) {
		return n, err
	}
	n = &node{op: op, kids: []*node{n}}
	for p.take(words...) {
		kid, err := operand()
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, kid)
	}
	return n, nil
}

func (p *parser) negation() (*node, *Error) {
	t := p.peek()
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail(t, narrate.FilterTooDeep, narrate.FilterFacts{})
	}
	defer func() { p.depth-- }()
	switch {
	case p.take("not", "!"):
		kid, err := p.negation()
		return &node{op: opNot, kids: []*node{kid}}, err
	case p.take("("):
		n, err := p.either()
		if err == nil && !p.take(")") {
			if p.peek().kind != tEnd {
				return nil, p.unexpected(p.peek())
			}
			err = p.fail(t, narrate.FilterOpenBracket, narrate.FilterFacts{Text: ")"})
		}
		return n, err
	}
	return p.condition()
}

// condition reads a field with what is asked of it.
func (p *parser) condition() (*node, *Error) {
	c := &test{op: exists}
	if p.peek().is("any", "all") {
		c.all, c.said = p.peek().text == "all", true
		p.at++
	}
	f, err := p.field()
	if err != nil {
		return nil, err
	}
	c.field = f
	if err := p.mask(c); err != nil {
		return nil, err
	}
	n := &node{op: opTest, test: c}
	if p.peek().is("not") && p.at+1 < len(p.tokens) && p.tokens[p.at+1].is("in") {
		p.at++
		n = &node{op: opNot, kids: []*node{n}}
	}
	if err := p.comparison(c); err != nil {
		return nil, err
	}
	if next := p.peek(); c.said && c.op == exists {
		return nil, p.unexpected(next)
	}
	return n, p.plan(c)
}

// field reads the name of a field.
func (p *parser) field() (*Field, *Error) {
	t := p.next()
	switch {
	case t.is(")", "}", "]"):
		return nil, p.fail(t, narrate.FilterStrayBracket, narrate.FilterFacts{Text: t.text})
	case t.kind == tText, t.kind == tWord && !nameStart(t.text[0]):
		return nil, p.fail(t, narrate.FilterNoField, narrate.FilterFacts{Quote: t.kind == tWord})
	case t.kind != tWord:
		return nil, p.fail(t, narrate.FilterNoField, narrate.FilterFacts{})
	}
	if f := fieldNamed(t.text); f != nil {
		return f, nil
	}
	return nil, p.fail(t, narrate.FilterUnknownField, narrate.FilterFacts{Text: t.text, Suggestion: nearest(t.text), Quote: true})
}

func nameStart(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

// mask reads "& 0x12" behind a number.
func (p *parser) mask(c *test) *Error {
	t := p.peek()
	if !p.take("&", "bitwise_and") {
		return nil
	}
	if c.field.Type != Number {
		return p.notFor(t, c.field)
	}
	v, err := p.literal(&Field{Name: c.field.Name, Type: Number}, p.next())
	if err != nil {
		return err
	}
	c.mask, c.masks, c.op = v.num, true, masked
	return nil
}

// notFor says that an operator does not work with a field.
func (p *parser) notFor(t token, f *Field) *Error {
	return p.fail(t, narrate.FilterNotForType, narrate.FilterFacts{Text: t.text, Field: f.Name, Kind: typeNames[f.Type]})
}

// operators are the comparisons. those that ask for all values say so.
var operators = map[string]struct {
	op  op
	all bool
}{
	"==": {equal, false}, "eq": {equal, false}, "any_eq": {equal, false},
	"===": {equal, true}, "all_eq": {equal, true},
	"!=": {differ, true}, "ne": {differ, true}, "all_ne": {differ, true},
	"!==": {differ, false}, "~=": {differ, false}, "any_ne": {differ, false},
	"<": {less, false}, "lt": {less, false}, "<=": {lessOrEqual, false}, "le": {lessOrEqual, false},
	">": {greater, false}, "gt": {greater, false}, ">=": {greaterOrEqual, false}, "ge": {greaterOrEqual, false},
	"contains": {contains, false}, "matches": {matches, false}, "~": {matches, false}, "in": {within, false},
}

// comparison reads the operator and what it compares with, if there is one.
func (p *parser) comparison(c *test) *Error {
	t := p.peek()
	o, ok := operators[t.text]
	if t.kind == tText || !ok {
		return nil
	}
	p.at++
	if !c.field.Type.takes(o.op) || c.masks && o.op == within {
		return p.notFor(t, c.field)
	}
	c.op = o.op
	if !c.said {
		c.all = o.all
	}
	if o.op == within {
		return p.set(c)
	}
	if o.op == matches {
		return p.pattern(c)
	}
	v := p.next()
	if other := fieldNamed(v.text); v.kind == tWord && other != nil {
		return p.other(c, v, other)
	}
	l, err := p.literal(c.field, v)
	c.literals = []literal{l}
	return err
}

// other makes another field the right side of a comparison.
func (p *parser) other(c *test, t token, f *Field) *Error {
	same := f.Type == c.field.Type || (f.Type == String || f.Type == Bytes) && (c.field.Type == String || c.field.Type == Bytes)
	if !same || f.Type == None {
		return p.fail(t, narrate.FilterOtherTypes, narrate.FilterFacts{Text: f.Name, Field: c.field.Name})
	}
	c.other = f
	return nil
}

// takes reports that an operator works with values of the type.
func (t Type) takes(o op) bool {
	switch o {
	case contains, matches:
		return t == String || t == Bytes
	case less, lessOrEqual, greater, greaterOrEqual, within, equal, differ:
		return t != None
	default:
		return true
	}
}

// set reads {80, 443, 8000..8080}.
func (p *parser) set(c *test) *Error {
	open := p.next()
	if !open.is("{") {
		return p.fail(open, narrate.FilterNoSet, narrate.FilterFacts{})
	}
	for {
		t := p.next()
		if t.kind == tEnd {
			return p.fail(open, narrate.FilterOpenBracket, narrate.FilterFacts{Text: "}"})
		}
		low, err := p.literal(c.field, t)
		if err != nil {
			return err
		}
		high := low
		if p.take("..") {
			last := p.next()
			if high, err = p.literal(c.field, last); err != nil {
				return err
			}
			if c.field.Type.compare(&low.value, &high.value) > 0 {
				return problem(p.text, t.start, last.end, narrate.FilterBackwards, narrate.FilterFacts{})
			}
		}
		c.literals = append(c.literals, low, high)
		switch t := p.next(); {
		case t.is("}"):
			c.sort()
			return nil
		case t.kind == tEnd:
			return p.fail(open, narrate.FilterOpenBracket, narrate.FilterFacts{Text: "}"})
		case !t.is(","):
			return p.unexpected(t)
		}
	}
}

// pattern reads a regular expression; like Wireshark's it takes no notice of case.
func (p *parser) pattern(c *test) *Error {
	t := p.next()
	if t.kind != tText {
		return p.fail(t, narrate.FilterBadValue, narrate.FilterFacts{Text: p.text[t.start:t.end], Field: c.field.Name, Kind: quotedPattern})
	}
	re, err := compilePattern(t.text)
	if err != nil {
		return p.fail(t, narrate.FilterBadRegexp, narrate.FilterFacts{Text: patternFault(err)})
	}
	c.pattern = re
	c.literals = []literal{{shown: p.text[t.start:t.end]}}
	return nil
}

var quotedPattern = narrate.Text{"a regular expression in quotation marks", "加引号的正则表达式"}

// compilePattern compiles a regular expression that takes no notice of case.
func compilePattern(s string) (*regexp.Regexp, error) { return regexp.Compile("(?i:" + s + ")") }

// plan notes what a condition needs.
func (p *parser) plan(c *test) *Error {
	c.level = c.field.Level
	if c.other != nil {
		c.level = max(c.level, c.other.Level)
	}
	if c.op == exists && c.field.Name == "frame" || c.op == exists && c.field.Name == "tcp" {
		c.level = Connection // every row has them
	}
	p.level = max(p.level, c.level)
	if c.level >= Payload {
		if len(p.deep) == maxConditions {
			return problem(p.text, 0, len(p.text), narrate.FilterTooMany, narrate.FilterFacts{Other: narrate.Count(maxConditions)})
		}
		c.bit = 1 << len(p.deep)
		p.deep = append(p.deep, c)
	}
	c.build()
	return nil
}
