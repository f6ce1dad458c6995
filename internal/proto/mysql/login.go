package mysql

// Capability is one of the flags by which both sides say what they can. The upper 32 bits are MariaDB's own.
type Capability uint64

// The capabilities that change how packets are read, or that a person may ask about.
const (
	CapMySQL             Capability = 1 << 0 // CLIENT_LONG_PASSWORD; MariaDB leaves it out to say that it is not MySQL
	CapConnectWithDB     Capability = 1 << 3
	CapCompress          Capability = 1 << 5
	CapLocalFiles        Capability = 1 << 7
	CapProtocol41        Capability = 1 << 9
	CapTLS               Capability = 1 << 11
	CapSecureConnection  Capability = 1 << 15
	CapPluginAuth        Capability = 1 << 19
	CapConnectAttrs      Capability = 1 << 20
	CapLongAuth          Capability = 1 << 21 // CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA
	CapSessionTrack      Capability = 1 << 23
	CapDeprecateEOF      Capability = 1 << 24
	CapOptionalMetadata  Capability = 1 << 25
	CapZstd              Capability = 1 << 26
	CapQueryAttributes   Capability = 1 << 27
	CapExtendedMetadata  Capability = 1 << 35 // MariaDB
	CapCacheMetadata     Capability = 1 << 36 // MariaDB
	mariaDBCapabilityBit            = 32
)

// Has reports that all the flags in f are set.
func (c Capability) Has(f Capability) bool { return c&f == f }

// Hello is what the server says first (Protocol::HandshakeV10).
type Hello struct {
	Version      string
	Thread       uint32 // the connection's id on the server
	Capabilities Capability
	Plugin       string // the authentication plugin, "" if it names none
}

// Account is how the client logs in (Protocol::HandshakeResponse41 and 320, COM_CHANGE_USER).
type Account struct {
	Capabilities Capability
	User         string
	Database     string
	Plugin       string
	// AuthLen is the length of what proves who the user is: a hash, or with some plugins the password itself.
	AuthLen uint64
	// Attributes are what the client tells of itself.
	Attributes []Value
}

// Auth is one step of an authentication plugin.
type Auth struct {
	// Plugin is the plugin that the server asks for, in AuthSwitch.
	Plugin string
	// Len is how many bytes the step has; they may be a secret and are not kept.
	Len int64
	// Step is what the bytes mean where that is known.
	Step AuthStep
}

// AuthStep is a step of caching_sha2_password and its kin.
type AuthStep uint8

// The steps.
const (
	StepOther     AuthStep = iota
	StepFast               // the server knows the hash: done
	StepFull               // the server does not know the hash: the password itself is due
	StepKeyWanted          // the client asks for the server's public key
	StepKey                // the key
)

// Bounds of logins.
const (
	// maxName is how much of any one name is kept: identifiers have at most 64 characters of 4 bytes, some paths more.
	maxName = 512
	// maxAttributes bounds the attributes of a login or query that are kept; clients send about eight.
	maxAttributes = 64
)

// readHello reads the server's first packet; false if it is none.
func readHello(b []byte) (*Hello, bool) {
	const (
		protocol10 = 10
		salt       = 8 // the first bytes of the challenge, which is not kept
	)
	c := cursor{b: b}
	if c.u8() != protocol10 {
		return nil, false
	}
	h := &Hello{Version: c.terminated(), Thread: c.u32()}
	c.take(salt + 1)
	h.Capabilities = Capability(c.u16())
	if c.short || !plain(h.Version) {
		return nil, false
	}
	if len(c.b) == 0 {
		return h, true // before MySQL 4.1
	}
	c.take(3) // character set and status
	h.Capabilities |= Capability(c.u16()) << 16
	challenge := c.u8()
	c.take(6)
	extended := Capability(c.u32())
	if !h.Capabilities.Has(CapMySQL) {
		h.Capabilities |= extended << mariaDBCapabilityBit
	}
	if h.Capabilities.Has(CapPluginAuth) || h.Capabilities.Has(CapSecureConnection) {
		c.take(min(uint64(max(13, int(challenge)-salt)), uint64(len(c.b))))
	}
	if h.Capabilities.Has(CapPluginAuth) {
		h.Plugin = c.terminated()
	}
	return h, !c.short || len(c.b) == 0
}

// plain reports that s is a version as servers write it.
func plain(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return s != ""
}

// readAccount reads the client's answer to the greeting. tls says that it is only a request for TLS.
func readAccount(b []byte) (a *Account, tls, short bool) {
	const tlsRequestLen = 32 // the answer up to the user's name
	c := cursor{b: b}
	a = &Account{Capabilities: Capability(c.u16())}
	if !a.Capabilities.Has(CapProtocol41) {
		return a, a.Capabilities.Has(CapTLS) && len(b) <= 5, a.readOld(&c)
	}
	a.Capabilities |= Capability(c.u16()) << 16
	c.take(4 + 1 + 19) // the longest packet, the character set, nothing
	extended := Capability(c.u32())
	if !a.Capabilities.Has(CapMySQL) {
		a.Capabilities |= extended << mariaDBCapabilityBit
	}
	if a.Capabilities.Has(CapTLS) && len(b) == tlsRequestLen {
		return a, true, false
	}
	a.User = c.terminated()
	a.readSecret(&c)
	if a.Capabilities.Has(CapConnectWithDB) && len(c.b) > 0 {
		a.Database = c.terminated()
	}
	a.readRest(&c)
	return a, false, c.short
}

// readOld reads what follows in Protocol::HandshakeResponse320.
func (a *Account) readOld(c *cursor) (short bool) {
	c.take(3)
	a.User = c.terminated()
	if a.Capabilities.Has(CapConnectWithDB) {
		a.AuthLen = uint64(len(c.terminated()))
		a.Database = c.terminated()
		return c.short
	}
	a.AuthLen = uint64(len(c.b))
	return c.short
}

// readSecret passes over the proof of identity.
func (a *Account) readSecret(c *cursor) {
	switch {
	case a.Capabilities.Has(CapLongAuth):
		_, a.AuthLen, _ = c.counted()
	case a.Capabilities.Has(CapSecureConnection):
		a.AuthLen = uint64(c.u8())
		c.take(a.AuthLen)
	default:
		a.AuthLen = uint64(len(c.terminated()))
	}
}

// readRest reads the plugin and the attributes.
func (a *Account) readRest(c *cursor) {
	if a.Capabilities.Has(CapPluginAuth) && len(c.b) > 0 {
		a.Plugin = c.terminated()
	}
	if !a.Capabilities.Has(CapConnectAttrs) || len(c.b) == 0 {
		return
	}
	b, _, _ := c.counted()
	for in := (cursor{b: b}); len(in.b) > 0 && len(a.Attributes) < maxAttributes; {
		v := Value{Name: in.name()}
		v.Text, v.Size, _ = in.counted()
		v.Text = append([]byte(nil), v.Text[:min(len(v.Text), maxName)]...)
		c.short = c.short || in.short
		a.Attributes = append(a.Attributes, v)
	}
}

// readChangeUser reads COM_CHANGE_USER behind its first byte.
func readChangeUser(b []byte, caps Capability) (a *Account, short bool) {
	c := cursor{b: b}
	a = &Account{Capabilities: caps, User: c.terminated()}
	if caps.Has(CapSecureConnection) {
		a.AuthLen = uint64(c.u8())
		c.take(a.AuthLen)
	} else {
		a.AuthLen = uint64(len(c.terminated()))
	}
	a.Database = c.terminated()
	if len(c.b) > 0 {
		c.take(2) // character set
	}
	a.readRest(&c)
	return a, c.short
}
