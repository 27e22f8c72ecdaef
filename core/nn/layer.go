// Package nn is the network: layers over one flat parameter vector, their
// activations and their initialisation.
package nn

import (
	"descent/core/kernel"
	"descent/core/knob"
)

// Layer maps rows of one width to rows of another. A batch is a matrix of one
// example a row; an image is a row of its channels, each row by row (C, H, W),
// as PyTorch flattens it. A layer owns no parameters: it is handed its part of
// the flat vector, so that the same layer runs under the stored weights and
// under the pruned and quantized ones.
type Layer interface {
	Kind() string // "dense", "relu"
	Width() (in, out int)
	Params() []Param // in the order in which they lie in the flat vector

	// Its passes in float64 and in float32. What both measure, as running
	// statistics are, is the layer's own.
	double() passes[float64]
	single() passes[float32]
}

// passes are the passes of a layer in one precision, with the memory that they need.
type passes[T kernel.Float] interface {
	// Forward writes y, rows×out, from x, rows×in.
	Forward(w []T, x, y kernel.Matrix[T], pass Pass)
	// Backward overwrites dw with the gradient of the parameters and dx with
	// that of the input; dx without data is not wanted. x and y are those of
	// the last Forward.
	Backward(w, dw []T, x, y, dx, dy kernel.Matrix[T])
}

// rowwise are passes whose rows do not depend on each other: parts of a batch can go
// through several such layers, each in the hands of a member of a team.
type rowwise[T kernel.Float] interface {
	passes[T]
	// begin prepares a forward pass of so many rows.
	begin(rows int, pass Pass)
	// rowsForward is Forward, and rowsBackward the gradient of the input, of some rows.
	rowsForward(w []T, x, y kernel.Matrix[T], at some)
	rowsBackward(w []T, x, y, dx, dy kernel.Matrix[T], at some)
}

// some are rows of a batch: which is the first, and which member of the team has them.
type some struct{ first, who int }

// summing are rowwise passes whose gradient of the parameters is a sum over the rows.
type summing[T kernel.Float] interface {
	rowwise[T]
	// clearSums begins it, addRows adds some rows, in their order, and sums writes it
	// out. sumBy is all of that by a team.
	clearSums(dw []T)
	addRows(dw []T, x, dy kernel.Matrix[T], at some)
	sums(dw []T)
	sumBy(dw []T, x, dy kernel.Matrix[T])
	work() int // multiply-adds for a row
}

// Param is one tensor of a layer.
type Param struct {
	Name  string // "weight"
	Role  string // knob.Kernel, knob.Bias, or one of the roles below
	Shape []int
}

// The roles of tensors that masks and quantizers leave alone, beside
// knob.Bias. Each starts in its own way, whatever the initialisation.
const (
	Gain   = "gain"   // of a norm; starts at 1
	Shift  = "shift"  // of a norm; starts at 0
	Vector = "vector" // of an embedding; starts normal with deviation 1
)

// Pass says what a forward pass is for.
type Pass struct {
	Train     bool   // training, as against evaluation
	Step, Try int    // which batch, and which of the evaluations an optimizer makes on it
	Seed      uint64 // what dropout's masks are derived from, with the step
	// Again tells that the weights are those of the last Forward, so that what was made
	// of them serves once more.
	Again bool
	// Bare tells that of what the layers make nothing is read but the outputs, nor is
	// there a way back.
	Bare bool
}

// moves tells whether the pass moves running statistics: the first of a
// training step does.
func (p Pass) moves() bool { return p.Train && p.Try == 0 }

// reserver has buffers of its own that grow with the batch: passes or a layer.
type reserver interface{ Reserve(rows int) }

// joiner is a layer whose passes a team can share.
type joiner interface{ join(team *kernel.Team) }

// watcher is a layer whose passes are long enough to be given up within.
type watcher interface{ watch(stop func() bool) }

// shared is a layer that uses its kernel at several places of a row.
type shared interface{ places() int }

// freezer is a layer with statistics of its batches, which it can leave alone.
type freezer interface{ freeze(frozen bool) }

// loner is a layer that may need more than one row to measure a variance.
type loner interface{ needsRows() bool }

// stateful is a layer with state outside the parameters.
type stateful interface{ State() []knob.Buffer }

// kernels is how many kernels a layer has, itself or in the layers it holds.
func kernels(l Layer) (n int) {
	for _, p := range l.Params() {
		if p.Role == knob.Kernel {
			n++
		}
	}
	return n
}
