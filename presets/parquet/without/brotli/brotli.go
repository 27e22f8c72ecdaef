// Package brotli stands in for the library of that name, which holds a web server's
// compression and with it the network. Nothing is compressed or unpacked.
package brotli

import (
	"errors"
	"io"
)

var errNone = errors.New("Brotli is not read")

// WriterOptions are those of the library.
type WriterOptions struct{ Quality, LGWin int }

// Writer refuses to write.
type Writer struct{}

// NewWriterOptions is a Writer.
func NewWriterOptions(io.Writer, WriterOptions) *Writer { return &Writer{} }

// Reset does nothing.
func (*Writer) Reset(io.Writer) {}

// Write refuses.
func (*Writer) Write([]byte) (int, error) { return 0, errNone }

// Close refuses.
func (*Writer) Close() error { return errNone }

// Reader refuses to read.
type Reader struct{}

// NewReader is a Reader.
func NewReader(io.Reader) *Reader { return &Reader{} }

// Reset does nothing.
func (*Reader) Reset(io.Reader) error { return nil }

// Read refuses.
func (*Reader) Read([]byte) (int, error) { return 0, errNone }
