// Package onnx writes networks as ONNX models, operator set 17
// (https://onnx.ai/onnx/repo-docs/IR.html).
package onnx

import (
	"encoding/binary"
	"math"
	"strconv"

	"descent/session/export/wire"
)

// The types of tensors (onnx.TensorProto.DataType).
const (
	float32s = 1
	int8s    = 3
	int32s   = 6
	int64s   = 7
	float64s = 11
)

// The version of the format and the operator set.
const (
	irVersion = 8
	opset     = 17
)

// graph is an onnx.GraphProto on its way.
type graph struct {
	kind         int64 // float32s or float64s: of all numbers that are no integers
	nodes        []byte
	initializers []byte
	names        map[string]int // how often a name has been given out
}

// name is a name of its own for what an operator gives.
func (g *graph) name(of string) string {
	if g.names == nil {
		g.names = map[string]int{}
	}
	g.names[of]++
	if n := g.names[of]; n > 1 {
		return g.name(of + "_" + strconv.Itoa(n))
	}
	return of
}

// attribute is an attribute of a node.
type attribute []byte

func integer(name string, v int64) attribute {
	const kind = 2
	return wire.Int(wire.Int(wire.String(nil, 1, name), 3, v), 20, kind)
}

func number(name string, v float64) attribute {
	const kind = 1
	return wire.Int(wire.Float(wire.String(nil, 1, name), 2, float32(v)), 20, kind)
}

func integers(name string, v ...int) attribute {
	const kind = 7
	b := wire.String(nil, 1, name)
	for _, i := range v {
		b = wire.Int(b, 8, int64(i))
	}
	return wire.Int(b, 20, kind)
}

// add adds an operator and returns the name of what it gives, which is built of that of
// its layer and its own.
func (g *graph) add(layer, operator string, inputs []string, attributes ...attribute) string {
	out := g.name(layer + "/" + operator)
	g.addAs(out, operator, inputs, attributes...)
	return out
}

// addAs is add with a name for what comes out.
func (g *graph) addAs(out, operator string, inputs []string, attributes ...attribute) {
	var b []byte
	for _, in := range inputs {
		b = wire.String(b, 1, in)
	}
	b = wire.String(b, 2, out)
	b = wire.String(b, 3, out)
	b = wire.String(b, 4, operator)
	for _, a := range attributes {
		b = wire.Bytes(b, 5, a)
	}
	g.nodes = wire.Bytes(g.nodes, 1, b)
}

// tensor adds a constant of a type, its raw bytes in little-endian order.
func (g *graph) tensor(name string, kind int64, shape []int, raw []byte) string {
	var b []byte
	for _, n := range shape {
		b = wire.Int(b, 1, int64(n))
	}
	b = wire.Int(b, 2, kind)
	b = wire.String(b, 8, name)
	b = wire.Bytes(b, 9, raw)
	g.initializers = wire.Bytes(g.initializers, 5, b)
	return name
}

// numbers adds a constant of the graph's type.
func (g *graph) numbers(name string, shape []int, v []float64) string {
	raw := make([]byte, 0, 8*len(v))
	for _, x := range v {
		if g.kind == float64s {
			raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(x))
		} else {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(float32(x)))
		}
	}
	return g.tensor(g.name(name), g.kind, shape, raw)
}

// scalar adds a single number.
func (g *graph) scalar(layer string, v float64) string {
	return g.numbers(layer+"/constant", nil, []float64{v})
}

// places adds whole numbers that count or index.
func (g *graph) places(name string, shape []int, v []int) string {
	raw := make([]byte, 0, 8*len(v))
	for _, x := range v {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(int64(x)))
	}
	return g.tensor(g.name(name), int64s, shape, raw)
}

func (g *graph) bytes(name string, shape []int, v []int8) string {
	raw := make([]byte, len(v))
	for i, x := range v {
		raw[i] = byte(x)
	}
	return g.tensor(g.name(name), int8s, shape, raw)
}

// value is an onnx.ValueInfoProto: a name, a type and a shape, after any number of rows.
func value(name string, kind int64, shape []int) []byte {
	dims := wire.Bytes(nil, 1, wire.String(nil, 2, "rows"))
	for _, n := range shape {
		dims = wire.Bytes(dims, 1, wire.Int(nil, 1, int64(n)))
	}
	tensor := wire.Bytes(wire.Int(nil, 1, kind), 2, dims)
	return wire.Bytes(wire.String(nil, 1, name), 2, wire.Bytes(nil, 1, tensor))
}

// port is an input or an output of the whole graph.
type port struct {
	name  string
	shape []int
}

// property is a text that goes with the model.
type property struct{ key, value string }

// encode is the onnx.ModelProto.
func (g *graph) encode(name, version string, in port, out []port, properties []property) []byte {
	body := append([]byte(nil), g.nodes...)
	body = wire.String(body, 2, name)
	body = append(body, g.initializers...)
	body = wire.Bytes(body, 11, value(in.name, g.kind, in.shape))
	for _, o := range out {
		body = wire.Bytes(body, 12, value(o.name, g.kind, o.shape))
	}
	b := wire.Int(nil, 1, irVersion)
	b = wire.String(b, 2, "descent")
	b = wire.String(b, 3, version)
	b = wire.Bytes(b, 7, body)
	b = wire.Bytes(b, 8, wire.Int(wire.String(nil, 1, ""), 2, opset))
	for _, p := range properties {
		b = wire.Bytes(b, 14, wire.String(wire.String(nil, 1, p.key), 2, p.value))
	}
	return b
}
