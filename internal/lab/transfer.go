package lab

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"mime/multipart"
	"net/http"
	"time"
)

// transfers move files.
func transfers() []*Scenario {
	length := size("size", Text{"bytes of the file", "文件字节数"}, 0, 64<<20, 256<<10)
	pieces := count("pieces", Text{"pieces it is written in", "分几块写出"}, 1, 100, 4)
	gap := pause("pause", Text{"pause before each piece", "每块之前的间隔"}, 0, 5*time.Second, 100*time.Millisecond)
	takes := func(v Values) time.Duration { return v.times("pieces", "pause") }
	return []*Scenario{
		{
			ID:      "download",
			Title:   Text{"Download", "下载"},
			Summary: Text{"A file comes from the server, and its end is known by its length or by the last chunk.", "从服务器取一个文件，靠长度或最后一个分块知道它在哪里结束。"},
			Params: []Param{
				length, pieces, gap,
				onOff("chunked", Text{"chunks instead of a length", "用分块代替长度"}, false),
			},
			Case: "http-picture", takes: takes, play: download,
		},
		{
			ID:      "upload",
			Title:   Text{"Upload", "上传"},
			Summary: Text{"The client sends a file in the body of a request, and may ask first whether it is wanted.", "客户端在请求正文里发送文件，也可以先问一声对方要不要。"},
			Params: []Param{
				length, pieces, gap,
				onOff("expect", Text{"ask first (Expect: 100-continue)", "先询问（Expect: 100-continue）"}, true),
				onOff("form", Text{"as a form (multipart)", "作为表单（multipart）"}, false),
			},
			Case: "http-uploads", takes: takes, play: upload,
		},
	}
}

// inTurns is a reader of data that hands out pieces, with a pause before each.
type inTurns struct {
	b     *bench
	who   End
	rest  []byte
	piece int // bytes left of the present piece
	each  int
}

func (b *bench) pieces(who End, data []byte) *inTurns {
	n := b.number("pieces")
	return &inTurns{b: b, who: who, rest: data, each: max(1, (len(data)+n-1)/n)}
}

func (r *inTurns) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	if r.piece == 0 {
		if err := r.b.pauseFor("pause"); err != nil {
			return 0, err
		}
		r.piece = min(r.each, len(r.rest))
		r.b.say(r.who, Text{"sends %d bytes", "发送 %d 字节"}, r.piece)
	}
	n := copy(p, r.rest[:r.piece])
	r.rest, r.piece = r.rest[n:], r.piece-n
	return n, nil
}

func download(b *bench) error {
	data := pattern(b.number("size"))
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if !b.on("chunked") {
			w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		}
		flush := http.NewResponseController(w).Flush
		from := b.pieces(Server, data)
		buffer := make([]byte, from.each)
		for {
			n, err := from.Read(buffer)
			if err != nil {
				return // the end, or a client that will miss the rest
			}
			if _, err := w.Write(buffer[:n]); err != nil {
				return
			}
			if err := flush(); err != nil {
				return
			}
		}
	})}
	return b.serve(srv, func() error {
		c := b.browser()
		defer c.CloseIdleConnections()
		req, err := http.NewRequestWithContext(b.ctx, http.MethodGet, b.url("/fox.txt"), http.NoBody)
		if err != nil {
			return err
		}
		b.say(Client, Text{"asks: GET %s", "请求：GET %s"}, "/fox.txt")
		res, err := c.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		sum := crc32.NewIEEE()
		n, err := io.Copy(sum, res.Body)
		if err != nil {
			return err
		}
		if sum.Sum32() != crc32.ChecksumIEEE(data) {
			return fmt.Errorf("%d bytes arrived that are not those sent", n)
		}
		b.say(Client, Text{"has the whole file: %d bytes", "收到整个文件：%d 字节"}, n)
		return nil
	})
}

func upload(b *bench) error {
	data := pattern(b.number("size"))
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			return // the client knows
		}
		b.say(Server, Text{"has read a body of %d bytes", "读到 %d 字节的正文"}, n)
		w.WriteHeader(http.StatusCreated)
		_, _ = fmt.Fprintf(w, "took %d bytes\n", n)
	})}
	return b.serve(srv, func() error {
		c := b.browser()
		defer c.CloseIdleConnections()
		before, after, kind, err := envelope(b.on("form"))
		if err != nil {
			return err
		}
		body := io.MultiReader(bytes.NewReader(before), b.pieces(Client, data), bytes.NewReader(after))
		req, err := http.NewRequestWithContext(b.ctx, http.MethodPost, b.url("/files"), body)
		if err != nil {
			return err
		}
		req.ContentLength = int64(len(before) + len(data) + len(after))
		if req.ContentLength == 0 {
			req.Body = http.NoBody
		}
		req.Header.Set("Content-Type", kind)
		if b.on("expect") {
			req.Header.Set("Expect", "100-continue")
		}
		b.say(Client, Text{"asks: POST %s", "请求：POST %s"}, "/files")
		res, err := c.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		reply, err := io.ReadAll(res.Body)
		if err != nil {
			return err
		}
		b.say(Client, Text{"is answered: %s, %q", "得到响应：%s，%q"}, res.Status, reply)
		return nil
	})
}

// envelope returns what stands around a file in a body, and the type of the whole.
func envelope(form bool) (before, after []byte, kind string, err error) {
	if !form {
		return nil, nil, "text/plain; charset=utf-8", nil
	}
	var buffer bytes.Buffer
	w := multipart.NewWriter(&buffer)
	if err = w.WriteField("comment", "with kind regards"); err == nil {
		_, err = w.CreateFormFile("file", "fox.txt")
	}
	if err != nil {
		return nil, nil, "", err
	}
	n := buffer.Len()
	if err = w.Close(); err != nil {
		return nil, nil, "", err
	}
	return buffer.Bytes()[:n:n], buffer.Bytes()[n:], w.FormDataContentType(), nil
}
