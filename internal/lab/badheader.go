package lab

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// badHeaders are the requests that are not what they seem.
func badHeaders() []*Scenario {
	return []*Scenario{{
		ID:      "bad-header",
		Title:   Text{"One newline too many in a header", "请求头里多了一个换行"},
		Summary: Text{"A stray newline inside a request's headers changes where they end, and the server refuses.", "请求头中混进一个换行，头部的结束位置就变了，服务器拒绝请求。"},
		Params: []Param{
			oneOf("fault", Text{"what is wrong", "哪里有问题"},
				Choice{"newline", Text{"a newline in a value: the rest becomes a line that is no header", "值里有换行：后半截成了一行非法的头部"}},
				Choice{"empty-line", Text{"an empty line: the other headers become the body", "多一个空行：其余头部变成了正文"}},
				Choice{"lengths", Text{"two different values of Content-Length", "两个不同的 Content-Length"}},
				Choice{"space", Text{"a space before the colon", "冒号前有空格"}}),
			pause("pause", Text{"how long the client waits before it closes", "客户端关闭前的等待"}, 0, 5*time.Second, 200*time.Millisecond),
		},
		Case:  "http-bad-header",
		takes: func(v Values) time.Duration { return v.duration("pause") },
		play:  badHeader,
	}}
}

// badRequests are written by hand: no HTTP library sends such a thing.
var badRequests = []string{
	"POST /order HTTP/1.1\r\nHost: %s\r\nX-Comment: first\nsecond\r\nContent-Length: 15\r\n\r\nfour black cats",
	"POST /order HTTP/1.1\r\nHost: %s\r\nX-Comment: first\r\n\r\nContent-Length: 15\r\n\r\nfour black cats",
	"POST /order HTTP/1.1\r\nHost: %s\r\nContent-Length: 15\r\nContent-Length: 4\r\n\r\nfour black cats",
	"POST /order HTTP/1.1\r\nHost: %s\r\nX-Comment : first\r\nContent-Length: 15\r\n\r\nfour black cats",
}

func badHeader(b *bench) error {
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body) // what could not be read is not there for the program
		b.say(Server, Text{"understands a %s with a body of %d bytes", "理解为一个 %s 请求，正文 %d 字节"}, r.Method, n)
		_, _ = fmt.Fprintf(w, "a body of %d bytes\n", n)
	})}
	return b.serve(srv, func() error {
		conn, err := b.connect(nil)
		if err != nil {
			return err
		}
		if err := b.send(Client, conn, fmt.Sprintf(badRequests[b.number("fault")], b.address())); err != nil {
			return err
		}
		r := bufio.NewReader(conn)
		for {
			// The server may answer twice: what follows the body that it sees is the next request to it.
			res, err := http.ReadResponse(r, nil)
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				break
			}
			if err != nil {
				return err
			}
			body, err := io.ReadAll(res.Body)
			if err != nil {
				return err
			}
			b.say(Client, Text{"is answered: %s, %q", "得到响应：%s，%q"}, res.Status, strings.TrimSpace(string(body)))
			if res.Close {
				break
			}
		}
		if err := b.pauseFor("pause"); err != nil {
			return err
		}
		b.say(Client, Text{"closes", "关闭连接"})
		return conn.Close()
	})
}
