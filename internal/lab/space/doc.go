// Package space gives programs networks of their own: namespaces of this process, joined by virtual cables, and records
// what passes. It works on Linux, as root.
//
// A namespace has no name and no file. It lives on a thread, which makes the sockets and starts the programs that belong to
// it; when the thread ends, by Close or with the process, however that dies, the kernel takes away the namespace with its
// interfaces and ends the programs. Close ends those too that the programs have started. Nothing is left behind. It promises nothing about routing or name service: whoever makes
// a namespace gives it what it needs. Where to start: New, Space.Do, Join, Space.Record.
package space
