package narrate

import (
	"strings"
	"testing"
	"unicode/utf8"

	"tcptalk/internal/proto"
	"tcptalk/internal/proto/mysql"
)

func TestMySQLMessage(t *testing.T) {
	str := func(s string) mysql.Value { return mysql.Value{Text: []byte(s), Size: uint64(len(s))} }
	named := func(name, s string) mysql.Value {
		v := str(s)
		v.Name = name
		return v
	}
	columns := []mysql.Column{{Name: "id", Type: mysql.TypeLong, Unsigned: true}, {Name: "x", Type: mysql.TypeBlob, Binary: true}, {Name: "z", Type: 99}}
	statement := &mysql.Prepare{ID: 3, Text: []byte("select a from t where b=?"), ParamCount: 1, ColumnCount: 3, Columns: columns}
	long := "select\n'" + strings.Repeat("y", 80) + "'"
	for _, tt := range []struct {
		message mysql.Message
		want    Text
	}{
		{
			mysql.Message{Kind: mysql.Greeting, Hello: &mysql.Hello{Version: "8.0.32", Thread: 20, Plugin: "caching_sha2_password"}},
			Text{
				"MySQL greeting|server version 8.0.32 · connection 20|authentication caching_sha2_password",
				"MySQL 问候|服务器版本 8.0.32 · 连接 20|认证方式 caching_sha2_password",
			},
		},
		{
			mysql.Message{Kind: mysql.Login, Account: &mysql.Account{User: "ann", Database: "shop", AuthLen: 20, Attributes: []mysql.Value{named("_os", "Linux")}}},
			Text{"MySQL login|user ann|database shop|password data: 20 B, not shown|_os = Linux", "MySQL 登录|用户 ann|数据库 shop|密码数据：20 B，不显示|_os = Linux"},
		},
		{
			mysql.Message{Kind: mysql.AuthMore, Auth: &mysql.Auth{Len: 1, Step: mysql.StepFull}},
			Text{"MySQL login goes on|the server wants the password itself", "MySQL 登录继续|服务器要求提供密码本身"},
		},
		{
			mysql.Message{Kind: mysql.AuthSwitch, Auth: &mysql.Auth{Plugin: "sha256_password", Len: 21}},
			Text{"MySQL another way to log in|authentication sha256_password|password data: 21 B, not shown", "MySQL 改用其他认证方式|认证方式 sha256_password|密码数据：21 B，不显示"},
		},
		{
			mysql.Message{Kind: mysql.Command, Compressed: true, Command: &mysql.Query{Code: mysql.ComQuery, Text: []byte("select 1"), TextLen: 8, Attributes: []mysql.Value{named("trace", "7")}}},
			Text{"MySQL query · select 1 (inflated)|attribute trace = 7", "MySQL 查询 · select 1 （已解压）|属性 trace = 7"},
		},
		{
			mysql.Message{Kind: mysql.Command, Command: &mysql.Query{Code: mysql.ComQuery, Text: []byte(long), TextLen: 5000}},
			Text{
				"MySQL query · select '" + strings.Repeat("y", 72) + "…|select|'" + strings.Repeat("y", 80) + "'|… 5,000 B",
				"MySQL 查询 · select '" + strings.Repeat("y", 72) + "…|select|'" + strings.Repeat("y", 80) + "'|… 5,000 B",
			},
		},
		{
			mysql.Message{Kind: mysql.Command, Prepared: statement, Command: &mysql.Query{
				Code: mysql.ComStmtExecute, Statement: 3, ParamCount: 3,
				Params: []mysql.Value{{Null: true}, {Sent: true, Size: 9000}},
			}},
			Text{
				"MySQL execute 3 · select a from t where b=?|? 1 = NULL|? 2 = sent before, 9,000 B|parameters not shown: 1",
				"MySQL 执行 3 · select a from t where b=?|? 1 = NULL|? 2 = 已先行发送，9,000 B|未显示的参数：1 个",
			},
		},
		{
			mysql.Message{Kind: mysql.Command, Prepared: statement, Command: &mysql.Query{Code: mysql.ComStmtSendLongData, Statement: 3, Number: 1, TextLen: 9000}},
			Text{"MySQL data for a parameter 3|parameter 1 · 9,000 B", "MySQL 参数数据 3|参数 1 · 9,000 B"},
		},
		{
			mysql.Message{Kind: mysql.Command, Command: &mysql.Query{Code: mysql.ComProcessKill, Number: 9}},
			Text{"MySQL kill thread 9", "MySQL 终止线程 9"},
		},
		{mysql.Message{Kind: mysql.Command, Command: &mysql.Query{Code: 99}}, Text{"MySQL command 99", "MySQL 命令 99"}},
		{
			mysql.Message{Kind: mysql.Command, Command: &mysql.Query{Code: mysql.ComChangeUser}, Account: &mysql.Account{User: "bob"}},
			Text{"MySQL change user|user bob|no password", "MySQL 切换用户|用户 bob|无密码"},
		},
		{
			mysql.Message{Kind: mysql.OK, Status: &mysql.Status{
				Affected: 1200, InsertID: 7, Warnings: 2, Flags: mysql.InTransaction | mysql.MoreResults, Info: "Records: 3", Database: "news",
				Variables: []mysql.Value{named("autocommit", "ON")},
			}},
			Text{
				"MySQL OK|rows affected: 1,200 · last insert id: 7 · warnings: 2 · in a transaction · more results follow|Records: 3|the database is now news|autocommit = ON",
				"MySQL OK|影响行数：1,200 · 自增 ID：7 · 警告：2 · 事务中 · 后面还有结果|Records: 3|当前数据库变为 news|autocommit = ON",
			},
		},
		{
			mysql.Message{Kind: mysql.Error, Failure: &mysql.Failure{Code: 1146, State: "42S02", Message: "Table 'a.b' doesn't exist"}},
			Text{"MySQL error|ERROR 1146 (42S02): Table 'a.b' doesn't exist", "MySQL 错误|ERROR 1146 (42S02): Table 'a.b' doesn't exist"},
		},
		{
			mysql.Message{
				Kind: mysql.Rows, Problems: []mysql.Problem{mysql.BadRow}, Failure: &mysql.Failure{Code: 1317, Message: "interrupted"},
				Result: &mysql.Result{Columns: columns, ColumnCount: 4, RowCount: 3, Rows: [][]mysql.Value{
					{str("1"), str("\x00\xff"), {Text: []byte("你"), Size: 2000}}, {str("2"), {Null: true}, str("")},
				}},
			},
			Text{
				"MySQL · 3 rows · id, x, z, …|id INT UNSIGNED, x BLOB, z type 99, …|1 | 0x00ff | 你… 2,000 B | …|2 | NULL |  | …|rows not shown: 1|" +
					"ERROR 1317: interrupted|⚠ a row does not fit its columns",
				"MySQL · 3 行 · id, x, z, …|id INT UNSIGNED, x BLOB, z type 99, …|1 | 0x00ff | 你… 2,000 B | …|2 | NULL |  | …|未显示的行：1|" +
					"ERROR 1317: interrupted|⚠ 行与列定义不符",
			},
		},
		{
			mysql.Message{Kind: mysql.Rows, Result: &mysql.Result{RowCount: 1}},
			Text{"MySQL · 1 row", "MySQL · 1 行"},
		},
		{
			mysql.Message{Kind: mysql.Prepared, Prepared: statement},
			Text{
				"MySQL prepared|statement 3 · parameters: 1 · columns: 3|id INT UNSIGNED, x BLOB, z type 99",
				"MySQL 已预编译|语句 3 · 参数 1 个 · 列 3 个|id INT UNSIGNED, x BLOB, z type 99",
			},
		},
		{mysql.Message{Kind: mysql.Fields, Result: &mysql.Result{Columns: columns[:1], ColumnCount: 1}}, Text{"MySQL columns|id INT UNSIGNED", "MySQL 列|id INT UNSIGNED"}},
		{mysql.Message{Kind: mysql.FileRequest, Text: []byte("a.csv")}, Text{"MySQL asks for a file of the client|a.csv", "MySQL 请求客户端的文件|a.csv"}},
		{mysql.Message{Kind: mysql.FileData, Length: 1200, Text: []byte("1,one\n2,t")}, Text{"MySQL file of the client|1,200 B|1,one|2,t", "MySQL 客户端的文件|1,200 B|1,one|2,t"}},
		{
			mysql.Message{Kind: mysql.BinlogEvent, Length: 41, Event: &mysql.LogEvent{Type: 4, Position: 156}},
			Text{"MySQL event of the binary log|type 4 · next position 156 · 40 B", "MySQL 二进制日志事件|类型 4 · 下一位置 156 · 40 B"},
		},
		{mysql.Message{Kind: mysql.TLSRequest, Account: &mysql.Account{}}, Text{"MySQL asks for TLS, which follows", "MySQL 请求 TLS，随后开始"}},
		{mysql.Message{Kind: mysql.Unreadable, Length: 1234}, Text{"not readable as MySQL · 1,234 B", "无法按 MySQL 解读 · 1,234 B"}},
	} {
		for l := range Lang(NumLangs) {
			title, lines := Message(l, &proto.Message{Protocol: mysql.Name, Detail: &tt.message})
			if got := strings.Join(append([]string{title}, lines...), "|"); got != tt.want[l] {
				t.Errorf("got  %s\nwant %s", got, tt.want[l])
			}
		}
	}
}

// A title goes to the screen as it is: nothing from the wire may break the line or hide in it.
func TestMySQLTitleIsClean(t *testing.T) {
	m := mysql.Message{Kind: mysql.Rows, Result: &mysql.Result{ColumnCount: 1, Columns: []mysql.Column{{Name: "a\x1b[31m\n\xff"}}}}
	if title, _ := Message(English, &proto.Message{Detail: &m}); strings.ContainsAny(title, "\x1b\n\ufffd") || !utf8.ValidString(title) {
		t.Errorf("%q", title)
	}
}

// Every name of the decoder has its words.
func TestMySQLWords(t *testing.T) {
	for k := mysql.Unreadable; k <= mysql.Progress; k++ {
		if _, ok := mysqlKinds[k]; !ok && k != mysql.Command && k != mysql.Rows {
			t.Errorf("kind %d has no words", k)
		}
	}
	for _, p := range []mysql.Problem{mysql.Malformed, mysql.BadSequence, mysql.BadRow, mysql.BadCompression, mysql.Inflated} {
		if mysqlProblems[p] == (Text{}) {
			t.Errorf("problem %s has no words", p)
		}
	}
}
