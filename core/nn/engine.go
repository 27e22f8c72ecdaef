package nn

import (
	"unsafe"

	"descent/core/kernel"
)

// engine runs a stack of layers in one precision, with the buffers of one pass.
type engine[T kernel.Float] struct {
	of     *stack
	passes []passes[T]

	capacity int
	rows     int
	input    kernel.Matrix[T]
	acts     [][]T // acts[i] is the output of layer i
	grads    [][]T // grads[i] is the gradient of that output

	nudge  []T // joins the gradient of the features, once
	nudged bool

	inputs rounding[T] // of the layers with a kernel

	sweeps []*sweep[T] // runs of layers that parts of a batch go through
}

// sweepAt is the run of layers that begins, or ends, at layer i; nil for none, and
// while inputs are rounded layer by layer.
func (e *engine[T]) sweepAt(i int, backward bool) *sweep[T] {
	if e.inputs.by != nil {
		return nil
	}
	for _, s := range e.sweeps {
		if !backward && s.from == i || backward && s.to-1 == i {
			return s
		}
	}
	return nil
}

// reserve makes room for batches of so many rows; smaller ones then allocate nothing.
func (e *engine[T]) reserve(rows int) {
	if rows > e.capacity {
		e.capacity = rows
		e.acts, e.grads = make([][]T, len(e.passes)), make([][]T, len(e.passes))
		for i, width := range e.of.widths {
			e.acts[i], e.grads[i] = make([]T, rows*width), make([]T, rows*width)
		}
	}
	if e.sweeps == nil {
		e.sweeps = sweeps(e)
	}
	for _, p := range e.passes {
		if r, ok := p.(reserver); ok {
			r.Reserve(e.capacity)
		}
	}
}

func (e *engine[T]) view(buf [][]T, i int) kernel.Matrix[T] {
	return plain(buf[i], e.rows, e.of.widths[i])
}

func (e *engine[T]) part(i int, v []T) []T {
	p := e.of.parts[i]
	return v[p[0]:p[1]:p[1]]
}

// forward is Model.Forward.
func (e *engine[T]) forward(w []T, x kernel.Matrix[T], pass Pass) kernel.Matrix[T] {
	if x.Rows > e.capacity {
		e.reserve(x.Rows)
	}
	e.rows, e.input = x.Rows, x
	for i := 0; i < len(e.passes) && !e.of.stopped(); i++ {
		if s := e.sweepAt(i, false); s != nil {
			s.forward(w, pass)
			i = s.to - 1
			x = e.view(e.acts, i)
			continue
		}
		y := e.view(e.acts, i)
		e.passes[i].Forward(e.part(i, w), e.inputs.round(i, x, pass), y, pass)
		x = y
	}
	return e.view(e.acts, len(e.passes)-1)
}

// outGrad is where the gradient of the last outputs goes.
func (e *engine[T]) outGrad() kernel.Matrix[T] { return e.view(e.grads, len(e.passes)-1) }

// backward is Model.BackwardInput.
func (e *engine[T]) backward(w, dw []T, din kernel.Matrix[T]) {
	for i := len(e.passes) - 1; i >= 0; i-- {
		if e.of.stopped() {
			e.nudged = false
			return
		}
		if s := e.sweepAt(i, true); s != nil && !e.nudged {
			s.back(w, dw, din)
			i = s.from
			continue
		}
		x, dx := e.input, din
		if i > 0 {
			x, dx = e.view(e.acts, i-1), e.view(e.grads, i-1)
		}
		e.passes[i].Backward(e.part(i, w), e.part(i, dw), e.inputs.seen(i, x), e.view(e.acts, i), dx, e.view(e.grads, i))
		e.inputs.backward(i, dx, x)
		if e.nudged && i == e.of.last() {
			e.nudged = false
			kernel.Add(dx.Data, e.nudge[:len(dx.Data)])
		}
	}
}

// sweep takes parts of a batch through several layers one after the other, so that what
// a layer makes is still in the cache when the next one reads it, and each part goes to
// whichever member of a team is free.
type sweep[T kernel.Float] struct {
	*engine[T]
	from, to int // the layers
	chunk    int // rows at a time
	work     int // multiply-adds for a row

	// Of the pass under way.
	backward bool
	w, dw    []T
	din      kernel.Matrix[T]
	summed   bool // the gradient of the parameters is known

	bare    bool
	between [][2][]T // of each member: outputs of a chunk that nobody will read, or gradients
}

// chunkBytes is how much of the outputs of its layers a chunk of rows takes: what stays
// in the second-level cache beside unrolled images.
const chunkBytes = 1 << 18

// sweeps are the runs of layers that are worth it: those with a convolution among them.
func sweeps[T kernel.Float](e *engine[T]) (out []*sweep[T]) {
	for from := 0; from < len(e.passes); from++ {
		s := &sweep[T]{engine: e, from: from, to: from}
		width := 0
		for ; s.to < len(e.passes); s.to++ {
			if _, ok := e.passes[s.to].(rowwise[T]); !ok {
				break
			}
			if of, ok := e.passes[s.to].(summing[T]); ok {
				s.work += of.work()
			}
			width += e.of.widths[s.to]
		}
		if s.work > 0 && s.to-s.from > 1 {
			s.chunk = max(chunkBytes/(width*int(unsafe.Sizeof(T(0)))), 1)
			out = append(out, s)
		}
		from = max(from, s.to-1)
	}
	return out
}

// forward runs the layers.
func (s *sweep[T]) forward(w []T, pass Pass) {
	for _, p := range s.passes[s.from:s.to] {
		p.(rowwise[T]).begin(s.rows, pass)
	}
	s.backward, s.w, s.bare = false, w, pass.Bare
	s.run(s.work)
}

// back runs them backwards, from the gradient of their output.
func (s *sweep[T]) back(w, dw []T, din kernel.Matrix[T]) {
	s.backward, s.w, s.dw, s.din, s.summed = true, w, dw, din, false
	for i := s.from; i < s.to; i++ {
		if of, ok := s.passes[i].(summing[T]); ok {
			of.clearSums(s.part(i, dw))
		}
	}
	s.run(2 * s.work)
	for i := s.from; i < s.to; i++ {
		of, ok := s.passes[i].(summing[T])
		switch {
		case ok && s.summed:
			of.sums(s.part(i, dw))
		case ok:
			of.sumBy(s.part(i, dw), s.inputOf(i), s.view(s.grads, i))
		}
	}
}

func (s *sweep[T]) run(work int) {
	for len(s.between) < s.of.team.Members() {
		s.between = append(s.between, [2][]T{})
	}
	if work *= s.rows; work < kernel.Worth {
		s.Part(0, 1, 0)
		return
	}
	s.of.team.Do(s, 4, work)
}

// inputOf is what goes into layer i.
func (s *sweep[T]) inputOf(i int) kernel.Matrix[T] {
	if i == 0 {
		return s.input
	}
	return s.view(s.acts, i-1)
}

// Part does some of the rows.
func (s *sweep[T]) Part(i, n, who int) {
	last := s.rows * (i + 1) / n
	if s.backward && n == 1 {
		s.summed = true
	}
	for from := s.rows * i / n; from < last && !s.of.stopped(); from += s.chunk {
		to := min(from+s.chunk, last)
		if s.backward {
			s.chunkBack(from, to, some{from, who}, n == 1)
		} else {
			s.chunkForward(from, to, some{from, who})
		}
	}
}

func (s *sweep[T]) chunkForward(from, to int, at some) {
	x := rowsOf(s.inputOf(s.from), from, to)
	for i := s.from; i < s.to; i++ {
		var y kernel.Matrix[T]
		if s.bare && i+1 < s.to {
			width := s.of.widths[i]
			y = plain(grow(&s.between[at.who][i%2], (to-from)*width), to-from, width)
		} else {
			y = rowsOf(s.view(s.acts, i), from, to)
		}
		s.passes[i].(rowwise[T]).rowsForward(s.part(i, s.w), x, y, at)
		x = y
	}
}

// chunkBack is the gradient of the inputs, and if all rows are one part that of the
// parameters.
func (s *sweep[T]) chunkBack(from, to int, at some, alone bool) {
	dy := rowsOf(s.view(s.grads, s.to-1), from, to)
	for i, n := s.to-1, 0; i >= s.from; i, n = i-1, n+1 {
		x, y := rowsOf(s.inputOf(i), from, to), rowsOf(s.view(s.acts, i), from, to)
		if of, ok := s.passes[i].(summing[T]); ok && alone {
			of.addRows(s.part(i, s.dw), x, dy, at)
		}
		into := i - 1
		if s.gated(i) {
			kernel.ReluBack(dy.Data, dy.Data, y.Data[:len(dy.Data)])
			into--
		}
		dx := s.gradOf(into, from, to, &s.between[at.who][n%2], alone)
		if dx.Data != nil {
			s.passes[i].(rowwise[T]).rowsBackward(s.part(i, s.w), x, y, dx, dy, at)
		}
		dy, i = dx, into+1
	}
}

// gated tells whether layer i passes on the largest of what a relu before it lets
// through: then what is let through of the gradient is seen in the fewer outputs of i,
// and the gradient of the relu's is not needed.
func (s *sweep[T]) gated(i int) bool {
	if i-1 < s.from || s.of.keeps {
		return false
	}
	_, largest := s.passes[i].(maxPasses[T])
	before, ok := s.passes[i-1].(interface{ gates() bool })
	return largest && ok && before.gates()
}

// gradOf is where the gradient of the output of layer i goes, for some rows: into memory
// that stays in the cache where nobody reads it but the layer itself.
func (s *sweep[T]) gradOf(i, from, to int, memory *[]T, alone bool) kernel.Matrix[T] {
	if i < 0 {
		if s.din.Data == nil {
			return s.din
		}
		return rowsOf(s.din, from, to)
	}
	_, later := s.passes[i].(summing[T])
	if s.of.keeps || i < s.from || later && !alone {
		return rowsOf(s.view(s.grads, i), from, to)
	}
	width := s.of.widths[i]
	return plain(grow(memory, (to-from)*width), to-from, width)
}
