// Package filter finds things in a capture: packets by a display filter, and text, bytes or patterns in what was said.
//
// A display filter is a subset of Wireshark's language (4.0) with the same meaning, read by Parse into a Filter. Packets and
// Connections yield its results connection by connection. A filter is evaluated in three steps, each with what the one
// before could not decide: over the summary of a connection, over the records of its packets, and only then over payload
// and messages, for which the capture is read again once, from front to back (session.Replay). ParseSearch makes a Search
// for text; ParseQuery decides for the box in which either may be typed.
//
// # How to add a field
//
// A field is one entry in a table: its name as in Wireshark, its type, its level, a sentence about it in both languages, and
// a function that appends its values. Protocols have a file with their table each (fieldshttp.go is a model); list it in
// tables in field.go. The level says what the values come from: Connection (row.conn and row.dir), Packet (row.rec), Payload
// (row.seg and row.frame), Message (a session.Message, on the packet that completed it unless placedOn says otherwise; keeping
// marks those that need the text that a message carries; detailField makes the usual ones). A field that many packets of a
// connection cannot have may say so with absent: then these connections are not looked at. A new kind of message whose
// decoded text is not in the payload as it stands also needs a case in content.go, so that searches find it.
//
// # Differences from Wireshark
//
// One row is one TCP segment, not one frame, and only TCP counts: ip.addr is that of the header directly below TCP. "matches" is
// RE2 over UTF-8 and knows no look-around; a byte that is no UTF-8 matches only "." and negated classes. tcp.completeness is
// that of the whole connection, as in a second pass. tcp.time_delta does not know of segments quoted in ICMP errors. Messages
// that are incomplete are found too, on the last packet that carries a part of them, if their beginning could be read:
// Wireshark shows none of those. HTTP/2 is found on any port. "xor", "true", "false" and times with a unit (1.5ms) are
// understood as in newer versions. http2.data.data is that of one frame, not the body put together. Header lines behind one
// without a colon are header lines, not body, and http.file_data is unpacked from zstd too.
//
// Protocols are told by their content, not by their port: DNS, Redis, MySQL and PostgreSQL are found on any. Fields of "dns" see
// messages over TCP only; record types are named as in zone files (AAAA). "tls" is on the packets in which a record ends;
// Wireshark also shows it on some in between. tls.app_data is there or not, without its bytes. The fields of Redis ("resp")
// have the values of a reply on the packet that completes it, where Wireshark repeats them with every packet; passwords are
// not kept, so that no field has them. Rows of a result are one message here: "mysql" and "pgsql.type" are on all packets that
// carry some, the columns of MySQL's on the first. Fields that Wireshark does not have are sse, sse.event, sse.data, sse.id,
// sse.retry and sse.comment (server-sent events), redis.command, and the names redis and postgres for resp and pgsql.
//
// Not understood are functions, slices, arithmetic other than a mask, and comparisons of more than two sides.
package filter
