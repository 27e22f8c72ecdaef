package loss

import (
	"descent/session/history"
	"descent/session/live"
	"descent/tui/draw/ruler"
)

// scale is the vertical one: logarithmic, or symmetric where a loss is negative,
// until another is chosen.
type scale struct {
	kind   ruler.Kind
	chosen bool
}

// of returns the one for a frame.
func (s scale) of(f *live.Frame) ruler.Kind {
	if s.chosen {
		return s.kind
	}
	if negative(f.Curves.Train) {
		return ruler.Symlog
	}
	for _, o := range f.Others {
		if negative(o.Curves.Train) {
			return ruler.Symlog
		}
	}
	return ruler.Log
}

// next chooses the next one.
func (s *scale) next(f *live.Frame) {
	*s = scale{s.of(f).Next(), true}
}

func negative(b []history.Bucket) bool {
	for _, k := range b {
		if k.Count > 0 && k.Min < 0 {
			return true
		}
	}
	return false
}
