// Command tcptalk-capture is the one program of tcptalk that needs privilege, and the only one that links libpcap. It lists
// interfaces, checks capture filters, and captures packets: pcapng on standard output, a line of JSON at a time on
// standard error. tcptalk starts it; package helper is what they say to each other.
//
//	tcptalk-capture interfaces
//	tcptalk-capture check [-y LINKTYPE] -f FILTER
//	tcptalk-capture probe -i NAME
//	tcptalk-capture capture -i NAME [-i NAME] [-f FILTER] [-s BYTES] [-B MIB] [-promiscuous] [-immediate] [-y LINKTYPE]
//
// What it promises to whoever grants it privilege:
//
//   - It opens no file by name, starts no program, makes no connection and looks up no name.
//   - It looks into no packet: libpcap hands over a length, a time and bytes, and these are written as they are.
//   - As soon as the interfaces are open it gives up every capability, in every thread, and sets no-new-privs (on Linux; a
//     set-user-ID program elsewhere becomes the real user). The filter is compiled after that.
//   - It ends when standard input or the reader of standard output is gone, so it never outlives tcptalk.
//
// It is the part that dumpcap has in Wireshark. What differs: dumpcap keeps CAP_NET_RAW and CAP_NET_ADMIN while it runs
// where it may need them for statistics and monitor mode, and this keeps nothing and has no monitor mode; dumpcap writes files,
// rings of files and reads pipes, and this writes to a pipe only (the caller keeps files, with its own rights); dumpcap takes
// promiscuous mode as the default, and this does not; dumpcap has libpcap look up host names in filters, and this refuses
// them; dumpcap says at the end how much was dropped, and this says it once a second and marks the packet behind the drop;
// dumpcap talks to its parent in a binary protocol of its own, and this in lines of JSON that people can read too.
package main

import (
	"os"

	"tcptalk/internal/capture/helper"
)

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1 // the last line on standard error, or the answer, says why
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	o, err := helper.Parse(args)
	if err != nil {
		return fail(&failure{helper.ReasonUsage, err.Error(), "", 0, 0})
	}
	switch o.Command {
	case helper.CommandInterfaces:
		err = listInterfaces(os.Stdout)
	case helper.CommandCheck:
		err = answer(checkFilter(&o))
	case helper.CommandProbe:
		err = answer(probe(&o))
	default:
		err = capturePackets(&o)
	}
	if err != nil {
		return fail(err)
	}
	return exitOK
}

// failure is an error with what a Line says about it.
type failure struct {
	reason      helper.Reason
	message     string
	interfaceID string
	from, to    int
}

func (f *failure) Error() string { return f.message }

// line returns what to say about an error.
func line(err error) helper.Line {
	if f, ok := err.(*failure); ok {
		return helper.Line{
			Type: helper.Failure, Reason: f.reason, Message: f.message, Interface: f.interfaceID, From: f.from, To: f.to,
		}
	}
	return helper.Line{Type: helper.Failure, Reason: helper.ReasonWrite, Message: err.Error()}
}

func fail(err error) int {
	say(line(err))
	return exitFailed
}

// say writes a line on standard error. If that fails there is nobody to tell.
func say(l helper.Line) { _, _ = os.Stderr.Write(l.Append(nil)) }

// answer writes the answer of a command that has one on standard output: that something is wrong is no failure to say so.
func answer(err error) error {
	l := helper.Line{Type: helper.OK}
	if err != nil {
		l = line(err)
	}
	_, err = os.Stdout.Write(l.Append(nil))
	return err
}
