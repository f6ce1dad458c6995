package export

import "tcptalk/internal/proto/redis"

// redisMembers describe a Redis message.
type redisMembers struct {
	// Kind is "command", "reply", "push" or "unreadable".
	Kind string `json:"kind"`
	// Command is a command's name in capitals, Args what follows it as far as it is kept, ArgCount how many there are.
	Command  string        `json:"command,omitempty"`
	Args     []valueMember `json:"args,omitempty"`
	ArgCount int64         `json:"arg_count,omitempty"`
	Inline   bool          `json:"inline,omitempty"`
	// Silent says that no reply follows.
	Silent bool `json:"silent,omitempty"`
	// Request is the command that a reply answers: its name, and as text its first argument.
	Request *requestMember `json:"request,omitempty"`
	Value   *redisValue    `json:"value,omitempty"`
	// Error says that the reply is an error.
	Error bool `json:"error,omitempty"`
	// Values is how many values the message has, with those inside others and those that are not written.
	Values   int64           `json:"values,omitempty"`
	Length   int64           `json:"length,omitempty"` // of what is unreadable
	Missing  int64           `json:"missing,omitempty"`
	Guessed  bool            `json:"guessed,omitempty"`
	Problems []redis.Problem `json:"problems,omitempty"`
}

// redisValue is a value of a reply.
type redisValue struct {
	Type string `json:"type"`
	// Value is that of a string, error, number or boolean as sent, null if there is none.
	Value *valueMember `json:"value,omitempty"`
	// Items are the first values inside, of a map keys and values in turn; Count is how many there are.
	Items []redisValue `json:"items,omitempty"`
	Count *int64       `json:"count,omitempty"`
	// Attributes are the keys and values in front of the value.
	Attributes []redisValue `json:"attributes,omitempty"`
}

func redisLine(m *redis.Message) redisMembers {
	out := redisMembers{
		Kind: m.Kind.String(), Inline: m.Inline, Silent: m.Silent, Values: m.Counts.Values(), Length: m.Length, Missing: m.Missing,
		Guessed: m.Guessed, Problems: m.Problems,
	}
	switch m.Kind {
	case redis.Command:
		out.Command, out.ArgCount = m.Verb(), max(m.Value.Count-1, 0)
		for i := 1; i < len(m.Value.Elements); i++ {
			out.Args = append(out.Args, redisText(&m.Value.Elements[i]))
		}
	case redis.Reply, redis.Push:
		v := newRedisValue(&m.Value)
		out.Value, out.Error = &v, m.Value.Type.IsError()
		if q := m.Request; q != nil {
			out.Request = &requestMember{Command: q.Verb()}
			if len(q.Value.Elements) > 1 && !q.Value.Elements[1].Secret {
				key := &q.Value.Elements[1]
				out.Request = newRequestMember(q.Verb(), []byte(key.Text), key.Length)
			}
		}
	case redis.Unreadable:
	}
	return out
}

func redisText(v *redis.Value) valueMember {
	out := newValueMember([]byte(v.Text), v.Length)
	out.null, out.Secret = v.Null, v.Secret
	if v.Secret {
		out.Truncated = false
	}
	return out
}

// newRedisValue describes a value; the decoder bounds how deep they are nested.
func newRedisValue(v *redis.Value) redisValue {
	out := redisValue{Type: v.Type.String()}
	switch {
	case v.Type.Aggregate() && !v.Null:
		n := v.Count
		out.Count = &n
		for i := range v.Elements {
			out.Items = append(out.Items, newRedisValue(&v.Elements[i]))
		}
	default:
		text := redisText(v)
		out.Value = &text
	}
	for i := range v.Attributes {
		out.Attributes = append(out.Attributes, newRedisValue(&v.Attributes[i]))
	}
	return out
}
