package filter

import (
	"tcptalk/internal/proto/mysql"
	"tcptalk/internal/proto/postgres"
	"tcptalk/internal/proto/redis"
	"tcptalk/internal/session"
)

// group are filters on one protocol.
type group struct {
	name    string // the beginning of the filters' fields
	port    uint16 // the only one where tshark looks for the protocol; 0 if it looks everywhere
	filters []string
}

// comparedProtocols are filters on the protocols besides HTTP and WebSocket.
var comparedProtocols = []group{
	{"tls", 0, []string{
		"tls.record", "tls.record.content_type", "tls.record.content_type == 20", "tls.record.content_type == Handshake", "tls.record.content_type != 22",
		"tls.record.content_type > 22", "tls.record.opaque_type", "tls.record.version == 0x0303", "tls.record.version == \"TLS 1.0\"", "tls.record.length > 1000",
		"tls.app_data", "tls.change_cipher_spec", "tls.handshake", "tls.alert_message", "tls.alert_message.level == 2", "tls.alert_message.desc", "tls.alert_message.desc == \"Unknown CA\"",
		"tls.handshake.type", "tls.handshake.type == 1", "tls.handshake.type == \"Client Hello\"", "tls.handshake.type == 2", "tls.handshake.type == 11 && tcp.len > 500", "tls.handshake.type >= 12",
		"tls.handshake.version == 0x0303", "tls.handshake.version < 0x0303", "tls.handshake.session_id", "tls.handshake.session_id_length == 0",
		"tls.handshake.ciphersuite == 0xc02f", "tls.handshake.ciphersuite == \"TLS_AES_128_GCM_SHA256\"", "tls.handshake.ciphersuite", "tls.handshake.extension.type == 16",
		"tls.handshake.extensions_server_name", `tls.handshake.extensions_server_name contains "."`, `tls.handshake.extensions_alpn_str == "h2"`,
		"tls.handshake.extensions.supported_version == 0x0304", "tls.handshake.extensions_key_share_group",
	}},
	{"dns", 53, []string{
		"dns", "dns.id > 1000", "dns.flags.response == 1", "dns.flags.response == 0", "dns.flags.opcode == 0", "dns.flags.rcode", "dns.flags.rcode == 3", "dns.flags.authoritative == 1",
		"dns.flags.truncated == 0", "dns.flags.recdesired == 1", "dns.flags.recavail == 1", "dns.flags.authenticated == 1", "dns.flags.checkdisable == 1", "dns.length > 100",
		"dns.count.queries == 1", "dns.count.answers > 0", "dns.count.auth_rr > 0", "dns.count.add_rr > 0", "dns.qry.name", `dns.qry.name contains "."`, "dns.qry.type == 1", "dns.qry.type == 28",
		"dns.qry.class == 1", `dns.resp.name matches "[a-z]"`, "dns.resp.type == 41", "dns.resp.type == 1", "dns.resp.ttl > 100", "dns.a", "dns.a == 10.0.0.0/8", "dns.aaaa", "dns.cname", `dns.ns contains "n"`,
		"dns.ptr.domain_name", `dns.mx.mail_exchange contains "m"`, `dns.txt contains "="`, "dns.txt",
	}},
	{"resp", 6379, []string{
		"resp", "resp.string", `resp.string == "OK"`, "resp.error", `resp.error contains "ERR"`, "resp.integer", "resp.integer > 0", "resp.bulk_string", "resp.bulk_string.length > 10",
		"resp.bulk_string.value", `resp.bulk_string.value contains "key"`, "resp.array", "resp.array.length == 2", "resp.array.length == 0",
	}},
	{"mysql", 3306, []string{
		"mysql", "mysql.server_greeting", `mysql.version contains "5."`, "mysql.thread_id > 0", "mysql.login_request", "mysql.user", `mysql.user == "root"`, "mysql.schema",
		"mysql.command", "mysql.command == 3", "mysql.command == \"Prepare Statement\"", "mysql.query", `mysql.query matches "^select"`, "mysql.stmt_id", "mysql.response_code == 0", "mysql.response_code == 0xff",
		"mysql.error_code", "mysql.error_code == 1064", "mysql.sqlstate", `mysql.error.message contains "a"`, "mysql.affected_rows", "mysql.affected_rows > 0", "mysql.insert_id > 0", "mysql.warnings == 0",
		"mysql.num_fields", "mysql.num_fields == 1", "mysql.field.name", `mysql.field.name contains "id"`, "mysql.field.table",
	}},
	{"pgsql", 5432, []string{
		"pgsql", "pgsql.type", `pgsql.type == "Simple query"`, `pgsql.type == "Data row"`, `pgsql.type contains "SASL"`, `pgsql.type == "Error"`, "pgsql.frontend == 1", "pgsql.frontend == 0",
		"pgsql.query", `pgsql.query matches "^select"`, "pgsql.statement", "pgsql.portal", "pgsql.tag", `pgsql.tag contains "SELECT"`, "pgsql.status == 73", "pgsql.status", "pgsql.authtype == 0", "pgsql.authtype == 10", "pgsql.auth.sasl.mech",
		`pgsql.parameter_name == "user"`, "pgsql.parameter_value", "pgsql.version_major == 3", "pgsql.pid", "pgsql.field.count > 1", "pgsql.col.name", "pgsql.condition", "pgsql.severity", `pgsql.severity == "ERROR"`,
		"pgsql.code", `pgsql.message contains "a"`, "pgsql.detail", "pgsql.hint", "pgsql.position", "pgsql.where", "pgsql.table_name", "pgsql.column_name", "pgsql.constraint_name", "pgsql.routine",
	}},
}

// ours are the names of the groups' protocols here, where they differ.
var ours = map[string]string{"resp": "redis", "pgsql": "postgres"}

// comparable reports that a protocol is spoken in a capture, and on no other port than that where tshark looks for it.
func comparable(s *session.Session, g *group) bool {
	name := g.name
	if n, ok := ours[name]; ok {
		name = n
	}
	spoken := false
	for i := range s.Streams() {
		c := s.Index().Connection(i)
		p := s.Protocol(i)
		onPort := g.port == 0 || c.Server.Port() == g.port || c.Client.Port() == g.port
		switch {
		case p == name && onPort:
			spoken = true
		case p == name, g.port != 0 && onPort && p != "":
			return false
		}
	}
	return spoken
}

// partsElsewhere reports a message that Wireshark shows in another way: of Redis's that take several packets it shows the
// values again with every packet, of MySQL's and PostgreSQL's rows each by itself. Passwords are not kept here. What a client
// of MySQL sends to prove who it is, and its request for TLS, are read as something else there.
func partsElsewhere(m *session.Message) bool {
	several := m.First != m.Ended
	switch d := m.Detail.(type) {
	case *redis.Message:
		return several || d.Verb() == "AUTH"
	case *mysql.Message:
		return several && d.Packets > 1 || d.Kind == mysql.AuthData || d.Kind == mysql.TLSRequest
	case *postgres.Message:
		return several && d.Count > 1
	}
	return false
}
