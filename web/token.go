package web

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
)

// tokenPrefix lets a person, and whoever searches logs for leaked secrets, see what it is.
const tokenPrefix = "hy_"

// NewToken makes a bearer token of 256 random bits. It is shown once; only its hash is kept.
func NewToken(rand io.Reader) (string, error) {
	var b [32]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", fmt.Errorf("draw token: %w", err)
	}
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// HashToken is what a store keeps of a bearer token: its SHA-256. A token holds too many
// random bits to be guessed, so that no slow hash is needed.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
