package lab

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is the type of a parameter.
type Kind uint8

// The kinds of parameters.
const (
	Count  Kind = iota // a number of things
	Size               // bytes
	Pause              // milliseconds
	OneOf              // the index of one of Choices
	Switch             // 0 or 1
)

// Param is something to play with.
type Param struct {
	// Name is what a value is given under, Label what a person reads.
	Name  string
	Label Text
	Kind  Kind
	// Min, Max and Default are in the unit of the kind.
	Min, Max, Default int64
	// Choices belong to OneOf, else empty.
	Choices []Choice
}

// Choice is one of several ways.
type Choice struct {
	Name  string
	Label Text
}

// Values are values of parameters by name, in the unit of their kind. A missing one stands for the default.
type Values map[string]int64

// Parse reads a value as a person writes it: 12, 64k or 2M for sizes, 300ms or 1.5s for pauses, a choice's name, on or off.
func (p *Param) Parse(text string) (int64, error) {
	v, ok := p.parse(strings.TrimSpace(text))
	if ok {
		ok = v >= p.Min && v <= p.Max
	}
	if !ok {
		r := p.Range()
		return 0, &Failure{What: Text{
			fmt.Sprintf("%s=%s is not possible: %s", p.Name, text, r[0]),
			fmt.Sprintf("%s=%s 无效：%s", p.Name, text, r[1]),
		}}
	}
	return v, nil
}

func (p *Param) parse(text string) (int64, bool) {
	switch p.Kind {
	case Size:
		digits, unit := text, int64(1)
		for suffix, factor := range map[string]int64{"k": 1 << 10, "K": 1 << 10, "M": 1 << 20} {
			if rest, ok := strings.CutSuffix(text, suffix); ok {
				digits, unit = rest, factor
			}
		}
		// Bounding the digits first keeps the product from running over.
		v, err := strconv.ParseInt(digits, 10, 32)
		return v * unit, err == nil
	case Pause:
		d, err := time.ParseDuration(text)
		return d.Milliseconds(), err == nil
	case OneOf:
		i := slices.IndexFunc(p.Choices, func(c Choice) bool { return c.Name == text })
		return int64(i), i >= 0
	case Switch:
		return int64(slices.Index([]string{"off", "on"}, text)), text == "on" || text == "off"
	default:
		v, err := strconv.ParseInt(text, 10, 32)
		return v, err == nil
	}
}

// Format writes a value so that Parse reads it.
func (p *Param) Format(v int64) string {
	switch p.Kind {
	case Size:
		switch {
		case v >= 1<<20 && v%(1<<20) == 0:
			return fmt.Sprintf("%dM", v>>20)
		case v >= 1<<10 && v%(1<<10) == 0:
			return fmt.Sprintf("%dk", v>>10)
		}
	case Pause:
		return (time.Duration(v) * time.Millisecond).String()
	case OneOf:
		return p.Choices[v].Name
	case Switch:
		return []string{"off", "on"}[v]
	case Count:
	}
	return strconv.FormatInt(v, 10)
}

// Range says what can be chosen.
func (p *Param) Range() Text {
	switch p.Kind {
	case OneOf:
		names := make([]string, 0, len(p.Choices))
		for _, c := range p.Choices {
			names = append(names, c.Name)
		}
		return Text{strings.Join(names, ", "), strings.Join(names, "、")}
	case Switch:
		return Text{"on, off", "on、off"}
	default:
		low, high := p.Format(p.Min), p.Format(p.Max)
		return Text{low + " to " + high, low + " 到 " + high}
	}
}

// complete checks values and adds the defaults.
func (s *Scenario) complete(given Values) (Values, error) {
	all := Values{}
	for i := range s.Params {
		p := &s.Params[i]
		all[p.Name] = p.Default
		v, ok := given[p.Name]
		if !ok {
			continue
		}
		if v < p.Min || v > p.Max {
			r := p.Range()
			return nil, &Failure{What: Text{
				fmt.Sprintf("%s is out of range: %s", p.Name, r[0]), fmt.Sprintf("%s 超出范围：%s", p.Name, r[1]),
			}}
		}
		all[p.Name] = v
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, ok := all[name]; !ok {
			return nil, s.noParam(name)
		}
	}
	return all, nil
}

// Set reads "name=value" into values.
func (s *Scenario) Set(v Values, assignment string) error {
	name, text, _ := strings.Cut(assignment, "=")
	for i := range s.Params {
		if p := &s.Params[i]; p.Name == name {
			n, err := p.Parse(text)
			if err == nil {
				v[name] = n
			}
			return err
		}
	}
	return s.noParam(name)
}

func (s *Scenario) noParam(name string) error {
	names := make([]string, 0, len(s.Params))
	for _, p := range s.Params {
		names = append(names, p.Name)
	}
	return &Failure{What: Text{
		fmt.Sprintf("%s has no parameter %q; it has: %s", s.ID, name, strings.Join(names, ", ")),
		fmt.Sprintf("%s 没有参数 %q；可用的有：%s", s.ID, name, strings.Join(names, "、")),
	}}
}

func count(name string, label Text, low, high, usual int64) Param {
	return Param{Name: name, Label: label, Kind: Count, Min: low, Max: high, Default: usual}
}

func size(name string, label Text, low, high, usual int64) Param {
	return Param{Name: name, Label: label, Kind: Size, Min: low, Max: high, Default: usual}
}

func pause(name string, label Text, low, high, usual time.Duration) Param {
	return Param{
		Name: name, Label: label, Kind: Pause,
		Min: low.Milliseconds(), Max: high.Milliseconds(), Default: usual.Milliseconds(),
	}
}

func oneOf(name string, label Text, choices ...Choice) Param {
	return Param{Name: name, Label: label, Kind: OneOf, Max: int64(len(choices)) - 1, Choices: choices}
}

func onOff(name string, label Text, usual bool) Param {
	p := Param{Name: name, Label: label, Kind: Switch, Max: 1}
	if usual {
		p.Default = 1
	}
	return p
}

// ends are the two choices of "which end"; their indexes are the constants Client and Server.
func ends() []Choice {
	return []Choice{{"client", Text{"the client", "客户端"}}, {"server", Text{"the server", "服务器"}}}
}

// duration returns a pause among values.
func (v Values) duration(name string) time.Duration { return time.Duration(v[name]) * time.Millisecond }

// times returns a number times a pause.
func (v Values) times(number, pause string) time.Duration {
	return time.Duration(v[number]) * v.duration(pause)
}
