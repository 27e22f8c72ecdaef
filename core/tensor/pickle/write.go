package pickle

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"strconv"

	"descent/core/tensor"
)

// Array is a tensor to be written.
type Array struct {
	DType string // "F64", "F32", "I64" or "BOOL"
	Shape []int
	Data  []float64 // row-major; integers for I64, 0 or 1 for BOOL
}

// StateDict is a dictionary of tensors of type F64, as a module's state_dict.
func StateDict(tensors []tensor.Tensor) *Dict {
	out := &Dict{}
	for _, t := range tensors {
		out.Set(t.Name, Array{"F64", t.Shape, t.Data})
	}
	return out
}

// alignment is where the elements of a storage begin in the file, in bytes.
const alignment = 64

// Encode is a file that torch.load reads, with weights_only too. Values are nil, bool,
// int, string, Array, []any, Tuple and *Dict, which becomes an OrderedDict. It panics
// for others: PyTorch 1.13 takes floats in tensors alone where it reads weights only.
func Encode(value any) []byte {
	p := &pickler{}
	p.out.WriteString("\x80\x02")
	p.value(value)
	p.out.WriteByte(opStop)
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	put := func(name string, content []byte) {
		if err := z.Flush(); err != nil {
			panic(err) // a buffer takes all
		}
		h := &zip.FileHeader{
			Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(content),
			CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(len(content)),
		}
		// The extra field FB fills up to the boundary, as PyTorch writes it.
		const fixed = 30 + 4
		pad := (alignment - (file.Len()+fixed+len(name))%alignment) % alignment
		h.Extra = binary.LittleEndian.AppendUint16([]byte("FB"), uint16(pad))
		h.Extra = append(h.Extra, bytes.Repeat([]byte("Z"), pad)...)
		w, err := z.CreateRaw(h)
		if err != nil {
			panic(err)
		}
		if _, err := w.Write(content); err != nil {
			panic(err)
		}
	}
	put("archive/data.pkl", p.out.Bytes())
	put("archive/byteorder", []byte("little"))
	for i, s := range p.storages {
		put("archive/data/"+strconv.Itoa(i), s)
	}
	put("archive/version", []byte("3\n"))
	if err := z.Close(); err != nil {
		panic(err)
	}
	return file.Bytes()
}

// pickler writes a pickle of protocol 2 and gathers the storages that it refers to.
type pickler struct {
	out      bytes.Buffer
	storages [][]byte
}

func (p *pickler) value(v any) {
	switch v := v.(type) {
	case nil:
		p.out.WriteByte(opNone)
	case bool:
		p.out.WriteByte(map[bool]byte{true: opNewTrue, false: opNewFalse}[v])
	case int:
		p.integer(v)
	case string:
		p.out.WriteByte(opBinUnicode)
		p.out.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(v))))
		p.out.WriteString(v)
	case []any:
		p.out.WriteString("](")
		p.values(v)
		p.out.WriteByte(opAppends)
	case Tuple:
		p.out.WriteByte(opMark)
		p.values(v)
		p.out.WriteByte(opTuple)
	case *Dict:
		p.global("collections", "OrderedDict")
		p.out.WriteString(")R(")
		for i, key := range v.Keys {
			p.value(key)
			p.value(v.Values[i])
		}
		p.out.WriteByte(opSetItems)
	case Array:
		p.array(v)
	default:
		panic(fmt.Sprintf("pickle: no way to write a %T", v))
	}
}

func (p *pickler) values(all []any) {
	for _, v := range all {
		p.value(v)
	}
}

func (p *pickler) global(module, name string) {
	fmt.Fprintf(&p.out, "c%s\n%s\n", module, name)
}

func (p *pickler) integer(n int) {
	if int(int32(n)) == n {
		p.out.WriteByte(opBinInt)
		p.out.Write(binary.LittleEndian.AppendUint32(nil, uint32(n)))
		return
	}
	p.out.WriteByte(opLong1)
	p.out.WriteByte(8)
	p.out.Write(binary.LittleEndian.AppendUint64(nil, uint64(n)))
}

// array is a call of torch._utils._rebuild_tensor_v2 with a storage of its own.
func (p *pickler) array(a Array) {
	class := map[string]string{"F64": "DoubleStorage", "F32": "FloatStorage", "I64": "LongStorage", "BOOL": "BoolStorage"}[a.DType]
	if class == "" {
		panic("pickle: no way to write elements of type " + a.DType)
	}
	shape, strides := make(Tuple, len(a.Shape)), make(Tuple, len(a.Shape))
	next := 1
	for i := len(a.Shape) - 1; i >= 0; i-- {
		shape[i], strides[i] = a.Shape[i], next
		next *= a.Shape[i]
	}
	if next != len(a.Data) {
		panic(fmt.Sprintf("pickle: %d numbers for shape %v", len(a.Data), a.Shape))
	}
	p.global("torch._utils", "_rebuild_tensor_v2")
	p.out.WriteString("((")
	p.value("storage")
	p.global("torch", class)
	p.values([]any{strconv.Itoa(len(p.storages)), "cpu", len(a.Data)})
	p.out.WriteByte(opTuple)
	p.out.WriteByte(opBinPersID)
	p.values([]any{0, shape, strides, false, &Dict{}})
	p.out.WriteByte(opTuple)
	p.out.WriteByte(opReduce)
	p.storages = append(p.storages, elements(a))
}

func elements(a Array) []byte {
	var out []byte
	for _, v := range a.Data {
		switch a.DType {
		case "F64":
			out = binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
		case "F32":
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(float32(v)))
		case "I64":
			out = binary.LittleEndian.AppendUint64(out, uint64(int64(v)))
		case "BOOL":
			out = append(out, map[bool]byte{true: 1}[v != 0])
		}
	}
	return out
}
