// Package wire writes fields of protocol buffers
// (https://protobuf.dev/programming-guides/encoding).
package wire

import (
	"encoding/binary"
	"math"
)

// The types of fields on the wire.
const (
	varint    = 0
	fixed64   = 1
	delimited = 2
	fixed32   = 5
)

// Int appends an integer, a bool or an enum.
func Int(b []byte, field int, v int64) []byte {
	return binary.AppendUvarint(key(b, field, varint), uint64(v))
}

// Double appends a double.
func Double(b []byte, field int, v float64) []byte {
	return binary.LittleEndian.AppendUint64(key(b, field, fixed64), math.Float64bits(v))
}

// Float appends a float.
func Float(b []byte, field int, v float32) []byte {
	return binary.LittleEndian.AppendUint32(key(b, field, fixed32), math.Float32bits(v))
}

// Bytes appends bytes or a message.
func Bytes(b []byte, field int, of []byte) []byte {
	return append(binary.AppendUvarint(key(b, field, delimited), uint64(len(of))), of...)
}

// String appends a string.
func String(b []byte, field int, of string) []byte {
	return append(binary.AppendUvarint(key(b, field, delimited), uint64(len(of))), of...)
}

func key(b []byte, field int, kind uint64) []byte {
	return binary.AppendUvarint(b, uint64(field)<<3|kind)
}
