// Package tensorboard writes event files, which TensorBoard draws.
package tensorboard

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"time"
)

// Events writes a file of events: records of TFRecord, each a tensorflow.Event of
// protocol buffers (tensorflow/core/util/event.proto).
type Events struct {
	w       io.Writer
	record  []byte
	summary []byte
}

// FileName is the name of an event file that was begun at a time; TensorBoard reads
// files of which this is a part.
func FileName(begun time.Time) string {
	return fmt.Sprintf("events.out.tfevents.%010d.descent", begun.Unix())
}

// NewEvents begins a file.
func NewEvents(w io.Writer, begun time.Time) (*Events, error) {
	e := &Events{w: w}
	return e, e.write(appendBytes(appendTime(nil, begun), 3, []byte("brain.Event:2")))
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
		value := appendBytes(nil, 1, []byte(s.Tag))
		value = binary.AppendUvarint(value, 2<<3|fixed32)
		value = binary.LittleEndian.AppendUint32(value, math.Float32bits(float32(s.Value)))
		e.summary = appendBytes(e.summary, 1, value)
	}
	return e.event(at, step)
}

// Text writes a text, in Markdown, which TensorBoard shows under its tag.
func (e *Events) Text(at time.Time, step int, tag, text string) error {
	const dtString = 7
	plugin := appendBytes(nil, 1, []byte("text"))
	tensor := binary.AppendUvarint(nil, 1<<3|varint) // dtype
	tensor = binary.AppendUvarint(tensor, dtString)
	one := binary.AppendUvarint(binary.AppendUvarint(nil, 1<<3|varint), 1) // size of a dimension
	tensor = appendBytes(tensor, 2, appendBytes(nil, 2, one))              // tensor_shape.dim
	tensor = appendBytes(tensor, 8, []byte(text))                          // string_val
	value := appendBytes(nil, 1, []byte(tag))
	value = appendBytes(value, 9, appendBytes(nil, 1, plugin)) // metadata.plugin_data
	value = appendBytes(value, 8, tensor)
	e.summary = appendBytes(e.summary[:0], 1, value)
	return e.event(at, step)
}

// event writes what is in the summary.
func (e *Events) event(at time.Time, step int) error {
	event := appendTime(nil, at)
	event = binary.AppendUvarint(event, 2<<3|varint)
	event = binary.AppendUvarint(event, uint64(step))
	return e.write(appendBytes(event, 5, e.summary))
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

// The wire types of protocol buffers.
const (
	varint    = 0
	fixed64   = 1
	delimited = 2
	fixed32   = 5
)

func appendTime(b []byte, at time.Time) []byte {
	b = binary.AppendUvarint(b, 1<<3|fixed64)
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(float64(at.UnixMicro())/1e6))
}

func appendBytes(b []byte, field uint64, of []byte) []byte {
	b = binary.AppendUvarint(b, field<<3|delimited)
	return append(binary.AppendUvarint(b, uint64(len(of))), of...)
}
