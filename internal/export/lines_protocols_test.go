package export

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tcptalk/internal/proto"
	"tcptalk/internal/proto/dns"
	"tcptalk/internal/proto/mysql"
	"tcptalk/internal/proto/postgres"
	"tcptalk/internal/proto/redis"
	"tcptalk/internal/proto/tls"
	"tcptalk/internal/session"
)

// redisCommand is a command as the decoder has it.
func redisCommand(words ...string) *redis.Message {
	m := &redis.Message{Value: redis.Value{Type: redis.Array, Count: int64(len(words))}, Counts: redis.Counts{Arrays: 1}}
	for _, w := range words {
		m.Value.Elements = append(m.Value.Elements, redis.Value{Type: redis.BulkString, Text: w, Length: int64(len(w))})
	}
	return m
}

// TestMembersOfDatabases checks what lines say of messages with all that they may have.
func TestMembersOfDatabases(t *testing.T) {
	long := strings.Repeat("ä", maxAsked)
	auth := redisCommand("auth", "")
	auth.Value.Elements[1].Secret, auth.Value.Elements[1].Length = true, 8
	table := []mysql.Column{{Name: "n", Table: "t", Type: mysql.TypeLong, Unsigned: true, Binary: true}, {Name: "b", Type: mysql.TypeBlob, Binary: true}}
	asked := &mysql.Message{Kind: mysql.Command, Command: &mysql.Query{Code: mysql.ComQuery, Text: []byte(long), TextLen: 9000}}
	for _, c := range []struct {
		name   string
		detail any
		want   string
	}{
		{"a password", auth, `{"kind":"command","command":"AUTH","args":[{"length":8,"secret":true}],"arg_count":1,"values":1}`},
		{
			"the answer to a password", &redis.Message{Kind: redis.Reply, Request: auth, Value: redis.Value{Type: redis.SimpleError, Text: "NO\xff", Length: 3}},
			`{"kind":"reply","request":{"command":"AUTH"},"value":{"type":"simple_error","value":{"data":"Tk//","encoding":"base64","length":3}},"error":true}`,
		},
		{
			"a reply with values inside", &redis.Message{
				Kind: redis.Reply, Request: redisCommand("get", long), Counts: redis.Counts{Arrays: 1, Bulks: 2, Others: 1},
				Value: redis.Value{Type: redis.Array, Count: 3, Elements: []redis.Value{
					{Type: redis.BulkString, Null: true}, {Type: redis.BulkString, Text: "he", Length: 5},
				}, Attributes: []redis.Value{{Type: redis.Null, Null: true}}},
			},
			`{"kind":"reply","request":{"command":"GET","text":{"data":"` + long[:maxAsked] + `","truncated":true,"length":512}},` +
				`"value":{"type":"array","items":[{"type":"bulk_string","value":null},{"type":"bulk_string","value":{"data":"he","truncated":true,"length":5}}],` +
				`"count":3,"attributes":[{"type":"null","value":null}]},"values":4}`,
		},
		{
			"a map, an empty list, a list that is none", &redis.Message{Kind: redis.Push, Guessed: true, Value: redis.Value{Type: redis.Map, Count: 2, Elements: []redis.Value{
				{Type: redis.Array}, {Type: redis.Array, Null: true}, {Type: redis.Integer, Text: "1", Length: 1},
			}}},
			`{"kind":"push","value":{"type":"map","items":[{"type":"array","count":0},{"type":"array","value":null},{"type":"integer","value":"1"}],"count":2},"guessed":true}`,
		},
		{
			"no Redis", &redis.Message{Kind: redis.Unreadable, Length: 7, Missing: 2, Problems: []redis.Problem{redis.BareLF}},
			`{"kind":"unreadable","length":7,"missing":2,"problems":["bare-lf"]}`,
		},
		{
			"MySQL logs in", &mysql.Message{Kind: mysql.Login, Packets: 1, Length: 9, Account: &mysql.Account{
				User: "ann", Plugin: "p", AuthLen: 20, Attributes: []mysql.Value{{Name: "os", Text: []byte("x"), Size: 1}},
			}},
			`{"kind":"login","packets":1,"length":9,"account":{"user":"ann","capabilities":0,"plugin":"p","secret_length":20,"attributes":[{"name":"os","value":"x"}]}}`,
		},
		{
			"MySQL greets", &mysql.Message{Kind: mysql.Greeting, Packets: 1, Hello: &mysql.Hello{Version: "8", Thread: 5, Capabilities: 3}, Auth: &mysql.Auth{Plugin: "p", Len: 4}},
			`{"kind":"greeting","packets":1,"length":0,"greeting":{"version":"8","thread":5,"capabilities":3},"auth":{"plugin":"p","length":4}}`,
		},
		{
			"a prepared statement runs", &mysql.Message{
				Kind: mysql.Command, Prepared: &mysql.Prepare{ID: 3, Text: []byte("select ?"), ParamCount: 1, Columns: table},
				Command: &mysql.Query{Code: mysql.ComStmtExecute, Statement: 3, ParamCount: 2, Params: []mysql.Value{{Null: true}, {Sent: true, Size: 9}}},
			},
			`{"kind":"command","length":0,"command":{"code":23,"name":"COM_STMT_EXECUTE","statement":3,` +
				`"params":[null,{"length":9,"sent_before":true}],"param_count":2},"prepared":{"statement":3,"text":"select ?"}}`,
		},
		{
			"a command that is not known", &mysql.Message{Kind: mysql.Command, Command: &mysql.Query{Code: 99, Number: 1}},
			`{"kind":"command","length":0,"command":{"code":99,"name":"COM_99","number":1}}`,
		},
		{
			"a statement is prepared", &mysql.Message{Kind: mysql.Prepared, Prepared: &mysql.Prepare{ID: 3, ParamCount: 1, ColumnCount: 2, Columns: table, Warnings: 1}},
			`{"kind":"prepared","length":0,"prepared":{"statement":3,"param_count":1,` +
				`"columns":[{"name":"n","table":"t","type":"INT UNSIGNED"},{"name":"b","type":"BLOB"}],"column_count":2,"warnings":1}}`,
		},
		{
			"rows of MySQL", &mysql.Message{Kind: mysql.Rows, Request: asked, Result: &mysql.Result{
				Columns: table, ColumnCount: 2, RowCount: 9, RowBytes: 90, Rows: [][]mysql.Value{{{Text: []byte("1"), Size: 1}, {Text: []byte{0xff}, Size: 1}}},
			}, Status: &mysql.Status{Flags: 2, InsertID: 7}},
			`{"kind":"rows","length":0,"request":{"command":"COM_QUERY","text":{"data":"` + long[:maxAsked] + `","truncated":true,"length":9000}},` +
				`"result":{"columns":[{"name":"n","table":"t","type":"INT UNSIGNED"},{"name":"b","type":"BLOB"}],"column_count":2,` +
				`"rows":[["1",{"data":"/w==","encoding":"base64","length":1}]],"row_count":9,"row_bytes":90},"status":{"affected_rows":0,"insert_id":7,"flags":2}}`,
		},
		{
			"an error of MySQL", &mysql.Message{Kind: mysql.Error, Request: &mysql.Message{Kind: mysql.Login}, Failure: &mysql.Failure{Code: 1045, State: "28000", Message: "no"}},
			`{"kind":"error","length":0,"request":{"command":"login"},"error":{"code":1045,"sql_state":"28000","message":"no"}}`,
		},
		{
			"a file for MySQL", &mysql.Message{Kind: mysql.FileData, Length: 9, Text: []byte("ab"), Event: &mysql.LogEvent{Type: 1, Position: 4}},
			`{"kind":"file_data","length":9,"text":{"data":"ab","truncated":true,"length":9},"event":{"type":1,"timestamp":0,"position":4}}`,
		},
		{
			"PostgreSQL starts", &postgres.Message{Kind: postgres.Startup, Frontend: true, Length: 8, Major: 3, Fields: []postgres.Field{{Name: "user", Value: "a\xff"}}},
			`{"kind":"StartupMessage","length":8,"fields":[{"name":"user","value":"Yf8=","encoding":"base64"}],"version":"3.0"}`,
		},
		{
			"PostgreSQL asks who it is", &postgres.Message{Kind: postgres.Authentication, Auth: postgres.AuthSASL, Mechanisms: []string{"SCRAM"}},
			`{"kind":"Authentication","length":0,"auth":10,"mechanisms":["SCRAM"]}`,
		},
		{
			"rows of PostgreSQL", &postgres.Message{
				Kind: postgres.DataRow, Count: 5, ColumnCount: 2, Rows: [][]postgres.Value{{{Text: "1", Length: 1}, {Null: true}}},
				Request: &postgres.Message{Kind: postgres.Query, Text: "select 1", TextLength: 8},
			},
			`{"kind":"DataRow","length":0,"count":5,"query":"select 1","request":{"command":"Query"},"column_count":2,"rows":[["1",null]]}`,
		},
		{
			"a parameter and its columns", &postgres.Message{
				Kind: postgres.Bind, Statement: "s", Portal: "p", Values: []postgres.Value{{Text: "x", Length: 3}}, ValueCount: 1,
				Columns: []postgres.Column{{Name: "n", Type: 23, Binary: true}}, Prepared: &postgres.Message{Kind: postgres.Parse, Text: long},
			},
			`{"kind":"Bind","length":0,"query":"` + long[:maxAsked] + `","statement":"s","portal":"p",` +
				`"columns":[{"name":"n","type":"int4","oid":23,"binary":true}],"values":[{"data":"x","truncated":true,"length":3}],"value_count":1}`,
		},
		{
			"what PostgreSQL says in a byte", &postgres.Message{Kind: postgres.Close, Target: 'P', Status: 'I', Replication: 'w', PID: 7, Limit: 9},
			`{"kind":"Close","length":0,"target":"portal","status":"I","pid":7,"limit":9,"replication":"w"}`,
		},
		{
			"a query of PostgreSQL", &postgres.Message{Kind: postgres.Query, Text: "select", TextLength: 9, Problems: []postgres.Problem{postgres.Malformed}},
			`{"kind":"Query","length":0,"text":{"data":"select","truncated":true,"length":9},"problems":["malformed"]}`,
		},
	} {
		if got := said(t, c.detail); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// said returns the members of a message with that detail.
func said(t *testing.T, detail any) string {
	t.Helper()
	b, err := encode(members(&session.Message{Message: proto.Message{Detail: detail}}))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestMembersOfTLSAndDNS(t *testing.T) {
	year := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	for _, c := range []struct {
		detail any
		want   string
	}{
		{
			&tls.Hello{Type: tls.ClientHello, Legacy: 0x0303, Versions: []tls.Version{0x0304, 0x0303}, SessionID: []byte{1, 0xff}, Ciphers: []uint16{0x1301}, KeyShares: []uint16{29, 7}, Resumption: tls.ByPSK, EarlyData: true},
			`{"kind":"client_hello","version":"TLS 1.3","versions":["TLS 1.3","TLS 1.2"],"legacy_version":"TLS 1.2","ciphers":["TLS_AES_128_GCM_SHA256"],` +
				`"key_shares":["x25519","0x0007"],"session_id":"01ff","resumed":"psk","early_data":true}`,
		},
		{
			&tls.Hello{Type: tls.ServerHello, Retry: true, Legacy: 0x0301, ALPN: []string{"h2"}, Extensions: []uint16{16}, Malformed: true},
			`{"kind":"server_hello","retry":true,"version":"TLS 1.0","legacy_version":"TLS 1.0","alpn":["h2"],"extensions":[16],"malformed":true}`,
		},
		{
			&tls.Handshake{Type: tls.Certificates, Length: 90, Sent: 3, Chain: []tls.Certificate{{Subject: "CN=a", Issuer: "CN=b", NotBefore: year, NotAfter: year, Names: []string{"a"}, More: 2, Length: 40}, {Length: 4, Unreadable: true}}},
			`{"kind":"handshake","type":11,"name":"Certificate","length":90,"certificates":[{"subject":"CN=a","issuer":"CN=b","not_before":"2026-01-02T02:04:05Z",` +
				`"not_after":"2026-01-02T02:04:05Z","names":["a"],"names_left":2,"length":40},{"length":4,"unreadable":true}],"certificate_count":3}`,
		},
		{&tls.Alert{Level: 2, Description: 40}, `{"kind":"alert","level":2,"fatal":true,"description":40,"name":"handshake_failure"}`},
		{&tls.Alert{Level: 1, Description: 250}, `{"kind":"alert","level":1,"fatal":false,"description":250}`},
		{&tls.ChangeCipherSpec{Dummy: true}, `{"kind":"change_cipher_spec","dummy":true}`},
		{&tls.Encrypted{Records: 2, Bytes: 90, Missing: 1, Alerts: 1, Protocol: "h2"}, `{"kind":"encrypted","records":2,"length":90,"missing":1,"alerts":1,"inside":"h2"}`},
		{&tls.Unreadable{Bytes: 5}, `{"kind":"unreadable","length":5}`},
		{
			&dns.Message{
				ID: 7, Response: true, Authoritative: true, RecursionDesired: true, ExtendedRcode: 3, Counts: [4]uint16{1, 1, 0, 1}, Size: 50, Left: 1, Malformed: true,
				Questions: []dns.Question{{Name: "a.example", Type: 28, Class: 1}}, Records: []dns.Record{{Section: dns.Authority, Name: "\xff", Type: 6, Class: 1, TTL: 60, Data: "x"}},
				EDNS: &dns.EDNS{UDPSize: 1232, DNSSECOK: true, Options: []dns.Option{{Code: 10, Text: "c"}}},
			},
			`{"id":7,"response":true,"opcode":0,"flags":["aa","rd"],"rcode":3,"rcode_name":"NXDOMAIN","counts":[1,1,0,1],"questions":[{"name":"a.example","type":"AAAA","class":1}],` +
				`"records":[{"section":"authority","name":{"data":"/w==","encoding":"base64","length":1},"type":"SOA","class":1,"ttl":60,"data":"x"}],` +
				`"edns":{"udp_size":1232,"version":0,"dnssec_ok":true,"options":[{"code":10,"text":"c"}]},"left":1,"length":50,"malformed":true}`,
		},
		{&dns.Message{Size: 3, Unreadable: true}, `{"id":0,"response":false,"opcode":0,"rcode":0,"counts":[0,0,0,0],"length":3,"unreadable":true}`},
	} {
		if got := said(t, c.detail); got != c.want {
			t.Errorf("%T:\n got %s\nwant %s", c.detail, got, c.want)
		}
	}
}

// Every message of recordings is described by members of its own.
func TestLinesOfRecordings(t *testing.T) {
	for file, want := range map[string]map[string]int{
		"redis.pcap": {"redis": 91}, "mysql.pcap": {"mysql": 23}, "postgres.pcap": {"postgres": 53}, "tls_alerts.pcap": {"tls": 9, "http": 3}, "dns.pcapng": {"dns": 22},
	} {
		var out bytes.Buffer
		n, err := Lines(context.Background(), opened(t, "../cli/testdata/"+file), &out, everything, nil)
		got := map[string]int{}
		total := 0
		for row := range strings.Lines(out.String()) {
			var m map[string]any
			if err := json.Unmarshal([]byte(row), &m); err != nil {
				t.Fatalf("%s: %v in %s", file, err, row)
			}
			got[m["protocol"].(string)]++
			total++
			if _, words := m["title"]; words {
				t.Errorf("%s: words in %s", file, row)
			}
		}
		for name, k := range want {
			if got[name] != k {
				t.Errorf("%s: %v, want %v", file, got, want)
			}
		}
		if err != nil || n != total {
			t.Errorf("%s: %d messages of %d, %v", file, total, n, err)
		}
	}
}

// Datagrams are numbered by their conversations, which are no connections; whoever wants a connection gets none of them.
func TestLinesOfDatagrams(t *testing.T) {
	s := opened(t, "../cli/testdata/dns.pcapng")
	for _, c := range []struct {
		opt  LinesOptions
		want string
	}{
		{LinesOptions{Protocol: "dns", Stream: -1, Message: 1}, "0 1 2 3 other other other other other other other"},
		{LinesOptions{Protocol: "dns", Stream: 3, Message: -1}, "3 3"},
		{LinesOptions{Protocol: "mdns", Stream: -1, Message: -1}, ""},
	} {
		var out bytes.Buffer
		last := [2]int{}
		n, err := Lines(context.Background(), s, &out, c.opt, func(done, total int) { last = [2]int{done, total} })
		var got []string
		for row := range strings.Lines(out.String()) {
			var m struct {
				Stream, Other *json.Number
				Message       int
			}
			if err := json.Unmarshal([]byte(row), &m); err != nil || (m.Stream == nil) == (m.Other == nil) {
				t.Fatalf("%v in %s", err, row)
			}
			if m.Stream == nil {
				got = append(got, "other")
			} else {
				got = append(got, m.Stream.String())
			}
		}
		if strings.Join(got, " ") != c.want || err != nil || n != len(got) {
			t.Errorf("%+v: %d messages, %v, %v, want %s", c.opt, n, got, err, c.want)
		}
		if c.opt.Stream < 0 && (last[0] != last[1] || last[1] != 56) {
			t.Errorf("%+v: progress ends at %v", c.opt, last)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var out bytes.Buffer
	_, err := Lines(ctx, s, &out, everything, func(done, _ int) {
		if done == 44 { // the connections, and two datagrams
			cancel()
		}
	})
	if err != context.Canceled || !strings.Contains(out.String(), `"other":0`) || strings.Contains(out.String(), `"other":1,`) {
		t.Errorf("cancelled among the datagrams: %v", err)
	}
}
