package journal

import (
	"bytes"
	"crypto/sha256"
	"errors"

	"descent/core/input"
	"descent/session/disk"
)

// stateMagic is the start of a state file, followed by a SHA-256 of the rest.
const stateMagic = "descent state\n"

// WriteState replaces the state file beside a log.
func WriteState(d disk.Disk, log string, body []byte) error {
	sum := sha256.Sum256(body)
	return disk.CannotWrite(StatePath(log), disk.Replace(d, StatePath(log), append(append([]byte(stateMagic), sum[:]...), body...)))
}

// ReadState reads the state file beside a log and verifies its hash.
func ReadState(log string) ([]byte, error) {
	content, err := input.Read(StatePath(log), input.MaxLog)
	if err != nil {
		return nil, err
	}
	body, ok := bytes.CutPrefix(content, []byte(stateMagic))
	if !ok || len(body) < sha256.Size {
		return nil, errors.New("it is not a state file of descent")
	}
	sum, body := body[:sha256.Size], body[sha256.Size:]
	if got := sha256.Sum256(body); !bytes.Equal(got[:], sum) {
		return nil, errors.New("it is damaged")
	}
	return body, nil
}
