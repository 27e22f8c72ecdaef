package tensorboard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math"
	"testing"
	"time"
)

// The vectors of RFC 3720, B.4, and that of the catalogue of parametrised CRCs.
func TestChecksumIsCRC32C(t *testing.T) {
	rising := make([]byte, 32)
	for i := range rising {
		rising[i] = byte(i)
	}
	for _, v := range []struct {
		of   []byte
		want uint32
	}{
		{make([]byte, 32), 0x8a9136aa},
		{bytes.Repeat([]byte{0xff}, 32), 0x62a8ab43},
		{rising, 0x46dd794e},
		{[]byte("123456789"), 0xe3069283},
	} {
		if got := crc32.Checksum(v.of, castagnoli); got != v.want {
			t.Errorf("%x: %#x, want %#x", v.of, got, v.want)
		}
		turned := v.want>>15 | v.want<<17
		if got := masked(v.of); got != turned+0xa282ead8 {
			t.Errorf("%x: masked %#x", v.of, got)
		}
	}
}

// record reads a record and checks both of its checksums, the other way round than
// they are written.
func record(r io.Reader) ([]byte, error) {
	unmasked := func(m uint32) uint32 { m -= 0xa282ead8; return m>>17 | m<<15 }
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	if unmasked(binary.LittleEndian.Uint32(head[8:])) != crc32.Checksum(head[:8], crc32.MakeTable(crc32.Castagnoli)) {
		return nil, errors.New("checksum of the length")
	}
	body := make([]byte, binary.LittleEndian.Uint64(head[:8]))
	var sum [4]byte
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(r, sum[:]); err != nil {
		return nil, err
	}
	if unmasked(binary.LittleEndian.Uint32(sum[:])) != crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)) {
		return nil, errors.New("checksum of the record")
	}
	return body, nil
}

// field is a field of a message of protocol buffers.
type field struct {
	number uint64
	bits   uint64
	bytes  []byte
}

func fields(t *testing.T, b []byte) (out []field) {
	t.Helper()
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		b = b[n:]
		f := field{number: key >> 3}
		switch key & 7 {
		case 0:
			f.bits, n = binary.Uvarint(b)
			b = b[n:]
		case 1:
			f.bits, b = binary.LittleEndian.Uint64(b), b[8:]
		case 2:
			size, n := binary.Uvarint(b)
			f.bytes, b = b[n:n+int(size)], b[n+int(size):]
		case 5:
			f.bits, b = uint64(binary.LittleEndian.Uint32(b)), b[4:]
		default:
			t.Fatalf("wire type %d", key&7)
		}
		out = append(out, f)
	}
	return out
}

func TestEventsReadBack(t *testing.T) {
	var out bytes.Buffer
	at := time.Unix(1700000000, 250_000_000)
	e, err := NewEvents(&out, at)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Scalars(at, 300, Scalar{"loss/loss", 0.125}, Scalar{"loss/val_loss", math.Inf(1)}); err != nil {
		t.Fatal(err)
	}
	if err := e.Text(at, 301, "decisions", "step 301: lr 0.1"); err != nil {
		t.Fatal(err)
	}
	var events [][]field
	for {
		body, err := record(&out)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, fields(t, body))
	}
	if len(events) != 3 {
		t.Fatalf("%d events", len(events))
	}
	for _, e := range events {
		if e[0].number != 1 || math.Float64frombits(e[0].bits) != 1700000000.25 {
			t.Errorf("the time is %v", math.Float64frombits(e[0].bits))
		}
	}
	if v := events[0][1]; v.number != 3 || string(v.bytes) != "brain.Event:2" {
		t.Errorf("the version is %q", v.bytes)
	}
	if s := events[1][1]; s.number != 2 || s.bits != 300 {
		t.Errorf("the step is %d", s.bits)
	}
	values := fields(t, events[1][2].bytes)
	for i, want := range []Scalar{{"loss/loss", 0.125}, {"loss/val_loss", math.Inf(1)}} {
		v := fields(t, values[i].bytes)
		if string(v[0].bytes) != want.Tag || v[1].number != 2 || float64(math.Float32frombits(uint32(v[1].bits))) != want.Value {
			t.Errorf("value %d: %q %v", i, v[0].bytes, math.Float32frombits(uint32(v[1].bits)))
		}
	}
	text := fields(t, fields(t, events[2][2].bytes)[0].bytes)
	if string(text[0].bytes) != "decisions" || !bytes.Contains(text[1].bytes, []byte("text")) || !bytes.HasSuffix(text[2].bytes, []byte("step 301: lr 0.1")) {
		t.Errorf("the text is %v", text)
	}
}
