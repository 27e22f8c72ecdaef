package loss

import (
	"descent/session/history"
	"descent/session/live"
	"descent/tui/draw/ruler"
)

// scale is the vertical one: that of the measure, or symmetric where a loss is
// negative, until another is chosen.
type scale struct {
	kind   ruler.Kind
	chosen bool
}

// of returns the one for a frame.
func (s scale) of(f *live.Frame, m *measure) ruler.Kind {
	switch {
	case s.chosen:
		return s.kind
	case m.kind == ruler.Log && m.other != nil && negative(f, m):
		return ruler.Symlog
	}
	return m.kind
}

// next chooses the next one.
func (s *scale) next(f *live.Frame, m *measure) { *s = scale{s.of(f, m).Next(), true} }

// negative reports whether there is a negative value among those of a measure.
func negative(f *live.Frame, m *measure) bool {
	below := func(c history.Curves) bool {
		for _, k := range m.other(c) {
			if k.Count > 0 && k.Min < 0 {
				return true
			}
		}
		return false
	}
	for _, o := range f.Others {
		if below(o.Curves) {
			return true
		}
	}
	return below(f.Curves)
}
