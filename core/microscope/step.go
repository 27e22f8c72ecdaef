// Package microscope measures one step of training from inside, on a copy: what
// every layer made of a row, how the loss reads it, the gradients on the way back,
// and how the optimizer turns the gradient of one weight into its update.
package microscope

import (
	"context"
	"math"

	"descent/core"
	"descent/core/optim"
	"descent/core/recipe"
)

// Step asks for the coming step of training, taken on a copy. It finds a View.
type Step struct {
	Tensor int // of the weight that is followed; negative: that of the largest update
	Weight int // within the tensor; negative: that of the largest update
	Row    int // of the step's batch, that is followed through the network
}

// View is a step seen from inside. It is never modified.
type View struct {
	Step      int    // its number: the first is 1
	Optimizer string // as in the catalogue
	Rate      float64
	Loss      float64 // of the batch, before the update
	Tensors   []Tensor
	Chosen    Weight
	Moves     []float64 // Δw of each element of its tensor, nil for a very large one
	Point     []Weight  // of a surface: both coordinates
	Pass      Pass      // of a network
	Surface   bool
}

// Tensor is one tensor of the parameters in the step. A norm is the Euclidean norm
// over its elements.
type Tensor struct {
	Name, Layer, Kind string // "0.weight" of the layer "0", which is "dense"
	Shape             []int
	Age               int     // updates, this one included; 0 for a frozen one
	Weight, Grad      float64 // ‖w‖ before the step, ‖g‖
	First             float64 // ‖m‖ of the first moment or momentum buffer after the step; NaN without one
	Second            float64 // root of the mean of the second moment; NaN without one
	Rate              float64 // ‖Δw‖ / ‖g‖: the rate at which gradient descent would go as far
	Ratio             float64 // ‖Δw‖ / ‖w‖
	Angle             float64 // between Δw and −g, in degrees
	Largest           int     // the element that moves most
}

// Weight is the parameter that is followed.
type Weight struct {
	Tensor, Index int // an index of View.Tensors and one within the tensor
	Age           int // updates, this one included; 0 if it is frozen
	Before, Grad  float64
	Update        float64 // Δw, which is added
	Buffers       []Buffer
	Stages        []optim.Stage
}

// Buffer is what the optimizer keeps for the weight, after the step.
type Buffer struct {
	Name  string // its meaning: "square mean"
	Value float64
}

// The meanings of buffers that are a first or a second moment.
var (
	firsts  = map[string]bool{"mean": true, "momentum": true}
	seconds = map[string]bool{"square mean": true, "square sum": true}
)

// Measure takes the step. It returns nil if it was abandoned.
func (s Step) Measure(_ context.Context, t *core.Trainer) any {
	name, _ := t.Settings().Find(recipe.OptimizerName)
	v := View{Optimizer: name.Value.Word()}
	_, v.Surface = t.Surface()
	if n, ok := t.Network(); ok {
		n.Model().Keep()
	}
	row := preview(t, s.Row)
	seen := t.Inspect(func() {
		if !v.Surface {
			v.Pass = passOf(t, row)
		}
	})
	if t.Broken() || !seen.Done() {
		return nil
	}
	last := t.Last()
	v.Step, v.Loss, v.Rate = last.Step, last.Loss, last.LR
	v.Tensors = tensors(t, seen)
	at := s.Tensor
	if at < 0 || at >= len(v.Tensors) {
		at = largest(v.Tensors, t)
	}
	v.Chosen = follow(t, seen, v.Tensors, at, s.Weight)
	v.Moves = moves(t, v.Chosen.Tensor)
	if v.Surface {
		v.Point = []Weight{follow(t, seen, v.Tensors, 0, 0), follow(t, seen, v.Tensors, 0, 1)}
	}
	return v
}

// tensors describes each.
func tensors(t *core.Trainer, seen *optim.Inspection) []Tensor {
	grad, update := t.Trace()
	kinds := map[string]string{}
	for _, l := range t.Layers() {
		kinds[l.Name] = l.Kind
	}
	var out []Tensor
	for _, seg := range t.Tensors() {
		w, g, u := seg.Of(seen.Params()), seg.Of(grad), seg.Of(update)
		d := Tensor{
			Name: seg.Name, Layer: seg.Layer, Kind: kinds[seg.Layer], Shape: seg.Shape, Age: seen.Age(seg.Offset),
			Weight: norm(w), Grad: norm(g), First: math.NaN(), Second: math.NaN(),
		}
		long := norm(u)
		d.Rate, d.Ratio, d.Angle = long/d.Grad, long/d.Weight, angle(u, g)
		for _, b := range t.OptimizerState() {
			if len(b.Data) != t.Tensors().Size() {
				continue
			}
			long := norm(seg.Of(b.Data))
			switch name := meaning(b.Name); {
			case long == 0: // of an optimizer that does not use it
			case firsts[name]:
				d.First = long
			case seconds[name]:
				d.Second = rootMean(seg.Of(b.Data))
			}
		}
		for i, x := range u {
			if math.Abs(x) > math.Abs(u[d.Largest]) {
				d.Largest = i
			}
		}
		out = append(out, d)
	}
	return out
}

// largest is the tensor of the weight that moves most.
func largest(all []Tensor, t *core.Trainer) int {
	_, update := t.Trace()
	best, most := 0, 0.0
	for i, seg := range t.Tensors() {
		if x := math.Abs(seg.Of(update)[all[i].Largest]); x > most {
			best, most = i, x
		}
	}
	return best
}

// mostMoves is the largest tensor whose moves are kept.
const mostMoves = 1 << 17

// moves are those of a tensor.
func moves(t *core.Trainer, tensor int) []float64 {
	_, update := t.Trace()
	u := t.Tensors()[tensor].Of(update)
	if len(u) > mostMoves {
		return nil
	}
	out := make([]float64, len(u))
	for i, x := range u {
		out[i] = -x
	}
	return out
}

// follow works one weight out.
func follow(t *core.Trainer, seen *optim.Inspection, all []Tensor, tensor, index int) Weight {
	grad, update := t.Trace()
	seg := t.Tensors()[tensor]
	if index < 0 || index >= seg.Size() {
		index = all[tensor].Largest
	}
	i := seg.Offset + index
	w := Weight{Tensor: tensor, Index: index, Age: seen.Age(i), Before: seen.Params()[i], Grad: grad[i], Update: -update[i], Stages: seen.Stages(i)}
	for _, b := range t.OptimizerState() {
		if len(b.Data) == t.Tensors().Size() {
			w.Buffers = append(w.Buffers, Buffer{meaning(b.Name), b.Data[i]})
		}
	}
	if p, err := t.Settings().Find("train.precision"); err == nil && p.Value.Word() == recipe.Float32 {
		w.Stages = append(w.Stages, optim.Stage{
			Title: "float32", Note: "the weight and the optimizer's state are rounded to 24 bits", Value: w.Update,
			Lines: []optim.Line{{Symbol: "θₜ", Anew: true, Value: t.Params()[i]}},
		})
	}
	return w
}

// preview is a row of the coming batch, as augmentation makes it, in memory of its own.
func preview(t *core.Trainer, row int) batchRow {
	n, ok := t.Network()
	if !ok {
		return batchRow{}
	}
	b := n.PreviewLast(t.StepCount()+1, max(row, 0), 1)
	if b.After.Rows() == 0 && b.Of > 0 {
		b = n.PreviewLast(t.StepCount()+1, b.Of-1, 1)
	}
	one := b.After
	one.X.Data = append([]float64(nil), one.X.Data[:one.X.Cols]...)
	one.Values.Data = append([]float64(nil), one.Values.Data[:one.Values.Cols]...)
	one.Classes = append([]int(nil), one.Classes...)
	return batchRow{part: one, at: b.First, of: b.Of, mixed: b.Share < 1}
}

func meaning(buffer string) string {
	for i := len(buffer) - 1; i >= 0; i-- {
		if buffer[i] == '/' {
			return buffer[i+1:]
		}
	}
	return buffer
}
