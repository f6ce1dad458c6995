package filter

import (
	"slices"
	"strconv"

	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/redis"
)

// respField makes a field of messages of Redis.
func respField(name string, t Type, help narrate.Text, get func(m *redis.Message, dst []value) []value) Field {
	return detailField(name, t, help, func(m *redis.Message, dst []value) []value {
		if m.Kind == redis.Unreadable {
			return dst
		}
		return get(m, dst)
	})
}

// respValues makes a field of values in a message, also of those inside others.
func respValues(name string, t Type, help narrate.Text, get func(v *redis.Value, dst []value) []value) Field {
	var walk func(v *redis.Value, dst []value) []value
	walk = func(v *redis.Value, dst []value) []value {
		dst = get(v, dst)
		for _, inside := range [...][]redis.Value{v.Attributes, v.Elements} {
			for i := range inside {
				dst = walk(&inside[i], dst)
			}
		}
		return dst
	}
	return respField(name, t, help, func(m *redis.Message, dst []value) []value {
		if m.Inline { // a line of words, which the message has as if it were an array
			return dst
		}
		return walk(&m.Value, dst)
	})
}

func respMarkIf(is func(v *redis.Value) bool) func(v *redis.Value, dst []value) []value {
	return func(v *redis.Value, dst []value) []value { return mark(dst, is(v)) }
}

func isArray(v *redis.Value) bool { return v.Type == redis.Array }
func isBulk(v *redis.Value) bool  { return v.Type == redis.BulkString }

// respCut reports that not all of a value, or of those inside, was kept.
func respCut(v *redis.Value) bool {
	return v.Length > int64(len(v.Text)) && !v.Secret || v.Count > int64(len(v.Elements)) || slices.ContainsFunc(v.Elements, func(e redis.Value) bool { return respCut(&e) })
}

var respFields = []Field{
	respField("resp", None, narrate.Text{"Any message of Redis.", "任何 Redis 消息。"}, func(_ *redis.Message, dst []value) []value { return mark(dst, true) }),
	keeping(respValues("resp.string", String, narrate.Text{"A simple string.", "简单字符串。"},
		func(v *redis.Value, dst []value) []value {
			if v.Type != redis.SimpleString {
				return dst
			}
			return text(dst, v.Text)
		})),
	keeping(respValues("resp.error", String, narrate.Text{"What an error says.", "错误的内容。"},
		func(v *redis.Value, dst []value) []value {
			if !v.Type.IsError() {
				return dst
			}
			return text(dst, v.Text)
		})),
	respValues("resp.integer", Number, narrate.Text{"An integer.", "整数值。"},
		func(v *redis.Value, dst []value) []value {
			if n, err := strconv.ParseInt(v.Text, 10, 64); err == nil && v.Type == redis.Integer {
				return number(dst, n)
			}
			return dst
		}),
	respValues("resp.bulk_string", None, narrate.Text{"A bulk string: a word of a command, or a value.", "批量字符串：命令里的词，或一个值。"}, respMarkIf(isBulk)),
	respValues("resp.bulk_string.length", Number, narrate.Text{"The length of a bulk string.", "批量字符串的长度。"},
		func(v *redis.Value, dst []value) []value {
			if !isBulk(v) || v.Null {
				return dst
			}
			return number(dst, v.Length)
		}),
	keeping(respValues("resp.bulk_string.value", Bytes, narrate.Text{"What a bulk string holds; passwords are not kept.", "批量字符串的内容，不保留密码。"},
		func(v *redis.Value, dst []value) []value {
			if !isBulk(v) || v.Null || v.Length == 0 || v.Secret {
				return dst
			}
			return append(dst, value{bytes: []byte(v.Text)})
		})),
	respValues("resp.array", None, narrate.Text{"An array: a command, or a list of values.", "数组：一条命令，或一列值。"}, respMarkIf(isArray)),
	respValues("resp.array.length", Number, narrate.Text{"How many values an array has.", "数组里有多少个值。"},
		func(v *redis.Value, dst []value) []value {
			if !isArray(v) || v.Null {
				return dst
			}
			return number(dst, v.Count)
		}),
	respField("redis", None, narrate.Text{"Any message of Redis: another name for resp.", "任何 Redis 消息，与 resp 相同。"}, func(_ *redis.Message, dst []value) []value { return mark(dst, true) }),
	common(keeping(respField("redis.command", String, narrate.Text{"The name of a command, in capitals.", "命令的名字，大写。"},
		func(m *redis.Message, dst []value) []value {
			if m.Kind != redis.Command {
				return dst
			}
			return textThere(dst, m.Verb())
		})), `"GET"`, `"SET"`, `"DEL"`, `"HGETALL"`, `"EXPIRE"`, `"SUBSCRIBE"`, `"PUBLISH"`, `"AUTH"`),
}
