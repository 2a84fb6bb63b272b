package trouble

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"testing"
)

func TestWords(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&net.DNSError{Err: "no such host", Name: "ghcr.io"}, "cannot be reached: its name does not resolve"},
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "cannot be reached: connection refused"},
		{&net.OpError{Op: "dial", Err: syscall.ENETUNREACH}, "cannot be reached: no network"},
		{&net.OpError{Op: "proxyconnect", Err: syscall.ECONNREFUSED}, "cannot be reached: the proxy does not answer"},
		{errors.New("Proxy Authentication Required"), "cannot be reached: the proxy wants a password"},
		{errors.New("Bad Gateway"), "cannot be reached: the proxy does not lead there"},
		{&net.OpError{Op: "read", Err: syscall.ECONNRESET}, "cannot be reached: the connection broke"},
		{errors.New("no token in bearer response: secret"), "gave no usable answer"},
	} {
		if got := Words(t.Context(), fmt.Errorf("wrapped: %w", tt.err)); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.err, got, tt.want)
		}
	}
	ended, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	if got := Words(ended, context.DeadlineExceeded); got != "did not answer in time" {
		t.Errorf("after the deadline: %q", got)
	}
}
