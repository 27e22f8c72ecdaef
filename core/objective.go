package core

import (
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/recipe"
)

// Objective is what training lowers: a network on batches of data, or a
// surface. Eval returns the loss at params and overwrites grad with its
// gradient; step says which batch, try how often an optimizer has asked for it.
type Objective interface {
	Layout() knob.Layout
	Eval(params, grad []float64, step, try int) float64
}

// subject is an objective with all that a Trainer asks of it.
type subject interface {
	Objective
	// twin is a second one on the same data, at its beginning.
	twin() subject
	// join lets a team share the work of a step.
	join(team *kernel.Team)
	// begin writes the parameters that training starts from.
	begin(params []float64, r recipe.Recipe, files Files) error
	// follow takes over what the knobs say, and which layers do not train.
	follow(g *recipe.Parts, frozen func(layer string) bool)
	// work is how many multiply-adds a step takes about, or an evaluation.
	work(evaluation bool) int
	// watch lets passes ask now and then whether to give up; nil for not.
	watch(stop func() bool)
	// fits says why the named loss cannot be chosen, nil if it can.
	fits(loss string) error
	// batch is the number of rows of the last step, epoch that of all rows,
	// batches how many steps go through them.
	batch() int
	epoch() int
	batches() int
	// measure completes an evaluated report for the weights w.
	measure(w []float64, r *Report)
	// fisher is the diagonal of the Fisher information of the old task at weights.
	fisher(weights []float64) []float64
	// blame names the first place that is not finite, or else what is too large.
	blame(w, grad []float64) (where string, finite bool)
	// parts are what the screen reports on.
	parts() []part
	// state and restore are for what training moves besides the parameters.
	state() []knob.Buffer
	restore(saved []knob.Buffer)
	// absent tells that a knob means nothing here, inert why it does nothing now.
	absent(path string) bool
	inert(path string) string
}

// part is a layer, or whatever else holds parameters under one name.
type part struct {
	name, kind string
	in, out    int
	from, to   []int // the shapes of a row
}
