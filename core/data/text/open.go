package text

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Bytes reads a text that is there as a whole, and is not changed.
func Bytes(name string, content []byte, d Dialect) (*Reader, error) {
	return newReader(name, nil, content, d)
}

// Open reads a text from a stream, whose first 256 KiB tell what d leaves open.
func Open(name string, r io.Reader, d Dialect) (*Reader, error) {
	head := make([]byte, ahead)
	n, err := io.ReadFull(r, head)
	head = head[:n]
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return newReader(name, nil, head, d)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return newReader(name, r, head, d)
}

// newReader reads what is in head and then the rest, nil for nothing.
func newReader(name string, rest io.Reader, head []byte, d Dialect) (*Reader, error) {
	r := &Reader{Name: name, src: rest, buf: head, line: 1, dialect: d}
	encoding, mark := encodingOf(head, rest == nil)
	if !open(d.Encoding) {
		if encoding != d.Encoding {
			mark = 0
		}
		encoding = d.Encoding
	}
	r.dialect.Encoding = encoding
	if encoding == UTF8 {
		r.pos = mark
		r.strict = rest != nil || !open(d.Encoding)
	} else {
		var src io.Reader = bytes.NewReader(head[mark:])
		if rest != nil {
			src = io.MultiReader(src, rest)
		}
		r.src, r.buf = newDecoder(src, encoding), nil
		for len(r.buf) < ahead && r.src != nil {
			r.fill()
		}
	}
	if i := bytes.IndexByte(r.buf[r.pos:min(len(r.buf), r.pos+4096)], 0); i >= 0 {
		return nil, fmt.Errorf("%s: the file is neither text nor one of the formats that are read: it holds bytes of 0", name)
	}
	if err := r.settle(); err != nil {
		return nil, err
	}
	return r, nil
}
