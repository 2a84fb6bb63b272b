//go:build linux

package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// oneWay is the time that a packet is under way.
const oneWay = 25 * time.Millisecond

// link is a network interface to far away. A packet that leaves through it
// comes back to this machine with source and destination exchanged: whoever
// speaks to an address out there speaks to the servers here, late. It does with
// a TUN device what tc's netem does, which many kernels lack.
type link struct{ device *os.File }

type packet struct {
	data []byte
	due  time.Time
}

func openLink(name string) (*link, error) {
	// Not os.OpenFile: the device must not be polled before it has an interface.
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("/dev/net/tun: %w", err)
	}
	request, err := unix.NewIfreq(name)
	if err != nil {
		return nil, err
	}
	request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		return nil, fmt.Errorf("interface %s: %w", name, err)
	}
	return &link{os.NewFile(uintptr(fd), name)}, nil
}

// carry moves packets until the device fails.
func (l *link) carry() error {
	under := make(chan packet, 1024)
	failed := make(chan error, 1)
	go func() { failed <- l.deliver(under) }()
	for {
		data := make([]byte, 2048)
		n, err := l.device.Read(data)
		if err != nil {
			return err
		}
		select {
		case under <- packet{data[:n], time.Now().Add(oneWay)}:
		case err := <-failed:
			return err
		}
	}
}

func (l *link) deliver(under <-chan packet) error {
	for p := range under {
		const version, source, destination, end = 0, 12, 16, 20
		if len(p.data) < end || p.data[version]>>4 != 4 {
			continue
		}
		// The exchange leaves all checksums right.
		var from [4]byte
		copy(from[:], p.data[source:destination])
		copy(p.data[source:destination], p.data[destination:end])
		copy(p.data[destination:end], from[:])
		// The kernel's sleep is exact to 0.1 ms; Go's timers round to 1 ms.
		wait := unix.NsecToTimespec(int64(max(0, time.Until(p.due))))
		for unix.Nanosleep(&wait, &wait) == unix.EINTR {
		}
		if _, err := l.device.Write(p.data); err != nil {
			return err
		}
	}
	return nil
}
