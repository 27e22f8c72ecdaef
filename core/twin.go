package core

import (
	"descent/core/nn"
)

// Twin is a trainer of the same recipe in the same state. The two share the
// data, which nobody changes, and nothing else: they may run on two goroutines,
// and what becomes of one does not touch the other.
func (t *Trainer) Twin() *Trainer {
	twin := assemble(t.from, t.settings, t.of.twin())
	twin.start, twin.fisher = t.start, t.fisher
	twin.Restore(t.Snapshot())
	if t.breaker.armed { // it is a copy that may be abandoned, and so is this
		twin.Abandon(t.breaker.poll)
	}
	return twin
}

func (n *network) twin() subject {
	m, err := nn.New(n.spec)
	if err != nil {
		panic("core: the model cannot be built again: " + err.Error())
	}
	twin := newNetwork(m, n.spec, n.set, n.root)
	twin.hired = n.hired.twin()
	twin.teacher = twin.hired
	twin.old = n.old.twin()
	return twin
}

func (s *surface) twin() subject { return newSurface(s.SurfaceSpec, s.seed) }
