// Package uuid stands in for the library of that name, which asks the network for the
// address of the machine. It holds what reading tables needs.
package uuid

import (
	"encoding/hex"
	"errors"
	"strings"
)

// UUID is an identifier (RFC 9562).
type UUID [16]byte

// String writes it in its groups of 8, 4, 4, 4 and 12 digits.
func (u UUID) String() string {
	h := hex.EncodeToString(u[:])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// Parse reads what String writes.
func Parse(s string) (u UUID, err error) {
	raw, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(raw) != len(u) {
		return u, errors.New("no UUID")
	}
	copy(u[:], raw)
	return u, nil
}

// MustParse is Parse of what is one.
func MustParse(s string) UUID {
	u, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

// MarshalBinary is its bytes.
func (u UUID) MarshalBinary() ([]byte, error) { return u[:], nil }
