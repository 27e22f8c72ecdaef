package data

import (
	"encoding/binary"
	"fmt"
	"math"
)

// idxSizes are the bytes of a number of each IDX type; see
// http://yann.lecun.com/exdb/mnist.
var idxSizes = map[byte]int{0x08: 1, 0x09: 1, 0x0b: 2, 0x0c: 4, 0x0d: 4, 0x0e: 8}

func isIDX(plain []byte) bool {
	return len(plain) >= 4 && plain[0] == 0 && plain[1] == 0 && idxSizes[plain[2]] > 0 && plain[3] > 0
}

// readIDX reads the format of MNIST: two zero bytes, the type, the number of
// dimensions, their sizes and the numbers, all big-endian.
func readIDX(name string, plain []byte) (array, error) {
	kind, dims := plain[2], int(plain[3])
	body := plain[4:]
	if len(body) < 4*dims {
		return array{}, fmt.Errorf("%s: the IDX file ends within its header", name)
	}
	a := array{name: name, shape: make([]int, dims)}
	for i := range a.shape {
		a.shape[i] = int(binary.BigEndian.Uint32(body[4*i:]))
	}
	body = body[4*dims:]
	n, err := cells(name, a.shape)
	if err != nil {
		return array{}, err
	}
	size := idxSizes[kind]
	if len(body) != n*size {
		return array{}, fmt.Errorf("%s: the header says %s numbers, %d bytes, but %d follow it", name, times(a.shape), n*size, len(body))
	}
	if kind == 0x08 {
		a.bytes = body
		return a, nil
	}
	a.values = make([]float64, n)
	for i := range a.values {
		b := body[i*size:]
		switch kind {
		case 0x09:
			a.values[i] = float64(int8(b[0]))
		case 0x0b:
			a.values[i] = float64(int16(binary.BigEndian.Uint16(b)))
		case 0x0c:
			a.values[i] = float64(int32(binary.BigEndian.Uint32(b)))
		case 0x0d:
			a.values[i] = float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
		case 0x0e:
			a.values[i] = math.Float64frombits(binary.BigEndian.Uint64(b))
		}
	}
	return a, nil
}
