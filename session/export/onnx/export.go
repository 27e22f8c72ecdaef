package onnx

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"descent/core/loss"
	"descent/core/model"
	"descent/core/nn"
	"descent/session/disk"
	"descent/session/export/format"
)

// Float32 writes the network with numbers of 32 bits, as most runtimes compute.
func Float32(_ context.Context, d disk.Disk, s format.Subject, path string) (files, notes []string, err error) {
	return write(d, s, path, float32s, nil)
}

// Float64 writes the network with numbers of 64 bits, as it was trained but for
// train.precision.
func Float64(_ context.Context, d disk.Disk, s format.Subject, path string) (files, notes []string, err error) {
	files, notes, err = write(d, s, path, float64s, nil)
	if err == nil && s.Model.InSingle() {
		notes = append(notes, "the network trained in float32, of which --to onnx loses nothing in half the bytes")
	}
	if err == nil {
		if of, err := s.Model.Spec.Describe(); err == nil && contains(of, "gelu") {
			notes = append(notes, "gelu needs the operator Erf of float64, which onnxruntime has not; export float32 for it")
		}
	}
	return files, notes, err
}

func contains(of []nn.Described, kind string) bool {
	for _, d := range of {
		if d.Kind == kind || contains(d.Body, kind) {
			return true
		}
	}
	return false
}

// Int8 writes the network with weights of int8 and the inputs of layers rounded to
// int8, as pairs of QuantizeLinear and DequantizeLinear (QDQ).
func Int8(_ context.Context, d disk.Disk, s format.Subject, path string) (files, notes []string, err error) {
	if s.Session == nil {
		return nil, nil, errors.New("the ranges of the inputs of layers are known to a session alone; export its log")
	}
	if s.Model == nil {
		return nil, nil, errNone
	}
	t := s.Session.Trainer()
	w := append([]float64(nil), t.Weights()...)
	kernels, err := t.View().Integers(w)
	if err != nil {
		return nil, nil, err
	}
	if len(kernels) == 0 {
		return nil, nil, errors.New("the network has no layer with weights to quantize")
	}
	return write(d, s, path, float32s, kernels)
}

var errNone = errors.New("a test surface has no network")

func write(d disk.Disk, s format.Subject, path string, kind int64, kernels []nn.IntegerKernel) (files, notes []string, err error) {
	if s.Model == nil {
		return nil, nil, errNone
	}
	content, err := Encode(s.Model, kind == float64s, kernels)
	if err != nil {
		return nil, nil, err
	}
	return []string{path}, nil, disk.WriteAll(d, disk.Output{Path: path, Content: content})
}

// most is how many bytes a message of protocol buffers has at most.
const most = 1<<31 - 1

// Encode is a model as an ONNX file. Its input is "input", rows of what the network
// sees: columns as core/data/transform makes them of a table, which goes with the file
// as the property "descent.transform". Its outputs are "output" as the loss takes them
// and, of classes, "probabilities". With wide numbers have 64 bits, else 32; kernels of
// a quantized network, in the order of its layers, make it one of int8.
func Encode(m *model.Model, wide bool, kernels []nn.IntegerKernel) ([]byte, error) {
	of, err := m.Spec.Describe()
	if err != nil {
		return nil, err
	}
	if size := 8 * m.Layout.Size(); size > most/2 {
		return nil, fmt.Errorf("%d MiB of weights do not fit into one ONNX file", size>>20)
	}
	b := &builder{graph: graph{kind: float32s}, tensors: map[string][]float64{}, shapes: map[string][]int{}, kernels: kernels}
	if wide {
		b.kind = float64s
	}
	for _, seg := range m.Layout {
		b.put(seg.Name, seg.Shape, seg.Of(m.Weights))
	}
	for _, s := range m.State {
		b.put(s.Name, []int{len(s.Data)}, s.Data)
	}
	shape := of[0].In
	last, err := b.layers(of, "input")
	if err != nil {
		return nil, err
	}
	b.addAs("output", "Identity", []string{last})
	width := of[len(of)-1].Out
	out := []port{{"output", width}}
	switch {
	case m.Reads == loss.Distribution:
		b.addAs("probabilities", "Softmax", []string{"output"}, integer("axis", 1))
		out = append(out, port{"probabilities", width})
	case m.Reads == loss.LogOdds:
		b.addAs("probabilities", "Sigmoid", []string{"output"})
		out = append(out, port{"probabilities", width})
	}
	properties := []property{{"descent.outputs", strings.Join(m.Outputs, "\n")}}
	if m.Transform != nil {
		text, err := json.Marshal(m.Transform)
		if err != nil {
			return nil, err
		}
		properties = append(properties, property{"descent.transform", string(text)})
	}
	return b.encode(m.Name, m.Version, port{"input", shape}, out, properties), nil
}

func (b *builder) put(name string, shape []int, v []float64) {
	b.tensors[name], b.shapes[name] = v, shape
}
