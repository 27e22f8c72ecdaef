package nn

import (
	"errors"
	"strconv"
	"strings"

	"descent/core/knob"
)

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
		return nil, blame("model.layers", "model.layers needs at least an input and an output width, not %v", s.Layers)
	}
	total := 0.0
	for i := 1; i < len(s.Layers); i++ {
		if s.Layers[i-1] < 1 || s.Layers[i] < 1 {
			return nil, blame("model.layers", "model.layers needs widths of at least 1, not %v", s.Layers)
		}
		total += float64((float64(s.Layers[i-1]) + 1) * float64(s.Layers[i]))
	}
	if total > MaxParams {
		return nil, blame("model.layers", "model.layers %v would make %.3g parameters; the most is 2^28", s.Layers, total)
	}
	m := &Model{stack: stack{shape: s.Layers[:1]}}
	for i := 1; i < len(s.Layers); i++ {
		out := s.Layers[i : i+1]
		m.push(&Dense{In: s.Layers[i-1], Out: s.Layers[i]}, out)
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
	m := &Model{stack: stack{shape: at.in}}
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
	start := 0
	if last := len(m.parts) - 1; last >= 0 {
		start = m.parts[last][1]
	}
	end := start
	for _, p := range l.Params() {
		seg := knob.Segment{Name: name + "." + p.Name, Role: p.Role, Shape: p.Shape, Offset: end}
		seg.Layer = seg.Name[:strings.LastIndexByte(seg.Name, '.')]
		m.layout = append(m.layout, seg)
		end += seg.Size()
	}
	if block, ok := l.(container); ok {
		for _, p := range block.inner().places {
			p.Name = name + "." + p.Name
			m.places = append(m.places, p)
		}
	}
	m.places = append(m.places, Place{Name: name, Layer: l, In: m.OutShape(), Out: out})
	m.layers = append(m.layers, l)
	_, width := l.Width()
	m.widths = append(m.widths, width)
	m.parts = append(m.parts, [2]int{start, end})
	m.double.of = &m.stack
	m.double.passes = append(m.double.passes, l.double())
}
