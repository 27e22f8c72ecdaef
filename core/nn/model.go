package nn

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// MaxParams is the largest model that is built, 2^28 parameters.
const MaxParams = 1 << 28

// maxWidth is the most numbers a row may hold between two layers.
const maxWidth = 1 << 24

// Model is a stack of layers with the buffers of one pass. It is bound to no
// parameters; every call is handed the flat vector. Not for two goroutines at once.
type Model struct {
	layers []Layer
	layout knob.Layout
	parts  [][2]int // a layer's range in the flat vector
	places []Place
	shape  []int // of a row that comes in

	capacity int
	rows     int
	input    blas64.General
	widths   []int       // of the layers' outputs
	acts     [][]float64 // acts[i] is the output of layer i
	grads    [][]float64 // grads[i] is the gradient of that output

	nudge  []float64 // joins the gradient of the features, once
	nudged bool

	stop func() bool // asks whether a pass is to be given up; nil for never

	rounder Rounder
	doors   []door // before each layer; nil without a rounder
}

// Place is one layer where it stands.
type Place struct {
	Name    string // "3", or "3.0" within a residual block
	Layer   Layer
	In, Out []int // the shapes of a row
}

// New builds the stack, or says which size makes no sense. Nothing is
// allocated for a model of more than MaxParams parameters.
func New(s Spec) (*Model, error) {
	if len(s.Stack) > 0 {
		if len(s.Input) == 0 {
			return nil, &KeyError{"model.input", errNoInput}
		}
		if n := product(s.Input); n > maxWidth {
			return nil, blame("model.input", "model.input %s makes %.3g inputs; the most is 2^24", ShapeText(s.Input), n)
		}
		entries, err := s.entries()
		if err != nil {
			return nil, err
		}
		return assemble(entries, site{in: s.Input, first: true})
	}
	if len(s.Layers) < 2 {
		return nil, blame("model.layers", "model.layers wants at least an input and an output width, not %v", s.Layers)
	}
	total := 0.0
	for i := 1; i < len(s.Layers); i++ {
		if s.Layers[i-1] < 1 || s.Layers[i] < 1 {
			return nil, blame("model.layers", "model.layers wants widths of at least 1, not %v", s.Layers)
		}
		total += float64((float64(s.Layers[i-1]) + 1) * float64(s.Layers[i]))
	}
	if total > MaxParams {
		return nil, blame("model.layers", "model.layers %v would make %.3g parameters; the most is 2^28", s.Layers, total)
	}
	m := &Model{shape: s.Layers[:1]}
	for i := 1; i < len(s.Layers); i++ {
		out := s.Layers[i : i+1]
		m.push(Dense{In: s.Layers[i-1], Out: s.Layers[i]}, out)
		if i == len(s.Layers)-1 {
			break
		}
		for _, a := range activations {
			if a.name == s.Activation {
				m.push(elementwise{activation: a, width: s.Layers[i]}, out)
			}
		}
	}
	return m, nil
}

// assemble builds the layers of entries one on the other.
func assemble(entries []*Entry, at site) (*Model, error) {
	m := &Model{shape: at.in}
	params := 0.0
	for i, e := range entries {
		name := strconv.Itoa(i)
		if at.name != "" {
			name = at.name + "." + name
		}
		top, _, _ := strings.Cut(name, ".")
		fail := func(format string, args ...any) error {
			return blame("model.stack."+top, "layer "+name+" ("+e.kind.name+") "+format, args...)
		}
		l, out, err := e.kind.build(site{name, m.OutShape(), at.first && i == 0}, e)
		if err != nil {
			if inner := (*KeyError)(nil); errors.As(err, &inner) {
				return nil, err
			}
			return nil, fail("%w", err)
		}
		if n := product(out); n > maxWidth {
			return nil, fail("would make rows of %.3g numbers; the most is 2^24", n)
		}
		for _, p := range l.Params() {
			params += product(p.Shape)
		}
		if params > MaxParams {
			return nil, fail("would bring the model to %.3g parameters; the most is 2^28", params)
		}
		m.push(l, out)
	}
	return m, nil
}

// push puts a layer on the stack whose rows come out in that shape.
func (m *Model) push(l Layer, out []int) {
	name := strconv.Itoa(len(m.layers))
	start := m.layout.Size()
	end := start
	for _, p := range l.Params() {
		seg := knob.Segment{Name: name + "." + p.Name, Role: p.Role, Shape: p.Shape, Offset: end}
		seg.Layer = seg.Name[:strings.LastIndexByte(seg.Name, '.')]
		m.layout = append(m.layout, seg)
		end += seg.Size()
	}
	if block, ok := l.(*residual); ok {
		for _, p := range block.body.places {
			p.Name = name + "." + p.Name
			m.places = append(m.places, p)
		}
	}
	m.places = append(m.places, Place{Name: name, Layer: l, In: m.OutShape(), Out: out})
	m.layers = append(m.layers, l)
	_, width := l.Width()
	m.widths = append(m.widths, width)
	m.parts = append(m.parts, [2]int{start, end})
	m.acts, m.grads = append(m.acts, nil), append(m.grads, nil)
}

// Layers are the stack, input first.
func (m *Model) Layers() []Layer { return m.layers }

// Places are all layers with their names and shapes, in the order in which
// they run: those of a residual block before the block, which then adds.
func (m *Model) Places() []Place { return m.places }

// InShape is the shape of a row that goes in.
func (m *Model) InShape() []int { return m.shape }

// OutShape is the shape of a row that comes out.
func (m *Model) OutShape() []int {
	if len(m.places) == 0 {
		return m.shape
	}
	return m.places[len(m.places)-1].Out
}

// State is what the layers keep beside the parameters, live, named as
// PyTorch's buffers: "1.running_mean".
func (m *Model) State() []knob.Buffer {
	var out []knob.Buffer
	for i, l := range m.layers {
		if s, ok := l.(stateful); ok {
			for _, b := range s.State() {
				out = append(out, knob.Buffer{Name: strconv.Itoa(i) + "." + b.Name, Data: b.Data})
			}
		}
	}
	return out
}

// Restore copies saved buffers of the same names over the state.
func (m *Model) Restore(saved []knob.Buffer) {
	for _, b := range m.State() {
		for _, s := range saved {
			if s.Name == b.Name {
				copy(b.Data, s.Data)
			}
		}
	}
}

// Freeze tells the layers that keep statistics of their batches which of them
// do not train: they go on with those they have.
func (m *Model) Freeze(frozen func(layer string) bool) {
	for _, p := range m.places {
		if b, ok := p.Layer.(*batchNorm); ok {
			b.frozen = frozen(p.Name)
		}
	}
}

// CheckInput says which number of the data the model cannot take.
func (m *Model) CheckInput(x blas64.General) error {
	if l, ok := m.layers[0].(embedding); ok {
		return l.check(x)
	}
	return nil
}

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
		if r, ok := l.(reserver); ok {
			r.Reserve(rows)
		}
		if m.doors != nil {
			m.doors[i].reserve(l, rows)
		}
	}
}

func (m *Model) view(buf [][]float64, i int) blas64.General {
	out := m.widths[i]
	return blas64.General{Rows: m.rows, Cols: out, Stride: out, Data: buf[i][:m.rows*out]}
}

func (m *Model) part(i int, v []float64) []float64 {
	p := m.parts[i]
	return v[p[0]:p[1]:p[1]]
}

// Join lets a team share the work of passes that are large enough. The
// numbers do not depend on it.
func (m *Model) Join(team *kernel.Team) {
	for i, l := range m.layers {
		switch l := l.(type) {
		case Dense:
			l.team = team
			m.layers[i] = l
		case joiner:
			l.join(team)
		}
	}
}

// Watch lets passes ask stop now and then, from several goroutines, whether they
// are to be given up: then their results mean nothing. nil is never.
func (m *Model) Watch(stop func() bool) {
	m.stop = stop
	for i, l := range m.layers {
		switch l := l.(type) {
		case Dense:
			l.stop = stop
			m.layers[i] = l
		case *conv2d:
			l.stop = stop
		case *residual:
			l.body.Watch(stop)
		}
	}
}

func (m *Model) stopped() bool { return m.stop != nil && m.stop() }

// Work is how many multiply-adds the kernels take for a row.
func (m *Model) Work() int {
	n := 0
	for _, p := range m.places {
		places := 1
		if c, ok := p.Layer.(*conv2d); ok {
			places = c.places()
		}
		for _, param := range p.Layer.Params() {
			if _, block := p.Layer.(*residual); param.Role == knob.Kernel && !block {
				n += int(product(param.Shape)) * places
			}
		}
	}
	return n
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
		if m.stopped() {
			break
		}
		y := m.view(m.acts, i)
		if m.doors != nil {
			x = m.seen(i, x, pass)
		}
		l.Forward(m.part(i, w), x, y, pass)
		x = y
	}
	return m.view(m.acts, len(m.layers)-1)
}

// OutGrad is where the gradient of the last Forward's outputs goes, rows×out.
func (m *Model) OutGrad() blas64.General { return m.view(m.grads, len(m.layers)-1) }

// Backward overwrites dw with the gradient of the weights, given the gradient
// in OutGrad and the activations of the last Forward. The gradient of the
// network's input is not computed.
func (m *Model) Backward(w, dw []float64) { m.BackwardInput(w, dw, blas64.General{}) }

// BackwardInput is Backward that also overwrites din, rows×in, with the
// gradient of the input; a din without data is not wanted. An embedding has
// none and leaves din as it is.
func (m *Model) BackwardInput(w, dw []float64, din blas64.General) {
	for i := len(m.layers) - 1; i >= 0; i-- {
		if m.stopped() {
			m.nudged = false
			return
		}
		x, dx := m.input, din
		if i > 0 {
			x, dx = m.view(m.acts, i-1), m.view(m.grads, i-1)
		}
		if m.doors == nil {
			m.layers[i].Backward(m.part(i, w), m.part(i, dw), x, m.view(m.acts, i), dx, m.view(m.grads, i))
		} else {
			m.layers[i].Backward(m.part(i, w), m.part(i, dw), m.saw(i, x), m.view(m.acts, i), dx, m.view(m.grads, i))
			m.gate(i, dx, x)
		}
		if m.nudged && i == m.last() {
			m.nudged = false
			kernel.Add(dx.Data, m.nudge[:len(dx.Data)])
		}
	}
}

// last is the last layer of the stack that has parameters of its own, 0 if none has.
func (m *Model) last() int {
	for i, p := range slices.Backward(m.parts) {
		if p[0] < p[1] {
			return i
		}
	}
	return 0
}

// FeatureWidth is how many numbers go into the last layer with parameters, 0
// if there is none before it.
func (m *Model) FeatureWidth() int {
	if i := m.last(); i > 0 {
		return m.widths[i-1]
	}
	return 0
}

// Features are what went into the last layer with parameters in the last
// Forward, rows×width; ok is false for a model without a layer before it.
func (m *Model) Features() (features blas64.General, ok bool) {
	i := m.last()
	if i == 0 {
		return blas64.General{}, false
	}
	return m.view(m.acts, i-1), true
}

// Nudge is a gradient of the features, of their shape, to be overwritten: the
// next Backward adds it to that of the outputs, once.
func (m *Model) Nudge() blas64.General {
	f, _ := m.Features()
	if n := f.Rows * f.Cols; len(m.nudge) < n {
		m.nudge = make([]float64, n)
	}
	f.Data = m.nudge[:f.Rows*f.Cols]
	m.nudged = true
	return f
}

// Activations calls f with what each activation layer made of the last
// Forward's rows, of that shape each, input side first, those within a residual
// block too.
func (m *Model) Activations(f func(name, kind string, shape []int, units blas64.General)) {
	for i, l := range m.layers {
		switch l := l.(type) {
		case elementwise:
			f(strconv.Itoa(i), l.Kind(), m.shapeOf(strconv.Itoa(i)), m.view(m.acts, i))
		case *residual:
			l.body.Activations(func(name, kind string, shape []int, units blas64.General) {
				f(strconv.Itoa(i)+"."+name, kind, shape, units)
			})
		}
	}
}

// shapeOf is the shape of a row that comes out of a layer.
func (m *Model) shapeOf(name string) []int {
	for _, p := range m.places {
		if p.Name == name {
			return p.Out
		}
	}
	return nil
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
