package redis

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"tcptalk/internal/flow"
	"tcptalk/internal/proto"
)

const whole = 1 << 30

// lines makes CR LF of LF.
func lines(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// command writes a command as clients do.
func command(args ...string) string {
	b := fmt.Sprintf("*%d\r\n", len(args))
	for _, a := range args {
		b += fmt.Sprintf("$%d\r\n%s\r\n", len(a), a)
	}
	return b
}

func renderValue(v *Value) string {
	var b strings.Builder
	if len(v.Attributes) > 0 {
		b.WriteString("|")
		for i := range v.Attributes {
			b.WriteString(renderValue(&v.Attributes[i]) + " ")
		}
		b.WriteString("| ")
	}
	b.WriteByte(byte(v.Type))
	switch {
	case v.Null:
		b.WriteString("nil")
	case v.Secret:
		b.WriteString("secret")
	case v.Type.Aggregate():
		fmt.Fprintf(&b, "%d(", v.Count)
		for i := range v.Elements {
			if i > 0 {
				b.WriteString(" ")
			}
			b.WriteString(renderValue(&v.Elements[i]))
		}
		b.WriteString(")")
	case int64(len(v.Text)) != v.Length:
		fmt.Fprintf(&b, "%.20q/%d", v.Text, v.Length)
	default:
		fmt.Fprintf(&b, "%.40s", strconv.Quote(v.Text)[1:][:len(strconv.Quote(v.Text))-2])
	}
	return b.String()
}

func render(m proto.Message) string {
	d := m.Detail.(*Message)
	var b strings.Builder
	fmt.Fprintf(&b, "%c[%d,%d) ", m.Dir.String()[0], m.Start, m.End)
	switch d.Kind {
	case Command:
		b.WriteString("command")
		if d.Inline {
			b.WriteString(" inline")
		}
		if d.Silent {
			b.WriteString(" silent")
		}
	case Reply:
		b.WriteString("reply")
		if d.Request != nil {
			b.WriteString(" to " + d.Request.Verb())
		}
	case Push:
		b.WriteString("push")
	case Unreadable:
		fmt.Fprintf(&b, "? %d", d.Length)
	}
	if d.Missing > 0 {
		fmt.Fprintf(&b, " %d missing", d.Missing)
	}
	if d.Kind == Command {
		for i := range d.Value.Elements {
			b.WriteString(" " + renderValue(&d.Value.Elements[i])[1:])
		}
	} else if d.Kind != Unreadable {
		b.WriteString(" " + renderValue(&d.Value))
	}
	if d.Guessed {
		b.WriteString(" guessed")
	}
	for _, p := range d.Problems {
		b.WriteString(" !" + string(p))
	}
	if !m.Complete {
		b.WriteString(" BROKEN " + m.Broken)
	}
	return b.String()
}

// play runs a script: "c text" and "s text" are data, "c-5" a gap, "c." a FIN, "c!" a cut.
func play(opt Options, script []string, piece int) string {
	var out []string
	d := New([2]int64{}, func(m proto.Message) { out = append(out, render(m)) }, opt)
	for _, l := range script {
		dir := flow.ClientToServer
		if l[0] == 's' {
			dir = flow.ServerToClient
		}
		switch l[1] {
		case '.':
			d.Close(dir)
		case '!':
			d.Cut(dir)
		case '-':
			n, err := strconv.ParseInt(l[2:], 10, 64)
			if err != nil {
				panic(err)
			}
			d.Gap(dir, n)
		default:
			for data := []byte(l[2:]); len(data) > 0; {
				n := min(piece, len(data))
				scratch := bytes.Clone(data[:n])
				d.Data(dir, scratch)
				clear(scratch)
				data = data[n:]
			}
		}
	}
	return strings.Join(out, "\n")
}

var conversations = []struct {
	name   string
	script []string
	want   string
}{
	{
		"commands and their replies",
		[]string{
			"c " + command("SET", "user:42", "Ann"), "s " + lines("+OK\n"), "c " + command("get", "user:42"), "s " + lines("$3\nAnn\n"),
			"c " + command("GET", "none"), "s " + lines("$-1\n"), "c " + command("INCR", "n"), "s " + lines(":1\n"),
			"c " + command("LRANGE", "none", "0", "-1"), "s " + lines("*0\n"), "c " + command("BLPOP", "q", "1"), "s " + lines("*-1\n"),
			"c " + command("FOO"), "s " + lines("-ERR unknown command\n"), "c.", "s.",
		},
		`c[0,35) command SET user:42 Ann
s[0,5) reply to SET +OK
c[35,61) command get user:42
s[5,14) reply to GET $Ann
c[61,84) command GET none
s[14,19) reply to GET $nil
c[84,105) command INCR n
s[19,23) reply to INCR :1
c[105,146) command LRANGE none 0 -1
s[23,27) reply to LRANGE *0()
c[146,175) command BLPOP q 1
s[27,32) reply to BLPOP *nil
c[175,188) command FOO
s[32,54) reply to FOO -ERR unknown command`,
	},
	{
		"a pipeline",
		[]string{"c " + command("PING") + command("ECHO", "a") + command("ECHO", ""), "s " + lines("+PONG\n$1\na\n$0\n\n")},
		`c[0,14) command PING
c[14,35) command ECHO a
c[35,55) command ECHO 
s[0,7) reply to PING +PONG
s[7,14) reply to ECHO $a
s[14,20) reply to ECHO $`,
	},
	{
		"a transaction",
		[]string{"c " + command("MULTI") + command("INCR", "a") + command("EXEC"), "s " + lines("+OK\n+QUEUED\n*2\n:7\n*1\n$1\nx\n")},
		`c[0,15) command MULTI
c[15,36) command INCR a
c[36,50) command EXEC
s[0,5) reply to MULTI +OK
s[5,14) reply to INCR +QUEUED
s[14,33) reply to EXEC *2(:7 *1($x))`,
	},
	{
		"the types of RESP3",
		[]string{
			"c " + command("HELLO", "3") + strings.Repeat(command("X"), 8),
			"s " + lines("%1\n$5\nproto\n:3\n_\n#t\n,1.5\n(3492890328409238509324850943850943825024385\n!3\nERR\n=6\ntxt:hi\n~2\n:1\n#f\n,-inf\n"),
		},
		`c[0,22) command HELLO 3
c[22,33) command X
c[33,44) command X
c[44,55) command X
c[55,66) command X
c[66,77) command X
c[77,88) command X
c[88,99) command X
c[99,110) command X
s[0,19) reply to HELLO %1($proto :3)
s[19,22) reply to X _nil
s[22,26) reply to X #t
s[26,32) reply to X ,1.5
s[32,78) reply to X (3492890328409238509324850943850943825024
s[78,87) reply to X !ERR
s[87,99) reply to X =txt:hi
s[99,111) reply to X ~2(:1 #f)
s[111,118) reply to X ,-inf`,
	},
	{
		"attributes, in front of a reply and inside it",
		[]string{"c " + command("MGET", "a"), "s " + lines("|1\n+pop\n%1\n$1\na\n,0.2\n*3\n:1\n|1\n+ttl\n:3600\n:2\n_\n")},
		`c[0,21) command MGET a
s[0,59) reply to MGET |+pop %1($a ,0.2) | *3(:1 |+ttl :3600 | :2 _nil)`,
	},
	{
		"streamed strings and aggregates",
		[]string{"c " + command("X") + command("Y") + command("Z"), "s " + lines("$?\n;4\nHell\n;1\no\n;0\n*?\n:1\n*?\n.\n.\n%?\n+a\n:1\n.\n")},
		`c[0,11) command X
c[11,22) command Y
c[22,33) command Z
s[0,25) reply to X $Hello
s[25,43) reply to Y *2(:1 *0())
s[43,58) reply to Z %1(+a :1)`,
	},
	{
		"inline commands, with quotes",
		[]string{
			"c " + lines("PING\n\nSET k \"a \\x41\\n\\\"\" 'it\\'s'\n") + "GET k\nGET \"k\n", "s " + lines("+PONG\n+OK\n$-1\n-ERR Protocol error: unbalanced quotes in request\n"),
		},
		`c[0,6) command inline PING
c[8,36) command inline SET k a A\n\" it's
c[36,42) command inline GET k
c[42,49) command inline GET k !odd-quotes
s[0,7) reply to PING +PONG
s[7,12) reply to SET +OK
s[12,17) reply to GET $nil
s[17,68) reply to GET -ERR Protocol error: unbalanced quotes in`,
	},
	{
		"publish and subscribe in RESP2",
		[]string{
			"c " + command("SUBSCRIBE", "a", "b"), "s " + lines("*3\n$9\nsubscribe\n$1\na\n:1\n*3\n$9\nsubscribe\n$1\nb\n:2\n"),
			"s " + lines("*3\n$7\nmessage\n$1\na\n$2\nhi\n*4\n$8\npmessage\n$1\n*\n$1\na\n$2\nhi\n"),
			"c " + command("UNSUBSCRIBE") + command("PING"),
			"s " + lines("*3\n$11\nunsubscribe\n$1\na\n:1\n*3\n$11\nunsubscribe\n$1\nb\n:0\n+PONG\n"),
		},
		`c[0,33) command SUBSCRIBE a b
s[0,30) reply to SUBSCRIBE *3($subscribe $a :1)
s[30,60) reply to SUBSCRIBE *3($subscribe $b :2)
s[60,92) push *3($message $a $hi)
s[92,132) push *4($pmessage $* $a $hi)
c[33,55) command UNSUBSCRIBE
c[55,69) command PING
s[132,165) reply to UNSUBSCRIBE *3($unsubscribe $a :1)
s[165,198) reply to UNSUBSCRIBE *3($unsubscribe $b :0)
s[198,205) reply to PING +PONG`,
	},
	{
		"publish and subscribe in RESP3, between replies",
		[]string{
			"c " + command("SUBSCRIBE", "a") + command("LRANGE", "l", "0", "-1"),
			"s " + lines(">3\n+subscribe\n$1\na\n:1\n>3\n+message\n$1\na\n$1\nx\n*3\n$7\nmessage\n$1\na\n$1\ny\n>2\n+invalidate\n*1\n$1\nk\n"),
		},
		`c[0,26) command SUBSCRIBE a
c[26,64) command LRANGE l 0 -1
s[0,27) reply to SUBSCRIBE >3(+subscribe $a :1)
s[27,55) push >3(+message $a $x)
s[55,86) reply to LRANGE *3($message $a $y)
s[86,114) push >2(+invalidate *1($k))`,
	},
	{
		"monitoring",
		[]string{"c " + command("MONITOR"), "s " + lines("+OK\n+1339518083.107412 [0 127.0.0.1:60866] \"keys\" \"*\"\n")},
		`c[0,17) command MONITOR
s[0,5) reply to MONITOR +OK
s[5,56) push +1339518083.107412 [0 127.0.0.1:60866] \"`,
	},
	{
		"replies off, skipped, and on again",
		[]string{
			"c " + lines("PING\nCLIENT REPLY OFF\nPING\nCLIENT REPLY SKIP\nCLIENT REPLY ON\nCLIENT REPLY SKIP\nPING\nECHO a\n*0\n"), "s " + lines("+PONG\n+OK\n$1\na\n"),
		},
		`c[0,6) command inline PING
c[6,24) command inline silent CLIENT REPLY OFF
c[24,30) command inline silent PING
c[30,49) command inline silent CLIENT REPLY SKIP
c[49,66) command inline CLIENT REPLY ON
c[66,85) command inline silent CLIENT REPLY SKIP
c[85,91) command inline silent PING
c[91,99) command inline ECHO a
c[99,103) command silent
s[0,7) reply to PING +PONG
s[7,12) reply to CLIENT +OK
s[12,19) reply to ECHO $a`,
	},
	{
		"passwords are not kept",
		[]string{
			"c " + command("AUTH", "pw") + command("AUTH", "ann", "pw") + command("HELLO", "3", "AUTH", "ann", "pw", "SETNAME", "x") +
				command("CONFIG", "SET", "maxmemory", "1", "requirepass", "pw") + command("ACL", "SETUSER", "ann", "on", ">pw") +
				command("MIGRATE", "h", "1", "k", "0", "5", "AUTH2", "ann", "pw") + command("CONFIG", "GET", "*") + lines("auth pw\n"),
			"s " + strings.Repeat(lines("+OK\n"), 6) + lines("*4\n$4\nport\n$1\n1\n$11\nrequirepass\n$2\npw\n"),
		},
		`c[0,22) command AUTH secret
c[22,53) command AUTH ann secret
c[53,122) command HELLO 3 AUTH ann secret SETNAME x
c[122,195) command CONFIG SET maxmemory 1 requirepass secret
c[195,247) command ACL SETUSER ann on secret
c[247,327) command MIGRATE h 1 k 0 5 AUTH2 ann secret
c[327,359) command CONFIG GET *
c[359,368) command inline auth secret
s[0,5) reply to AUTH +OK
s[5,10) reply to AUTH +OK
s[10,15) reply to HELLO +OK
s[15,20) reply to CONFIG +OK
s[20,25) reply to ACL +OK
s[25,30) reply to MIGRATE +OK
s[30,77) reply to CONFIG *4($port $1 $requirepass $secret)`,
	},
	{
		"the other way round: the side taken for the server sends the commands",
		[]string{"c " + lines("+OK\n"), "s " + command("GET", "a"), "c " + lines("$1\nx\n")},
		`c[0,5) reply +OK
s[0,20) command GET a
c[5,12) reply to GET $x`,
	},
	{
		"an array that looks like a command, until its sender answers",
		[]string{"s " + command("a", "b"), "c " + command("GET", "a"), "s " + lines("$1\nx\n"), "c " + command("GET", "b"), "s " + lines("$1\ny\n")},
		`s[0,18) command a b
c[0,20) reply to A *2($GET $a)
s[18,25) reply $x
c[20,40) command GET b
s[25,32) reply to GET $y`,
	},
	{
		"a replica: a snapshot without a line end, then the master's commands",
		[]string{
			"c " + command("PSYNC", "?", "-1"), "s " + lines("+FULLRESYNC 8de1 14\n\n\n$5\n") + "REDIS" + command("SET", "a", "b"), "c " + command("REPLCONF", "ACK", "41"),
			"s " + command("DEL", "a"),
		},
		`c[0,30) command PSYNC ? -1
s[0,21) reply to PSYNC +FULLRESYNC 8de1 14
s[25,34) push $REDIS
s[34,61) push *3($SET $a $b)
c[30,65) command silent REPLCONF ACK 41
s[61,81) push *2($DEL $a)`,
	},
	{
		"what is not as it should be",
		[]string{
			"c " + command("X") + lines("*2\n$1\nX\n:5\n"), "s " + lines(":12x\n#y\n,1.2.3\n(1-2\n*1\n>1\n:1\n+a") + "\n",
		},
		`c[0,11) command X
c[11,26) reply *2($X :5)
s[0,6) reply :12x !bad-value
s[6,10) reply #y !bad-value
s[10,18) reply ,1.2.3 !bad-value
s[18,24) reply (1-2 !bad-value
s[24,36) reply *1(>1(:1)) !misplaced-push
s[36,39) reply +a !bare-lf`,
	},
	{
		"a client that is known as one may send what it wants",
		[]string{"c " + command("X"), "s " + lines("+OK\n"), "c " + lines("*2\n$1\nX\n:5\n:5\n")},
		`c[0,11) command X
s[0,5) reply to X +OK
c[11,26) command X 5 !not-bulk
c[26,30) command inline :5`,
	},
	{
		"a server that stops speaking RESP, until the conversation turns",
		[]string{"c " + command("PING"), "s " + lines("+PONG\nnot RESP\n+OK\n"), "c " + command("PING"), "s " + lines("+PONG\n")},
		`c[0,14) command PING
s[0,7) reply to PING +PONG
s[7,22) ? 15 BROKEN not RESP
c[14,28) command PING
s[22,29) reply to PING +PONG guessed`,
	},
	{
		"wrong lengths and line ends",
		[]string{"c " + command("A"), "s " + lines("$3\nabcd\n"), "c " + command("A"), "s " + lines("*x\n"), "c " + command("A"), "s " + lines("*1\n.\n"), "s."},
		`c[0,11) command A
s[0,10) ? 10 BROKEN not RESP
c[11,22) command A
s[10,14) ? 4 BROKEN not RESP
c[22,33) command A
s[14,21) ? 7 BROKEN not RESP`,
	},
	{
		"a gap inside a string keeps what follows readable",
		[]string{"c " + command("GET", "a") + command("GET", "b"), "s " + lines("$10\nabc"), "s-5", "s " + lines("ij\n$1\nx\n"), "s."},
		`c[0,20) command GET a
c[20,40) command GET b
s[0,17) reply to GET 5 missing $"abc"/10 BROKEN gap
s[17,24) reply to GET $x`,
	},
	{
		"a gap that takes the end of a string, up to its line end",
		[]string{"c " + command("GET", "a"), "s " + lines("$10\nabc"), "s-7", "s " + lines("\n:1\n")},
		`c[0,20) command GET a
s[0,17) reply to GET 7 missing $"abc"/10 BROKEN gap
s[17,21) reply :1`,
	},
	{
		"a gap over message ends: pairs begin anew with the next turn",
		[]string{
			"c " + command("GET", "a") + command("GET", "b"), "s " + lines("$10\nabc"), "s-20", "s " + lines("zz\n:1\n"),
			"c " + command("GET", "c"), "s " + lines(":2\n"),
		},
		`c[0,20) command GET a
c[20,40) command GET b
s[0,36) ? 16 20 missing BROKEN gap
c[40,60) command GET c
s[36,40) reply to GET :2 guessed`,
	},
	{
		"a gap before a command that is plainly one",
		[]string{"c-100", "c " + command("GET", "c"), "s " + lines(":2\n"), "c-7", "c GET x\r\n", "s " + lines(":3\n"), "c " + command("PING"), "s " + lines(":4\n")},
		`c[0,100) ? 0 100 missing BROKEN gap
c[100,120) command GET c guessed
s[0,4) reply :2
c[120,134) ? 7 7 missing BROKEN gap
s[4,8) reply :3
c[134,148) command PING guessed
s[8,12) reply to PING :4`,
	},
	{
		"cut off inside everything",
		[]string{"c " + command("GET", "abc")[:16], "s $5\r\nab", "c!", "s!"},
		`c[0,16) command GET BROKEN cut off
s[0,6) reply $"ab"/5 BROKEN cut off`,
	},
	{
		"closed inside a line, and inside what is unreadable",
		[]string{"c PIN", "s \x00\x01", "c.", "s.", "c more", "s-5", "s."},
		`c[0,3) command inline PIN BROKEN connection closed
s[0,2) ? 2 BROKEN not RESP`,
	},
}

func TestConversations(t *testing.T) {
	for _, tt := range conversations {
		for _, piece := range []int{whole, 1, 2, 7} {
			if got := play(Options{}, tt.script, piece); got != tt.want {
				t.Errorf("%s, in pieces of %d:\n got %s\nwant %s", tt.name, piece, got, tt.want)
				break
			}
		}
	}
}

// However data is cut, the same messages come out.
func TestSplitInvariance(t *testing.T) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 1))
		for _, tt := range conversations {
			var script []string
			for _, l := range tt.script {
				for l[1] == ' ' && len(l) > 3 {
					n := 3 + r.IntN(min(len(l)-3, 1<<(2*seed)))
					script = append(script, l[:n])
					l = l[:2] + l[n:]
				}
				script = append(script, l)
			}
			if got := play(Options{}, script, whole); got != tt.want {
				t.Errorf("%s, cut %d:\n got %s\nwant %s", tt.name, seed, got, tt.want)
			}
		}
	}
}
