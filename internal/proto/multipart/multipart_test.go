package multipart

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// transcript reads a body and renders its parts: a line each, and the error at the end.
func transcript(r io.Reader, contentType string) string {
	var out strings.Builder
	err := Parts(r, contentType, func(p Part) error {
		b, err := io.ReadAll(p.Content)
		fmt.Fprintf(&out, "%s|%s|%s|%s|%q", p.Name, p.FileName, p.Type, p.Range, b)
		if err != nil {
			fmt.Fprintf(&out, " %v", err)
		}
		out.WriteString("\n")
		return nil
	})
	if err != nil {
		fmt.Fprintf(&out, "%v\n", err)
	}
	return out.String()
}

const form = "multipart/form-data; boundary=B"

var bodies = []struct{ name, contentType, body, want string }{
	{
		"a form with a field and two files", form,
		"--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nA day out\r\n" +
			"--B\r\nContent-Disposition: form-data; name=\"pic\"; filename=\"logo.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\r\n" +
			"--B\r\nContent-Disposition: form-data; name=\"doc\"; filename=\"up.txt\"\r\nContent-Type: text/plain\r\n\r\n\r\n--B--\r\n",
		"title||||\"A day out\"\npic|logo.png|image/png||\"\\x89PNG\\r\\n\\x1a\\n\"\ndoc|up.txt|text/plain||\"\"\n",
	},
	{
		"byte ranges", "multipart/byteranges; boundary=\"3d6b=x\"",
		"preamble\r\n--3d6b=x\r\nContent-Type: text/html\r\nContent-Range: bytes 0-3/10\r\n\r\nabcd\r\n" +
			"--3d6b=x\r\nContent-Range: bytes 8-9/10\r\n\r\nij\r\n--3d6b=x--",
		"||text/html|bytes 0-3/10|\"abcd\"\n|||bytes 8-9/10|\"ij\"\n",
	},
	{
		"what looks like a boundary and is none", form,
		"--B\r\n\r\nx\r\n--Bother\r\n-- B\r\n--B-\r\n--B \t\r\n\r\n--\r\n--B--",
		"||||\"x\\r\\n--Bother\\r\\n-- B\\r\\n--B-\"\n||||\"--\"\n",
	},
	{
		"lines that end in LF", form,
		"--B\nContent-Disposition: form-data; name=a\n\nx\r\n\n--B--\n",
		"a||||\"x\\r\\n\"\n",
	},
	{
		"a boundary and names that should be quoted", "Multipart/Form-Data; charset=utf-8; boundary=--=_Part:1; x",
		"----=_Part:1\r\nContent-Disposition: form-data; name=a b; filename=\"my; photo.png\"; =\r\n\r\nx\r\n----=_Part:1--",
		"a b|my; photo.png|||\"x\"\n",
	},
	{
		"names beyond ASCII", form,
		"--B\r\nContent-Disposition: form-data; name=\"图\"; filename=\"C:\\dir\\图.png\"\r\n\r\n\r\n" +
			"--B\r\nContent-Disposition: form-data; name=f; filename=\"_.txt\"; filename*=UTF-8''%E5%9B%BE.txt\r\n\r\n\r\n--B--",
		"图|C:\\dir\\图.png|||\"\"\nf|图.txt|||\"\"\n",
	},
	{
		"an encoding stays as it is", form,
		"--B\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3Db\r\n--B--",
		"||||\"a=3Db\"\n",
	},
	{
		"a header that is none costs its part", form,
		"--B\r\n\r\nx\r\n--B\r\nno header\r\n\r\nlost\r\n--B\r\n\r\ny\r\n--B--",
		"||||\"x\"\n||||\"y\"\nnot all of the body could be read as parts\n",
	},
	{
		"cut off in a part", form, "--B\r\n\r\nx\r\n--B\r\n\r\nyy",
		"||||\"x\"\n||||\"yy\" unexpected EOF\nunexpected EOF\n",
	},
	{"cut off in a header", form, "--B\r\nContent-", "unexpected EOF\n"},
	{"cut off behind a part", form, "--B\r\n\r\nx\r\n--B\r\n", "||||\"x\"\nunexpected EOF\n"},
	{"another boundary than announced", form, "--C\r\n\r\nx\r\n--C--\r\n", "unexpected EOF\n"},
	{"no part at all", form, "--B--\r\n", ""},
	{"nothing", form, "", "unexpected EOF\n"},
	{"a long line in front", form, strings.Repeat("x", 10_000) + "\r\n--B\r\n\r\ny\r\n--B--", "||||\"y\"\nnot all of the body could be read as parts\n"},
	{"no boundary", "multipart/mixed", "--\r\n\r\n----", "no multipart body with a boundary\n"},
	{"not multipart", "text/plain; boundary=B", "--B--", "no multipart body with a boundary\n"},
	{"a boundary that is too long", "multipart/mixed; boundary=" + strings.Repeat("b", maxBoundary+1), "", "no multipart body with a boundary\n"},
}

func TestParts(t *testing.T) {
	for _, tt := range bodies {
		if got := transcript(strings.NewReader(tt.body), tt.contentType); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// However the bytes come, the parts are the same.
func TestSplitInvariance(t *testing.T) {
	for _, tt := range bodies {
		for how, r := range map[string]io.Reader{
			"bytes":  iotest.OneByteReader(strings.NewReader(tt.body)),
			"halves": iotest.HalfReader(strings.NewReader(tt.body)),
			"eof":    iotest.DataErrReader(strings.NewReader(tt.body)),
		} {
			if got := transcript(r, tt.contentType); got != tt.want {
				t.Errorf("%s by %s:\n got %s\nwant %s", tt.name, how, got, tt.want)
			}
		}
	}
}

// A part that is multipart itself is read with its own type.
func TestNested(t *testing.T) {
	inner := "--I\r\nContent-Disposition: file; filename=1.txt\r\n\r\none\r\n--I--"
	outer := "--B\r\nContent-Disposition: form-data; name=files\r\nContent-Type: multipart/mixed; boundary=I\r\n\r\n" + inner + "\r\n--B--"
	var got string
	err := Parts(strings.NewReader(outer), form, func(p Part) error {
		got = transcript(p.Content, p.Type)
		return nil
	})
	if want := "|1.txt|||\"one\"\n"; err != nil || got != want {
		t.Errorf("got %s, want %s; %v", got, want, err)
	}
}

func TestErrors(t *testing.T) {
	sick := errors.New("sick disk")
	read := func(in string) error {
		return Parts(io.MultiReader(strings.NewReader(in), iotest.ErrReader(sick)), form, func(p Part) error {
			_, err := io.Copy(io.Discard, p.Content)
			return err
		})
	}
	for _, in := range []string{"", "--", "--B\r\n", "--B\r\n\r\nx", "--B\r\n\r\nx\r\n--B\r\nno header\r\n"} {
		if err := read(in); !errors.Is(err, sick) {
			t.Errorf("%q: %v", in, err)
		}
	}
	full := errors.New("disk full")
	if err := Parts(strings.NewReader(bodies[0].body), form, func(Part) error { return full }); err != full {
		t.Errorf("the error of each: %v", err)
	}
}

func TestTooMany(t *testing.T) {
	body := strings.Repeat("--B\r\n\r\n\r\n", maxParts)
	for more, want := range map[string]error{"--B--": nil, "--B\r\n\r\n\r\n--B--": ErrTooMany} {
		n := 0
		err := Parts(strings.NewReader(body+more), form, func(Part) error { n++; return nil })
		if err != want || n != maxParts {
			t.Errorf("%d parts, %v, want %v", n, err, want)
		}
	}
}

// endless is a body that never ends, and counts what was read of it.
type endless struct{ n int64 }

func (e *endless) Read(b []byte) (int, error) {
	clear(b)
	e.n += int64(len(b))
	if e.n > 64<<20 {
		return 0, io.EOF
	}
	return len(b), nil
}

// A large file goes through without being kept.
func TestStreams(t *testing.T) {
	in := io.MultiReader(strings.NewReader("--B\r\n\r\n"), &endless{})
	var n int64
	per := testing.AllocsPerRun(1, func() {
		_ = Parts(in, form, func(p Part) error {
			k, err := io.Copy(io.Discard, p.Content)
			n += k
			return err
		})
	})
	if n < 60<<20 || per > 100 {
		t.Errorf("%d bytes with %v allocations", n, per)
	}
}

func BenchmarkParts(b *testing.B) {
	body := bodies[0].body[:len(bodies[0].body)-len("\r\n--B--\r\n")] + strings.Repeat("line\r\n-- not yet\r\n", 50_000) + "\r\n--B--\r\n"
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		err := Parts(strings.NewReader(body), form, func(p Part) error {
			_, err := io.Copy(io.Discard, p.Content)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzParts(f *testing.F) {
	for _, tt := range bodies {
		f.Add(tt.contentType, tt.body)
	}
	f.Fuzz(func(t *testing.T, contentType, body string) {
		var n int
		err := Parts(strings.NewReader(body), contentType, func(p Part) error {
			k, err := io.Copy(io.Discard, p.Content)
			if n += int(k); err != nil && err != io.ErrUnexpectedEOF {
				t.Errorf("content ends with %v", err)
			}
			return nil
		})
		if n > len(body) {
			t.Errorf("%d bytes of content in %d", n, len(body))
		}
		if whole, bytewise := transcript(strings.NewReader(body), contentType), transcript(iotest.OneByteReader(strings.NewReader(body)), contentType); whole != bytewise {
			t.Errorf("%v: by bytes\n%s\nat once\n%s", err, bytewise, whole)
		}
	})
}
