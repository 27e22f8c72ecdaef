package nn

import (
	"fmt"
	"math"
	"strconv"

	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// MaxParams is the largest model that is built, 2^28 parameters.
const MaxParams = 1 << 28

// Spec is the [model] table of a recipe.
type Spec struct {
	Layers     []int  // widths, input first
	Activation string // between the layers, none after the last
	Init       string
	Weights    string // path of a safetensors file, "" for none
}

// NewSpec holds the defaults.
func NewSpec() Spec { return Spec{Activation: "identity", Init: "torch"} }

// Knobs are the keys of the table, bound to the spec.
func (s *Spec) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Ints("model.layers", &s.Layers, "widths of the dense layers, input first: [64, 32, 10]").AsFixed(),
		knob.OneOf("model.activation", &s.Activation, Activations(), "what stands between the layers; none after the last").AsFixed(),
		knob.OneOf("model.init", &s.Init, Inits(), "where the weights start").AsFixed(),
		knob.String("model.weights", &s.Weights, "a safetensors file to start from, tensors named as PyTorch's nn.Sequential").AsFixed(),
	}
}

// Model is a stack of layers with the buffers of one pass. It is bound to no
// parameters; every call is handed the flat vector. Not for two goroutines at once.
type Model struct {
	layers []Layer
	layout knob.Layout
	parts  [][2]int // a layer's range in the flat vector

	capacity int
	rows     int
	input    blas64.General
	acts     [][]float64 // acts[i] is the output of layer i
	grads    [][]float64 // grads[i] is the gradient of that output
}

// New builds the stack, or says which size makes no sense. Nothing is
// allocated for a model of more than MaxParams parameters.
func New(s Spec) (*Model, error) {
	if len(s.Layers) < 2 {
		return nil, fmt.Errorf("model.layers wants at least an input and an output width, not %v", s.Layers)
	}
	total := 0.0
	for i := 1; i < len(s.Layers); i++ {
		if s.Layers[i-1] < 1 || s.Layers[i] < 1 {
			return nil, fmt.Errorf("model.layers wants widths of at least 1, not %v", s.Layers)
		}
		total += (float64(s.Layers[i-1]) + 1) * float64(s.Layers[i])
	}
	if total > MaxParams {
		return nil, fmt.Errorf("model.layers %v would make %.3g parameters; the most is 2^28", s.Layers, total)
	}
	var layers []Layer
	for i := 1; i < len(s.Layers); i++ {
		layers = append(layers, Dense{In: s.Layers[i-1], Out: s.Layers[i]})
		if i == len(s.Layers)-1 {
			break
		}
		for _, a := range activations {
			if a.name == s.Activation {
				layers = append(layers, elementwise{activation: a, width: s.Layers[i]})
			}
		}
	}
	return stack(layers), nil
}

func stack(layers []Layer) *Model {
	m := &Model{layers: layers}
	offset := 0
	for i, l := range layers {
		start := offset
		for _, p := range l.Params() {
			seg := knob.Segment{
				Name:  strconv.Itoa(i) + "." + p.Name,
				Layer: strconv.Itoa(i), Role: p.Role, Shape: p.Shape, Offset: offset,
			}
			m.layout = append(m.layout, seg)
			offset += seg.Size()
		}
		m.parts = append(m.parts, [2]int{start, offset})
	}
	m.acts = make([][]float64, len(layers))
	m.grads = make([][]float64, len(layers))
	return m
}

// Layers are the stack, input first.
func (m *Model) Layers() []Layer { return m.layers }

// Layout names the tensors of the flat vector.
func (m *Model) Layout() knob.Layout { return m.layout }

// In and Out are the widths of a row that goes in and comes out.
func (m *Model) In() int { in, _ := m.layers[0].Width(); return in }

// Out is the width of a row of outputs.
func (m *Model) Out() int { _, out := m.layers[len(m.layers)-1].Width(); return out }

// Reserve makes room for batches of so many rows; smaller ones then allocate nothing.
func (m *Model) Reserve(rows int) {
	if rows <= m.capacity {
		return
	}
	m.capacity = rows
	for i, l := range m.layers {
		_, out := l.Width()
		m.acts[i] = make([]float64, rows*out)
		m.grads[i] = make([]float64, rows*out)
	}
}

func (m *Model) view(buf [][]float64, i int) blas64.General {
	_, out := m.layers[i].Width()
	return blas64.General{Rows: m.rows, Cols: out, Stride: out, Data: buf[i][:m.rows*out]}
}

func (m *Model) part(i int, v []float64) []float64 {
	p := m.parts[i]
	return v[p[0]:p[1]:p[1]]
}

// Forward runs x, rows×in, through the layers under the weights w and returns
// the outputs, rows×out. They are the model's own buffer, overwritten by the
// next call. x is read again by Backward.
func (m *Model) Forward(w []float64, x blas64.General, pass Pass) blas64.General {
	if x.Cols != m.In() || len(w) != m.layout.Size() {
		panic(fmt.Sprintf("nn: input %d×%d and %d weights given to a model of input width %d and %d weights",
			x.Rows, x.Cols, len(w), m.In(), m.layout.Size()))
	}
	m.Reserve(x.Rows)
	m.rows, m.input = x.Rows, x
	for i, l := range m.layers {
		y := m.view(m.acts, i)
		l.Forward(m.part(i, w), x, y, pass)
		x = y
	}
	return x
}

// OutGrad is where the gradient of the last Forward's outputs goes, rows×out.
func (m *Model) OutGrad() blas64.General { return m.view(m.grads, len(m.layers)-1) }

// Backward overwrites dw with the gradient of the weights, given the gradient
// in OutGrad and the activations of the last Forward. The gradient of the
// network's input is not computed.
func (m *Model) Backward(w, dw []float64) {
	for i := len(m.layers) - 1; i >= 0; i-- {
		x, dx := m.input, blas64.General{}
		if i > 0 {
			x, dx = m.view(m.acts, i-1), m.view(m.grads, i-1)
		}
		m.layers[i].Backward(m.part(i, w), m.part(i, dw), x, m.view(m.acts, i), dx, m.view(m.grads, i))
	}
}

// NonFinite looks for NaN and infinities along the last pass and names the
// first place: a layer's weights, its output, or (from the back) its gradient.
// It returns "" if all is finite.
func (m *Model) NonFinite(w, dw []float64) string {
	name := func(i int) string { return fmt.Sprintf("layer %d (%s)", i, m.layers[i].Kind()) }
	for i := range m.layers {
		if !Finite(m.part(i, w)) {
			return "the weights of " + name(i)
		}
		if !Finite(m.view(m.acts, i).Data) {
			return "the output of " + name(i)
		}
	}
	for i := len(m.layers) - 1; i >= 0; i-- {
		if !Finite(m.part(i, dw)) {
			return "the gradient of " + name(i)
		}
	}
	return ""
}

// LargestOutput is the layer whose output was largest in the last pass, and
// that magnitude.
func (m *Model) LargestOutput() (layer int, magnitude float64) {
	for i := range m.layers {
		for _, v := range m.view(m.acts, i).Data {
			if a := math.Abs(v); a > magnitude {
				layer, magnitude = i, a
			}
		}
	}
	return layer, magnitude
}

// Finite tells whether v holds neither NaN nor an infinity.
func Finite(v []float64) bool {
	var s0, s1, s2, s3 float64 // x − x is 0 for every finite x, NaN otherwise
	for len(v) >= 4 {
		s0 += v[0] - v[0]
		s1 += v[1] - v[1]
		s2 += v[2] - v[2]
		s3 += v[3] - v[3]
		v = v[4:]
	}
	for _, x := range v {
		s0 += x - x
	}
	return !math.IsNaN(s0 + s1 + s2 + s3)
}
