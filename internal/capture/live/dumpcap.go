package live

import "strconv"

// dumpcapArgs returns dumpcap's command line: one pcapng on standard output, no names looked up, nothing said while it runs.
func dumpcapArgs(s *Spec) []string {
	var args []string
	// Options before the first -i are the default of all interfaces.
	if s.Filter != "" {
		args = append(args, "-f", s.Filter)
	}
	if s.SnapLen != 0 {
		args = append(args, "-s", strconv.Itoa(s.SnapLen))
	}
	if s.Buffer != 0 {
		args = append(args, "-B", strconv.Itoa(s.Buffer))
	}
	if s.LinkType != "" {
		args = append(args, "-y", s.LinkType)
	}
	if !s.Promiscuous {
		args = append(args, "-p")
	}
	for _, i := range s.Interfaces {
		args = append(args, "-i", i)
	}
	return append(args, "-q", "-w", "-")
}
