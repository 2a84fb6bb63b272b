// Package trouble words why a host on the network gave no answer.
package trouble

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// Words say why a host gave no answer to an HTTP request, to stand behind its
// name: "did not answer in time". ctx is the request's. The error's own text is
// not repeated: it can hold what a server sent.
func Words(ctx context.Context, err error) string {
	var (
		dns     *net.DNSError
		op      *net.OpError
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
		timeout net.Error
	)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return "was not waited for: cancelled"
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return "did not answer in time"
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return "cannot be reached: the proxy does not answer"
	case errors.As(err, &dns):
		return "cannot be reached: its name does not resolve"
	case errors.As(err, &unknown):
		return "cannot be trusted: its certificate is signed by an unknown authority"
	case errors.As(err, &name):
		return "cannot be trusted: its certificate is for another name"
	case errors.As(err, &invalid):
		return "cannot be trusted: its certificate is not valid (expired, or this clock is wrong)"
	case errors.As(err, &record):
		return "does not speak TLS"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "cannot be reached: connection refused"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "cannot be reached: no network"
	case strings.Contains(err.Error(), http.StatusText(http.StatusProxyAuthRequired)):
		return "cannot be reached: the proxy wants a password"
	case strings.Contains(err.Error(), http.StatusText(http.StatusBadGateway)):
		return "cannot be reached: the proxy does not lead there"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &op):
		return "cannot be reached: the connection broke"
	}
	return "gave no usable answer"
}
