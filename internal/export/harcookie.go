package export

import (
	"strings"
	"time"
)

type harCookie struct {
	Name     string `json:"name"`
	Value    string `json:"value"`
	Path     string `json:"path,omitempty"`
	Domain   string `json:"domain,omitempty"`
	Expires  string `json:"expires,omitempty"`
	HTTPOnly bool   `json:"httpOnly,omitempty"`
	Secure   bool   `json:"secure,omitempty"`
	SameSite string `json:"sameSite,omitempty"`
}

// requestCookies reads the values of Cookie fields (RFC 6265 §5.4).
func requestCookies(values []string) []harCookie {
	out := []harCookie{}
	for _, v := range values {
		for part := range strings.SplitSeq(v, ";") {
			if c, ok := cookie(part); ok && len(out) < maxPairs {
				out = append(out, c)
			}
		}
	}
	return out
}

// responseCookies reads the values of Set-Cookie fields (RFC 6265 §5.2).
func responseCookies(values []string) []harCookie {
	out := []harCookie{}
	for _, v := range values {
		first, rest, _ := strings.Cut(v, ";")
		c, ok := cookie(first)
		if !ok {
			continue
		}
		for part := range strings.SplitSeq(rest, ";") {
			c.attribute(part)
		}
		out = append(out, c)
	}
	return out
}

func cookie(pair string) (c harCookie, ok bool) {
	name, value, found := strings.Cut(pair, "=")
	name = strings.TrimSpace(name)
	return harCookie{Name: readable(name), Value: readable(strings.TrimSpace(value))}, found && name != ""
}

// attribute reads one attribute of Set-Cookie; unknown ones are passed over.
func (c *harCookie) attribute(part string) {
	name, value, _ := strings.Cut(part, "=")
	value = readable(strings.TrimSpace(value))
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "path":
		c.Path = value
	case "domain":
		c.Domain = value
	case "httponly":
		c.HTTPOnly = true
	case "secure":
		c.Secure = true
	case "samesite":
		c.SameSite = value
	case "expires":
		// The forms of RFC 9110 §5.6.7 and the one with hyphens that servers send.
		for _, form := range [...]string{time.RFC1123, "Mon, 02-Jan-2006 15:04:05 MST", time.RFC850, time.ANSIC} {
			if t, err := time.Parse(form, value); err == nil {
				c.Expires = t.UTC().Format(time.RFC3339)
				return
			}
		}
	}
}
