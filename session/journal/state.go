package journal

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"io"

	"descent/core/input"
	"descent/session/disk"
)

// stateMagic is the start of a state file, which ends with a SHA-256 of what lies between.
// Files of earlier releases begin with formerMagic and have it in front.
const (
	stateMagic  = "descent state 6\n"
	formerMagic = "descent state\n"
)

// WriteState replaces the state file beside a log by what write writes.
func WriteState(d disk.Disk, log string, write func(io.Writer) error) error {
	return disk.CannotWrite(StatePath(log), disk.ReplaceBy(d, StatePath(log), func(f io.Writer) error {
		out, sum := bufio.NewWriterSize(f, 1<<18), sha256.New()
		if _, err := out.WriteString(stateMagic); err != nil {
			return err
		}
		if err := write(io.MultiWriter(out, sum)); err != nil {
			return err
		}
		if _, err := out.Write(sum.Sum(nil)); err != nil {
			return err
		}
		return out.Flush()
	}))
}

// ReadState reads the state file beside a log and verifies its hash.
func ReadState(log string) ([]byte, error) {
	content, err := input.Read(StatePath(log), input.MaxLog)
	if err != nil {
		return nil, err
	}
	body, ok := bytes.CutPrefix(content, []byte(stateMagic))
	former := false
	if !ok {
		body, ok = bytes.CutPrefix(content, []byte(formerMagic))
		former = true
	}
	if !ok || len(body) < sha256.Size {
		return nil, errors.New("it is not a state file of descent")
	}
	end := len(body) - sha256.Size
	body, sum := body[:end], body[end:]
	if former {
		all := content[len(formerMagic):]
		sum, body = all[:sha256.Size], all[sha256.Size:]
	}
	if got := sha256.Sum256(body); !bytes.Equal(got[:], sum) {
		return nil, errors.New("it is damaged")
	}
	return body, nil
}
