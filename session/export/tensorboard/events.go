// Package tensorboard writes event files, which TensorBoard draws.
package tensorboard

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"time"

	"descent/session/export/wire"
)

// Events writes a file of events: records of TFRecord, each a tensorflow.Event of
// protocol buffers (tensorflow/core/util/event.proto).
type Events struct {
	w       io.Writer
	record  []byte
	summary []byte
	value   []byte
}

// FileName is the name of an event file that was begun at a time; TensorBoard reads
// files of which this is a part.
func FileName(begun time.Time) string {
	return fmt.Sprintf("events.out.tfevents.%010d.descent", begun.Unix())
}

// NewEvents begins a file.
func NewEvents(w io.Writer, begun time.Time) (*Events, error) {
	e := &Events{w: w}
	return e, e.write(wire.String(wallTime(begun), 3, "brain.Event:2"))
}

// Scalar is a number with its tag; tags with a slash are grouped by what is before it.
type Scalar struct {
	Tag   string
	Value float64 // TensorBoard keeps a float32
}

// Scalars writes numbers of one step.
func (e *Events) Scalars(at time.Time, step int, of ...Scalar) error {
	e.summary = e.summary[:0]
	for _, s := range of {
		e.value = wire.Float(wire.String(e.value[:0], 1, s.Tag), 2, float32(s.Value))
		e.summary = wire.Bytes(e.summary, 1, e.value)
	}
	return e.event(at, step)
}

// Text writes a text, in Markdown, which TensorBoard shows under its tag.
func (e *Events) Text(at time.Time, step int, tag, text string) error {
	const dtString = 7
	shape := wire.Bytes(nil, 2, wire.Int(nil, 1, 1)) // a dimension of size 1
	tensor := wire.String(wire.Bytes(wire.Int(nil, 1, dtString), 2, shape), 8, text)
	metadata := wire.Bytes(nil, 1, wire.String(nil, 1, "text")) // the plugin
	e.value = wire.String(e.value[:0], 1, tag)
	e.value = wire.Bytes(wire.Bytes(e.value, 9, metadata), 8, tensor)
	e.summary = wire.Bytes(e.summary[:0], 1, e.value)
	return e.event(at, step)
}

// event writes what is in the summary.
func (e *Events) event(at time.Time, step int) error {
	return e.write(wire.Bytes(wire.Int(wallTime(at), 2, int64(step)), 5, e.summary))
}

// write writes a record: its length, the checksum of that, its bytes, their checksum.
func (e *Events) write(body []byte) error {
	e.record = binary.LittleEndian.AppendUint64(e.record[:0], uint64(len(body)))
	e.record = binary.LittleEndian.AppendUint32(e.record, masked(e.record))
	e.record = append(e.record, body...)
	e.record = binary.LittleEndian.AppendUint32(e.record, masked(body))
	_, err := e.w.Write(e.record)
	return err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is the checksum as TFRecord has it: CRC-32C, turned and shifted so that one
// of data with checksums in it is no worse.
func masked(b []byte) uint32 {
	sum := crc32.Checksum(b, castagnoli)
	return (sum>>15 | sum<<17) + 0xa282ead8
}

// wallTime begins an event: seconds since 1970.
func wallTime(at time.Time) []byte { return wire.Double(nil, 1, float64(at.UnixMicro())/1e6) }
