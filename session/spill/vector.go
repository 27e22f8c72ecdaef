// Package spill puts the vectors of snapshots where they take no memory: as bytes, exact
// to the bit, in a state file, or in a file in the cache that is gone when the process is.
package spill

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
)

// blockLen is the number of values that are written alike.
const blockLen = 4096

// The ways of writing a block, which are its first byte: nothing follows of one of zeros,
// 4 bytes a value where every one is a float32 exactly, else 8.
const (
	zeros byte = iota
	singles
	doubles
)

// Write writes a vector: every value comes back to the bit, also NaN with its payload
// and −0.
func Write(w io.Writer, values []float64) error {
	var room [1 + 8*blockLen]byte
	for len(values) > 0 {
		n := min(blockLen, len(values))
		if _, err := w.Write(pack(&room, values[:n])); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

// pack makes the bytes of a block.
func pack(room *[1 + 8*blockLen]byte, values []float64) []byte {
	switch room[0] = wayOf(values); room[0] {
	case zeros:
		return room[:1]
	case singles:
		to := room[1 : 1+4*len(values)]
		for i, v := range values {
			binary.LittleEndian.PutUint32(to[4*i:], math.Float32bits(float32(v)))
		}
		return room[:1+len(to)]
	}
	to := room[1 : 1+8*len(values)]
	for i, v := range values {
		binary.LittleEndian.PutUint64(to[8*i:], math.Float64bits(v))
	}
	return room[:1+len(to)]
}

// wayOf is the shortest way of writing a block, by its values.
func wayOf(values []float64) byte {
	any := uint64(0)
	for _, v := range values {
		bits := math.Float64bits(v)
		if math.Float64bits(float64(float32(v))) != bits {
			return doubles
		}
		any |= bits
	}
	if any == 0 {
		return zeros
	}
	return singles
}

// errOther is returned for bytes that Write has not written.
var errOther = errors.New("a vector is damaged")

// Read reads a vector that Write wrote, of the length of values.
func Read(r io.Reader, values []float64) error {
	var room [8 * blockLen]byte
	for len(values) > 0 {
		n := min(blockLen, len(values))
		if _, err := io.ReadFull(r, room[:1]); err != nil {
			return err
		}
		switch way := room[0]; way {
		case zeros:
			clear(values[:n])
		case singles:
			if _, err := io.ReadFull(r, room[:4*n]); err != nil {
				return err
			}
			for i := range values[:n] {
				values[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(room[4*i:])))
			}
		case doubles:
			if _, err := io.ReadFull(r, room[:8*n]); err != nil {
				return err
			}
			for i := range values[:n] {
				values[i] = math.Float64frombits(binary.LittleEndian.Uint64(room[8*i:]))
			}
		default:
			return errOther
		}
		values = values[n:]
	}
	return nil
}

// Most bounds the length of a vector that so many bytes hold.
func Most(bytes int) int { return bytes * blockLen }

// sizeOf is the number of bytes that Write writes.
func sizeOf(values []float64) (n int64) {
	for len(values) > 0 {
		part := min(blockLen, len(values))
		n++
		switch wayOf(values[:part]) {
		case singles:
			n += 4 * int64(part)
		case doubles:
			n += 8 * int64(part)
		}
		values = values[part:]
	}
	return n
}
