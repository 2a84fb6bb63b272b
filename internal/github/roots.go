package github

import (
	"crypto/x509"
	"os"
	"runtime"
)

// bundles are the files in which Linux distributions keep all trusted
// certificates, in the order of crypto/x509.
var bundles = []string{
	"/etc/ssl/certs/ca-certificates.crt",                // Debian, Alpine, Arch
	"/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora
	"/etc/ssl/ca-bundle.pem",                            // openSUSE
	"/etc/pki/tls/cacert.pem",                           // OpenELEC
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // RHEL 7
	"/etc/ssl/cert.pem",                                 // Alpine
}

// bundle is what crypto/x509 reads first on Linux. It goes on to the folder of
// the same certificates in single files, which on Debian makes it parse each
// one three times: 11 ms instead of 3. nil where there is no such bundle.
func bundle() *x509.CertPool {
	if runtime.GOOS != "linux" || os.Getenv("SSL_CERT_DIR") != "" {
		return nil
	}
	files := bundles
	if file := os.Getenv("SSL_CERT_FILE"); file != "" {
		files = []string{file}
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if pool := x509.NewCertPool(); pool.AppendCertsFromPEM(text) {
			return pool
		}
		return nil
	}
	return nil
}
