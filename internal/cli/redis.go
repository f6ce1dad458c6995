package cli

import (
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/redis"
)

// redis writes a Redis message. A password is written as "***".
func (j *jsonLines) redis(m *proto.Message, d *redis.Message, requests map[any]uint32) {
	j.str("kind", d.Kind.String())
	j.strIf("broken", m.Broken)
	switch d.Kind {
	case redis.Command:
		j.str("command", d.Verb())
		j.strs("args", len(d.Value.Elements), func(i int) string {
			if v := &d.Value.Elements[i]; !v.Secret {
				return v.Text
			}
			return "***"
		})
		j.bool("inline", d.Inline)
	case redis.Unreadable:
		j.num("len", d.Length)
		return
	case redis.Reply, redis.Push:
		if d.Value.Type != 0 {
			j.str("value", string(rune(d.Value.Type)))
		}
		if d.Value.Type.IsError() {
			j.str("error", d.Value.Text)
		}
		if f, ok := requests[d.Request]; ok && d.Request != nil {
			j.num("frame_of_request", int64(f))
		}
	}
	j.num("strings", d.Counts.Strings)
	j.num("errors", d.Counts.Errors)
	j.num("integers", d.Counts.Integers)
	j.num("bulks", d.Counts.Bulks)
	j.num("arrays", d.Counts.Arrays)
	j.num("others", d.Counts.Others)
}
