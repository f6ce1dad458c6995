package helper

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// The helper's commands.
const (
	CommandInterfaces = "interfaces" // list the interfaces as JSON
	CommandCheck      = "check"      // compile the filter, say where it is wrong
	CommandProbe      = "probe"      // open the interfaces as capture would, and close them
	CommandCapture    = "capture"    // pcapng on standard output, a Line of JSON at a time on standard error
)

var commands = []string{CommandInterfaces, CommandCheck, CommandProbe, CommandCapture}

// Bounds of the options. The snapshot length is libpcap's own bound; the kernel locks a buffer's memory, so that one must
// stay small beside what a computer has.
const (
	MinSnapLen, MaxSnapLen, DefaultSnapLen = 14, 262144, 262144
	MinBuffer, MaxBuffer, DefaultBuffer    = 1, 1024, 32 // MiB for each interface
	maxInterfaces                          = 64
	maxName                                = 256
	maxFilter                              = 64 << 10
)

// Options are the helper's command line.
type Options struct {
	Command string
	// Interfaces are their names as the list gives them. capture and probe need one at least.
	Interfaces []string
	// Filter is a capture filter in libpcap's language, "" for every packet.
	Filter string
	// SnapLen is how many bytes of a packet are kept at most, Buffer the kernel's memory for each interface in MiB.
	SnapLen, Buffer int
	// Promiscuous also takes what is for other computers. Immediate hands every packet over at once instead of a
	// block at a time; that costs much under load.
	Promiscuous, Immediate bool
	// LinkType is the name or number of the link type to ask for, "" for the interface's own. For check it says for what
	// the filter is compiled, Ethernet if it is empty.
	LinkType string
}

// Parse reads a command line without the program's name. Everything it accepts lies within the bounds.
func Parse(args []string) (Options, error) {
	if len(args) == 0 || !slices.Contains(commands, args[0]) {
		return Options{}, errors.New("the first argument must be one of: " + strings.Join(commands, ", "))
	}
	o := Options{Command: args[0], SnapLen: DefaultSnapLen, Buffer: DefaultBuffer}
	f := flag.NewFlagSet(o.Command, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Func("i", "interface, can be repeated", func(s string) error {
		if s == "" || len(s) > maxName || strings.ContainsRune(s, 0) {
			return errors.New("no name of an interface")
		}
		if slices.Contains(o.Interfaces, s) {
			return errors.New("named twice")
		}
		o.Interfaces = append(o.Interfaces, s)
		return nil
	})
	f.StringVar(&o.Filter, "f", "", "capture filter")
	f.IntVar(&o.SnapLen, "s", o.SnapLen, "snapshot length in bytes")
	f.IntVar(&o.Buffer, "B", o.Buffer, "kernel buffer in MiB")
	f.BoolVar(&o.Promiscuous, "promiscuous", false, "also take what is for other computers")
	f.BoolVar(&o.Immediate, "immediate", false, "hand every packet over at once")
	f.StringVar(&o.LinkType, "y", "", "link type")
	if err := f.Parse(args[1:]); err != nil {
		return Options{}, err
	}
	if f.NArg() > 0 {
		return Options{}, fmt.Errorf("argument %q is not understood", f.Arg(0))
	}
	return o, o.check()
}

// check holds the options against their bounds.
func (o *Options) check() error {
	needs := o.Command == CommandCapture || o.Command == CommandProbe
	switch {
	case needs && len(o.Interfaces) == 0:
		return errors.New("which interface? Name one with -i")
	case len(o.Interfaces) > maxInterfaces:
		return fmt.Errorf("more than %d interfaces", maxInterfaces)
	case o.SnapLen < MinSnapLen || o.SnapLen > MaxSnapLen:
		return fmt.Errorf("a snapshot length of %d bytes: it must be between %d and %d", o.SnapLen, MinSnapLen, MaxSnapLen)
	case o.Buffer < MinBuffer || o.Buffer > MaxBuffer:
		return fmt.Errorf("a buffer of %d MiB: it must be between %d and %d", o.Buffer, MinBuffer, MaxBuffer)
	case len(o.Filter) > maxFilter:
		return fmt.Errorf("the filter is longer than %d bytes", maxFilter)
	case strings.ContainsRune(o.Filter, 0), strings.ContainsRune(o.LinkType, 0):
		return errors.New("a zero byte in an option")
	case len(o.LinkType) > maxName:
		return errors.New("no name of a link type")
	}
	return nil
}

// Args returns the command line that Parse reads as o. Zero lengths stand for the defaults.
func (o Options) Args() []string {
	args := []string{o.Command}
	for _, name := range o.Interfaces {
		args = append(args, "-i="+name)
	}
	if o.Filter != "" {
		args = append(args, "-f="+o.Filter)
	}
	if o.SnapLen != 0 && o.SnapLen != DefaultSnapLen {
		args = append(args, "-s="+strconv.Itoa(o.SnapLen))
	}
	if o.Buffer != 0 && o.Buffer != DefaultBuffer {
		args = append(args, "-B="+strconv.Itoa(o.Buffer))
	}
	if o.Promiscuous {
		args = append(args, "-promiscuous")
	}
	if o.Immediate {
		args = append(args, "-immediate")
	}
	if o.LinkType != "" {
		args = append(args, "-y="+o.LinkType)
	}
	return args
}
