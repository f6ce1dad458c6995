// Package pcapfile reads, indexes and writes packet captures: pcap (microseconds and nanoseconds, both byte orders, and the
// Kuznetsov and Ixia variants) and pcapng, each of them plain or compressed with gzip or zstd.
//
// It promises packets in the order of the file, the position of every packet's bytes in the uncompressed capture, and an
// answer for every input: a capture that breaks off or is damaged yields everything before the break and then an *Error
// that says what is wrong and where. The format is recognised by the first bytes, never by the name. Whatever the input
// claims about itself, memory stays within a few buffers and a temporary file within a named bound.
//
// It does not look into packets and it does not put them in order of time.
//
// Start with Open and File.Next; File.NextBatch is for handing packets to another goroutine. Writer and PcapWriter write.
package pcapfile
