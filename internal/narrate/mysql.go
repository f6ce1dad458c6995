package narrate

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"tcptalk/internal/proto/mysql"
)

// Bounds of what is said about a MySQL message.
const (
	maxMySQLTitle  = 80 // characters from the wire in a title
	maxMySQLNames  = 12 // columns in a title or line
	maxMySQLBinary = 24 // bytes of a value that is no text
)

var mysqlCommands = map[mysql.Code]Text{
	mysql.ComQuit: {"quit", "退出"}, mysql.ComInitDB: {"use database", "切换数据库"}, mysql.ComQuery: {"query", "查询"},
	mysql.ComFieldList: {"list the columns of", "列出表的列"}, mysql.ComCreateDB: {"create database", "创建数据库"},
	mysql.ComDropDB: {"drop database", "删除数据库"}, mysql.ComRefresh: {"refresh", "刷新"}, mysql.ComShutdown: {"shut down", "关闭服务器"},
	mysql.ComStatistics: {"statistics", "统计信息"}, mysql.ComProcessInfo: {"list the threads", "列出线程"},
	mysql.ComProcessKill: {"kill thread", "终止线程"}, mysql.ComDebug: {"debug", "调试"}, mysql.ComPing: {"ping", "ping"},
	mysql.ComChangeUser: {"change user", "切换用户"}, mysql.ComBinlogDump: {"dump the binary log", "传送二进制日志"},
	mysql.ComRegisterSlave: {"register as replica", "注册为副本"}, mysql.ComStmtPrepare: {"prepare", "预编译"},
	mysql.ComStmtExecute: {"execute", "执行"}, mysql.ComStmtSendLongData: {"data for a parameter", "参数数据"},
	mysql.ComStmtClose: {"close statement", "关闭语句"}, mysql.ComStmtReset: {"reset statement", "重置语句"},
	mysql.ComSetOption: {"set option", "设置选项"}, mysql.ComStmtFetch: {"fetch rows", "取行"},
	mysql.ComBinlogDumpGTID: {"dump the binary log", "传送二进制日志"}, mysql.ComResetConnection: {"reset the connection", "重置连接"},
	mysql.ComStmtBulkExecute: {"execute many times", "批量执行"},
}

var mysqlKinds = map[mysql.Kind]Text{
	mysql.Unreadable: {"not readable as MySQL", "无法按 MySQL 解读"}, mysql.Greeting: {"greeting", "问候"}, mysql.Login: {"login", "登录"},
	mysql.TLSRequest: {"asks for TLS, which follows", "请求 TLS，随后开始"}, mysql.AuthSwitch: {"another way to log in", "改用其他认证方式"},
	mysql.AuthMore: {"login goes on", "登录继续"}, mysql.AuthData: {"login goes on", "登录继续"}, mysql.OK: {"OK", "OK"},
	mysql.Error: {"error", "错误"}, mysql.EOF: {"done", "完成"}, mysql.Prepared: {"prepared", "已预编译"}, mysql.Fields: {"columns", "列"},
	mysql.Text: {"statistics", "统计信息"}, mysql.FileRequest: {"asks for a file of the client", "请求客户端的文件"},
	mysql.FileData: {"file of the client", "客户端的文件"}, mysql.BinlogEvent: {"event of the binary log", "二进制日志事件"},
	mysql.Progress: {"in progress", "进行中"},
}

var mysqlSteps = map[mysql.AuthStep]Text{
	mysql.StepFast:      {"the server knows the password's hash: done", "服务器已缓存密码哈希，认证完成"},
	mysql.StepFull:      {"the server wants the password itself", "服务器要求提供密码本身"},
	mysql.StepKeyWanted: {"asks for the server's public key", "请求服务器的公钥"},
	mysql.StepKey:       {"the server's public key", "服务器的公钥"},
}

var mysqlProblems = map[mysql.Problem]Text{
	mysql.Malformed:      {"a packet does not have the fields that it should have", "包的字段与规定不符"},
	mysql.BadSequence:    {"a sequence id that is not the next one", "包序号不连续"},
	mysql.BadRow:         {"a row does not fit its columns", "行与列定义不符"},
	mysql.BadCompression: {"a compressed packet cannot be inflated", "压缩包无法解压"},
	mysql.Inflated:       {"compressed out of all proportion, not read further", "压缩比过高，不再解读"},
}

// mysqlMessage says what a MySQL message is: what it is about in the title, the rest in lines.
func mysqlMessage(l Lang, m *mysql.Message) (title string, lines []string) {
	title = ProtocolName(mysql.Name) + " "
	switch {
	case m.Command != nil:
		title, lines = mysqlCommand(l, m)
	case m.Kind == mysql.Rows:
		title, lines = mysqlRows(l, m)
	case m.Kind == mysql.Unreadable:
		title = mysqlKinds[m.Kind].In(l) + " · " + Count(uint64(m.Length)) + " B"
	default:
		title += mysqlKinds[m.Kind].In(l)
		lines = mysqlDetails(l, m)
	}
	if s := m.Status; s != nil {
		lines = append(lines, mysqlStatus(l, s)...)
	}
	if f := m.Failure; f != nil {
		lines = append(lines, MySQLFailure(f))
	}
	if m.Compressed {
		title += " " + Compressed(l)
	}
	for _, p := range m.Problems {
		lines = append(lines, "⚠ "+mysqlProblems[p].In(l))
	}
	return title, lines
}

// MySQLFailure writes an error as MySQL's own programs do.
func MySQLFailure(f *mysql.Failure) string {
	s := "ERROR " + strconv.Itoa(int(f.Code))
	if f.State != "" {
		s += " (" + f.State + ")"
	}
	return s + ": " + f.Message
}

// mysqlDetails says what is in a message that is neither command nor result set.
func mysqlDetails(l Lang, m *mysql.Message) (lines []string) {
	if h := m.Hello; h != nil {
		lines = append(lines, Text{"server version ", "服务器版本 "}.In(l)+h.Version+Text{" · connection ", " · 连接 "}.In(l)+strconv.FormatUint(uint64(h.Thread), 10))
		lines = mysqlWord(lines, Text{"authentication ", "认证方式 "}.In(l), h.Plugin)
	}
	if a := m.Account; a != nil && m.Kind == mysql.Login {
		lines = append(lines, mysqlAccount(l, a)...)
	}
	if a := m.Auth; a != nil {
		lines = mysqlWord(lines, Text{"authentication ", "认证方式 "}.In(l), a.Plugin)
		if step, ok := mysqlSteps[a.Step]; ok {
			lines = append(lines, step.In(l))
		} else if a.Len > 0 {
			lines = append(lines, mysqlSecret(l, uint64(a.Len)))
		}
	}
	if p := m.Prepared; p != nil {
		lines = append(lines, fmt.Sprintf(Text{"statement %d · parameters: %d · columns: %d", "语句 %d · 参数 %d 个 · 列 %d 个"}.In(l), p.ID, p.ParamCount, p.ColumnCount))
		if len(p.Columns) > 0 {
			lines = append(lines, mysqlColumns(p.Columns, p.ColumnCount))
		}
	}
	switch m.Kind {
	case mysql.Fields:
		lines = append(lines, mysqlColumns(m.Result.Columns, m.Result.ColumnCount))
	case mysql.Text, mysql.FileRequest:
		lines = append(lines, string(m.Text))
	case mysql.FileData:
		lines = append(lines, Count(uint64(m.Length))+" B")
		if mysqlPlain(m.Text) {
			lines = append(lines, strings.Split(string(m.Text), "\n")...)
		}
	case mysql.BinlogEvent:
		lines = append(lines, fmt.Sprintf(Text{"type %d · next position %d · %s B", "类型 %d · 下一位置 %d · %s B"}.In(l), m.Event.Type, m.Event.Position, Count(uint64(m.Length-1))))
	default: // all is said
	}
	return lines
}

// mysqlWord adds a name with its value unless the value is empty.
func mysqlWord(lines []string, name, value string) []string {
	if value == "" {
		return lines
	}
	return append(lines, name+value)
}

// mysqlSecret stands for bytes that prove who somebody is.
func mysqlSecret(l Lang, n uint64) string {
	return fmt.Sprintf(Text{"password data: %s B, not shown", "密码数据：%s B，不显示"}.In(l), Count(n))
}

// mysqlAccount says who logs in.
func mysqlAccount(l Lang, a *mysql.Account) []string {
	lines := mysqlWord(nil, Text{"user ", "用户 "}.In(l), a.User)
	lines = mysqlWord(lines, Text{"database ", "数据库 "}.In(l), a.Database)
	lines = mysqlWord(lines, Text{"authentication ", "认证方式 "}.In(l), a.Plugin)
	if a.AuthLen > 0 {
		lines = append(lines, mysqlSecret(l, a.AuthLen))
	} else {
		lines = append(lines, Text{"no password", "无密码"}.In(l))
	}
	for i := range a.Attributes {
		lines = append(lines, a.Attributes[i].Name+" = "+mysqlValue(l, &a.Attributes[i]))
	}
	return lines
}

// mysqlCommand says what the client wants.
func mysqlCommand(l Lang, m *mysql.Message) (title string, lines []string) {
	q := m.Command
	word, ok := mysqlCommands[q.Code]
	title = ProtocolName(mysql.Name) + " " + word.In(l)
	if !ok {
		title += Text{"command ", "命令 "}.In(l) + strconv.Itoa(int(q.Code))
	}
	switch q.Code {
	case mysql.ComStmtExecute, mysql.ComStmtClose, mysql.ComStmtReset, mysql.ComStmtFetch, mysql.ComStmtSendLongData, mysql.ComStmtBulkExecute:
		title += " " + strconv.FormatUint(uint64(q.Statement), 10)
	case mysql.ComProcessKill, mysql.ComSetOption:
		title += " " + strconv.FormatUint(uint64(q.Number), 10)
	default: // the text says it
	}
	short, lines := mysqlText(l, m)
	title += short
	for i := range q.Attributes {
		lines = append(lines, Text{"attribute ", "属性 "}.In(l)+q.Attributes[i].Name+" = "+mysqlValue(l, &q.Attributes[i]))
	}
	for i := range q.Params {
		lines = append(lines, "? "+strconv.Itoa(i+1)+" = "+mysqlValue(l, &q.Params[i]))
	}
	if left := q.ParamCount - len(q.Params); left > 0 {
		lines = append(lines, fmt.Sprintf(Text{"parameters not shown: %d", "未显示的参数：%d 个"}.In(l), left))
	}
	if m.Account != nil {
		lines = append(lines, mysqlAccount(l, m.Account)...)
	}
	return title, lines
}

// mysqlText writes what a command carries as text: its beginning for the title, all of it for the lines if that is more.
func mysqlText(l Lang, m *mysql.Message) (short string, lines []string) {
	q := m.Command
	if q.Code == mysql.ComStmtSendLongData {
		return "", []string{fmt.Sprintf(Text{"parameter %d · %s B", "参数 %d · %s B"}.In(l), q.Number, Count(uint64(max(q.TextLen, 0))))}
	}
	text := q.Text
	if m.Prepared != nil {
		text = m.Prepared.Text
	}
	if len(text) == 0 {
		return "", nil
	}
	short, all := mysqlTitle(text)
	if !all && (q.Code == mysql.ComQuery || q.Code == mysql.ComStmtPrepare) {
		lines = strings.Split(string(text), "\n")
	}
	if q.TextLen > int64(len(q.Text)) {
		lines = append(lines, "… "+Count(uint64(q.TextLen))+" B")
	}
	return " · " + short, lines
}

// mysqlTitle makes one line of text from the wire; all reports that nothing of it is left out.
func mysqlTitle(text []byte) (short string, all bool) {
	all = true
	var b strings.Builder
	n := 0
	for _, r := range string(text) {
		switch {
		case n == maxMySQLTitle:
			return b.String() + "…", false
		case r == '\n' || r == '\t' || r == '\r':
			r, all = ' ', false
		case !unicode.IsPrint(r), r == utf8.RuneError:
			r, all = '·', false
		}
		b.WriteRune(r)
		n++
	}
	return b.String(), all
}

// mysqlRows says what a result set holds.
func mysqlRows(l Lang, m *mysql.Message) (title string, lines []string) {
	r := m.Result
	word := Text{" rows", " 行"}
	if r.RowCount == 1 {
		word[English] = " row"
	}
	title = ProtocolName(mysql.Name) + " · " + Count(uint64(r.RowCount)) + word.In(l)
	if len(r.Columns) > 0 {
		names, _ := mysqlTitle([]byte(mysqlNames(r.Columns, r.ColumnCount)))
		title += " · " + names
		lines = append(lines, mysqlColumns(r.Columns, r.ColumnCount))
	}
	for _, row := range r.Rows {
		cells := make([]string, 0, len(row)+1)
		for i := range row {
			cells = append(cells, mysqlValue(l, &row[i]))
		}
		if len(row) < r.ColumnCount {
			cells = append(cells, "…")
		}
		lines = append(lines, strings.Join(cells, " | "))
	}
	if left := r.RowCount - int64(len(r.Rows)); left > 0 && len(r.Rows) > 0 {
		lines = append(lines, fmt.Sprintf(Text{"rows not shown: %s", "未显示的行：%s"}.In(l), Count(uint64(left))))
	}
	return title, lines
}

// mysqlNames lists the names of columns.
func mysqlNames(list []mysql.Column, count int) string {
	var names []string
	for i := range list[:min(len(list), maxMySQLNames)] {
		names = append(names, list[i].Name)
	}
	if count > len(names) {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// mysqlColumns lists columns with their types.
func mysqlColumns(list []mysql.Column, count int) string {
	var out []string
	for i := range list {
		out = append(out, list[i].Name+" "+MySQLType(&list[i]))
	}
	if count > len(out) {
		out = append(out, "…")
	}
	return strings.Join(out, ", ")
}

// mysqlTypes are the types as SQL writes them.
var mysqlTypes = map[mysql.Type]string{
	mysql.TypeDecimal: "DECIMAL", mysql.TypeNewDecimal: "DECIMAL", mysql.TypeTiny: "TINYINT", mysql.TypeShort: "SMALLINT",
	mysql.TypeInt24: "MEDIUMINT", mysql.TypeLong: "INT", mysql.TypeLongLong: "BIGINT", mysql.TypeFloat: "FLOAT",
	mysql.TypeDouble: "DOUBLE", mysql.TypeNull: "NULL", mysql.TypeTimestamp: "TIMESTAMP", mysql.TypeDate: "DATE",
	mysql.TypeTime: "TIME", mysql.TypeDateTime: "DATETIME", mysql.TypeYear: "YEAR", mysql.TypeVarchar: "VARCHAR",
	mysql.TypeVarString: "VARCHAR", mysql.TypeString: "CHAR", mysql.TypeBit: "BIT", mysql.TypeVector: "VECTOR", mysql.TypeJSON: "JSON",
	mysql.TypeEnum: "ENUM", mysql.TypeSet: "SET", mysql.TypeTinyBlob: "TEXT", mysql.TypeBlob: "TEXT", mysql.TypeMediumBlob: "TEXT",
	mysql.TypeLongBlob: "TEXT", mysql.TypeGeometry: "GEOMETRY",
}

// mysqlBinaryTypes are those whose name differs if the values are bytes.
var mysqlBinaryTypes = map[string]string{"TEXT": "BLOB", "VARCHAR": "VARBINARY", "CHAR": "BINARY"}

// MySQLType names the type of a column as SQL writes it.
func MySQLType(c *mysql.Column) string {
	name, ok := mysqlTypes[c.Type]
	if !ok {
		return "type " + strconv.Itoa(int(c.Type))
	}
	if b, other := mysqlBinaryTypes[name]; other && c.Binary {
		return b
	}
	if c.Unsigned {
		name += " UNSIGNED"
	}
	return name
}

// mysqlValue writes a value; what is no text is written in hexadecimal.
func mysqlValue(l Lang, v *mysql.Value) string {
	switch {
	case v.Null:
		return "NULL"
	case v.Sent:
		return fmt.Sprintf(Text{"sent before, %s B", "已先行发送，%s B"}.In(l), Count(v.Size))
	}
	text, shown := string(v.Text), uint64(len(v.Text))
	if !mysqlPlain(v.Text) {
		shown = uint64(min(len(v.Text), maxMySQLBinary))
		text = "0x" + hex.EncodeToString(v.Text[:shown])
	}
	if shown < v.Size {
		text += "… " + Count(v.Size) + " B"
	}
	return text
}

// mysqlPlain reports that b is text, of which the last character may be cut.
func mysqlPlain(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 && utf8.FullRune(b) || r < ' ' && r != '\n' && r != '\t' && r != '\r' {
			return false
		}
		b = b[n:]
	}
	return true
}

// mysqlStatus says what an OK or EOF packet says.
func mysqlStatus(l Lang, s *mysql.Status) (lines []string) {
	var parts []string
	if s.Affected > 0 {
		parts = append(parts, Text{"rows affected: ", "影响行数："}.In(l)+Count(s.Affected))
	}
	if s.InsertID > 0 {
		parts = append(parts, Text{"last insert id: ", "自增 ID："}.In(l)+strconv.FormatUint(s.InsertID, 10))
	}
	if s.Warnings > 0 {
		parts = append(parts, Text{"warnings: ", "警告："}.In(l)+strconv.Itoa(int(s.Warnings)))
	}
	for _, f := range mysqlFlags {
		if s.Flags.Has(f.flag) {
			parts = append(parts, f.words.In(l))
		}
	}
	if len(parts) > 0 {
		lines = append(lines, strings.Join(parts, " · "))
	}
	lines = mysqlWord(lines, "", s.Info)
	lines = mysqlWord(lines, Text{"the database is now ", "当前数据库变为 "}.In(l), s.Database)
	for i := range s.Variables {
		lines = append(lines, s.Variables[i].Name+" = "+mysqlValue(l, &s.Variables[i]))
	}
	return lines
}

// mysqlFlags are the status flags worth a word.
var mysqlFlags = []struct {
	flag  mysql.Flags
	words Text
}{
	{mysql.InTransaction, Text{"in a transaction", "事务中"}},
	{mysql.ReadOnlyTransaction, Text{"read only", "只读"}},
	{mysql.MoreResults, Text{"more results follow", "后面还有结果"}},
	{mysql.CursorExists, Text{"a cursor is open", "游标已打开"}},
	{mysql.SlowQuery, Text{"a slow query", "慢查询"}},
}
