package app

import (
	"testing"

	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
)

func TestFormsAreFilters(t *testing.T) {
	for want, f := range map[string]Form{
		"":                                                     {},
		"ip.addr == 10.0.0.0/8":                                {Host: " 10.0.0.0/8"},
		"ipv6.addr == fe80::1 && tcp.port == 80":               {Host: "fe80::1", Port: "80"},
		`http.host contains "example.org"`:                     {Host: "example.org"},
		"tcp.port in {80, 8000..8080}":                         {Port: "80, 8000-8080"},
		"tcp.flags.syn == 1 && tcp.flags.ack == 0":             {Set: packet.SYN, Clear: packet.ACK},
		`tcp.payload contains "say \"hi\" \\"`:                 {Payload: `say "hi" \`},
		"tcp.payload contains de:ad:be:ef":                     {Payload: "dead be:ef", Hex: true},
		`http.request.method == "GET"`:                         {Method: "get"},
		`http.request.uri contains "/a b"`:                     {Path: "/a b"},
		`http.header.x-request-id contains "7"`:                {Header: "X-Request-ID:", Value: "7"},
		"http.header.cookie":                                   {Header: "Cookie"},
		`http.header contains "png"`:                           {Value: "png"},
		`http.header contains "odd name"`:                      {Header: "odd name"},
		"http.response.code == 404":                            {Status: "404"},
		"http.response.code in {400..499}":                     {Status: "4xx"},
		"tcp.port == 80 && http.file_data contains \"x\\x09\"": {Port: "80", Body: "x\t"},
	} {
		if got := f.Text(); got != want {
			t.Errorf("%+v is %s, want %s", f, got, want)
		}
		if p := f.Problem(narrate.English); p != "" {
			t.Errorf("%s: %s", want, p)
		}
	}
}

func TestFormsSayWhatIsWrong(t *testing.T) {
	for _, f := range []Form{{Port: "http"}, {Port: "99999"}, {Status: "many"}, {Payload: "xyz", Hex: true}} {
		if f.Problem(narrate.Chinese) == "" {
			t.Errorf("%s has no mistake", f.Text())
		}
	}
	if f := (Form{Method: "GET", Status: "200"}); !f.Mixed() {
		t.Error("a packet may be a request and a response")
	}
}
