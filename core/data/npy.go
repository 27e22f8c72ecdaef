package data

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The header of an NPY file is the text of a Python dictionary; see NEP 1.
var (
	npyType    = regexp.MustCompile(`'descr': *'([^']*)'`)
	npyFortran = regexp.MustCompile(`'fortran_order': *(True|False)`)
	npyShape   = regexp.MustCompile(`'shape': *\(([0-9, ]*)\)`)
)

// npyNumbers reads one number of each type that an array may have, little-endian.
var npyNumbers = map[string]struct {
	size int
	read func(b []byte) float64
}{
	"<f8": {8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }},
	"<f4": {4, func(b []byte) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))) }},
	"<f2": {2, func(b []byte) float64 { return half(binary.LittleEndian.Uint16(b)) }},
	"<i8": {8, func(b []byte) float64 { return float64(int64(binary.LittleEndian.Uint64(b))) }},
	"<i4": {4, func(b []byte) float64 { return float64(int32(binary.LittleEndian.Uint32(b))) }},
	"<i2": {2, func(b []byte) float64 { return float64(int16(binary.LittleEndian.Uint16(b))) }},
	"|i1": {1, func(b []byte) float64 { return float64(int8(b[0])) }},
	"<u8": {8, func(b []byte) float64 { return float64(binary.LittleEndian.Uint64(b)) }},
	"<u4": {4, func(b []byte) float64 { return float64(binary.LittleEndian.Uint32(b)) }},
	"<u2": {2, func(b []byte) float64 { return float64(binary.LittleEndian.Uint16(b)) }},
	"|u1": {1, nil}, // stays as it is
	"|b1": {1, func(b []byte) float64 { return float64(min(b[0], 1)) }},
}

func isNPY(plain []byte) bool { return bytes.HasPrefix(plain, []byte("\x93NUMPY")) }

// half is a float16 (IEEE 754 binary16), which a float64 holds exactly.
func half(bits uint16) float64 {
	exponent, fraction := int(bits>>10&31), float64(bits&1023)
	var v float64
	switch exponent {
	case 0:
		v = math.Ldexp(fraction, -24)
	case 31:
		if v = math.Inf(1); fraction > 0 {
			v = math.NaN()
		}
	default:
		v = math.Ldexp(1024+fraction, exponent-25)
	}
	if bits>>15 == 1 {
		v = -v
	}
	return v
}

// swapped are the bytes of big-endian numbers of a size, little-endian.
func swapped(body []byte, size int) []byte {
	out := slices.Clone(body)
	for i := 0; i < len(out); i += size {
		slices.Reverse(out[i : i+size])
	}
	return out
}

// rowMajor are the bytes of numbers in Fortran order, whose first index runs fastest, in C
// order, whose last one does.
func rowMajor(body []byte, shape []int, size int) []byte {
	out := make([]byte, 0, len(body))
	index, strides := make([]int, len(shape)), make([]int, len(shape))
	stride := size
	for k, n := range shape {
		strides[k] = stride
		stride *= n
	}
	for at := 0; len(out) < len(body); {
		out = append(out, body[at:at+size]...)
		for k := len(shape) - 1; k >= 0; k-- {
			index[k]++
			at += strides[k]
			if index[k] < shape[k] {
				break
			}
			at -= strides[k] * shape[k]
			index[k] = 0
		}
	}
	return out
}

// readNPY reads a NumPy array of real numbers, in any order of bytes and of axes.
func readNPY(name string, plain []byte) (array, error) {
	short := fmt.Errorf("%s: the NPY file ends within its header", name)
	if len(plain) < 12 {
		return array{}, short
	}
	length, start := int(binary.LittleEndian.Uint16(plain[8:])), 10
	if plain[6] >= 2 {
		length, start = int(binary.LittleEndian.Uint32(plain[8:])), 12
	}
	if length > len(plain)-start {
		return array{}, short
	}
	header, body := string(plain[start:start+length]), plain[start+length:]
	kind, fortran, shape := npyType.FindStringSubmatch(header), npyFortran.FindStringSubmatch(header), npyShape.FindStringSubmatch(header)
	if fortran == nil || shape == nil {
		return array{}, fmt.Errorf("%s: the header of the NPY file cannot be read", name)
	}
	if kind == nil {
		return array{}, fmt.Errorf("%s: the array holds records; save plain numbers", name)
	}
	native, big := strings.CutPrefix(kind[1], ">")
	if big {
		native = "<" + native
	}
	number, known := npyNumbers[native]
	letters := 0 // of a word, where the array is one of text
	if rest, text := strings.CutPrefix(native, "<U"); text && !known {
		n, err := strconv.Atoi(rest)
		if err != nil || n < 1 || n > 1<<16 {
			return array{}, fmt.Errorf("%s: the array is of type %q, whose words are too long", name, kind[1])
		}
		letters, number.size = n, 4*n
	}
	if !known && letters == 0 {
		return array{}, fmt.Errorf("%s: the array is of type %q; save it as float64, float32, float16, an integer type or bool", name, kind[1])
	}
	a := array{name: name}
	for size := range strings.SplitSeq(shape[1], ",") {
		if size = strings.TrimSpace(size); size == "" {
			continue
		}
		n, err := strconv.Atoi(size)
		if err != nil {
			return array{}, fmt.Errorf("%s: the header of the NPY file cannot be read", name)
		}
		a.shape = append(a.shape, n)
	}
	if len(a.shape) == 0 {
		return array{}, fmt.Errorf("%s: the array is a single number; it needs one row for each example", name)
	}
	n, err := cells(name, a.shape)
	if err != nil {
		return array{}, err
	}
	if len(body) != n*number.size {
		return array{}, fmt.Errorf("%s: the header says %s numbers, %d bytes, but %d follow it", name, times(a.shape), n*number.size, len(body))
	}
	if letters > 0 {
		if fortran[1] == "True" && len(a.shape) > 1 {
			return array{}, fmt.Errorf("%s: an array of text in Fortran order is not read", name)
		}
		a.words = unicodeWords(body, n, letters, big)
		return a, nil
	}
	if big {
		body = swapped(body, number.size)
	}
	if fortran[1] == "True" && len(a.shape) > 1 {
		body = rowMajor(body, a.shape, number.size)
	}
	if native == "|u1" {
		a.bytes = body
		return a, nil
	}
	a.values = make([]float64, n)
	for i := range a.values {
		a.values[i] = number.read(body[i*number.size:])
	}
	a.labels = longLabels(native, body, a.values)
	return a, nil
}

// longLabels are integers of 64 bits in full, if one of them is beyond what a
// float64 holds; else nil.
func longLabels(kind string, body []byte, values []float64) []string {
	var text func(n uint64) string
	switch kind {
	case "<i8":
		text = func(n uint64) string { return strconv.FormatInt(int64(n), 10) }
	case "<u8":
		text = func(n uint64) string { return strconv.FormatUint(n, 10) }
	default:
		return nil
	}
	long := slices.ContainsFunc(values, func(v float64) bool { return math.Abs(v) >= maxExact })
	if !long {
		return nil
	}
	long = false
	labels := make([]string, len(values))
	for i := range labels {
		labels[i] = text(binary.LittleEndian.Uint64(body[8*i:]))
		long = long || inexact(labels[i], values[i])
	}
	if !long {
		return nil
	}
	return labels
}

// unicodeWords are n words of so many letters of UTF-32, filled up with zeros.
func unicodeWords(body []byte, n, letters int, big bool) []string {
	known := map[string]string{} // each word once
	out := make([]string, n)
	for i := range out {
		var b strings.Builder
		for k := range letters {
			at := body[4*(i*letters+k):]
			r := binary.LittleEndian.Uint32(at)
			if big {
				r = binary.BigEndian.Uint32(at)
			}
			if r == 0 {
				break
			}
			b.WriteRune(rune(r & 0x1fffff))
		}
		word := b.String()
		if _, ok := known[word]; !ok {
			known[word] = word
		}
		out[i] = known[word]
	}
	return out
}
