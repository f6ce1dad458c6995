package narrate

import (
	"fmt"
	"strconv"
	"strings"

	"tcptalk/internal/proto/redis"
)

// Bounds of what is said about a Redis message.
const (
	maxRedisArgs  = 12  // arguments in a title
	maxRedisArg   = 80  // characters of each
	maxRedisLines = 200 // values of a reply, one a line
)

// redisMessage says what a Redis message is: the command in the title, a reply's values in lines.
func redisMessage(l Lang, m *redis.Message) (title string, lines []string) {
	name := ProtocolName(redis.Name)
	switch m.Kind {
	case redis.Command:
		title = name + " · " + redisCommand(m)
		if m.Silent && len(m.Value.Elements) > 0 {
			lines = append(lines, Text{"no reply is sent", "不会有回复"}.In(l))
		}
	case redis.Push:
		title = name + " · " + Text{"sent without being asked", "主动推送"}.In(l)
		lines = redisLines(l, nil, &m.Value, 0)
	case redis.Reply:
		title = name + " · " + Text{"reply", "回复"}.In(l)
		if m.Request != nil {
			title = name + " · " + fmt.Sprintf(Text{"reply to %s", "对 %s 的回复"}.In(l), redisCommand(m.Request))
		}
		lines = redisLines(l, nil, &m.Value, 0)
	default:
		title = Text{"not readable as Redis", "无法按 Redis 解读"}.In(l) + " · " + Count(uint64(m.Length)) + " B"
	}
	if m.Kind != redis.Command && len(lines) > maxRedisLines {
		lines = append(lines[:maxRedisLines], "…")
	}
	for _, p := range m.Problems {
		lines = append(lines, "⚠ "+redisProblems[p].In(l))
	}
	return title, lines
}

// redisCommand writes a command as a person would type it.
func redisCommand(m *redis.Message) string {
	args := m.Value.Elements
	words := make([]string, 0, min(len(args), maxRedisArgs)+1)
	for i := range args[:min(len(args), maxRedisArgs)] {
		words = append(words, redisArg(&args[i]))
	}
	if m.Value.Count > int64(len(words)) {
		words = append(words, "…")
	}
	return strings.Join(words, " ")
}

// hidden stands for a password.
const hidden = "••••"

// redisArg writes an argument, in quotes if it would not read as one word.
func redisArg(v *redis.Value) string {
	s, cut := shorten(v.Text, maxRedisArg)
	cut = cut || int64(len(v.Text)) < v.Length
	switch {
	case v.Secret:
		return hidden
	case s == "" && !cut || strings.ContainsFunc(s, oddInWord):
		s = strconv.Quote(s)
	}
	if cut {
		s += "…"
	}
	return s
}

func oddInWord(r rune) bool {
	return r <= ' ' || r == '"' || r == 0x7f || r == '\uFFFD'
}

// shorten cuts a text to n characters.
func shorten(s string, n int) (short string, cut bool) {
	for i := range s {
		if n == 0 {
			return s[:i], true
		}
		n--
	}
	return s, false
}

// redisLines writes a value, those inside it below and indented.
func redisLines(l Lang, lines []string, v *redis.Value, depth int) []string {
	const deep = 16 // levels that are indented
	if len(lines) > maxRedisLines {
		return lines
	}
	lines = append(lines, strings.Repeat("  ", min(depth, deep))+redisValue(l, v))
	for i := range v.Elements {
		lines = redisLines(l, lines, &v.Elements[i], depth+1)
	}
	if left := redisInside(v) - int64(len(v.Elements)); left > 0 && len(v.Elements) > 0 {
		lines = append(lines, strings.Repeat("  ", min(depth+1, deep))+fmt.Sprintf(Text{"… %s more", "… 还有 %s 个"}.In(l), Count(uint64(left))))
	}
	return lines
}

// redisInside returns how many values are directly inside v.
func redisInside(v *redis.Value) int64 {
	if v.Type == redis.Map {
		return 2 * v.Count
	}
	return v.Count
}

// redisValue writes a value as redis-cli does, but for what is inside it.
func redisValue(l Lang, v *redis.Value) string {
	switch {
	case v.Null:
		return "(nil)"
	case v.Secret:
		return hidden
	}
	var s string
	switch v.Type {
	case redis.BulkString, redis.Verbatim:
		s = strconv.Quote(v.Text)
	case redis.SimpleError, redis.BulkError:
		s = Text{"error: ", "错误："}.In(l) + v.Text
	case redis.Integer:
		s = "(integer) " + v.Text
	case redis.Double:
		s = "(double) " + v.Text
	case redis.Boolean:
		s = map[string]string{"t": "(true)", "f": "(false)"}[v.Text]
	case redis.Array, redis.PushData, redis.Set, redis.Map:
		return redisAggregate(l, v)
	default:
		s = v.Text
	}
	if int64(len(v.Text)) < v.Length {
		s += "… " + Count(uint64(v.Length)) + " B"
	}
	return s
}

var redisAggregates = map[redis.Type]Text{
	redis.Array: {"array", "数组"}, redis.PushData: {"push", "推送"}, redis.Set: {"set", "集合"}, redis.Map: {"map", "映射"},
}

// redisAggregate names an array or the like with its size.
func redisAggregate(l Lang, v *redis.Value) string {
	return redisAggregates[v.Type].In(l) + " (" + Count(uint64(v.Count)) + ")"
}

var redisProblems = map[redis.Problem]Text{
	redis.BareLF:        {"a line ends in LF alone; CR LF is prescribed", "有一行只以 LF 结尾，规定是 CR LF"},
	redis.BadValue:      {"a number or boolean that is none", "数字或布尔值的写法不对"},
	redis.NotBulk:       {"a command must be an array of bulk strings", "命令必须是字符串数组"},
	redis.TooLong:       {"a length that servers refuse by default", "服务器默认拒绝的长度"},
	redis.MisplacedPush: {"a push inside another value", "推送出现在别的值里面"},
	redis.OddQuotes:     {"quotes that do not match", "引号不配对"},
	redis.LongLine:      {"a line longer than servers read", "行太长，服务器不会读"},
}
