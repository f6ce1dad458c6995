package postgres

import (
	"strings"
)

var conversations = []struct {
	name   string
	script []string
	want   string
}{
	{
		"a session with a simple query",
		[]string{
			"c " + hello, "s " + welcome, "c " + query("SELECT id, name FROM t"),
			"s " + columns("id", "name") + row("1", "Ann") + row("2", "NULL") + row("3", "") + tag("SELECT 3") + readyI, "c " + msg('X', ""), "c.", "s.",
		},
		`c[0,32) StartupMessage v3.0 user=ann database=shop
s[0,9) Authentication auth0 <- StartupMessage
s[9,34) ParameterStatus server_version=15.6
s[34,47) BackendKeyData pid77 limit0
s[47,53) ReadyForQuery 'I' <- StartupMessage
c[32,60) Query "SELECT id, name FROM t"
s[53,104) RowDescription 2 columns id:25 name:25 <- Query {SELECT id, name FROM}
s[104,155) DataRow x3 2 columns ("1" "Ann") ("2" NULL) ("3" "") of id <- Query {SELECT id, name FROM}
s[155,169) CommandComplete "SELECT 3" <- Query {SELECT id, name FROM}
s[169,175) ReadyForQuery 'I' <- Query {SELECT id, name FROM}
c[60,65) Terminate`,
	},
	{
		"encryption is refused, asked for again and refused, then in clear",
		[]string{"c " + opening(codeGSS, ""), "s N", "c " + askTLS, "s N", "c " + hello, "s " + msg('R', i32(0))},
		`c[0,8) GSSENCRequest
s[0,1) EncryptionAnswer 'N' <- GSSENCRequest
c[8,16) SSLRequest
s[1,2) EncryptionAnswer 'N' <- SSLRequest
c[16,48) StartupMessage v3.0 user=ann database=shop
s[2,11) Authentication auth0 <- StartupMessage`,
	},
	{
		"encryption is granted",
		[]string{"c " + askTLS + "early", "s S", "c \x16\x03\x01", "s more", "c.", "s."},
		`c[0,8) SSLRequest
s[0,1) EncryptionAnswer 'S' <- SSLRequest NEXT tls
c rest at 8 "early"
s rest at 1 ""`,
	},
	{
		"encryption by GSSAPI is granted",
		[]string{"c " + opening(codeGSS, ""), "s G"},
		`c[0,8) GSSENCRequest
s[0,1) EncryptionAnswer 'G' <- GSSENCRequest NEXT gssapi
c rest at 8 ""
s rest at 1 ""`,
	},
	{
		"the answer to the request for encryption comes first",
		[]string{"s S", "c " + askTLS},
		`c[0,8) SSLRequest
s[0,1) EncryptionAnswer 'S' <- SSLRequest NEXT tls
c rest at 8 ""
s rest at 1 ""`,
	},
	{
		"an old server does not know requests for encryption",
		[]string{"c " + askTLS + hello, "s " + msg('E', "SFATAL\x00Munsupported\x00\x00"), "s."},
		`c[0,8) SSLRequest
c[8,40) StartupMessage v3.0 user=ann database=shop
s[0,26) ErrorResponse S=FATAL M=unsupported <- StartupMessage`,
	},
	{
		"a request to cancel",
		[]string{"c " + opening(codeCancel, i32(77)+i32(12345)), "c."},
		`c[0,16) CancelRequest pid77 limit0`,
	},
	{
		"passwords are not kept",
		[]string{
			"c " + hello, "s " + msg('R', i32(3)), "c " + msg('p', "secret\x00"), "s " + msg('R', i32(5)+"salt"), "c " + msg('p', "md5secret\x00"),
			"s " + msg('R', i32(10)+"SCRAM-SHA-256-PLUS\x00SCRAM-SHA-256\x00\x00"), "c " + msg('p', "SCRAM-SHA-256\x00"+val("n,,n=,r=secret")), "s " + msg('R', i32(11)+"r=x"),
			"c " + msg('p', "c=biws"), "s " + msg('R', i32(12)+"v=x") + msg('E', "SFATAL\x00VFATAL\x00C28P01\x00Mpassword authentication failed\x00\x00"),
			"c " + query("ALTER ROLE ann PASSWORD  'it''s secret' VALID") + query("create user x password 'open"),
		},
		`c[0,32) StartupMessage v3.0 user=ann database=shop
s[0,9) Authentication auth3 <- StartupMessage
c[32,44) PasswordMessage auth3
s[9,22) Authentication auth5 <- PasswordMessage
c[44,59) PasswordMessage auth5
s[22,65) Authentication SCRAM-SHA-256-PLUS,SCRAM-SHA-256 auth10 <- PasswordMessage
c[59,96) PasswordMessage SCRAM-SHA-256 auth10
s[65,77) Authentication auth11 <- PasswordMessage
c[96,107) PasswordMessage auth11
s[77,89) Authentication auth12 <- PasswordMessage
s[89,148) ErrorResponse S=FATAL V=FATAL C=28P01 M=password authentication failed <- PasswordMessage
c[107,158) Query "ALTER ROLE ann PASSWORD  '••••' VALID"
c[158,192) Query "create user x password '••••'"`,
	},
	{
		"prepared, bound, described and executed, twice",
		[]string{
			"c " + hello, "s " + welcome,
			"c " + msg('P', "s1\x00SELECT name FROM t WHERE id=$1\x00"+i16(1)+i32(23)) + msg('D', "Ss1\x00") + msg('S', ""),
			"s " + msg('1', "") + msg('t', i16(1)+i32(23)) + columns("name") + readyI,
			"c " + msg('B', "p\x00s1\x00"+i16(0)+i16(2)+val("7")+i32(-1)+i16(0)) + msg('E', "p\x00"+i32(2)) + msg('B', "\x00s1\x00"+i16(1)+i16(1)+i16(1)+val("8")+i16(0)) +
				msg('E', "\x00"+i32(0)) + msg('C', "Pp\x00") + msg('S', "") + msg('H', ""),
			"s " + msg('2', "") + row("a") + row("b") + msg('s', "") + msg('2', "") + row("c") + tag("SELECT 1") + msg('3', "") + readyI,
		},
		`c[0,32) StartupMessage v3.0 user=ann database=shop
s[0,9) Authentication auth0 <- StartupMessage
s[9,34) ParameterStatus server_version=15.6
s[34,47) BackendKeyData pid77 limit0
s[47,53) ReadyForQuery 'I' <- StartupMessage
c[32,77) Parse s1 "SELECT name FROM t WHERE id=$1" 1 values
c[77,86) Describe s1 {SELECT name FROM t W}
c[86,91) Sync
s[53,58) ParseComplete <- Parse {SELECT name FROM t W}
s[58,69) ParameterDescription 1 values <- Describe {SELECT name FROM t W}
s[69,99) RowDescription 1 columns name:25 <- Describe {SELECT name FROM t W}
s[99,105) ReadyForQuery 'I' <- Sync
c[91,116) Bind s1 p 2 values "7" NULL {SELECT name FROM t W}
c[116,127) Execute p pid0 limit2 {SELECT name FROM t W}
c[127,149) Bind s1 1 values "8" {SELECT name FROM t W}
c[149,159) Execute {SELECT name FROM t W}
c[159,167) Close p
c[167,172) Sync
c[172,177) Flush
s[105,110) BindComplete <- Bind {SELECT name FROM t W}
s[110,134) DataRow x2 1 columns ("a") ("b") of name <- Execute {SELECT name FROM t W}
s[134,139) PortalSuspended <- Execute {SELECT name FROM t W}
s[139,144) BindComplete <- Bind {SELECT name FROM t W}
s[144,156) DataRow x1 1 columns ("c") of name <- Execute {SELECT name FROM t W}
s[156,170) CommandComplete "SELECT 1" <- Execute {SELECT name FROM t W}
s[170,175) CloseComplete <- Close
s[175,181) ReadyForQuery 'I' <- Sync`,
	},
	{
		"an error makes the backend skip to the Sync, also one that is still to come",
		[]string{
			"c " + hello, "s " + welcome, "c " + msg('P', "\x00SELEC\x00"+i16(0)) + msg('B', "\x00\x00"+i16(0)+i16(0)+i16(0)),
			"s " + msg('E', "SERROR\x00C42601\x00Msyntax error\x00P1\x00\x00"), "c " + msg('D', "P\x00") + msg('E', "\x00"+i32(0)) + msg('S', "") + query("SELECT 1"),
			"s " + msg('Z', "E") + msg('I', "") + readyI,
		},
		`c[0,32) StartupMessage v3.0 user=ann database=shop
s[0,9) Authentication auth0 <- StartupMessage
s[9,34) ParameterStatus server_version=15.6
s[34,47) BackendKeyData pid77 limit0
s[47,53) ReadyForQuery 'I' <- StartupMessage
c[32,46) Parse "SELEC"
c[46,59) Bind {SELEC}
s[53,90) ErrorResponse S=ERROR C=42601 M=syntax error P=1 <- Parse {SELEC}
c[59,66) Describe {SELEC}
c[66,76) Execute {SELEC}
c[76,81) Sync
c[81,95) Query "SELECT 1"
s[90,96) ReadyForQuery 'E' <- Sync
s[96,101) EmptyQueryResponse <- Query {SELECT 1}
s[101,107) ReadyForQuery 'I' <- Query {SELECT 1}`,
	},
	{
		"COPY in both ways",
		[]string{
			"c " + hello, "s " + welcome, "c " + query("COPY t FROM STDIN"), "s " + msg('G', "\x00"+i16(2)+i16(0)+i16(0)),
			"c " + msg('d', "1\tx\n") + msg('d', "2\ty\n") + msg('c', ""), "s " + tag("COPY 2") + readyI,
			"c " + query("COPY t TO STDOUT"), "s " + msg('H', "\x00"+i16(1)+i16(0)) + msg('d', "1\n") + msg('d', "2\n") + msg('c', "") + tag("COPY 2") + readyI,
			"c " + query("COPY t FROM STDIN"), "s " + msg('G', "\x00"+i16(0)), "c " + msg('f', "no\x00"), "s " + msg('E', "SERROR\x00C57014\x00\x00") + readyI,
		},
		`c[0,32) StartupMessage v3.0 user=ann database=shop
s[0,9) Authentication auth0 <- StartupMessage
s[9,34) ParameterStatus server_version=15.6
s[34,47) BackendKeyData pid77 limit0
s[47,53) ReadyForQuery 'I' <- StartupMessage
c[32,55) Query "COPY t FROM STDIN"
s[53,65) CopyInResponse 2 columns <- Query {COPY t FROM STDIN}
c[55,73) CopyData x2 ("1\tx\n") ("2\ty\n")
c[73,78) CopyDone
s[65,77) CommandComplete "COPY 2" <- Query {COPY t FROM STDIN}
s[77,83) ReadyForQuery 'I' <- Query {COPY t FROM STDIN}
c[78,100) Query "COPY t TO STDOUT"
s[83,93) CopyOutResponse 1 columns <- Query {COPY t TO STDOUT}
s[93,107) CopyData x2 ("1\n") ("2\n") <- Query {COPY t TO STDOUT}
s[107,112) CopyDone <- Query {COPY t TO STDOUT}
s[112,124) CommandComplete "COPY 2" <- Query {COPY t TO STDOUT}
s[124,130) ReadyForQuery 'I' <- Query {COPY t TO STDOUT}
c[100,123) Query "COPY t FROM STDIN"
s[130,138) CopyInResponse <- Query {COPY t FROM STDIN}
c[123,131) CopyFail "no"
s[138,158) ErrorResponse S=ERROR C=57014 <- Query {COPY t FROM STDIN}
s[158,164) ReadyForQuery 'I' <- Query {COPY t FROM STDIN}`,
	},
	{
		"replication",
		[]string{
			"c " + opening(3<<16, "user\x00r\x00replication\x00true\x00\x00"), "s " + welcome, "c " + query("START_REPLICATION 0/1"), "s " + msg('W', "\x00"+i16(0)),
			"s " + msg('d', "w"+strings.Repeat("\x00", 24)) + msg('d', "k"+strings.Repeat("\x00", 17)), "c " + msg('d', "r"+strings.Repeat("\x00", 33)),
			"s " + msg('d', "?"),
		},
		`c[0,33) StartupMessage v3.0 user=r replication=true
s[0,9) Authentication auth0 <- StartupMessage
s[9,34) ParameterStatus server_version=15.6
s[34,47) BackendKeyData pid77 limit0
s[47,53) ReadyForQuery 'I' <- StartupMessage
c[33,60) Query "START_REPLICATION 0/1"
s[53,61) CopyBothResponse <- Query {START_REPLICATION 0/}
s[61,91) CopyData x1 replication w ("w\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00") <- Query {START_REPLICATION 0/}
s[91,114) CopyData x1 replication k ("k\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00") <- Query {START_REPLICATION 0/}
c[60,99) CopyData x1 replication r ("r\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")
s[114,120) CopyData x1 ("?") <- Query {START_REPLICATION 0/}`,
	},
	{
		"unasked: notices, notifications, parameters; a function call; an offered version",
		[]string{
			"c " + opening(3<<16|2, "user\x00a\x00_pq_.x\x001\x00\x00"), "s " + msg('v', i32(3<<16)+i32(1)+"_pq_.x\x00") + welcome,
			"c " + msg('F', i32(1)+i16(0)+i16(1)+val("x")+i16(0)),
			"s " + msg('N', "SNOTICE\x00Mhi\x00\x00") + msg('V', val("y")) + readyI + msg('A', i32(5)+"ch\x00pay\x00") + msg('S', "TimeZone\x00UTC\x00"),
		},
		`c[0,25) StartupMessage v3.2 user=a _pq_.x=1
s[0,20) NegotiateProtocolVersion v3.0 _pq_.x= <- StartupMessage
s[20,29) Authentication auth0 <- StartupMessage
s[29,54) ParameterStatus server_version=15.6
s[54,67) BackendKeyData pid77 limit0
s[67,73) ReadyForQuery 'I' <- StartupMessage
c[25,45) FunctionCall 1 values
s[73,91) NoticeResponse S=NOTICE M=hi
s[91,101) FunctionCallResponse 1 values "y" <- FunctionCall
s[101,107) ReadyForQuery 'I' <- FunctionCall
s[107,123) NotificationResponse "pay" pid5 limit0 channel=ch
s[123,141) ParameterStatus TimeZone=UTC`,
	},
	{
		"version 2 is named, and not read",
		[]string{"c " + opening(2<<16, "shop"+strings.Repeat("\x00", 60)+"ann"+strings.Repeat("\x00", 285-64-3)), "s R\x00\x00\x00\x00", "c Qselect\x00", "s-5", "c.", "s."},
		`c[0,293) StartupMessage v2.0 database=shop user=ann !old-version
c[293,301) Unreadable 8+0 BROKEN PostgreSQL version
s[0,10) Unreadable 5+5 BROKEN PostgreSQL version`,
	},
	{
		"what is not as it should be",
		[]string{
			"c " + hello, "s " + welcome, "c " + query("SELECT 1"), "s " + msg('Z', "X") + msg('Z', "") + msg('T', i16(5)) + msg('T', i16(1)+"name") + msg('D', i16(1)+i32(-2)) +
				msg('D', i16(0)+"x") + msg('C', "no end") + msg('q', "what") + msg('K', ""), "c " + msg('D', "X\x00") + msg('C', "S") + msg('Q', "a\x00b\x00"),
		},
		`c[0,32) StartupMessage v3.0 user=ann database=shop
s[0,9) Authentication auth0 <- StartupMessage
s[9,34) ParameterStatus server_version=15.6
s[34,47) BackendKeyData pid77 limit0
s[47,53) ReadyForQuery 'I' <- StartupMessage
c[32,46) Query "SELECT 1"
s[53,59) ReadyForQuery 'X' <- Query {SELECT 1} !bad-status
s[59,64) ReadyForQuery !malformed
s[64,71) RowDescription !malformed
s[71,82) RowDescription !malformed
s[82,101) DataRow x2 () () !malformed
s[101,112) CommandComplete "no end" !malformed
s[112,121) Unknown !unknown-type
s[121,126) BackendKeyData !malformed
c[46,53) Describe !malformed
c[53,59) Close !malformed
c[59,68) Query "a" !malformed`,
	},
	{
		"from the middle: a query, whoever is taken for the client",
		[]string{"s " + query("SELECT 1"), "c " + columns("a") + row("1") + tag("SELECT 1") + readyI},
		`s[0,14) Query "SELECT 1"
c[0,27) RowDescription 1 columns a:25 <- Query {SELECT 1}
c[27,39) DataRow x1 1 columns ("1") of a <- Query {SELECT 1}
c[39,53) CommandComplete "SELECT 1" <- Query
c[53,59) ReadyForQuery 'I' <- Query {SELECT 1}`,
	},
	{
		"from the middle: rows",
		[]string{"s " + row("1") + tag("SELECT 1") + readyI, "c " + msg('S', "")},
		`s[0,12) DataRow x1 1 columns ("1")
s[12,26) CommandComplete "SELECT 1"
s[26,32) ReadyForQuery 'I'
c[0,5) Sync`,
	},
	{
		"from the middle of a message",
		[]string{"s ello\x00world", "c " + query("SELECT 1"), "s " + columns("a") + row("1") + tag("SELECT 1") + readyI},
		`s[0,10) Unreadable 10+0 BROKEN not PostgreSQL
c[0,14) Query "SELECT 1"
s[10,37) RowDescription 1 columns a:25
s[37,49) DataRow x1 1 columns ("1") of a
s[49,63) CommandComplete "SELECT 1"
s[63,69) ReadyForQuery 'I'`,
	},
	{
		"a gap inside a row, and one over rows up to the next ReadyForQuery",
		[]string{
			"c " + hello, "s " + welcome, "c " + query("SELECT 1"), "s " + columns("a") + row("1") + row("23456789")[:9], "s-4", "s " + row("23456789")[13:] + row("2"),
			"s-100", "s gh" + tag("SELECT 9") + "Z\x00\x00Z\x00\x00\x00\x05X" + readyI, "c " + query("SELECT 2"), "s " + tag("SELECT 0") + readyI,
		},
		`c[0,32) StartupMessage v3.0 user=ann database=shop
s[0,9) Authentication auth0 <- StartupMessage
s[9,34) ParameterStatus server_version=15.6
s[34,47) BackendKeyData pid77 limit0
s[47,53) ReadyForQuery 'I' <- StartupMessage
c[32,46) Query "SELECT 1"
s[53,80) RowDescription 1 columns a:25 <- Query {SELECT 1}
s[80,123) DataRow 43+4 x3 1 columns ("1") ("2") of a <- Query {SELECT 1} BROKEN gap
s[123,223) Unreadable 0+100 BROKEN gap
s[223,248) Unreadable 25+0 BROKEN not PostgreSQL
s[248,254) ReadyForQuery 'I' guessed
c[46,60) Query "SELECT 2"
s[254,268) CommandComplete "SELECT 0" <- Query {SELECT 2}
s[268,274) ReadyForQuery 'I' <- Query {SELECT 2}`,
	},
	{
		"a gap that hides a query",
		[]string{"c " + hello, "s " + welcome, "c-40", "s " + tag("SELECT 0") + readyI, "c " + query("SELECT 2"), "s " + tag("SELECT 0") + readyI},
		`c[0,32) StartupMessage v3.0 user=ann database=shop
s[0,9) Authentication auth0 <- StartupMessage
s[9,34) ParameterStatus server_version=15.6
s[34,47) BackendKeyData pid77 limit0
s[47,53) ReadyForQuery 'I' <- StartupMessage
c[32,72) Unreadable 0+40 BROKEN gap
s[53,67) CommandComplete "SELECT 0"
s[67,73) ReadyForQuery 'I'
c[72,86) Query "SELECT 2" guessed
s[73,87) CommandComplete "SELECT 0" <- Query {SELECT 2}
s[87,93) ReadyForQuery 'I' <- Query {SELECT 2}`,
	},
	{
		"gaps where encryption is asked for",
		[]string{"c " + askTLS, "s-1", "c " + hello, "s " + welcome, "c-5"},
		`c[0,8) SSLRequest
s[0,1) Unreadable 0+1 BROKEN gap
c[8,40) StartupMessage v3.0 user=ann database=shop
s[1,10) Authentication auth0 <- StartupMessage guessed
s[10,35) ParameterStatus server_version=15.6
s[35,48) BackendKeyData pid77 limit0
s[48,54) ReadyForQuery 'I' <- StartupMessage
c[40,45) Unreadable 0+5 BROKEN gap`,
	},
	{
		"a gap while the frontend waits",
		[]string{"c " + askTLS, "c-5", "c " + query("SELECT 1"), "s N"},
		`c[0,8) SSLRequest
c[8,13) Unreadable 0+5 BROKEN gap
c[13,27) Query "SELECT 1" guessed
s[0,1) EncryptionAnswer 'N' <- SSLRequest`,
	},
	{
		"no PostgreSQL",
		[]string{"c \x16\x03\x01\x02\x00", "s HTTP/1.1 400 Bad Request\r\n", "c.", "s."},
		`c[0,5) Unreadable 5+0 BROKEN not PostgreSQL
s[0,26) Unreadable 26+0 BROKEN not PostgreSQL`,
	},
	{
		"messages of impossible lengths",
		[]string{"c " + hello, "s " + welcome, "c Q\x00\x00\x00\x03x", "s R\xff\xff\xff\xffx", "c \x00\x00\x00\x03", "c!", "s!"},
		`c[0,32) StartupMessage v3.0 user=ann database=shop
s[0,9) Authentication auth0 <- StartupMessage
s[9,34) ParameterStatus server_version=15.6
s[34,47) BackendKeyData pid77 limit0
s[47,53) ReadyForQuery 'I' <- StartupMessage
c[32,38) Unreadable 6+0 BROKEN not PostgreSQL
s[53,59) Unreadable 6+0 BROKEN not PostgreSQL
c[38,42) Unreadable 4+0 BROKEN cut off`,
	},
	{
		"an impossible startup",
		[]string{"c \x00\x00\x00\x09\x00\x03\x00\x00", "c " + strings.Repeat("x", 10), "c."},
		`c[0,9) StartupMessage v3.0 x= !malformed
c[9,18) Unreadable 9+0 BROKEN not PostgreSQL`,
	},
	{
		"cut off in a row, a message, a header and a held startup",
		[]string{"c " + hello, "s " + welcome + columns("a") + row("1") + row("234")[:12], "s!", "c " + query("SELECT 1")[:12], "c!"},
		`c[0,32) StartupMessage v3.0 user=ann database=shop
s[0,9) Authentication auth0 <- StartupMessage
s[9,34) ParameterStatus server_version=15.6
s[34,47) BackendKeyData pid77 limit0
s[47,53) ReadyForQuery 'I' <- StartupMessage
s[53,80) RowDescription 1 columns a:25
s[80,104) DataRow x1 1 columns ("1") of a BROKEN cut off
c[32,44) Query "SELECT " BROKEN cut off`,
	},
	{
		"cut off in a header behind rows",
		[]string{"c " + hello, "s " + welcome + row("1") + "C\x00", "s.", "c Q\x00", "c."},
		`c[0,32) StartupMessage v3.0 user=ann database=shop
s[0,9) Authentication auth0 <- StartupMessage
s[9,34) ParameterStatus server_version=15.6
s[34,47) BackendKeyData pid77 limit0
s[47,53) ReadyForQuery 'I' <- StartupMessage
s[53,65) DataRow x1 1 columns ("1")
s[65,67) Unreadable 2+0 BROKEN connection closed
c[32,34) Unreadable 2+0 BROKEN connection closed`,
	},
	{
		"closed while the frontend waits",
		[]string{"c " + askTLS + hello[:9], "c."},
		`c[0,8) SSLRequest
c[8,17) StartupMessage v3.0 u= BROKEN connection closed`,
	},
}
