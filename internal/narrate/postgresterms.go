package narrate

import (
	"strconv"

	"tcptalk/internal/proto/postgres"
)

// postgresKinds name the messages for a reader; the manual's names are those of postgres.Kind.
var postgresKinds = map[postgres.Kind]Text{
	postgres.Unknown:                  {"message of an unknown type", "未知类型的消息"},
	postgres.CopyData:                 {"COPY data", "COPY 数据"},
	postgres.CopyDone:                 {"COPY is done", "COPY 结束"},
	postgres.Startup:                  {"startup", "启动"},
	postgres.SSLRequest:               {"asks for TLS", "请求 TLS 加密"},
	postgres.GSSENCRequest:            {"asks for GSSAPI encryption", "请求 GSSAPI 加密"},
	postgres.CancelRequest:            {"asks to cancel the running query", "请求取消正在执行的查询"},
	postgres.Password:                 {"password", "密码"},
	postgres.Query:                    {"query", "查询"},
	postgres.Parse:                    {"prepare", "预编译"},
	postgres.Bind:                     {"bind parameters", "绑定参数"},
	postgres.Describe:                 {"asks for a description", "请求描述"},
	postgres.Execute:                  {"execute", "执行"},
	postgres.Close:                    {"close", "关闭"},
	postgres.Flush:                    {"flush", "刷新"},
	postgres.Sync:                     {"sync", "同步"},
	postgres.FunctionCall:             {"function call", "函数调用"},
	postgres.CopyFail:                 {"COPY failed", "COPY 失败"},
	postgres.Terminate:                {"goodbye", "断开"},
	postgres.EncryptionAnswer:         {"answer about encryption", "对加密请求的回答"},
	postgres.Authentication:           {"authentication", "认证"},
	postgres.NegotiateProtocolVersion: {"offers another version", "提议其他版本"},
	postgres.BackendKeyData:           {"key for cancelling", "取消用的密钥"},
	postgres.ParameterStatus:          {"setting", "参数"},
	postgres.ReadyForQuery:            {"ready", "就绪"},
	postgres.RowDescription:           {"columns", "列"},
	postgres.DataRow:                  {"result", "结果"},
	postgres.CommandComplete:          {"done", "完成"},
	postgres.EmptyQueryResponse:       {"the query was empty", "查询为空"},
	postgres.ErrorResponse:            {"error", "错误"},
	postgres.NoticeResponse:           {"notice", "提示"},
	postgres.NotificationResponse:     {"notification", "通知"},
	postgres.ParseComplete:            {"prepared", "预编译完成"},
	postgres.BindComplete:             {"bound", "绑定完成"},
	postgres.CloseComplete:            {"closed", "已关闭"},
	postgres.ParameterDescription:     {"parameters", "参数说明"},
	postgres.NoData:                   {"no rows will come", "没有结果行"},
	postgres.PortalSuspended:          {"more rows on demand", "还有更多行，等待索取"},
	postgres.CopyInResponse:           {"waits for COPY data", "等待 COPY 数据"},
	postgres.CopyOutResponse:          {"COPY data follow", "COPY 数据随后"},
	postgres.CopyBothResponse:         {"COPY in both directions", "双向 COPY"},
	postgres.FunctionCallResponse:     {"function result", "函数结果"},
}

var encryptionAnswers = map[byte]Text{
	'S': {"granted: TLS follows", "同意：接下来是 TLS"}, 'G': {"granted: GSSAPI follows", "同意：接下来是 GSSAPI"}, 'N': {"refused: in clear", "拒绝：继续明文"},
}

// transactions are the states of ReadyForQuery.
var transactions = map[byte]Text{
	'I': {"no transaction", "不在事务中"}, 'T': {"in a transaction", "在事务中"}, 'E': {"in a failed transaction", "在失败的事务中"},
}

// replications name what CopyData carries between a primary and its standby.
var replications = map[byte]Text{
	'w': {"replication: log data", "复制：日志数据"}, 'k': {"replication: keepalive of the primary", "复制：主库保活"},
	'r': {"replication: position of the standby", "复制：备库位置"}, 'h': {"replication: feedback of the standby", "复制：备库反馈"},
	'p': {"replication: status asked of the primary", "复制：询问主库状态"},
}

var authentications = [...]Text{
	postgres.AuthOK:           {"accepted", "通过"},
	postgres.AuthKerberosV4:   {"Kerberos V4 wanted", "要求 Kerberos V4"},
	postgres.AuthKerberosV5:   {"Kerberos V5 wanted", "要求 Kerberos V5"},
	postgres.AuthCleartext:    {"password wanted in clear", "要求明文密码"},
	postgres.AuthCrypt:        {"password wanted, crypt", "要求 crypt 密码"},
	postgres.AuthMD5:          {"password wanted, MD5", "要求 MD5 密码"},
	postgres.AuthSCM:          {"SCM credentials wanted", "要求 SCM 凭据"},
	postgres.AuthGSS:          {"GSSAPI wanted", "要求 GSSAPI"},
	postgres.AuthGSSContinue:  {"GSSAPI goes on", "GSSAPI 继续"},
	postgres.AuthSSPI:         {"SSPI wanted", "要求 SSPI"},
	postgres.AuthSASL:         {"SASL wanted:", "要求 SASL："},
	postgres.AuthSASLContinue: {"SASL goes on", "SASL 继续"},
	postgres.AuthSASLFinal:    {"SASL is complete", "SASL 完成"},
}

func authentication(l Lang, a postgres.Auth) string {
	if int64(a) < int64(len(authentications)) {
		return authentications[a].In(l)
	}
	return Text{"unknown kind ", "未知方式 "}.In(l) + strconv.FormatUint(uint64(a), 10)
}

// errorFields name the fields of an error that stand below its title.
var errorFields = map[string]Text{
	"D": {"detail", "详情"}, "H": {"hint", "建议"}, "P": {"position in the query", "在查询中的位置"}, "p": {"position in the internal query", "在内部查询中的位置"},
	"q": {"internal query", "内部查询"}, "W": {"context", "上下文"}, "s": {"schema", "模式"}, "t": {"table", "表"}, "c": {"column", "列"}, "d": {"data type", "数据类型"},
	"n": {"constraint", "约束"}, "F": {"source file", "源文件"}, "L": {"source line", "源码行"}, "R": {"source routine", "源码函数"},
}

var postgresProblems = map[postgres.Problem]Text{
	postgres.Malformed:   {"the fields do not fit the message's length", "字段与消息长度不符"},
	postgres.BadStatus:   {"a transaction state that does not exist", "不存在的事务状态"},
	postgres.UnknownType: {"a type that the protocol does not have", "协议里没有的消息类型"},
	postgres.OldVersion:  {"version 2 of the protocol, dropped long ago, is not read", "第 2 版协议早已废弃，不再解读"},
}
