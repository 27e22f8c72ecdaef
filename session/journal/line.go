package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
)

// A line ends in the CRC-32 of what stands before it, so that a changed byte
// is noticed: {...,"sum":"1c291ca3"}. Lines without one are read too.
const sumKey = `,"sum":"`

// Seal is a line with its sum. b is left as it is.
func Seal(b []byte) []byte {
	b = b[: len(b)-1 : len(b)-1]
	return fmt.Appendf(b, "%s%08x\"}\n", sumKey, crc32.ChecksumIEEE(b))
}

// broken tells whether a line has a sum that is not its own.
func broken(line []byte) bool {
	line = bytes.TrimRight(line, "\r\n")
	i := len(line) - len(sumKey) - len(`1c291ca3"}`)
	if i < 0 || string(line[i:i+len(sumKey)]) != sumKey {
		return false
	}
	return string(line[i+len(sumKey):len(line)-2]) != fmt.Sprintf("%08x", crc32.ChecksumIEEE(line[:i]))
}

// HasSum tells whether a line ends in a checksum.
func HasSum(line []byte) bool {
	line = bytes.TrimRight(line, "\r\n")
	i := len(line) - len(sumKey) - len(`1c291ca3"}`)
	return i >= 0 && string(line[i:i+len(sumKey)]) == sumKey
}

var errSum = errors.New("its checksum is another")

// inWords says what is wrong with JSON that does not fit.
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
