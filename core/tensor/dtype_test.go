package tensor_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"descent/core/tensor"
)

// Bits and what they stand for, from the tables of IEEE 754 and of Micikevicius et al. 2022.
func TestElementsOfEveryTypeAreExact(t *testing.T) {
	for _, c := range []struct {
		kind string
		bits []byte
		want float64
	}{
		{"F64", []byte{0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f}, 0.1},
		{"F32", []byte{0xcd, 0xcc, 0xcc, 0x3d}, float64(float32(0.1))},
		{"F16", []byte{0x00, 0x3c}, 1},
		{"F16", []byte{0xff, 0x7b}, 65504},
		{"F16", []byte{0x01, 0x00}, 0x1p-24},
		{"F16", []byte{0xff, 0x03}, 1023 * 0x1p-24},
		{"F16", []byte{0x00, 0xfc}, math.Inf(-1)},
		{"F16", []byte{0x00, 0x80}, math.Copysign(0, -1)},
		{"F16", []byte{0x01, 0x7e}, math.NaN()},
		{"BF16", []byte{0x80, 0x3f}, 1},
		{"BF16", []byte{0x7f, 0x7f}, 0x1.fep127},
		{"BF16", []byte{0x80, 0xff}, math.Inf(-1)},
		{"F8_E4M3", []byte{0x7e}, 448},
		{"F8_E4M3", []byte{0x7f}, math.NaN()},
		{"F8_E4M3", []byte{0x01}, 0x1p-9},
		{"F8_E4M3", []byte{0xb8}, -1},
		{"F8_E5M2", []byte{0x7b}, 57344},
		{"F8_E5M2", []byte{0x7c}, math.Inf(1)},
		{"F8_E5M2", []byte{0x01}, 0x1p-16},
		{"I64", []byte{0, 0, 0, 0, 0, 0, 0x20, 0}, 1 << 53},
		{"I64", []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, -1},
		{"I32", []byte{0, 0, 0, 0x80}, math.MinInt32},
		{"I16", []byte{0, 0x80}, -32768},
		{"I8", []byte{0x80}, -128},
		{"U64", []byte{0, 0, 0, 0, 0, 0, 0, 0x80}, 1 << 63},
		{"U32", []byte{0xff, 0xff, 0xff, 0xff}, math.MaxUint32},
		{"U16", []byte{0xff, 0xff}, 65535},
		{"U8", []byte{0xff}, 255},
		{"BOOL", []byte{0}, 0},
		{"BOOL", []byte{1}, 1},
	} {
		head := fmt.Sprintf(`{"a":{"dtype":%q,"shape":[1],"data_offsets":[0,%d]}}`, c.kind, len(c.bits))
		got, _, err := tensor.Decode(append(file(head, 0), c.bits...))
		if err != nil {
			t.Errorf("%s %x: %v", c.kind, c.bits, err)
			continue
		}
		v := got[0].Data[0]
		if math.Float64bits(v) != math.Float64bits(c.want) && !(math.IsNaN(v) && math.IsNaN(c.want)) {
			t.Errorf("%s %x is %v, want %v", c.kind, c.bits, v, c.want)
		}
	}
}

func TestIntegersBeyondFloat64AreRefused(t *testing.T) {
	for _, c := range []struct {
		kind string
		bits []byte
	}{
		{"I64", []byte{1, 0, 0, 0, 0, 0, 0x20, 0}},
		{"I64", []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}},
		{"U64", []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
	} {
		head := fmt.Sprintf(`{"a":{"dtype":%q,"shape":[1],"data_offsets":[0,8]}}`, c.kind)
		if _, _, err := tensor.Decode(append(file(head, 0), c.bits...)); err == nil || !strings.Contains(err.Error(), "beyond 2^53") {
			t.Errorf("%s %x: %v", c.kind, c.bits, err)
		}
	}
}
