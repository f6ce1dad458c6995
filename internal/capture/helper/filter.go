package helper

import (
	"net"
	"net/netip"
	"regexp"
	"strings"
)

// token is a word of a capture filter, bytes [from, to).
type token struct {
	text     string
	from, to int
}

// tokens splits a filter as libpcap's scanner does, roughly: words with the dots, colons, slashes and dashes of addresses and
// names in them, operators, brackets.
func tokens(filter string) []token {
	var out []token
	for i := 0; i < len(filter); {
		if isSpace(filter[i]) {
			i++
			continue
		}
		from := i
		switch {
		case isWord(filter[i]) || filter[i] == '\\':
			for i++; i < len(filter) && (isWord(filter[i]) || joins(filter, i)); i++ {
				continue
			}
		case i+1 < len(filter) && twoByteOperators[filter[i:i+2]]:
			i += 2
		default:
			i++
		}
		out = append(out, token{filter[from:i], from, i})
	}
	return out
}

var twoByteOperators = map[string]bool{"&&": true, "||": true, "<=": true, ">=": true, "==": true, "!=": true, "<<": true, ">>": true}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// isWord reports a byte that begins or continues a word. Bytes outside ASCII belong to words: libpcap will refuse them.
func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c >= 0x80
}

// joins reports a byte that continues a word only between two others: port ranges, MAC and IPv6 addresses, host-names.
func joins(filter string, i int) bool {
	switch filter[i] {
	case ':':
		return true
	case '-':
		return i+1 < len(filter) && isWord(filter[i+1])
	}
	return false
}

// Locate returns which bytes of a filter are wrong: the first word with which it cannot be continued into one that compiles.
// compiles says whether libpcap takes a filter. An incomplete filter gives its end, [len, len).
//
// libpcap says that something is wrong but not where. So this tries the filter word by word: a word is good while some
// ending makes the filter up to it compile. The number of tries is bounded by a small multiple of the number of words.
func Locate(filter string, compiles func(string) bool) (from, to int) {
	words := tokens(filter)
	if len(words) > maxLocated {
		return 0, len(filter)
	}
	open := 0
	for _, w := range words {
		switch w.text {
		case "(":
			open++
		case ")":
			open--
		}
		if open < 0 || !completable(filter[:w.to], strings.Repeat(")", open), compiles) {
			return w.from, w.to
		}
	}
	return len(filter), len(filter)
}

// maxLocated bounds the words that Locate tries: more than people write, few enough to answer while they type.
const maxLocated = 400

// endings turn the beginning of a filter into a whole one: nothing, a primitive, what qualifiers and operators wait for.
var endings = []string{
	"", " tcp", " 1", " 1.2.3.4", " 1-2", " host 1.2.3.4", " tcp[0]=1", " =1", "=1", "0]=1", "]=1", " ]=1", " 1 = 1",
	" 10.0.0.0/8", " 1:2:3:4:5:6", " src 1.2.3.4", " port 1", " ::1",
}

func completable(begin, closing string, compiles func(string) bool) bool {
	for _, e := range endings {
		if compiles(begin+e+closing) || closing != "" && compiles(begin+closing+e) {
			return true
		}
	}
	return false
}

// keywords are the words of libpcap's language (pcap-filter(7)).
var keywords = setOf(`
dst src link ether ppp slip fddi tr wlan arp rarp ip sctp tcp udp icmp igmp igrp pim vrrp carp radio ip6 ipv6 icmp6 ah esp
atalk aarp decnet lat sca moprc mopdl iso esis es-is isis is-is l1 l2 iih lsp csnp psnp clnp stp ipx netbeui host net mask
port portrange proto protochain gateway type subtype direction dir address1 address2 address3 address4 addr1 addr2 addr3
addr4 ra ta less greater byte broadcast multicast and or not len length inbound outbound ifindex vlan mpls pppoed pppoes
geneve lane llc metac bcc oam oamf4 oamf4ec oamf4sc sc ilmic vpi vci connectmsg metaconnect on ifname rset ruleset rnr
rulenum srnr subrulenum reason action fisu lssu lsu msu hfisu hlssu hmsu sio opc dpc sls hsio hopc hdpc hsls
icmptype icmpcode icmp-echoreply icmp-unreach icmp-sourcequench icmp-redirect icmp-echo icmp-routeradvert
icmp-routersolicit icmp-timxceed icmp-paramprob icmp-tstamp icmp-tstampreply icmp-ireq icmp-ireqreply icmp-maskreq
icmp-maskreply icmp6type icmp6code tcpflags tcp-fin tcp-syn tcp-rst tcp-push tcp-ack tcp-urg tcp-ece tcp-cwr`)

// named are the words after which a name is one of a list that the system or libpcap has, not a host's.
var named = setOf(`port portrange proto protochain type subtype direction dir on ifname rset ruleset reason action llc`)

// places are the words that end the reach of one of those.
var places = setOf(`host net mask gateway ether ip ip6 arp rarp`)

func setOf(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}

var (
	number  = regexp.MustCompile(`^(0[xX][0-9a-fA-F]+|[0-9]+)$`)
	dotted  = regexp.MustCompile(`^[0-9]+(\.[0-9]+){0,3}$`)
	hwShort = regexp.MustCompile(`^[0-9a-fA-F]{1,4}([:.-][0-9a-fA-F]{1,4}){2,7}$`)
)

// HostName returns the bytes of the first name in a filter that libpcap would look up in the network, and true. A look-up
// while somebody types, or by a program with privilege, is nothing that a capture filter may cause.
func HostName(filter string) (from, to int, found bool) {
	list := false // a name here is one of a list
	for _, w := range tokens(filter) {
		word := w.text
		switch {
		case keywords[word]:
			if named[word] {
				list = true
			} else if places[word] {
				list = false
			}
		case !isWord(word[0]) || list || isAddress(word):
		default:
			return w.from, w.to, true
		}
	}
	return 0, 0, false
}

// isAddress reports what is taken as it stands: numbers and addresses.
func isAddress(word string) bool {
	if number.MatchString(word) || dotted.MatchString(word) || hwShort.MatchString(word) {
		return true
	}
	if _, err := netip.ParseAddr(word); err == nil {
		return true
	}
	_, err := net.ParseMAC(word)
	return err == nil
}
