package optim

import (
	"slices"

	"descent/core/knob"
)

// Inspection is one step of an optimizer seen from inside: what each transform made
// of the gradient, and the state that the step began with.
type Inspection struct {
	at      At
	params  []float64
	grad    []float64
	before  []knob.Buffer
	stages  []stage
	opening func(w *Worked) // what comes before the transforms
	note    string          // of an optimizer that is no chain
	update  []float64
}

type stage struct {
	of  Transform
	out []float64
}

// Stage is what one transform did with the update of one parameter.
type Stage struct {
	Title string // "gradient clipping"
	Note  string // what there is to say beside the lines
	Lines []Line
	Value float64 // what it hands on
}

// Inspect has the next step of a method recorded, and that alone.
func Inspect(m Method) *Inspection {
	n := &Inspection{}
	m.(inspected).inspect(n)
	return n
}

// inspected is what every method is.
type inspected interface{ inspect(n *Inspection) }

// begin is called before the evaluation.
func (n *Inspection) begin(params []float64, state []knob.Buffer, at At) {
	n.at, n.params, n.before = at, slices.Clone(params), knob.Copies(state)
	n.at.Spans, n.at.LRScale = slices.Clone(at.Spans), slices.Clone(at.LRScale)
}

// starts is called with the gradient.
func (n *Inspection) starts(grad []float64) { n.grad = slices.Clone(grad) }

// passed is called after each transform.
func (n *Inspection) passed(t Transform, update []float64) {
	last := n.grad
	if k := len(n.stages); k > 0 {
		last = n.stages[k-1].out
	}
	if !slices.Equal(last, update) {
		last = slices.Clone(update)
	}
	n.stages = append(n.stages, stage{t, last})
}

// ended is called with the whole update, which is subtracted.
func (n *Inspection) ended(update []float64) { n.update = slices.Clone(update) }

// Done reports whether the step was taken to its end.
func (n *Inspection) Done() bool { return n.update != nil }

// Params are the parameters before the step.
func (n *Inspection) Params() []float64 { return n.params }

// Rate is the learning rate of the step, after the schedule.
func (n *Inspection) Rate() float64 { return n.at.LR }

// Age is the number of updates of a parameter, this one included; 0 for one that is
// frozen.
func (n *Inspection) Age(i int) int { return n.worked(i).Age() }

func (n *Inspection) worked(i int) *Worked {
	w := &Worked{I: i, Params: n.params, At: n.at, Now: "gₜ", before: n.before, values: map[string]float64{}}
	return w
}

// Stages works the rule out for one parameter. The last stage is the update itself.
func (n *Inspection) Stages(i int) []Stage {
	w := n.worked(i)
	age := w.Age()
	w.Set("t", float64(age))
	w.Set("gₜ", n.grad[i])
	w.Set("θₜ₋₁", n.params[i])
	w.Set("ηₜ", n.at.LR)
	var out []Stage
	add := func(value float64) {
		if w.Title != "" && (len(w.Lines) > 0 || w.Note != "") {
			out = append(out, Stage{Title: w.Title, Note: w.Note, Lines: w.Lines, Value: value})
		}
		w.Title, w.Note, w.Lines = "", "", nil
	}
	if n.opening != nil {
		n.opening(w)
		add(w.Get(w.Now))
	}
	in := n.grad
	for _, s := range n.stages {
		w.In, w.Out = in, s.out
		in = s.out
		if t, ok := s.of.(worker); ok {
			if age == 0 && len(s.of.State()) > 0 {
				w.Title, w.Note = "frozen", "this parameter does not train: its state stays as it is"
			} else {
				t.worked(w)
			}
		}
		add(s.out[i])
	}
	w.Title, w.Note = "update", n.note
	if n.note != "" {
		w.Given("Δθₜ", -n.update[i])
	} else if w.Now != "Δθₜ" {
		w.Line("Δθₜ", "−"+w.Now)
	}
	w.Line("θₜ", "θₜ₋₁ + Δθₜ")
	add(-n.update[i])
	return out
}
