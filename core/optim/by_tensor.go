package optim

import "descent/core/knob"

// byTensor is one number for each tensor of a layout. Its buffer is a single
// number while all are the same.
type byTensor []float64

func newByTensor(layout knob.Layout) byTensor { return make(byTensor, len(layout)) }

// buffer is the state of that name, live.
func (b byTensor) buffer(name string) knob.Buffer {
	data := b[:min(1, len(b))]
	for _, v := range b {
		if v != b[0] {
			data = b
			break
		}
	}
	return knob.Buffer{Name: name, Data: data, ByTensor: true}
}

// restore copies the saved buffer of that name.
func (b byTensor) restore(name string, saved []knob.Buffer) {
	for _, s := range saved {
		switch {
		case s.Name != name:
		case len(s.Data) == 1:
			for i := range b {
				b[i] = s.Data[0]
			}
		default:
			copy(b, s.Data)
		}
	}
}

// restore copies saved buffers into those of the same name.
func restore(buffers, saved []knob.Buffer) {
	for _, b := range buffers {
		for _, s := range saved {
			if s.Name == b.Name {
				copy(b.Data, s.Data)
			}
		}
	}
}
