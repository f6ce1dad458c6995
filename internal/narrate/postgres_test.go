package narrate

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"tcptalk/internal/proto"
	"tcptalk/internal/proto/postgres"
)

// pg builds a message as it is on the wire; the type 0 is that of a startup.
func pg(tag byte, payload string) string {
	length := string(binary.BigEndian.AppendUint32(nil, uint32(len(payload)+4)))
	if tag == 0 {
		return length + payload
	}
	return string(tag) + length + payload
}

// toldPostgres decodes what both sides said behind a login and says it, a title and its lines joined by bars. "c" and "s"
// begin what each sends.
func toldPostgres(l Lang, script ...string) string {
	var out []string
	d := postgres.New([2]int64{}, func(m proto.Message) {
		title, lines := Message(l, &m)
		out = append(out, strings.Join(append([]string{strings.TrimPrefix(title, "PostgreSQL · ")}, lines...), " | "))
	}, postgres.Options{Keep: 200})
	for _, s := range append([]string{"c" + pg(0, "\x00\x03\x00\x00user\x00ann\x00\x00")}, script...) {
		if s[0] == 'c' {
			d.Data(0, []byte(s[1:]))
		} else {
			d.Data(1, []byte(s[1:]))
		}
	}
	d.Cut(0)
	d.Cut(1)
	return strings.Join(out[1:], "\n")
}

func TestPostgres(t *testing.T) {
	const (
		two   = "\x00\x02"
		one   = "\x00\x01"
		zero  = "\x00\x00"
		four0 = "\x00\x00\x00\x00"
	)
	columns := pg('T', two+"id\x00"+four0+zero+"\x00\x00\x00\x17"+"\x00\x04"+four0+zero+"mood\x00"+four0+zero+"\x00\x01\x00\x00"+"\x00\x04"+four0+zero)
	cells := "\x00\x00\x00\x011\xff\xff\xff\xff"
	for _, c := range []struct {
		script []string
		want   Text
	}{
		{
			[]string{"c" + pg('Q', "SELECT id,\n  mood FROM t\x00"), "s" + columns + pg('D', two+cells) + pg('C', "SELECT 1\x00") + pg('Z', "T")},
			Text{
				"query · SELECT id, mood FROM t | SELECT id, |   mood FROM t\ncolumns · id int4, mood\nresult · 1 row (id, mood) | 1 | NULL\ndone · SELECT 1\nready · in a transaction",
				"查询 · SELECT id, mood FROM t | SELECT id, |   mood FROM t\n列 · id int4, mood\n结果 · 1 行 (id, mood) | 1 | NULL\n完成 · SELECT 1\n就绪 · 在事务中",
			},
		},
		{
			[]string{"s" + strings.Repeat(pg('D', one+"\x00\x00\x00\x02\x00\x01"), 22)},
			Text{
				"result · 22 rows" + strings.Repeat(" | 0x0001", 20) + " | … 2 more",
				"结果 · 22 行" + strings.Repeat(" | 0x0001", 20) + " | … 还有 2 个",
			},
		},
		{
			[]string{"c" + pg('Q', "SELECT\x00"), "s" + pg('E', "SFEHLER\x00VERROR\x00C42P01\x00Mno such table\x00P15\x00Htry\x00\x00")},
			Text{
				"query · SELECT\nerror · ERROR 42P01: no such table | position in the query: 15 | hint: try",
				"查询 · SELECT\n错误 · ERROR 42P01: no such table | 在查询中的位置：15 | 建议：try",
			},
		},
		{
			[]string{"s" + pg('N', "SNOTICE\x00C00000\x00Mhi\x00\x00") + pg('A', "\x00\x00\x00\x07ch\x00hello\x00") + pg('K', "\x00\x00\x00\x07key!")},
			Text{
				"notice · NOTICE 00000: hi\nnotification · ch: hello\nkey for cancelling · process 7",
				"提示 · NOTICE 00000: hi\n通知 · ch: hello\n取消用的密钥 · 进程 7",
			},
		},
		{
			[]string{
				"c" + pg('P', "s1\x00SELECT $1\x00"+zero) + pg('B', "p1\x00s1\x00"+zero+two+"\x00\x00\x00\x02ab\xff\xff\xff\xff"+zero) + pg('E', "p1\x00\x00\x00\x00\x05") +
					pg('D', "Ss1\x00") + pg('C', "Pp1\x00") + pg('S', "") + pg('f', "why\x00"), "s" + pg('t', two+four0+four0) + pg('G', "\x00"+one+zero),
			},
			Text{
				"prepare · s1 · SELECT $1\nbind parameters · s1 · p1 · SELECT $1 | $1 = ab | $2 = NULL\nexecute · p1 · SELECT $1 · rows: at most 5\n" +
					"asks for a description · s1 · SELECT $1\nclose · p1\nsync\nCOPY failed · why\nparameters · 2\nwaits for COPY data · columns: 1",
				"预编译 · s1 · SELECT $1\n绑定参数 · s1 · p1 · SELECT $1 | $1 = ab | $2 = NULL\n执行 · p1 · SELECT $1 · 最多 5 行\n" +
					"请求描述 · s1 · SELECT $1\n关闭 · p1\n同步\nCOPY 失败 · why\n参数说明 · 2\n等待 COPY 数据 · 1 列",
			},
		},
		{
			[]string{"s" + pg('R', "\x00\x00\x00\x0aSCRAM-SHA-256\x00\x00"), "c" + pg('p', "SCRAM-SHA-256\x00secret"), "s" + pg('R', "\x00\x00\x00\x00") + pg('R', "\x00\x00\x00\x63") + pg('S', "TimeZone\x00UTC\x00")},
			Text{
				"authentication · SASL wanted: SCRAM-SHA-256\npassword · SCRAM-SHA-256 ••••\nauthentication · accepted\nauthentication · unknown kind 99\nsetting · TimeZone = UTC",
				"认证 · 要求 SASL： SCRAM-SHA-256\n密码 · SCRAM-SHA-256 ••••\n认证 · 通过\n认证 · 未知方式 99\n参数 · TimeZone = UTC",
			},
		},
		{
			[]string{"s" + pg('H', "\x00"+zero) + pg('d', "1\tx\n") + pg('d', strings.Repeat("y", 70)+"\n") + pg('c', "") + pg('V', "\x00\x00\x00\x01v") + pg('v', "\x00\x03\x00\x00"+four0) + pg('q', "1")},
			Text{
				"COPY data follow · columns: 0\nCOPY data · pieces: 2, 85 B | 1\tx | " + strings.Repeat("y", 60) + "… 71 B\nCOPY is done\nfunction result · v\n" +
					"offers another version · 3.0\nmessage of an unknown type · \"q\" · 6 B | ⚠ a type that the protocol does not have",
				"COPY 数据随后 · 0 列\nCOPY 数据 · 2 块，85 B | 1\tx | " + strings.Repeat("y", 60) + "… 71 B\nCOPY 结束\n函数结果 · v\n" +
					"提议其他版本 · 3.0\n未知类型的消息 · \"q\" · 6 B | ⚠ 协议里没有的消息类型",
			},
		},
		{
			[]string{"s" + pg('W', "\x00"+zero) + pg('d', "k"+strings.Repeat("\x00", 17)) + "\x01\x02\x03\x04\x05"},
			Text{
				"COPY in both directions · columns: 0\nCOPY data · replication: keepalive of the primary · 23 B\nnot readable as PostgreSQL · 5 B",
				"双向 COPY · 0 列\nCOPY 数据 · 复制：主库保活 · 23 B\n无法按 PostgreSQL 解读 · 5 B",
			},
		},
		{
			[]string{"c" + pg('Q', "SELECT "+strings.Repeat("x", 3000)+"\x00")},
			Text{
				"query · SELECT " + strings.Repeat("x", 93) + "… | SELECT " + strings.Repeat("x", 2041) + " | … 3,007 B",
				"查询 · SELECT " + strings.Repeat("x", 93) + "… | SELECT " + strings.Repeat("x", 2041) + " | … 3,007 B",
			},
		},
	} {
		for l := range Lang(NumLangs) {
			if got := toldPostgres(l, c.script...); got != c.want[l] {
				t.Errorf("got  %q\nwant %q", got, c.want[l])
			}
		}
	}
	title, lines := Message(Chinese, &proto.Message{Protocol: postgres.Name, Detail: &postgres.Message{
		Kind: postgres.Startup, Major: 3, Fields: []postgres.Field{{Name: "user", Value: "ann"}},
	}})
	if title != "PostgreSQL · 启动 · 版本 3.0" || strings.Join(lines, "|") != "user = ann" {
		t.Errorf("%q %q", title, lines)
	}
	title, _ = Message(English, &proto.Message{Detail: &postgres.Message{Kind: postgres.EncryptionAnswer, Status: 'N'}})
	if title != "PostgreSQL · answer about encryption · refused: in clear" {
		t.Errorf("%q", title)
	}
}

// TestPostgresWords goes through the words about PostgreSQL.
func TestPostgresWords(t *testing.T) {
	for k := postgres.Unknown; k.String() != postgres.Unknown.String() || k == postgres.Unknown; k++ {
		x, ok := postgresKinds[k]
		if !ok || x[English] == "" || x[Chinese] == "" {
			t.Errorf("%v has no words", k)
		}
	}
	for p, x := range postgresProblems {
		text(t, fmt.Sprint("problem ", p), x, false)
	}
	for a, x := range authentications {
		if x[English] == "" || x[Chinese] == "" {
			t.Errorf("authentication %d has no words", a)
		}
	}
	for name, x := range errorFields {
		text(t, "field "+name, x, false)
	}
	for s, x := range transactions {
		text(t, "state "+string(rune(s)), x, false)
	}
	for b, x := range replications {
		text(t, "replication "+string(rune(b)), x, false)
	}
}
