package tensor_test

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"descent/core/tensor"
)

// file is a safetensors file of that header and so many bytes of zeros.
func file(header string, size int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, size)...)
}

func TestDamagedFilesAreRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		file []byte
		want string // how the error begins
	}{
		{"empty", nil, "this is no safetensors file: it is shorter than its header"},
		{"seven bytes", make([]byte, 7), "this is no safetensors file: it is shorter than its header"},
		{"a header longer than the file", binary.LittleEndian.AppendUint64(nil, 10), "this is no safetensors file: its header claims 10 bytes of 0"},
		{"a header of 2^64 bytes", binary.LittleEndian.AppendUint64(nil, math.MaxUint64), "this is no safetensors file: its header claims 18446744073709551615 bytes"},
		{"no JSON", file("{", 0), "the safetensors header is damaged: "},
		{"a list", file("[]", 0), "the safetensors header is damaged: "},
		{"a tensor that is a number", file(`{"a":1}`, 0), `the safetensors header of "a" is damaged: `},
		{"complex numbers", file(`{"a":{"dtype":"C64","shape":[2],"data_offsets":[0,16]}}`, 16), `tensor "a" is of type C64; save it as F64 or F32`},
		{"no type", file(`{"a":{"shape":[2],"data_offsets":[0,4]}}`, 4), `tensor "a" is of type ; save it as F64 or F32`},
		{"a negative shape", file(`{"a":{"dtype":"F64","shape":[-1],"data_offsets":[0,8]}}`, 8), `tensor "a" has an impossible shape [-1]`},
		{"a huge shape", file(`{"a":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,8]}}`, 8), `tensor "a" has an impossible shape`},
		{"too few bytes", file(`{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}}`, 15), `tensor "a" of shape [2] does not fit its place in the file (bytes 0 to 16 of 15); the file is cut off: copy or download it again`},
		{"far too few bytes", file(`{"a":{"dtype":"F64","shape":[64],"data_offsets":[0,512]}}`, 8), `tensor "a" of shape [64] does not fit its place in the file (bytes 0 to 512 of 8); the file is cut off`},
		{"offsets too short for the shape", file(`{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}}`, 16), `tensor "a" of shape [2] does not fit its place in the file (bytes 0 to 8 of 16)`},
		{"offsets turned round", file(`{"a":{"dtype":"F64","shape":[1],"data_offsets":[8,0]}}`, 16), `tensor "a" of shape [1] does not fit its place in the file (bytes 8 to 0 of 16)`},
		{"a negative offset", file(`{"a":{"dtype":"F64","shape":[1],"data_offsets":[-8,0]}}`, 16), `tensor "a" of shape [1] does not fit its place in the file (bytes -8 to 0 of 16)`},
		{
			"two tensors in one place",
			file(`{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"b":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}`, 8),
			`tensor "b" starts at byte 0 of the data, but the one before it ends at byte 8`,
		},
		{
			"a hole",
			file(`{"a":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}`, 16),
			`tensor "a" starts at byte 8 of the data, but the one before it ends at byte 0`,
		},
		{"bytes left over", file(`{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}`, 12), "the tensors end at byte 8 of the data, but it has 12"},
	} {
		_, _, err := tensor.Decode(c.file)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
