package predict

import (
	"context"
	"errors"
	"io"

	"descent/core/kernel"
	"descent/core/loss"
	"descent/core/metric"
	"descent/core/model"
	"descent/core/recipe"

	"gonum.org/v1/gonum/blas/blas64"
)

// Evaluation is how well a model answers to rows whose targets are known.
type Evaluation struct {
	Rows      int
	Scores    []metric.Score // the loss first, then those of metric.Catalogue that suit the targets
	Names     []string       // of the classes, or of the outputs that hold or not; nil for numbers
	Classes   []metric.Class // of each of Names
	Confusion [][]float64    // rows of a class that were given to a class; nil where there is not one class a row
	Summary
}

// gathered are the outputs and targets of a part.
type gathered struct{ out, truth []float64 }

func (g *gathered) keep([][]byte) {}

func (g *gathered) take(out blas64.General, truth []float64, none []bool) error {
	targets := len(truth) / out.Rows
	for r := range out.Rows {
		if none[r] {
			continue
		}
		g.out = append(g.out, out.Data[r*out.Stride:r*out.Stride+out.Cols]...)
		g.truth = append(g.truth, truth[r*targets:(r+1)*targets]...)
	}
	return nil
}

// Evaluate reads rows as Rows does, and compares the answers with the targets, which have
// to be there. All outputs are kept in memory.
func Evaluate(ctx context.Context, m *model.Model, in io.Reader, o Options) (*Evaluation, error) {
	t, err := open(m, in, o, true)
	if err != nil {
		return nil, err
	}
	var all gathered
	s, err := t.stream(ctx, func(*worker) sink { return &gathered{} }, func(part sink) error {
		g := part.(*gathered)
		all.out, all.truth = append(all.out, g.out...), append(all.truth, g.truth...)
		g.out, g.truth = g.out[:0], g.truth[:0]
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(all.out) == 0 {
		return nil, errors.New(o.Name + ": no row has an answer")
	}
	return judge(m, all, s), nil
}

// judge measures what there is to measure.
func judge(m *model.Model, all gathered, s Summary) *Evaluation {
	width := len(m.Outputs)
	out := blas64.General{Rows: len(all.out) / width, Cols: width, Stride: width, Data: all.out}
	truth := loss.Target{Values: blas64.General{Rows: out.Rows, Cols: width, Stride: width, Data: all.truth}}
	if m.ByClass {
		truth.Classes = make([]int, out.Rows)
		truth.Values.Data = make([]float64, out.Rows*width)
		for r, v := range all.truth {
			truth.Classes[r] = int(v)
			truth.Values.Data[r*width+int(v)] = 1
		}
	}
	parts := recipe.NewParts(m.Recipe.Settings, m.Layout)
	task := m.Task()
	e := &Evaluation{Rows: out.Rows, Summary: s}
	e.Scores = append(e.Scores, metric.Score{Name: "loss", Value: parts.LossFn.Eval(blas64.General{}, out, truth)})
	sample := task.Of(out, truth, nil)
	e.Scores = append(e.Scores, metric.All(sample)...)
	if e.Classes = metric.ByClass(sample); e.Classes == nil {
		return e
	}
	e.Names = m.Outputs
	guess := func(r int) int { return kernel.Argmax(out.Data[r*width : (r+1)*width]) }
	is := func(r int) int { return truth.Classes[r] }
	switch {
	case m.ByClass:
	case width == 1:
		e.Names = m.Words(0)
		guess = func(r int) int { return half(out.Data[r] > 0) }
		is = func(r int) int { return half(truth.Values.Data[r] > 0.5) }
	case m.Reads == loss.Distribution:
		is = func(r int) int { return kernel.Argmax(truth.Values.Data[r*width : (r+1)*width]) }
	default:
		return e
	}
	c := metric.NewConfusion(len(e.Names))
	for r := range out.Rows {
		if task.Ignores == nil || !task.Ignores(is(r)) {
			c.Add(is(r), guess(r), 1)
		}
	}
	e.Confusion = c.Counts
	return e
}

func half(upper bool) int {
	if upper {
		return 1
	}
	return 0
}
