package nn

import (
	"strconv"

	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

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
		if l, ok := p.Layer.(freezer); ok {
			l.freeze(frozen(p.Name))
		}
	}
}

// CheckInput says which number of the data the model cannot take.
func (m *Model) CheckInput(x blas64.General) error {
	if l, ok := m.layers[0].(embedding); ok {
		return l.check(kernel.Matrix[float64](x))
	}
	return nil
}

// LoneRows names the batch norms that have a single number of each row a channel:
// a batch of one row tells them no variance.
func (m *Model) LoneRows() (layers []string) {
	for _, p := range m.places {
		if l, ok := p.Layer.(loner); ok && l.needsRows() {
			layers = append(layers, p.Name)
		}
	}
	return layers
}
