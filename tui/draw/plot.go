package draw

import "descent/tui/draw/ruler"

// Curve is one line of a chart: values at equal distances over its width, NaN where
// there is none, and the ends of a band around them, nil for none.
type Curve struct {
	Values    []float64
	Low, High []float64
	Trace
}

// Reference is a value that curves are compared with.
type Reference struct {
	Value float64
	Name  string
}

// Plot is what a chart draws.
type Plot struct {
	Curves     []Curve // later ones over earlier ones
	References []Reference
	Kind       ruler.Kind
	Fine       bool // lines of 2×4 dots a cell; else of box-drawing characters
	Whole      bool // the axis reaches to every spike
	Cursor     int  // the column of a vertical line, from 1; 0 for none
}

// LabelWidth is the fixed width of the axis labels, so that the chart does not
// shift while they change.
const LabelWidth = 8

// ChartMargin is the width of the axis.
const ChartMargin = LabelWidth + 1

// Across is the number of values of a curve that w cells can show apart.
func (p *Plot) Across(w int) int {
	if p.Fine {
		return 2 * w
	}
	return w
}

// ruler is the axis for what is drawn, nil if nothing can be.
func (p *Plot) ruler(last int) *ruler.Ruler {
	s := ruler.Scale{Kind: p.Kind}
	if s.Kind == ruler.Symlog {
		var all []float64
		for _, c := range p.Curves {
			all = append(all, c.Values...)
		}
		s.Core = ruler.Core(all)
	}
	e := ruler.NewExtent()
	places := func(values []float64) (out []float64) {
		for _, v := range values {
			if at, ok := s.To(v); ok {
				out = append(out, at)
			}
		}
		return out
	}
	for _, c := range p.Curves {
		at := places(c.Values)
		e.Curve(at)
		if p.Whole {
			for _, v := range append(append(at, places(c.Low)...), places(c.High)...) {
				e.Include(v)
			}
		}
	}
	for _, c := range p.Curves {
		e.Band(places(c.Low), places(c.High))
	}
	if e.Low > e.High {
		return nil
	}
	reach := (e.High - e.Low) / 2
	for _, m := range p.References { // where they are near
		if at, ok := s.To(m.Value); ok && at > e.Low-reach && at < e.High+reach {
			e.Include(at)
		}
	}
	return ruler.New(s, s.From(e.Low), s.From(e.High), last)
}
