package nn

import (
	"fmt"
	"strconv"
)

// Described is a layer as another program would be told of it.
type Described struct {
	Name    string // "3", or "3.0" within a residual block: its tensors are called so, a point, and their names
	Kind    string // as recipes have it: "dense", "relu", "conv2d"
	In, Out []int  // the shapes of a row
	Params  []Param
	State   []string    // names of what it keeps beside its parameters, as State has them
	Body    []Described // of a residual block

	entry *Entry
	layer Layer
}

// Numbers are the values of a setting, given or by default: two of a pair, else the
// first counts.
func (d Described) Numbers(key string) [2]float64 { return d.entry.numbers(key) }

// Has tells whether the entry gives a setting itself.
func (d Described) Has(key string) bool { return d.entry.has(key) }

// Describe lists the layers of a spec, with the shape of its input filled in.
func (s Spec) Describe() ([]Described, error) {
	m, err := New(s)
	if err != nil {
		return nil, err
	}
	entries, err := s.entries()
	if err != nil {
		return nil, err
	}
	if len(s.Stack) == 0 {
		for i := 1; i < len(s.Layers); i++ {
			texts := []string{"dense " + strconv.Itoa(s.Layers[i])}
			if i < len(s.Layers)-1 && len(m.layers) > len(s.Layers)-1 {
				texts = append(texts, s.Activation)
			}
			for _, text := range texts {
				e, err := ParseEntry(text)
				if err != nil {
					return nil, err
				}
				entries = append(entries, e)
			}
		}
	}
	return m.describe("", entries)
}

func (m *Model) describe(prefix string, entries []*Entry) ([]Described, error) {
	if len(entries) != len(m.layers) {
		return nil, fmt.Errorf("nn: %d entries describe %d layers", len(entries), len(m.layers))
	}
	var out []Described
	in := m.shape
	for i, l := range m.layers {
		d := Described{Name: prefix + strconv.Itoa(i), Kind: l.Kind(), In: in, Params: l.Params(), entry: entries[i], layer: l}
		for _, p := range m.places {
			if p.Name == strconv.Itoa(i) {
				d.Out = p.Out
			}
		}
		in = d.Out
		if block, ok := l.(container); ok {
			var err error
			if d.Body, err = block.inner().describe(d.Name+".", entries[i].body); err != nil {
				return nil, err
			}
			d.Params = nil
		} else if l, ok := l.(stateful); ok {
			for _, b := range l.State() {
				d.State = append(d.State, b.Name)
			}
		}
		out = append(out, d)
	}
	return out, nil
}

// Settings are the settings that an entry of this kind can have.
func (d Described) Settings() []string {
	var out []string
	for _, o := range d.entry.kind.options {
		out = append(out, o.name)
	}
	return out
}

// Windows are the numbers of a row that each output of a pool is made of, by their
// places, and by how many a mean is divided; nil of other layers.
func (d Described) Windows() (of [][]int, area []int) {
	var p *pool
	switch l := d.layer.(type) {
	case *maxPool:
		p = &l.pool
	case *avgPool:
		p = &l.pool
	default:
		return nil, nil
	}
	for o, corner := range p.corners {
		lines, columns := p.at(o)
		var window []int
		for i := range lines {
			for j := range columns {
				window = append(window, int(corner)+i*p.width+j)
			}
		}
		n := lines * columns
		if p.cuts != nil {
			n = int(p.cuts[o].area)
		}
		of, area = append(of, window), append(area, n)
	}
	return of, area
}
