package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
)

// A line ends in the CRC-32 of the preceding bytes, so that a changed byte is
// detected: {...,"sum":"1c291ca3"}. Lines without a checksum are accepted.
const sumKey = `,"sum":"`

// Seal returns a line with its checksum. b is not modified.
func Seal(b []byte) []byte {
	b = b[: len(b)-1 : len(b)-1]
	return fmt.Appendf(b, "%s%08x\"}\n", sumKey, crc32.ChecksumIEEE(b))
}

// broken reports whether a line has a wrong checksum.
func broken(line []byte) bool {
	line = bytes.TrimRight(line, "\r\n")
	i := len(line) - len(sumKey) - len(`1c291ca3"}`)
	if i < 0 || string(line[i:i+len(sumKey)]) != sumKey {
		return false
	}
	return string(line[i+len(sumKey):len(line)-2]) != fmt.Sprintf("%08x", crc32.ChecksumIEEE(line[:i]))
}

// HasSum reports whether a line ends in a checksum.
func HasSum(line []byte) bool {
	line = bytes.TrimRight(line, "\r\n")
	i := len(line) - len(sumKey) - len(`1c291ca3"}`)
	return i >= 0 && string(line[i:i+len(sumKey)]) == sumKey
}

// Intact reports whether a line ends in a checksum that matches it.
func Intact(line []byte) bool { return HasSum(line) && !broken(line) }

var errSum = errors.New("its checksum does not match")

// inWords describes a JSON error in terms of the log.
func inWords(err error) error {
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		field := wrong.Field
		if field == "" {
			field = "the line"
		}
		return fmt.Errorf("%s cannot be a JSON %s", field, wrong.Value)
	}
	return err
}
