package data

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
)

// maxPlain bounds in bytes what a compressed file may unpack to; maxCells
// bounds the numbers of a table.
const (
	maxPlain = 1 << 30
	maxCells = 1 << 28
)

// Source is a file that was read, and that of its labels if there is one. The
// names stand in errors.
type Source struct {
	Name       string
	Content    []byte
	LabelsName string
	Labels     []byte // nil for none
}

func unzip(name string, content []byte) ([]byte, error) {
	if !bytes.HasPrefix(content, []byte{0x1f, 0x8b}) {
		return content, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%s: the gzip file is damaged: %w", name, err)
	}
	size := 0 // of what was packed, as the last bytes have it
	if n := len(content); n > 4 {
		size = int(min(uint64(binary.LittleEndian.Uint32(content[n-4:])), 1032*uint64(n), maxPlain))
	}
	plain, err := bounded(z, size)
	if err != nil {
		return nil, fmt.Errorf("%s: the gzip file %w", name, err)
	}
	return plain, nil
}

// bounded reads all that a compressed file holds, up to maxPlain, into memory for as
// much as is expected.
func bounded(r io.Reader, expected int) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(expected + bytes.MinRead)
	_, err := b.ReadFrom(io.LimitReader(r, maxPlain+1))
	plain := b.Bytes()
	switch {
	case err != nil:
		return nil, fmt.Errorf("is damaged: %w", err)
	case len(plain) > maxPlain:
		return nil, fmt.Errorf("unpacks to more than %d MiB", maxPlain>>20)
	}
	return plain, nil
}
