package microscope

import (
	"context"
	"slices"
	"strconv"

	"descent/core"
	"descent/core/nn"
	"descent/core/probe"
)

// Graph asks for a network of dense layers as units and connections, with what one
// of the rows that probes judge by makes of them. It finds a Drawing.
type Graph struct{ Row int }

// Drawing is a network as columns of units, the inputs first, and the effective
// weights between them.
type Drawing struct {
	Why      string // it cannot be drawn; then nothing else is found
	Row, Of  int    // the row, from 0, and how many there are
	Columns  []Column
	Links    []Link // from each column to the next
	Class    int    // the true class of the row, negative without one
	Given    int    // the class that the network gives it to
	Expected []float64
}

// Column is a column of units: what they make of the row.
type Column struct {
	Name, Kind string // of the layer that gave it its values: "1", "relu"; "input"
	Units      []float64
	Dead       []bool // 0 for each of the first 256 rows; nil for what is no activation
}

// Link is the weights from one column to the next, out×in, effective: pruned ones
// are 0.
type Link struct {
	Layer   string
	Weights []float64
	Kept    []bool // nil where none are pruned
}

// mostLinks is how many connections a drawing may have.
const mostLinks = 1 << 14

// Drawable tells whether a network of such layers has a drawing, and how many units
// its columns have. The layers are those of a frame.
func Drawable(layers []core.LayerReport) (columns []int, ok bool) {
	links := 0
	for _, l := range layers {
		switch {
		case l.Kind == "dense":
			if len(columns) == 0 {
				columns = append(columns, l.In)
			}
			columns = append(columns, l.Out)
			links += l.In * l.Out
		case !keeps(l.Kind) || l.In != l.Out:
			return nil, false
		}
	}
	return columns, len(columns) > 0 && links <= mostLinks
}

// keeps tells whether a layer of a kind changes the values of units, one by one, and
// neither their number nor their order.
func keeps(kind string) bool {
	for _, a := range nn.Activations() {
		if a.Name == kind {
			return true
		}
	}
	return kind == "dropout" || kind == "batch-norm" || kind == "layer-norm" || kind == "group-norm"
}

// Measure runs the row through the network, as it is evaluated.
func (g Graph) Measure(_ context.Context, t *core.Trainer) any {
	n, ok := t.Network()
	if !ok {
		return Drawing{Why: "a surface has no units"}
	}
	if _, ok := Drawable(t.Layers()); !ok {
		return Drawing{Why: "the network is not a small stack of dense layers"}
	}
	held := probe.Held(t)
	at := min(max(g.Row, 0), held.Rows()-1)
	one := held.Cut(at, at+1)
	d := Drawing{Row: at, Of: held.Rows(), Class: -1, Given: -1, Expected: slices.Clone(one.Values.Data[:one.Values.Cols])}
	w := slices.Clone(t.Weights())
	d.Columns = append(d.Columns, Column{Name: "input", Kind: "input", Units: copied(one.X, 0)})
	out := n.Outputs(w, one.X)
	if one.Classes != nil {
		d.Class = one.Classes[0]
		d.Given = 0
		for i, z := range copied(out, 0) {
			if z > out.Data[d.Given] {
				d.Given = i
			}
		}
	}
	layers := n.Model().Layers()
	for i, units := range passes(n.Model()) {
		c := Column{Name: strconv.Itoa(i), Kind: layers[i].Kind(), Units: units}
		if c.Kind != "dense" {
			d.Columns[len(d.Columns)-1] = c
			continue
		}
		d.Columns = append(d.Columns, c)
		l := Link{Layer: c.Name}
		for _, seg := range n.Layout().Kernels() {
			if seg.Layer != c.Name {
				continue
			}
			l.Weights = slices.Clone(seg.Of(w))
			if mask := t.View().Mask(); mask != nil {
				for _, m := range seg.Of(mask) {
					l.Kept = append(l.Kept, m != 0)
				}
			}
		}
		d.Links = append(d.Links, l)
	}
	d.silent(t, w)
	return d
}

// passes are the outputs of all layers for the row that went through last.
func passes(m *nn.Model) (units [][]float64) {
	m.Passes(func(_ int, out, _ general) { units = append(units, copied(out, 0)) })
	return units
}

// silent marks the dead units.
func (d *Drawing) silent(t *core.Trainer, w []float64) {
	n, _ := t.Network()
	held := probe.Held(t)
	n.Activations(w, held.Cut(0, min(held.Rows(), 256)).X, func(layer, _ string, _ []int, units general) {
		for i := range d.Columns {
			if d.Columns[i].Name != layer {
				continue
			}
			dead := make([]bool, units.Cols)
			for j := range dead {
				dead[j] = true
				for r := range units.Rows {
					if units.Data[r*units.Stride+j] != 0 {
						dead[j] = false
						break
					}
				}
			}
			d.Columns[i].Dead = dead
		}
	})
}
