// Package harden keeps the memory of this process, which holds a token, out of
// reach as far as the OS lets a program say so.
//
//	harden.Process() // first thing in main
package harden

// Process turns off core dumps and, on Linux, lets no other process of the same
// user read this one's memory and environment or attach to it. It is for
// programs, not for libraries: it concerns the whole process. What the OS
// refuses is left as it is, for a token that cannot be hidden better serves
// still.
//
// It does not keep the memory out of swap: Go moves and copies strings as it
// likes, and mlockall beyond RLIMIT_MEMLOCK, 8 MB on most systems, would make
// the runtime's next mmap fail and the program with it. The process lives for
// some hundred milliseconds; swap is to be encrypted.
func Process() { process() }
