package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// whatCanBeRead is about what TLS 1.3 leaves in the clear.
func whatCanBeRead() recipe {
	takeOf := func(port int, what, settings, second string) take {
		return take{what: what, net: between("10.80.5"), play: func(s *stage) error { return overTLS(s, port, settings, second) }}
	}
	return recipe{id: "tls-what-can-be-read", needs: []string{"curl", "nginx", "taskset", "chrt"}, takes: []take{
		takeOf(443, "curl and nginx, TLS 1.3 with HTTP/2: a page and a picture", "ssl http2", "logo.png"),
		takeOf(444, "curl and nginx, TLS 1.3 with HTTP/1.1: a page and a script", "ssl", "app.js"),
	}}
}

// overTLS lets curl fetch a page and a second file from nginx.
func overTLS(s *stage, port int, settings, second string) error {
	dir, err := s.folder()
	if err != nil {
		return err
	}
	const name = "test.example"
	if err := certificate(dir, name); err != nil {
		return err
	}
	picture, err := logo(s.ctx)
	if err != nil {
		return err
	}
	files := map[string][]byte{"index.html": []byte(lorem(3_509)), "app.js": []byte(lorem(2_649)), "logo.png": picture}
	server := fmt.Sprintf(`}
	server {
		listen %[1]d %[2]s;
		ssl_protocols TLSv1.2 TLSv1.3;
		ssl_certificate %[3]s/cert.pem; ssl_certificate_key %[3]s/key.pem;
		root www;`, port, settings, dir)
	// It sends its tickets before the client asks, and closes when that says goodbye.
	if err := s.nginx(server, time.Now(), files, atOnce...); err != nil {
		return err
	}
	base := fmt.Sprintf("https://%s:%d/", name, port)
	curl := append(slices.Clip(onOne), "curl", "-sS", "-k", "--resolve", fmt.Sprintf("%s:%d:%s", name, port, s.serverIP),
		"--output", "/dev/null", base, "--output", "/dev/null", base+second)
	return s.runAtClient(curl[0], curl[1:]...)
}

// certificate makes a key and a certificate signed with it, good for an hour.
func certificate(dir, name string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	about := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name, Organization: []string{"tcptalk example"}}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, &about, &about, &key.PublicKey, key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	write := func(file, kind string, content []byte) error {
		return os.WriteFile(filepath.Join(dir, file), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600)
	}
	return errors.Join(write("cert.pem", "CERTIFICATE", cert), write("key.pem", "PRIVATE KEY", secret))
}
