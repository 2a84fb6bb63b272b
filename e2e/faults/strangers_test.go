//go:build linux

package faults

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// overheard is all that was said to those who must not learn a token: in clear,
// to proxies, and to servers that have proved nothing.
var overheard ear

type ear struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (e *ear) Write(text []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.text.Write(text)
}

// take gives what was heard since the last time.
func (e *ear) take() []byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.text.Reset()
	return bytes.Clone(e.text.Bytes())
}

// listens is a handler that hears the whole request, and then answers.
func (e *ear) listens(answer http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := httputil.DumpRequest(r, true)
		_, _ = e.Write(text)
		answer(w, r)
	})
}

// strange is a server in the place of api.github.com that can do what the World
// cannot: show a bad certificate, and answer without end.
var strange struct {
	trusted *authority // by the program
	unknown *authority

	mu     sync.Mutex
	cert   *tls.Certificate
	answer http.Handler
}

// become changes the stranger. Whoever has a good certificate is the API, and
// is not listened to.
func become(cert *tls.Certificate, isAPI bool, answer http.HandlerFunc) {
	strange.mu.Lock()
	defer strange.mu.Unlock()
	strange.cert, strange.answer = cert, answer
	if !isAPI {
		strange.answer = overheard.listens(answer)
	}
}

// startStrangers starts everybody who is not the World. They end with the
// namespaces.
func startStrangers() error {
	var err error
	if strange.trusted, err = newAuthority(); err != nil {
		return err
	}
	if strange.unknown, err = newAuthority(); err != nil {
		return err
	}
	conf := &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		strange.mu.Lock()
		defer strange.mu.Unlock()
		return strange.cert, nil
	}}
	server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		strange.mu.Lock()
		answer := strange.answer
		strange.mu.Unlock()
		answer.ServeHTTP(w, r)
	})
	password := overheard.listens(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Proxy-Authenticate", `Basic realm="proxy"`)
		w.WriteHeader(http.StatusProxyAuthRequired)
	})
	inClear := overheard.listens(func(http.ResponseWriter, *http.Request) {})
	return errors.Join(
		serve(strangeAddress+":443", server, conf),
		serve(mute+":407", password, nil),
		serve(apiAddress+":80", inClear, nil),
		beMute(mute+":443"), beMute(mute+":8080"), beMuteUDP(mute+":53"),
		digHole(443), digHole(8080),
	)
}

func serve(address string, h http.Handler, conf *tls.Config) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	if conf != nil {
		listener = tls.NewListener(listener, conf)
	}
	server := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(listener) }()
	return nil
}

// beMute takes connections, hears what is said and answers nothing.
func beMute(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(&overheard, conn); _ = conn.Close() }()
		}
	}()
	return nil
}

func beMuteUDP(address string) error {
	conn, err := net.ListenPacket("udp", address)
	if err != nil {
		return err
	}
	go func() {
		buffer := make([]byte, 4096)
		for {
			if _, _, err := conn.ReadFrom(buffer); err != nil {
				return
			}
		}
	}()
	return nil
}

// digHole makes a port whose queue of connections is full: the kernel drops
// what comes next, as a firewall does.
func digHole(port int) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	address := &unix.SockaddrInet4{Port: port, Addr: [4]byte(net.ParseIP(blackHole).To4())}
	if err := errors.Join(unix.Bind(fd, address), unix.Listen(fd, 0)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	for {
		_, err := new(net.Dialer).DialContext(ctx, "tcp", fmt.Sprintf("%s:%d", blackHole, port))
		if err != nil { // full
			return nil
		}
	}
}

// authority signs certificates, good and bad ones.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	pem  []byte
}

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "faults, for tests only"},
		NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &authority{key, cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}, err
}

// issue makes a certificate that is good for a day from a moment on.
func (a *authority) issue(name string, from time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: []string{name}, NotBefore: from, NotAfter: from.AddDate(0, 0, 1),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
