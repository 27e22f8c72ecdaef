// Package parquet reads tables in the Apache Parquet format as tables of text, which is
// what the rest reads: a line of names, then the rows. Numbers are written so that they
// read back to the bit.
package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// Limits: mostText bounds in bytes what is written and what a file may unpack to,
// mostCells the cells of a table.
const (
	mostText  = 1 << 30
	mostCells = 1 << 28
)

// Is tells a file by its first bytes.
func Is(content []byte) bool { return bytes.HasPrefix(content, []byte("PAR1")) }

// Text is the table of a file, cells between commas. name stands in errors.
func Text(name string, content []byte) (out []byte, err error) {
	defer func() {
		if r := recover(); r != nil { // the reader trusts what damaged files say of themselves
			out, err = nil, fmt.Errorf("%s: the Parquet file is damaged", name)
		}
	}()
	if !Is(content) || len(content) < 12 || !bytes.HasSuffix(content, []byte("PAR1")) {
		return nil, fmt.Errorf("%s: the Parquet file is cut off: its end is missing", name)
	}
	if footer := binary.LittleEndian.Uint32(content[len(content)-8:]); int64(footer) > int64(len(content)-12) {
		return nil, fmt.Errorf("%s: the Parquet file is damaged: its footer would be longer than the file", name)
	}
	file, err := pq.OpenFile(bytes.NewReader(content), int64(len(content)), pq.SkipPageIndex(true), pq.SkipBloomFilters(true))
	if err != nil {
		return nil, fmt.Errorf("%s: the Parquet file is damaged: %w", name, err)
	}
	columns, err := columnsOf(name, file)
	if err != nil {
		return nil, err
	}
	if err := fits(name, file, len(columns)); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for i, c := range columns {
		if i > 0 {
			b.WriteByte(',')
		}
		quoted(&b, c.name)
	}
	b.WriteByte('\n')
	rows := make([]pq.Row, 256)
	cells := make([]pq.Value, len(columns))
	for _, group := range file.RowGroups() {
		if err := read(name, group, rows, func(row pq.Row) error {
			if len(row) != len(columns) {
				return fmt.Errorf("%s: the Parquet file is damaged: a row has %d cells of %d", name, len(row), len(columns))
			}
			for _, v := range row {
				if at := v.Column(); at >= 0 && at < len(cells) {
					cells[at] = v
				}
			}
			for i, v := range cells {
				if i > 0 {
					b.WriteByte(',')
				}
				if !v.IsNull() {
					columns[i].write(&b, v)
				} else if len(columns) == 1 {
					b.WriteString(`""`) // a line of nothing would be none
				}
			}
			b.WriteByte('\n')
			if b.Len() > mostText {
				return fmt.Errorf("%s: the Parquet file unpacks to more than %d MiB", name, mostText>>20)
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// read goes through the rows of a group.
func read(name string, group pq.RowGroup, rows []pq.Row, take func(pq.Row) error) error {
	in := group.Rows()
	defer in.Close()
	for {
		n, err := in.ReadRows(rows)
		for _, row := range rows[:n] {
			if err := take(row); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%s: the Parquet file is damaged: %w", name, err)
		case n == 0:
			return fmt.Errorf("%s: the Parquet file is damaged: it ends before its last row", name)
		}
	}
}

// fits refuses what a file says to be too large, before it is unpacked.
func fits(name string, file *pq.File, columns int) error {
	if n := file.NumRows(); n < 0 || n > mostCells/int64(columns) {
		return fmt.Errorf("%s: the file says to have %d rows of %d columns; the most is 2^28 cells", name, n, columns)
	}
	total := int64(0)
	for _, g := range file.Metadata().RowGroups {
		for _, c := range g.Columns {
			if c.MetaData.Codec == format.Brotli {
				return fmt.Errorf("%s: the Parquet file is packed with Brotli, which is not read; write it with snappy, gzip or zstd", name)
			}
			size := c.MetaData.TotalUncompressedSize
			if size < 0 || size > mostText || total > mostText {
				return fmt.Errorf("%s: the Parquet file unpacks to more than %d MiB", name, mostText>>20)
			}
			total += size
		}
	}
	return nil
}

// column is one column and how its cells are written.
type column struct {
	name  string
	write func(b *bytes.Buffer, v pq.Value)
}

// columnsOf are the columns, or the one that is no column of single values.
func columnsOf(name string, file *pq.File) (out []column, err error) {
	fields := file.Schema().Fields()
	if len(fields) == 0 {
		return nil, fmt.Errorf("%s: the Parquet file has no columns", name)
	}
	for _, f := range fields {
		if !f.Leaf() || f.Repeated() {
			return nil, fmt.Errorf("%s: column %q holds lists or structures; a table has one value in a cell: leave it out or spread it over columns", name, f.Name())
		}
		w, ok := writer(f.Type())
		if !ok {
			return nil, fmt.Errorf("%s: column %q is of type %s, which is not read; write it as numbers or text", name, f.Name(), f.Type())
		}
		out = append(out, column{f.Name(), w})
	}
	return out, nil
}

// writer says how values of a type are written.
func writer(t pq.Type) (func(b *bytes.Buffer, v pq.Value), bool) {
	if logical := t.LogicalType(); logical != nil {
		switch l := logical.Value.(type) {
		case *format.DateType:
			return func(b *bytes.Buffer, v pq.Value) {
				b.WriteString(time.Unix(int64(v.Int32())*86400, 0).UTC().Format(time.DateOnly))
			}, true
		case *format.TimestampType:
			return timestamp(l.Unit), true
		case *format.DecimalType:
			return decimal(t.Kind(), l.Scale)
		case *format.IntType:
			if !l.IsSigned {
				return func(b *bytes.Buffer, v pq.Value) {
					if v.Kind() == pq.Int32 {
						b.WriteString(strconv.FormatUint(uint64(v.Uint32()), 10))
						return
					}
					b.WriteString(strconv.FormatUint(v.Uint64(), 10))
				}, true
			}
		}
	}
	switch t.Kind() {
	case pq.Boolean:
		return func(b *bytes.Buffer, v pq.Value) { b.WriteString(strconv.FormatBool(v.Boolean())) }, true
	case pq.Int32:
		return func(b *bytes.Buffer, v pq.Value) { b.WriteString(strconv.Itoa(int(v.Int32()))) }, true
	case pq.Int64:
		return func(b *bytes.Buffer, v pq.Value) { b.WriteString(strconv.FormatInt(v.Int64(), 10)) }, true
	case pq.Int96: // a time of old writers: nanoseconds of a day, and its Julian number
		return func(b *bytes.Buffer, v pq.Value) {
			i := v.Int96()
			nanos := int64(i[1])<<32 | int64(i[0])
			const epoch = 2440588 // Julian day of 1970-01-01
			b.WriteString(time.Unix((int64(i[2])-epoch)*86400, nanos).UTC().Format("2006-01-02T15:04:05.999999999"))
		}, true
	case pq.Float:
		return func(b *bytes.Buffer, v pq.Value) { float(b, float64(v.Float())) }, true
	case pq.Double:
		return func(b *bytes.Buffer, v pq.Value) { float(b, v.Double()) }, true
	case pq.ByteArray:
		return func(b *bytes.Buffer, v pq.Value) { quoted(b, string(v.ByteArray())) }, true
	}
	return nil, false
}

// float writes a number so that it reads back to the bit; one that is none, as pandas
// has missing values, is an empty cell.
func float(b *bytes.Buffer, v float64) {
	if v == v {
		b.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
	}
}

func timestamp(unit format.TimeUnit) func(b *bytes.Buffer, v pq.Value) {
	of := time.UnixMilli
	switch unit.Value.(type) {
	case *format.MicroSeconds:
		of = time.UnixMicro
	case *format.NanoSeconds:
		of = func(n int64) time.Time { return time.Unix(0, n) }
	}
	return func(b *bytes.Buffer, v pq.Value) {
		b.WriteString(of(v.Int64()).UTC().Format("2006-01-02T15:04:05.999999999"))
	}
}

// decimal writes whole numbers with a point so many digits from their end.
func decimal(kind pq.Kind, scale int32) (func(b *bytes.Buffer, v pq.Value), bool) {
	if scale < 0 || scale > 1000 {
		return nil, false
	}
	point := func(b *bytes.Buffer, digits string) {
		digits, negative := strings.CutPrefix(digits, "-")
		if negative {
			b.WriteByte('-')
		}
		if short := int(scale) + 1 - len(digits); short > 0 {
			digits = strings.Repeat("0", short) + digits
		}
		at := len(digits) - int(scale)
		b.WriteString(digits[:at])
		if scale > 0 {
			b.WriteByte('.')
			b.WriteString(digits[at:])
		}
	}
	switch kind {
	case pq.Int32:
		return func(b *bytes.Buffer, v pq.Value) { point(b, strconv.Itoa(int(v.Int32()))) }, true
	case pq.Int64:
		return func(b *bytes.Buffer, v pq.Value) { point(b, strconv.FormatInt(v.Int64(), 10)) }, true
	case pq.ByteArray, pq.FixedLenByteArray: // big-endian, in two's complement
		return func(b *bytes.Buffer, v pq.Value) {
			raw := v.ByteArray()
			n := new(big.Int).SetBytes(raw)
			if len(raw) > 0 && raw[0]&0x80 != 0 {
				n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(raw))))
			}
			point(b, n.String())
		}, true
	}
	return nil, false
}

// quoted writes a text as a cell. Bytes that are no UTF-8 become replacement characters.
func quoted(b *bytes.Buffer, s string) {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if s != "" && !strings.ContainsAny(s, ",;\t|\"\r\n#") && strings.TrimSpace(s) == s {
		b.WriteString(s)
		return
	}
	b.WriteByte('"')
	b.WriteString(strings.ReplaceAll(s, `"`, `""`))
	b.WriteByte('"')
}
