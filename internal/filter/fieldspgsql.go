package filter

import (
	"slices"

	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/postgres"
)

// pgsqlTypes are Wireshark's names of the messages. Flush and the answers to requests for encryption have none here.
var pgsqlTypes = map[postgres.Kind]string{
	postgres.Startup: "Startup message", postgres.SSLRequest: "SSL request", postgres.GSSENCRequest: "GSS encrypt request",
	postgres.CancelRequest: "Cancel request", postgres.Password: "Password message", postgres.Query: "Simple query",
	postgres.Parse: "Parse", postgres.Bind: "Bind", postgres.Describe: "Describe", postgres.Execute: "Execute", postgres.Close: "Close",
	postgres.Flush: "Flush", postgres.Sync: "Sync", postgres.FunctionCall: "Function call", postgres.CopyFail: "Copy failure",
	postgres.Terminate: "Termination", postgres.CopyData: "Copy data", postgres.CopyDone: "Copy completion",
	postgres.Authentication: "Authentication request", postgres.NegotiateProtocolVersion: "Negotiate protocol version",
	postgres.BackendKeyData: "Backend key data", postgres.ParameterStatus: "Parameter status", postgres.ReadyForQuery: "Ready for query",
	postgres.RowDescription: "Row description", postgres.DataRow: "Data row", postgres.CommandComplete: "Command completion",
	postgres.EmptyQueryResponse: "Empty query", postgres.ErrorResponse: "Error", postgres.NoticeResponse: "Notice",
	postgres.NotificationResponse: "Notification", postgres.ParseComplete: "Parse completion", postgres.BindComplete: "Bind completion",
	postgres.CloseComplete: "Close completion", postgres.ParameterDescription: "Parameter description", postgres.NoData: "No data",
	postgres.PortalSuspended: "Portal suspended", postgres.CopyInResponse: "CopyIn response", postgres.CopyOutResponse: "CopyOut response",
	postgres.CopyBothResponse: "Copy both response", postgres.FunctionCallResponse: "Function call response", postgres.Unknown: "Unknown",
}

var pgsqlStatuses = []Named{{"Idle", 'I'}, {"In a transaction", 'T'}, {"In a failed transaction", 'E'}}

var pgsqlAuths = []Named{
	{"Success", uint64(postgres.AuthOK)},
	{"Kerberos V4", uint64(postgres.AuthKerberosV4)},
	{"Kerberos V5", uint64(postgres.AuthKerberosV5)},
	{"Plaintext password", uint64(postgres.AuthCleartext)},
	{"crypt()ed password", uint64(postgres.AuthCrypt)},
	{"MD5 password", uint64(postgres.AuthMD5)},
	{"SCM credentials", uint64(postgres.AuthSCM)},
	{"GSSAPI", uint64(postgres.AuthGSS)},
	{"GSSAPI/SSPI continue", uint64(postgres.AuthGSSContinue)},
	{"SSPI", uint64(postgres.AuthSSPI)},
	{"SASL", uint64(postgres.AuthSASL)},
	{"SASL continue", uint64(postgres.AuthSASLContinue)},
	{"SASL complete", uint64(postgres.AuthSASLFinal)},
}

// pgsqlField makes a field of messages of PostgreSQL. Rows that follow each other are one message: its values are on all
// packets that carry it.
func pgsqlField(name string, t Type, help narrate.Text, get func(m *postgres.Message, dst []value) []value) Field {
	return placedOn(onAll, detailField(name, t, help, func(m *postgres.Message, dst []value) []value {
		if m.Kind == postgres.Unreadable || m.Kind == postgres.EncryptionAnswer {
			return dst
		}
		return get(m, dst)
	}))
}

// pgsqlError makes the field of one part of an error or notice, which has a letter.
func pgsqlError(name, letter string, help narrate.Text) Field {
	return pgsqlField(name, String, help, func(m *postgres.Message, dst []value) []value {
		if m.Kind != postgres.ErrorResponse && m.Kind != postgres.NoticeResponse {
			return dst
		}
		for _, f := range m.Fields {
			if f.Name == letter {
				dst = text(dst, f.Value)
			}
		}
		return dst
	})
}

// pgsqlText makes the field of the text of messages of some kinds.
func pgsqlText(name string, help narrate.Text, kinds ...postgres.Kind) Field {
	return keeping(pgsqlField(name, String, help, func(m *postgres.Message, dst []value) []value {
		if slices.Contains(kinds, m.Kind) {
			return text(dst, m.Text)
		}
		return dst
	}))
}

// pgsqlNumber makes the field of a number that messages of some kinds have.
func pgsqlNumber(name string, help narrate.Text, get func(m *postgres.Message) int64, kinds ...postgres.Kind) Field {
	return pgsqlField(name, Number, help, func(m *postgres.Message, dst []value) []value {
		if slices.Contains(kinds, m.Kind) {
			return number(dst, get(m))
		}
		return dst
	})
}

// pgsqlName makes the field of the name of a statement or portal; targets of Describe and Close say which of them they mean.
func pgsqlName(name string, help narrate.Text, target byte, get func(m *postgres.Message) string, kinds ...postgres.Kind) Field {
	return pgsqlField(name, String, help, func(m *postgres.Message, dst []value) []value {
		if slices.Contains(kinds, m.Kind) || (m.Kind == postgres.Describe || m.Kind == postgres.Close) && m.Target == target {
			return text(dst, get(m))
		}
		return dst
	})
}

// pgsqlType is Wireshark's name of the message. What answers an authentication depends on what was asked for.
func pgsqlType(m *postgres.Message, dst []value) []value {
	if m.Kind == postgres.Password {
		switch m.Auth {
		case postgres.AuthSASL:
			return text(dst, "SASLInitialResponse message")
		case postgres.AuthSASLContinue:
			return text(dst, "SASLResponse message")
		case postgres.AuthGSS, postgres.AuthSSPI, postgres.AuthGSSContinue:
			return text(dst, "GSSResponse message")
		default:
		}
	}
	return textThere(dst, pgsqlTypes[m.Kind])
}

// pgsqlParameters makes a field of a startup's parameters and of the server's.
func pgsqlParameters(name string, help narrate.Text, get func(f *postgres.Field) string) Field {
	return pgsqlField(name, String, help, func(m *postgres.Message, dst []value) []value {
		if m.Kind != postgres.Startup && m.Kind != postgres.ParameterStatus {
			return dst
		}
		for i := range m.Fields {
			dst = text(dst, get(&m.Fields[i]))
		}
		return dst
	})
}

func pgsqlMark(_ *postgres.Message, dst []value) []value { return mark(dst, true) }

var pgsqlFields = []Field{
	pgsqlField("pgsql", None, narrate.Text{"Any message of PostgreSQL.", "任何 PostgreSQL 消息。"}, pgsqlMark),
	pgsqlField("postgres", None, narrate.Text{"Any message of PostgreSQL: another name for pgsql.", "任何 PostgreSQL 消息，与 pgsql 相同。"}, pgsqlMark),
	common(pgsqlField("pgsql.type", String, narrate.Text{"The kind of message in words, as in “Simple query”.", "消息的种类，用文字表示，例如“Simple query”。"}, pgsqlType),
		`"Simple query"`, `"Parse"`, `"Bind"`, `"Execute"`, `"Row description"`, `"Data row"`, `"Command completion"`, `"Error"`, `"Notice"`, `"Ready for query"`),
	pgsqlField("pgsql.frontend", Bool, narrate.Text{"The message is from the client.", "消息来自客户端。"},
		func(m *postgres.Message, dst []value) []value { return boolean(dst, m.Frontend) }),
	pgsqlText("pgsql.query", narrate.Text{"The SQL of a query, or of a statement to prepare.", "查询的 SQL，或要准备的语句。"}, postgres.Query, postgres.Parse),
	pgsqlName("pgsql.statement", narrate.Text{"The name of a prepared statement.", "已准备语句的名字。"}, 'S',
		func(m *postgres.Message) string { return m.Statement }, postgres.Parse, postgres.Bind),
	pgsqlName("pgsql.portal", narrate.Text{"The name of a portal: a statement with its parameters.", "Portal 的名字：带参数的语句。"}, 'P',
		func(m *postgres.Message) string { return m.Portal }, postgres.Bind, postgres.Execute),
	pgsqlText("pgsql.tag", narrate.Text{"What a command did, as in “INSERT 0 1”.", "命令的结果，例如“INSERT 0 1”。"}, postgres.CommandComplete),
	withNames(pgsqlField("pgsql.status", Number, narrate.Text{"Whether the server is in a transaction: 73 idle, 84 in one, 69 in a failed one.", "服务器是否在事务中：73 空闲，84 在事务中，69 在失败的事务中。"},
		func(m *postgres.Message, dst []value) []value {
			if m.Kind != postgres.ReadyForQuery {
				return dst
			}
			return number(dst, m.Status)
		}), pgsqlStatuses, "73", "84", "69"),
	withNames(pgsqlField("pgsql.authtype", Number, narrate.Text{"How the client must prove who it is: 0 done, 3 password, 5 MD5, 10 SASL.", "客户端须如何证明身份：0 已完成，3 密码，5 MD5，10 SASL。"},
		func(m *postgres.Message, dst []value) []value {
			if m.Kind != postgres.Authentication {
				return dst
			}
			return number(dst, int64(m.Auth))
		}), pgsqlAuths, "0", "3", "5", "10", "11", "12"),
	pgsqlField("pgsql.auth.sasl.mech", String, narrate.Text{"A SASL mechanism that the server offers, or that the client chooses.", "服务器提供的或客户端选定的 SASL 机制。"},
		func(m *postgres.Message, dst []value) []value {
			for _, s := range m.Mechanisms {
				dst = text(dst, s)
			}
			return dst
		}),
	pgsqlParameters("pgsql.parameter_name", narrate.Text{"The name of a parameter of the session.", "会话参数的名字。"}, func(f *postgres.Field) string { return f.Name }),
	pgsqlParameters("pgsql.parameter_value", narrate.Text{"The value of a parameter of the session.", "会话参数的值。"}, func(f *postgres.Field) string { return f.Value }),
	pgsqlNumber("pgsql.version_major", narrate.Text{"The protocol's version that the client asks for.", "客户端请求的协议版本。"},
		func(m *postgres.Message) int64 { return int64(m.Major) }, postgres.Startup),
	pgsqlNumber("pgsql.pid", narrate.Text{"The number of the server's process.", "服务器进程的编号。"},
		func(m *postgres.Message) int64 { return int64(m.PID) }, postgres.BackendKeyData, postgres.CancelRequest, postgres.NotificationResponse),
	pgsqlNumber("pgsql.field.count", narrate.Text{"How many columns a description or a row has.", "描述或行里有多少列。"},
		func(m *postgres.Message) int64 { return int64(m.ColumnCount) }, postgres.RowDescription, postgres.DataRow),
	pgsqlField("pgsql.col.name", String, narrate.Text{"The name of a column.", "列的名字。"},
		func(m *postgres.Message, dst []value) []value {
			for i := range m.Columns {
				dst = text(dst, m.Columns[i].Name)
			}
			return dst
		}),
	pgsqlField("pgsql.condition", String, narrate.Text{"The channel of a notification (NOTIFY).", "通知的频道（NOTIFY）。"},
		func(m *postgres.Message, dst []value) []value {
			if m.Kind != postgres.NotificationResponse {
				return dst
			}
			return text(dst, m.Field("channel"))
		}),
	common(pgsqlError("pgsql.severity", "S", narrate.Text{"How bad an error or notice is: ERROR, FATAL, NOTICE.", "错误或通知的级别：ERROR、FATAL、NOTICE。"}), `"ERROR"`, `"FATAL"`, `"WARNING"`, `"NOTICE"`),
	common(pgsqlError("pgsql.code", "C", narrate.Text{"The SQL state of an error: 23505 a duplicate, 42601 bad syntax, 40P01 a deadlock.", "错误的 SQL 状态：23505 重复，42601 语法错误，40P01 死锁。"}),
		`"23505"`, `"28P01"`, `"40001"`, `"40P01"`, `"42601"`, `"42703"`, `"42P01"`),
	pgsqlError("pgsql.message", "M", narrate.Text{"What an error or notice says.", "错误或通知的文字。"}),
	pgsqlError("pgsql.detail", "D", narrate.Text{"More about an error.", "错误的更多说明。"}),
	pgsqlError("pgsql.hint", "H", narrate.Text{"What the server proposes to do about an error.", "服务器对错误的建议。"}),
	pgsqlError("pgsql.position", "P", narrate.Text{"The place in the query where the error is.", "错误在查询中的位置。"}),
	pgsqlError("pgsql.where", "W", narrate.Text{"In what an error occurred: the functions that were running.", "错误发生时正在运行的函数。"}),
	pgsqlError("pgsql.schema_name", "s", narrate.Text{"The schema that an error is about.", "错误涉及的模式。"}),
	pgsqlError("pgsql.table_name", "t", narrate.Text{"The table that an error is about.", "错误涉及的表。"}),
	pgsqlError("pgsql.column_name", "c", narrate.Text{"The column that an error is about.", "错误涉及的列。"}),
	pgsqlError("pgsql.constraint_name", "n", narrate.Text{"The constraint that was violated.", "被违反的约束。"}),
	pgsqlError("pgsql.routine", "R", narrate.Text{"The server's function that reported an error.", "报告错误的服务器函数。"}),
}
