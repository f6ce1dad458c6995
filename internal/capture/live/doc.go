// Package live captures while somebody watches: it finds the program that may capture, starts it, keeps what it hands over in
// files of a private directory, and lets any number of readers follow them as one capture that grows.
//
// It promises: this process needs no privilege; nothing captured is lost when something breaks (the program killed, the
// interface gone, the disk full, the connection to another computer cut, this process itself killed): what was handed over
// stays readable, and the end has a reason (Problem). A capture whose process died is found again (Leftovers). Memory does
// not grow with the capture. What is wrong is data here; package narrate words it.
//
// It looks into no packet: a Run yields a pcapfile.File like any other, which package session follows.
//
// Start with Examine, which says whether capturing is possible and what to do if not, and Start.
package live
