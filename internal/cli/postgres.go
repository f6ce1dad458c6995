package cli

import (
	"tcptalk/internal/proto"
	"tcptalk/internal/proto/postgres"
)

// postgres writes a PostgreSQL message. Passwords and keys were not kept.
func (j *jsonLines) postgres(m *proto.Message, d *postgres.Message, requests map[any]uint32) {
	from := "backend"
	if d.Frontend {
		from = "frontend"
	}
	j.str("kind", from)
	j.str("message", d.Kind.String())
	j.strIf("broken", m.Broken)
	j.num("len", d.Length)
	if f, ok := requests[d.Request]; ok && d.Request != nil {
		j.num("frame_of_request", int64(f))
	}
	switch d.Kind {
	case postgres.Query, postgres.Parse:
		j.str("query", d.Text)
	case postgres.CommandComplete:
		j.str("tag", d.Text)
	case postgres.DataRow, postgres.CopyData:
		j.num("count", d.Count)
	case postgres.RowDescription:
		j.strs("columns", len(d.Columns), func(i int) string { return d.Columns[i].Name })
	case postgres.ErrorResponse, postgres.NoticeResponse:
		j.str("code", d.Field("C"))
		j.str("text", d.Field("M"))
	case postgres.Startup, postgres.ParameterStatus:
		j.strs("parameters", len(d.Fields), func(i int) string { return d.Fields[i].Name })
	case postgres.Authentication:
		j.num("auth", int64(d.Auth))
	case postgres.ReadyForQuery, postgres.EncryptionAnswer:
		j.str("status", string(rune(d.Status)))
	default: // the message's name says it all
	}
	j.strIf("statement", d.Statement)
	j.strIf("portal", d.Portal)
}

// strIf writes a string unless it is empty.
func (j *jsonLines) strIf(k, v string) {
	if v != "" {
		j.str(k, v)
	}
}

// strs writes a list of n strings.
func (j *jsonLines) strs(k string, n int, text func(i int) string) {
	j.key(k)
	j.b = append(j.b, '[')
	for i := range n {
		if i > 0 {
			j.b = append(j.b, ',')
		}
		j.b = appendJSONString(j.b, text(i))
	}
	j.b = append(j.b, ']')
}
