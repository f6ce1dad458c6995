package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// lorem is a text of n bytes, always the same.
func lorem(n int) string {
	words := strings.Fields("lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor")
	const seed = 7456
	chance := rand.New(rand.NewPCG(seed, seed))
	var b strings.Builder
	for line := 0; b.Len() < n; {
		word := words[chance.IntN(len(words))]
		b.WriteString(word)
		if line += len(word) + 1; line > 64 {
			b.WriteByte('\n')
			line = 0
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()[:n]
}

const pangram = "The quick brown fox jumps over the lazy dog; pack my box with five dozen liquor jugs. "

// rangesAndEncodings is about bodies that are not simply the file: parts of it, compressed, in chunks, with a trailer.
func rangesAndEncodings() recipe {
	return recipe{id: "http-ranges-encodings", needs: []string{"curl", "nginx"}, takes: []take{
		{what: "curl and nginx: two ranges in one request, then one beyond the end", net: between("10.77.13"), play: ranges},
		{what: "curl and a Go server that compresses with gzip, Brotli and Zstandard, whole and in chunks, then chunks with a trailer", net: between("10.77.13"), play: encodings},
	}}
}

func ranges(s *stage) error {
	if err := s.nginx("sendfile on;", time.Now(), map[string][]byte{"big.txt": []byte(lorem(192_688))}); err != nil {
		return err
	}
	quiet := []string{"-sS", "--output", "/dev/null"}
	file := "http://" + s.serverIP.String() + "/big.txt"
	return inOrder(
		s.curl(append(quiet, "-r", "0-99,1000-1099", file)...),
		s.curl(append(quiet, "-H", "Range: bytes=999999999-", file)...))
}

// curl is a step.
func (s *stage) curl(args ...string) func() error {
	return func() error { return s.runAtClient("curl", args...) }
}

func encodings(s *stage) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/enc/{coding}", encoded)
	mux.HandleFunc("/chunked", func(w http.ResponseWriter, _ *http.Request) { s.inChunks(w) })
	return s.serve(9100, mux, func() error {
		var steps []func() error
		get := func(args ...string) {
			steps = append(steps, s.curl(append([]string{"-sS"}, args...)...), s.pause(10*ms))
		}
		into := []string{"--output", "/dev/null"}
		var thrice []string
		for _, coding := range []string{"gzip", "br", "zstd"} {
			get(append(into, "-H", "Accept-Encoding: "+coding, s.url(9100, "/enc/"+coding))...)
			thrice = append(append(thrice, into...), s.url(9100, "/enc/"+coding+"?chunked=1"))
		}
		get(thrice...)
		get(append(into, s.url(9100, "/chunked"))...)
		return inOrder(steps...)
	})
}

// encoded answers with a text, compressed, in chunks if asked for.
func encoded(w http.ResponseWriter, r *http.Request) {
	var body strings.Builder
	var zip io.WriteCloser
	coding := r.PathValue("coding")
	switch coding {
	case "gzip":
		zip = gzip.NewWriter(&body)
	case "br":
		zip = brotli.NewWriter(&body)
	default:
		zip, _ = zstd.NewWriter(&body) // without options nothing can be wrong with them
	}
	_, err := io.WriteString(zip, strings.Repeat(pangram, 120))
	if err = errors.Join(err, zip.Close()); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Encoding", coding)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if r.FormValue("chunked") == "" {
		w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
		_, _ = io.WriteString(w, body.String()) // the client notices
		return
	}
	half := body.Len() / 2
	for _, part := range []string{body.String()[:half], body.String()[half:]} {
		_, _ = io.WriteString(w, part)            // the client notices
		_ = http.NewResponseController(w).Flush() // a chunk
	}
}

// inChunks answers with eight chunks, one every 30 ms, and a trailer.
func (s *stage) inChunks(w http.ResponseWriter) {
	w.Header().Set("Trailer", "X-Checksum")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	const chunks, step = 8, 30
	long := strings.Repeat(pangram, 3)
	for i := range chunks {
		line := fmt.Sprintf("chunk %d: %s", i, long)[:step*(i+1)-1] + "\n"
		if _, err := io.WriteString(w, line); err != nil || http.NewResponseController(w).Flush() != nil || s.sleep(30*ms) != nil {
			return // the client has gone
		}
	}
	w.Header().Set("X-Checksum", "deadbeef")
}

// uploads is about requests with a body.
func uploads() recipe {
	return recipe{id: "http-uploads", needs: []string{"curl", "nginx"}, takes: []take{
		{what: "curl with Expect: 100-continue, to nginx and to a Go server that refuses", net: between("10.77.13"), play: expectContinue},
		{what: "curl sends a form with a field, a PNG and a text to a Go server", net: between("10.77.13"), play: form},
	}}
}

// upload makes the file that is uploaded.
func (s *stage) upload() (string, error) {
	dir, err := s.folder()
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "up.txt")
	return name, os.WriteFile(name, []byte(lorem(60_000)), 0o644)
}

func expectContinue(s *stage) error {
	file, err := s.upload()
	if err != nil {
		return err
	}
	if err := s.nginx("location /put/ { dav_methods PUT; create_full_put_path on; }", time.Now(), map[string][]byte{"index.html": nil}); err != nil {
		return err
	}
	refuse := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		const why = "not before 100-continue\n"
		w.Header().Set("Content-Length", strconv.Itoa(len(why)))
		w.Header().Set("Connection", "close")
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusExpectationFailed)
		_, _ = io.WriteString(w, why)
		_ = http.NewResponseController(w).Flush() // the client notices
		_ = s.sleep(20 * ms)                      // it is the client who closes
	})
	return s.serve(9100, refuse, func() error {
		const expect = "Expect: 100-continue"
		return inOrder(
			s.curl("-sS", "--output", "/dev/null", "-H", expect, "-T", file, "http://"+s.serverIP.String()+"/put/up.txt"), s.pause(40*ms),
			s.curl("-sS", "--output", "/dev/null", "-H", expect, "--data-binary", "@"+file, s.url(9100, "/refuse")))
	})
}

func form(s *stage) error {
	file, err := s.upload()
	if err != nil {
		return err
	}
	picture, err := logo(s.ctx)
	if err != nil {
		return err
	}
	image := filepath.Join(filepath.Dir(file), "logo.png")
	if err := os.WriteFile(image, picture, 0o644); err != nil {
		return err
	}
	take := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A server that is busy for a moment: the last segment is not acknowledged before it reads.
		begin := make([]byte, 20<<10)
		if _, err := io.ReadFull(r.Body, begin); err != nil || s.sleep(60*ms) != nil {
			return // the client notices
		}
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(begin), r.Body))
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		_, _ = fmt.Fprintf(w, "field title=[%s]\n", r.FormValue("title")) // the client notices
		for _, name := range []string{"pic", "doc"} {
			for _, part := range r.MultipartForm.File[name] {
				_, _ = fmt.Fprintf(w, "file %s: %s %d bytes\n", name, part.Filename, part.Size)
			}
		}
	})
	return s.serve(9100, take, s.curl("-sS", "--output", "/dev/null", "-H", "Expect:", "-F", "title=A day out",
		"-F", "pic=@"+image, "-F", "doc=@"+file, s.url(9100, "/upload")))
}

// logo is the small picture of the browser's page.
func logo(ctx context.Context) ([]byte, error) { return fileOf(ctx, "http-browser-page", "/logo.png") }
