package narrate

import (
	"fmt"
	"strings"
	"testing"

	"tcptalk/internal/proto"
	"tcptalk/internal/proto/redis"
)

// told decodes what both sides of a Redis connection sent and says it, a title and its lines joined by bars.
func told(l Lang, client, server string) string {
	var out []string
	d := redis.New([2]int64{}, func(m proto.Message) {
		title, lines := Message(l, &m)
		out = append(out, strings.Join(append([]string{title}, lines...), " | "))
	}, redis.Options{Keep: 100})
	d.Data(0, []byte(strings.ReplaceAll(client, "\n", "\r\n")))
	d.Data(1, []byte(strings.ReplaceAll(server, "\n", "\r\n")))
	d.Cut(0)
	d.Cut(1)
	return strings.Join(out, "\n")
}

func TestRedis(t *testing.T) {
	for _, c := range []struct {
		client, server string
		want           Text
	}{
		{
			"*2\n$3\nGET\n$7\nuser:42\n", "$-1\n",
			Text{"Redis · GET user:42\nRedis · reply to GET user:42 | (nil)", "Redis · GET user:42\nRedis · 对 GET user:42 的回复 | (nil)"},
		},
		{"", "$2\na\"\n:1\n", Text{"Redis · reply | \"a\\\"\"\nRedis · reply | (integer) 1", "Redis · 回复 | \"a\\\"\"\nRedis · 回复 | (integer) 1"}},
		{
			"AUTH pw\nSET \"a b\" ''\nX\n", "-ERR no\n*2\n%1\n+a\n,1.5\n#t\n!2\nno\n",
			Text{
				"Redis · AUTH ••••\nRedis · SET \"a b\" \"\"\nRedis · X\nRedis · reply to AUTH •••• | error: ERR no\n" +
					"Redis · reply to SET \"a b\" \"\" | array (2) |   map (1) |     a |     (double) 1.5 |   (true)\nRedis · reply to X | error: no",
				"Redis · AUTH ••••\nRedis · SET \"a b\" \"\"\nRedis · X\nRedis · 对 AUTH •••• 的回复 | 错误：ERR no\n" +
					"Redis · 对 SET \"a b\" \"\" 的回复 | 数组 (2) |   映射 (1) |     a |     (double) 1.5 |   (true)\nRedis · 对 X 的回复 | 错误：no",
			},
		},
		{
			"CLIENT REPLY OFF\n" + "SET a " + strings.Repeat("x", 200) + "\nMGET" + strings.Repeat(" k", 12) + "\n", ">1\n+x\n",
			Text{
				"Redis · CLIENT REPLY OFF | no reply is sent\nRedis · SET a " + strings.Repeat("x", 80) + "… | no reply is sent\n" +
					"Redis · MGET" + strings.Repeat(" k", 11) + " … | no reply is sent\nRedis · sent without being asked | push (1) |   x",
				"Redis · CLIENT REPLY OFF | 不会有回复\nRedis · SET a " + strings.Repeat("x", 80) + "… | 不会有回复\n" +
					"Redis · MGET" + strings.Repeat(" k", 11) + " … | 不会有回复\nRedis · 主动推送 | 推送 (1) |   x",
			},
		},
		{"", "$200\n" + strings.Repeat("x", 200) + "\n", Text{
			"Redis · reply | \"" + strings.Repeat("x", 100) + "\"… 200 B", "Redis · 回复 | \"" + strings.Repeat("x", 100) + "\"… 200 B",
		}},
		{"", "\x00abcd", Text{"not readable as Redis · 5 B", "无法按 Redis 解读 · 5 B"}},
		{"", ":x\n", Text{"Redis · reply | (integer) x | ⚠ a number or boolean that is none", "Redis · 回复 | (integer) x | ⚠ 数字或布尔值的写法不对"}},
	} {
		for l := range Lang(NumLangs) {
			if got := told(l, c.client, c.server); got != c.want[l] {
				t.Errorf("got  %s\nwant %s", got, c.want[l])
			}
		}
	}
	long := told(English, "", "*300\n"+strings.Repeat(":1\n", 300))
	if n := strings.Count(long, "(integer)"); n != maxRedisLines-1 || !strings.HasSuffix(long, "| …") {
		t.Errorf("%d lines: %s", n, long)
	}
	if got := told(English, "", "%1000\n"+strings.Repeat(":1\n", 500)); !strings.Contains(got, "map (1,000)") {
		t.Error(got)
	}
	for p, x := range redisProblems {
		text(t, fmt.Sprint("problem ", p), x, false)
	}
}
