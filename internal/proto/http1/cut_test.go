package http1

// cutConversations are those of which the capture, or a channel, lacks something that HTTP/1 would need.
var cutConversations = []struct {
	name   string
	events []ev
	want   string
}{
	{
		"HTTP/2 behind an answer that was lost",
		[]ev{req("GET / HTTP/1.0\r\nUpgrade: h2c\r\n\r\n"), hole(res(""), 9), req("PRI * HTTP/2.0\r\n\r\nSM"), req("\r\n")},
		`c[0,32) GET / HTTP/1.0 |Upgrade: h2c
s[0,9) ? body0[0,9)0+9="" BROKEN gap
rest client@32 "PRI * HTTP/2.0\r\n\r\nSM\r\n"
rest server@9 ""`,
	},
	{
		"HTTP/2 in front of an answer that was lost",
		[]ev{req("GET / HTTP/1.0\r\nUpgrade: h2c\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM"), hole(res(""), 9), req("\r\n")},
		`c[0,32) GET / HTTP/1.0 |Upgrade: h2c
s[0,9) ? body0[0,9)0+9="" BROKEN gap
rest client@32 "PRI * HTTP/2.0\r\n\r\nSM\r\n"
rest server@9 ""`,
	},
	{
		"HTTP/2 in front of an answer in HTTP/1",
		[]ev{req("GET /1 HTTP/1.0\r\n\r\nGET /2 HTTP/1.0\r\n\r\nPRI * HTTP/2.0\r\n\r\n"), res("HTTP/1.1 100 -\r\n\r\nHTTP/1.1 204 -\r\n\r\n"), res("HTTP/1.1 400 -\r\nContent-Length: 1\r\n\r\n!?")},
		`c[0,19) GET /1 HTTP/1.0
c[19,38) GET /2 HTTP/1.0
s[0,18) HTTP/1.1 100 - <-GET /1 HTTP/1.0 shown<-GET /2 HTTP/1.0
s[18,36) HTTP/1.1 204 - <-GET /1 HTTP/1.0 shown<-
s[36,74) HTTP/1.1 400 - |Content-Length: 1 body1[73,74)1+0="!" <-GET /2 HTTP/1.0 shown<-
rest client@38 "PRI * HTTP/2.0\r\n\r\n"
rest server@74 "?"`,
	},
	{
		"HTTP/2 in front of an answer that is no HTTP",
		[]ev{req("GET / HTTP/1.0\r\n\r\nPRI * HTTP/2.0\r\n\r\n"), res("HTTP/1. 1204 -\r\n\r")},
		`c[0,18) GET / HTTP/1.0
s[0,16) ?HTTP/1. 1204 - body0[0,16)16+0="HTTP/1. 1204 -\r\n" BROKEN not HTTP
rest client@18 "PRI * HTTP/2.0\r\n\r\n"
rest server@16 "\r"`,
	},
	{
		"HTTP/2 behind an answer that is no HTTP",
		[]ev{hole(req(""), 9), res("HTTP/1.1\x10101 Switching\r\nA: b"), req("PRI * HTTP/2.0\r\n\r\n"), res("x")},
		"c[0,9) ? body0[0,9)0+9=\"\" BROKEN gap\n" +
			"s[0,28) ?HTTP/1.1\x10101 Switching body0[0,28)28+0=\"HTTP/1.1\\x10101 Switching\\r\\nA: b\" BROKEN not HTTP\n" +
			"rest client@9 \"PRI * HTTP/2.0\\r\\n\\r\\n\"\nrest server@28 \"x\"",
	},
	{
		"a start line that the snapshot length cut",
		[]ev{req("GET /a/b HTT"), hole(req(""), 9), res("HTTP/1.1 20"), hole(res(""), 3), req("GET /2 HTTP/1.0\r\n\r\n"), res("HTTP/1.1 204"), hole(res(""), 7), req("GET x"), hole(req(""), 1), req("POST http://h/"), hole(req(""), 5)},
		`c[0,12) GET /a/b  BROKEN gap
c[12,21) ? body0[12,21)0+9="" BROKEN gap
c[21,40) GET /2 HTTP/1.0
s[0,14) ?HTTP/1.1 20 body0[0,14)11+3="HTTP/1.1 20" BROKEN gap
s[14,26) HTTP/1.1 204  <-GET /2 HTTP/1.0 shown<- BROKEN gap
c[40,46) ?GET x body0[40,46)5+1="GET x" BROKEN gap
c[46,60) POST http://h/  BROKEN gap`,
	},
	{
		"a channel that ends before its length",
		[]ev{req("RPC_IN_DATA /rpc HTTP/1.0\r\nContent-Length: 1073741824\r\n\r\nabc"), res("HTTP/1.1 200 -\r\nContent-Length: 1073741824\r\n\r\nde"), fin(req("")), cut(res(""))},
		`c[0,60) RPC_IN_DATA /rpc HTTP/1.0 |Content-Length: 1073741824 body1[57,60)3+0="abc" !channel@0
s[0,48) HTTP/1.1 200 - |Content-Length: 1073741824 body1[46,48)2+0="de" !channel@0 <-RPC_IN_DATA /rpc HTTP/1.0`,
	},
}
