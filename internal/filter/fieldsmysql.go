package filter

import (
	"tcptalk/internal/narrate"
	"tcptalk/internal/proto/mysql"
)

// The first bytes of what ends an answer of MySQL.
const (
	mysqlOK    = 0x00
	mysqlEOF   = 0xfe
	mysqlError = 0xff
)

var mysqlCommands = []Named{
	{"Quit", uint64(mysql.ComQuit)},
	{"Use Database", uint64(mysql.ComInitDB)},
	{"Query", uint64(mysql.ComQuery)},
	{"Show Fields", uint64(mysql.ComFieldList)},
	{"Create Database", uint64(mysql.ComCreateDB)},
	{"Drop Database", uint64(mysql.ComDropDB)},
	{"Refresh", uint64(mysql.ComRefresh)},
	{"Shutdown", uint64(mysql.ComShutdown)},
	{"Statistics", uint64(mysql.ComStatistics)},
	{"Process List", uint64(mysql.ComProcessInfo)},
	{"Kill Server Thread", uint64(mysql.ComProcessKill)},
	{"Dump Debuginfo", uint64(mysql.ComDebug)},
	{"Ping", uint64(mysql.ComPing)},
	{"Change User", uint64(mysql.ComChangeUser)},
	{"Send Binlog", uint64(mysql.ComBinlogDump)},
	{"Register Slave", uint64(mysql.ComRegisterSlave)},
	{"Prepare Statement", uint64(mysql.ComStmtPrepare)},
	{"Execute Statement", uint64(mysql.ComStmtExecute)},
	{"Send BLOB", uint64(mysql.ComStmtSendLongData)},
	{"Close Statement", uint64(mysql.ComStmtClose)},
	{"Reset Statement", uint64(mysql.ComStmtReset)},
	{"Set Option", uint64(mysql.ComSetOption)},
	{"Fetch Data", uint64(mysql.ComStmtFetch)},
	{"Send Binlog GTID", uint64(mysql.ComBinlogDumpGTID)},
	{"Reset Connection", uint64(mysql.ComResetConnection)},
	{"Execute Bulk Statement", uint64(mysql.ComStmtBulkExecute)},
}

var mysqlResponses = []Named{{"OK Packet", mysqlOK}, {"EOF Packet", mysqlEOF}, {"ERR Packet", mysqlError}}

// mysqlField makes a field of messages of MySQL.
func mysqlField(name string, t Type, help narrate.Text, get func(m *mysql.Message, dst []value) []value) Field {
	return detailField(name, t, help, func(m *mysql.Message, dst []value) []value {
		if m.Kind == mysql.Unreadable {
			return dst
		}
		return get(m, dst)
	})
}

// mysqlStatus makes a field of what an OK packet says.
func mysqlStatus(name string, help narrate.Text, get func(s *mysql.Status) int64) Field {
	return mysqlField(name, Number, help, func(m *mysql.Message, dst []value) []value {
		if m.Status == nil || !m.Status.OK {
			return dst
		}
		return number(dst, get(m.Status))
	})
}

// mysqlFailure makes a field of errors.
func mysqlFailure(name string, help narrate.Text, get func(f *mysql.Failure) string) Field {
	return mysqlField(name, String, help, func(m *mysql.Message, dst []value) []value {
		if m.Failure == nil {
			return dst
		}
		return textThere(dst, get(m.Failure))
	})
}

// mysqlColumns makes a field of the columns of a result set. They stand at its beginning.
func mysqlColumns(name string, help narrate.Text, get func(c *mysql.Column) string) Field {
	return placedOn(onFirst, mysqlField(name, String, help, func(m *mysql.Message, dst []value) []value {
		var columns []mysql.Column
		switch {
		case m.Result != nil:
			columns = m.Result.Columns
		case m.Kind == mysql.Prepared:
			columns = append(append(columns, m.Prepared.Params...), m.Prepared.Columns...)
		}
		for i := range columns {
			dst = text(dst, get(&columns[i]))
		}
		return dst
	}))
}

// mysqlResponse is the first byte of what a message ends with.
func mysqlResponse(m *mysql.Message, dst []value) []value {
	switch {
	case m.Failure != nil:
		return number(dst, int64(mysqlError))
	case m.Kind == mysql.OK:
		return number(dst, int64(mysqlOK))
	case m.Status != nil:
		return number(dst, int64(mysqlEOF))
	}
	return dst
}

// mysqlText is the text of a command of one of the codes.
func mysqlText(codes ...mysql.Code) func(m *mysql.Message, dst []value) []value {
	return func(m *mysql.Message, dst []value) []value {
		if m.Command == nil {
			return dst
		}
		for _, c := range codes {
			if m.Command.Code == c && m.Command.TextLen > 0 {
				return append(dst, value{bytes: m.Command.Text})
			}
		}
		return dst
	}
}

// mysqlSchema is the database of a login or of the command that changes it; a login may name none.
func mysqlSchema(m *mysql.Message, dst []value) []value {
	switch {
	case m.Kind == mysql.TLSRequest, m.Kind == mysql.Login && !m.Account.Capabilities.Has(mysql.CapConnectWithDB):
		return dst
	case m.Account != nil:
		return text(dst, m.Account.Database)
	}
	return mysqlText(mysql.ComInitDB, mysql.ComCreateDB, mysql.ComDropDB)(m, dst)
}

// mysqlStatement is the id of a prepared statement.
func mysqlStatement(m *mysql.Message, dst []value) []value {
	switch {
	case m.Kind == mysql.Prepared:
		return number(dst, m.Prepared.ID)
	case m.Command == nil:
		return dst
	}
	switch m.Command.Code {
	case mysql.ComStmtExecute, mysql.ComStmtSendLongData, mysql.ComStmtClose, mysql.ComStmtReset, mysql.ComStmtFetch, mysql.ComStmtBulkExecute:
		return number(dst, m.Command.Statement)
	default:
		return dst
	}
}

var mysqlFields = []Field{
	placedOn(onAll, mysqlField("mysql", None, narrate.Text{"Any packet of MySQL or MariaDB.", "任何 MySQL 或 MariaDB 数据包。"},
		func(_ *mysql.Message, dst []value) []value { return mark(dst, true) })),
	mysqlField("mysql.server_greeting", None, narrate.Text{"The server's greeting.", "服务器的问候。"},
		func(m *mysql.Message, dst []value) []value { return mark(dst, m.Kind == mysql.Greeting) }),
	mysqlField("mysql.version", String, narrate.Text{"The version that the server announces.", "服务器声明的版本。"},
		func(m *mysql.Message, dst []value) []value {
			if m.Hello == nil {
				return dst
			}
			return text(dst, m.Hello.Version)
		}),
	mysqlField("mysql.thread_id", Number, narrate.Text{"The server's number for the connection.", "服务器给连接的编号。"},
		func(m *mysql.Message, dst []value) []value {
			if m.Hello == nil {
				return dst
			}
			return number(dst, m.Hello.Thread)
		}),
	mysqlField("mysql.login_request", None, narrate.Text{"The client logs in, or asks for TLS to do so.", "客户端登录，或为此请求 TLS。"},
		func(m *mysql.Message, dst []value) []value {
			return mark(dst, m.Kind == mysql.Login || m.Kind == mysql.TLSRequest)
		}),
	mysqlField("mysql.user", String, narrate.Text{"The user who logs in.", "登录的用户。"},
		func(m *mysql.Message, dst []value) []value {
			if m.Account == nil || m.Kind == mysql.TLSRequest {
				return dst
			}
			return text(dst, m.Account.User)
		}),
	keeping(mysqlField("mysql.schema", String, narrate.Text{"The database that a login or command names.", "登录或命令指定的数据库。"}, mysqlSchema)),
	withNames(mysqlField("mysql.command", Number, narrate.Text{"What the client wants: 3 a query, 22 to prepare a statement, 23 to execute one.", "客户端的命令：3 查询，22 准备语句，23 执行语句。"},
		func(m *mysql.Message, dst []value) []value {
			if m.Command == nil {
				return dst
			}
			return number(dst, m.Command.Code)
		}), mysqlCommands, "3", "22", "23", "25", "1", "2", "14"),
	keeping(mysqlField("mysql.query", String, narrate.Text{"The SQL of a query or of a statement to prepare.", "查询的 SQL，或要准备的语句。"}, mysqlText(mysql.ComQuery, mysql.ComStmtPrepare))),
	mysqlField("mysql.stmt_id", Number, narrate.Text{"The number of a prepared statement.", "已准备语句的编号。"}, mysqlStatement),
	withNames(mysqlField("mysql.response_code", Number, narrate.Text{"How an answer ends: 0 OK, 0xff an error, 0xfe the end of rows.", "应答如何结束：0 成功，0xff 错误，0xfe 行结束。"}, mysqlResponse), mysqlResponses, "0", "0xff", "0xfe"),
	common(mysqlField("mysql.error_code", Number, narrate.Text{"The number of an error: 1045 access denied, 1064 bad syntax, 1213 deadlock.", "错误号：1045 拒绝访问，1064 语法错误，1213 死锁。"},
		func(m *mysql.Message, dst []value) []value {
			if m.Failure == nil {
				return dst
			}
			return number(dst, m.Failure.Code)
		}), "1045", "1046", "1054", "1062", "1064", "1146", "1205", "1213"),
	mysqlFailure("mysql.sqlstate", narrate.Text{"The SQL state of an error.", "错误的 SQL 状态。"}, func(f *mysql.Failure) string { return f.State }),
	mysqlFailure("mysql.error.message", narrate.Text{"What an error says.", "错误的文字。"}, func(f *mysql.Failure) string { return f.Message }),
	mysqlStatus("mysql.affected_rows", narrate.Text{"How many rows were changed.", "改动了多少行。"}, func(s *mysql.Status) int64 { return int64(s.Affected) }),
	mysqlStatus("mysql.insert_id", narrate.Text{"The id that was given to a new row.", "新行得到的编号。"}, func(s *mysql.Status) int64 { return int64(s.InsertID) }),
	mysqlField("mysql.warnings", Number, narrate.Text{"How many warnings there are.", "有多少条警告。"},
		func(m *mysql.Message, dst []value) []value {
			switch {
			case m.Status != nil:
				return number(dst, m.Status.Warnings)
			case m.Kind == mysql.Prepared:
				return number(dst, m.Prepared.Warnings)
			}
			return dst
		}),
	placedOn(onFirst, mysqlField("mysql.num_fields", Number, narrate.Text{"How many columns a result has.", "结果有多少列。"},
		func(m *mysql.Message, dst []value) []value {
			switch m.Kind {
			case mysql.Rows:
				return number(dst, int64(m.Result.ColumnCount))
			case mysql.Prepared:
				return number(dst, int64(m.Prepared.ColumnCount))
			default:
				return dst
			}
		})),
	mysqlColumns("mysql.field.name", narrate.Text{"The name of a column of a result.", "结果中某列的名字。"}, func(c *mysql.Column) string { return c.Name }),
	mysqlColumns("mysql.field.table", narrate.Text{"The table of a column of a result.", "结果中某列所属的表。"}, func(c *mysql.Column) string { return c.Table }),
}
