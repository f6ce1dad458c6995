package lesson

import (
	"strconv"
	"strings"

	"tcptalk/internal/narrate"
	"tcptalk/internal/packet"
)

// Facts is what an opened capture says, as far as questions and expectations ask. Packets are named by frame number from 1,
// connections by stream number from 0.
type Facts interface {
	// Connections is the number of TCP connections.
	Connections() int
	// PacketCount is the number of packets of the capture.
	PacketCount() uint32
	// Packet returns what is known about a TCP segment; false if the packet is none.
	Packet(n uint32) (Packet, bool)
	// Closing says how a connection ended; false if there is no such connection.
	Closing(stream uint32) (Closing, bool)
	// Messages returns the application messages of a connection in capture order.
	Messages(stream uint32) []Message
	// Count counts the TCP segments among the packets from to to, both included, that meet a display filter.
	Count(filter string, from, to uint32) (int, error)
	// Others counts the packets in that range that are not TCP and of a protocol: "arp", "icmp", "udp", or what is spoken over
	// UDP, as "dns", "mdns", "ssdp".
	Others(protocol string, from, to uint32) int
	// Files returns the files that can be taken out of the capture.
	Files() []File
}

// Packet is one TCP segment.
type Packet struct {
	Stream uint32
	// Sender is Client or Server.
	Sender string
	// Flags are the letters of the flags present, in the order of packet.FlagLetters.
	Flags string
	// Seq and Ack are relative numbers, Len is the payload length in bytes.
	Seq, Ack, Len uint32
	// Labels are Wireshark's names without "tcp.analysis.".
	Labels []string
	// ClientState and ServerState are the RFC 9293 states after the segment.
	ClientState, ServerState string
}

// The two sides of a connection.
const (
	Client = "client"
	Server = "server"
)

// Closing says how a connection ended.
type Closing struct {
	// Ending is one of Endings.
	Ending string
	// By is the side that began to end the connection: Client, Server or empty.
	By string
}

// Endings are the ways in which a connection ends.
func Endings() []string {
	return []string{"still-open", "no-answer", "refused", "orderly", "simultaneous", "half-closed", "reset"}
}

// Message is one application message. Fields that its protocol does not have are zero.
type Message struct {
	Stream uint32
	// Protocol is the decoder's name: "http", "http2", "websocket", "redis", ...
	Protocol string
	// Packet is the frame number of the segment that completed the message.
	Packet uint32
	// Kind is "request" or "response"; but for HTTP/1 and WebSocket it only says who sent the message.
	Kind string
	// Method, URI and Status are those of HTTP, also of the HTTP/2 frame that ends a header block.
	Method, URI string
	Status      int
	// Opcode, Fin, Masked and Len describe a WebSocket frame.
	Opcode      int
	Fin, Masked bool
	Len         int64
}

// File is a file taken out of the capture, byte for byte.
type File struct {
	Stream uint32
	Name   string
	Size   int64
	// SHA256 is the hash of its bytes in lower-case hex.
	SHA256 string
}

// valueText words a computed value for a reader.
func valueText(what, value string) narrate.Text {
	switch {
	case what == ComputeNextSender && value == Client:
		return narrate.Text{"The client", "客户端"}
	case what == ComputeNextSender && value == Server:
		return narrate.Text{"The server", "服务器"}
	case what == ComputeFlags:
		return same(flagsText(value))
	}
	if n, err := strconv.ParseUint(value, 10, 64); err == nil {
		return same(narrate.Count(n)) // as the chat writes it
	}
	return same(value)
}

// flagsText turns "FA" into "FIN, ACK".
func flagsText(letters string) string {
	var f packet.Flags
	for i, l := range packet.FlagLetters {
		if strings.ContainsRune(letters, l) {
			f |= 1 << i
		}
	}
	return f.String()
}

// same is a text that needs no translation.
func same(s string) narrate.Text {
	var t narrate.Text
	for i := range t {
		t[i] = s
	}
	return t
}
