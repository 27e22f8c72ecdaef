package microscope

import (
	"strconv"

	"descent/core"
	"descent/core/data"
	"descent/core/kernel"
	"descent/core/loss"
)

// Pass is the way of one row of the batch through the network and back.
type Pass struct {
	Row, Rows int     // the row, from 0, of so many in the batch
	Layers    []Layer // the input first
	Outputs   []float64
	Shares    []float64 // probabilities that the outputs stand for; nil for numbers
	Exclusive bool      // the shares are of one class each, and sum to 1
	Targets   []float64 // the true values; of a class, 1 at its place
	Class     int       // the true class, negative without one
	Loss      float64   // of the row alone
	Mixed     bool      // augmentation mixes the row with another, whose targets count too
}

// Layer is what a layer does with the batch.
type Layer struct {
	Name, Kind string // "0", "dense"; "input"
	Shape      []int
	Units      []float64 // what it makes of the row
	Grad       []float64 // ∂L/∂units of the row, of the mean over the batch; nil of the input
	GradNorm   float64   // ‖∂L/∂units‖ over all rows of the batch
	Size       float64   // root mean square of the units over the batch
}

// batchRow is one row of a batch.
type batchRow struct {
	part   data.Part
	at, of int
	mixed  bool // with another row
}

// passOf reads what the network holds of its last pass.
func passOf(t *core.Trainer, row batchRow) Pass {
	n, _ := t.Network()
	p := Pass{Row: row.at, Rows: row.of, Class: -1, Mixed: row.mixed, Targets: row.part.Values.Data}
	p.Layers = append(p.Layers, Layer{Name: "input", Kind: "input", Shape: n.Model().InShape(), Units: row.part.X.Data, Size: rms(row.part.X.Data)})
	if len(row.part.Classes) > 0 {
		p.Class = row.part.Classes[0]
	}
	shapes := map[string][]int{}
	for _, l := range n.Model().Places() {
		shapes[l.Name] = l.Out
	}
	var out general
	n.Model().Passes(func(i int, units, grad general) {
		at := min(row.at, units.Rows-1)
		name := strconv.Itoa(i)
		p.Layers = append(p.Layers, Layer{
			Name: name, Kind: n.Model().Layers()[i].Kind(), Shape: shapes[name],
			Units: copied(units, at), Grad: copied(grad, at), GradNorm: norm(grad.Data), Size: rms(units.Data),
		})
		out = units
		out.Rows, out.Data = 1, copied(units, at)
	})
	out.Stride = out.Cols
	p.Outputs = out.Data
	p.Loss = n.RowLoss(out, row.part)
	switch how := n.Reads(); {
	case n.Task().Classes && how == loss.Distribution:
		p.Shares, p.Exclusive = append([]float64(nil), out.Data...), true
		out.Data = p.Shares
		loss.Softmax(out)
	case how == loss.LogOdds:
		for _, z := range out.Data {
			p.Shares = append(p.Shares, kernel.Sigmoid(z))
		}
	}
	return p
}
