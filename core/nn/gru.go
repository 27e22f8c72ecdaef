package nn

import (
	"fmt"

	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas"
)

// gru is a gated recurrent unit over a sequence, as torch.nn.GRU of one layer with
// batch_first. From h₀ = 0, at every time step t:
//
//	r = σ(W_ir x_t + b_ir + W_hr h_{t−1} + b_hr)
//	z = σ(W_iz x_t + b_iz + W_hz h_{t−1} + b_hz)
//	n = tanh(W_in x_t + b_in + r ⊙ (W_hn h_{t−1} + b_hn))
//	h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}
//
// weight_ih_l0 of [3·hidden, features] and weight_hh_l0 of [3·hidden, hidden] hold the
// rows of r, z and n behind each other, and so do the biases. What comes out is the
// last h, or all of them. Cho et al., "Learning Phrase Representations using RNN
// Encoder-Decoder for Statistical Machine Translation", 2014; the place of r is that of
// cuDNN.
type gru struct {
	time, features, hidden int
	all, noBias            bool

	team *kernel.Team
	stop func() bool // asked between time steps; nil for not
}

// gruPasses are the passes of a gru, with the memory that they need.
type gruPasses[T kernel.Float] struct {
	*gru
	gates  []T // r, z and n of each step of each row
	recall []T // W_hn h_{t−1} + b_hn of each step of each row
	states []T // h of each step of each row
	sums   []T // W_h h_{t−1} + b_h of a step, of each row
	dgates []T // gradient of what goes into r, z and n from the input
	dsums  []T // and from the state, of a step
	dh     [2][]T
	rows   int // of the last pass
}

func (l *gru) double() passes[float64] { return &gruPasses[float64]{gru: l} }
func (l *gru) single() passes[float32] { return &gruPasses[float32]{gru: l} }

var gruKind = kind{
	name: "gru", help: "gated recurrent unit: a state that is updated along a sequence",
	options: []option{
		{name: "hidden", form: integer, min: 1, help: "number of hidden units"},
		{name: "return_sequences", form: flag, fallback: "false", help: "whether the state of every time step comes out, or the last alone"},
		withBias,
	},
	doc: knob.Doc{
		Formula: "r = σ(W_ir x + b_ir + W_hr h + b_hr), z = σ(W_iz x + b_iz + W_hz h + b_hz)\n" +
			"n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn)), h' = (1 − z) ⊙ n + z ⊙ h, from h = 0",
		Source:  "K. Cho et al., “Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation”, EMNLP 2014, equations 5 to 8 (there r ⊙ h within the product)",
		PyTorch: "torch.nn.GRU(input_size, hidden_size, batch_first=True); of its output [:, -1], or with return_sequences all",
		When:    "For sequences whose order matters over many steps. Needs model.input = [steps, features], or an embedding before it. Two of them behind each other need return_sequences in the first. A conv1d is faster, and often as good.",
		Range:   "16 to 128 units",
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		if len(at.in) != 2 {
			return nil, nil, fmt.Errorf("takes steps × features, not %s; give model.input = [steps, features]", ShapeText(at.in))
		}
		l := &gru{time: at.in[0], features: at.in[1], hidden: e.integer("hidden"), all: e.flag("return_sequences"), noBias: !e.flag("bias")}
		if n := 3 * float64(l.time) * float64(l.hidden); n > maxWidth {
			return nil, nil, fmt.Errorf("would make %.3g numbers of a row; the most is 2^24", n)
		}
		if l.all {
			return l, []int{l.time, l.hidden}, nil
		}
		return l, []int{l.hidden}, nil
	},
}

func (*gru) Kind() string             { return "gru" }
func (l *gru) places() int            { return l.time }
func (l *gru) join(team *kernel.Team) { l.team = team }
func (l *gru) watch(stop func() bool) { l.stop = stop }
func (l *gru) stopped() bool          { return l.stop != nil && l.stop() }

func (l *gru) Width() (in, out int) {
	if l.all {
		return l.time * l.features, l.time * l.hidden
	}
	return l.time * l.features, l.hidden
}

func (l *gru) Params() []Param {
	wide := 3 * l.hidden
	out := []Param{
		{Name: "weight_ih_l0", Role: knob.Kernel, Shape: []int{wide, l.features}},
		{Name: recurrent, Role: knob.Kernel, Shape: []int{wide, l.hidden}},
	}
	if !l.noBias {
		out = append(out, Param{Name: "bias_ih_l0", Role: knob.Bias, Shape: []int{wide}}, Param{Name: "bias_hh_l0", Role: knob.Bias, Shape: []int{wide}})
	}
	return out
}

func (l *gruPasses[T]) Reserve(rows int) {
	if rows <= l.rows {
		return
	}
	l.rows = rows
	n := rows * l.hidden
	l.gates, l.dgates = make([]T, 3*n*l.time), make([]T, 3*n*l.time)
	l.recall, l.states = make([]T, n*l.time), make([]T, n*l.time)
	l.sums, l.dsums = make([]T, 3*n), make([]T, 3*n)
	l.dh = [2][]T{make([]T, n), make([]T, n)}
}

// gruWeights[T] are the parameters as matrices, or their gradients.
type gruWeights[T kernel.Float] struct {
	input, state         kernel.Matrix[T]
	inputBias, stateBias []T // nil without
}

func (l *gruPasses[T]) split(w []T) (g gruWeights[T]) {
	wide := 3 * l.hidden
	take := func(n int) []T {
		part := w[:n]
		w = w[n:]
		return part
	}
	g.input = plain(take(wide*l.features), wide, l.features)
	g.state = plain(take(wide*l.hidden), wide, l.hidden)
	if !l.noBias {
		g.inputBias, g.stateBias = take(wide), take(wide)
	}
	return g
}

// step is what a buffer of so many numbers a time step holds of step t, row by row.
func (l *gruPasses[T]) step(data []T, rows, cols, t int) kernel.Matrix[T] {
	stride := l.time * cols
	return kernel.Matrix[T]{Rows: rows, Cols: cols, Stride: stride, Data: data[t*cols : (rows-1)*stride+(t+1)*cols]}
}

// affine is y = x wᵀ + bias; a bias of nil is 0.
func (l *gruPasses[T]) affine(y, x, w kernel.Matrix[T], bias []T) {
	if bias == nil {
		kernel.GemmBy(l.team, blas.NoTrans, blas.Trans, 1, x, w, 0, y)
		return
	}
	kernel.AffineBy(l.team, y, x, w, bias)
}

func (l *gruPasses[T]) Forward(w []T, x, y kernel.Matrix[T], _ Pass) {
	if x.Rows == 0 {
		return
	}
	g, rows, wide := l.split(w), x.Rows, 3*l.hidden
	l.affine(plain(l.gates, rows*l.time, wide), plain(x.Data, rows*l.time, l.features), g.input, g.inputBias)
	for t := 0; t < l.time && !l.stopped(); t++ {
		sums := plain(l.sums, rows, wide)
		if t > 0 {
			l.affine(sums, l.step(l.states, rows, l.hidden, t-1), g.state, g.stateBias)
		} else {
			for r := range rows {
				clear(rowOf(sums, r))
				copy(rowOf(sums, r), g.stateBias)
			}
		}
		for r := range rows {
			l.update(r, t, rowOf(sums, r))
		}
	}
	for r := range rows {
		if h := l.states[r*l.time*l.hidden : (r+1)*l.time*l.hidden]; l.all {
			copy(rowOf(y, r), h)
		} else {
			copy(rowOf(y, r), h[len(h)-l.hidden:])
		}
	}
}

// at are the gates of row r at time t, what r multiplies, and the state before and
// after; before the first step it is nil.
func (l *gruPasses[T]) at(r, t int) (gates, recall, before, after []T) {
	i, n := r*l.time+t, l.hidden
	if t > 0 {
		before = l.states[(i-1)*n : i*n]
	}
	return l.gates[3*i*n : 3*(i+1)*n], l.recall[i*n : (i+1)*n], before, l.states[i*n : (i+1)*n]
}

// update finds the state of a row at time t, given what the one before contributes.
func (l *gruPasses[T]) update(r, t int, sums []T) {
	gates, recall, before, after := l.at(r, t)
	n := l.hidden
	kernel.Add(gates[:2*n], sums[:2*n])
	kernel.SigmoidAll(gates[:2*n], gates[:2*n])
	reset, keep, fresh := gates[:n], gates[n:2*n], gates[2*n:]
	copy(recall, sums[2*n:])
	for i, v := range recall {
		fresh[i] += T(reset[i] * v)
	}
	kernel.TanhAll(fresh, fresh)
	for i, z := range keep {
		after[i] = T((1 - z) * fresh[i])
		if before != nil {
			after[i] += T(z * before[i])
		}
	}
}

// Backward goes back through time: with dh the gradient of h_t from what comes out and
// from the steps behind it, and a the arguments of the gates,
//
//	da_n = dh (1 − z) (1 − n²)
//	da_z = dh (h_{t−1} − n) z (1 − z)
//	da_r = da_n (W_hn h_{t−1} + b_hn) r (1 − r)
//
// and dh_{t−1} = dh ⊙ z + W_hᵀ (da_r, da_z, da_n ⊙ r).
func (l *gruPasses[T]) Backward(w, dw []T, x, _, dx, dy kernel.Matrix[T]) {
	clear(dw)
	if x.Rows == 0 {
		return
	}
	g, d, rows, wide := l.split(w), l.split(dw), x.Rows, 3*l.hidden
	dh, next := plain(l.dh[0], rows, l.hidden), plain(l.dh[1], rows, l.hidden)
	clear(dh.Data)
	for t := l.time - 1; t >= 0 && !l.stopped(); t-- {
		dsums := plain(l.dsums, rows, wide)
		for r := range rows {
			from, dout := rowOf(dh, r), rowOf(dy, r)
			if l.all {
				kernel.Add(from, dout[t*l.hidden:(t+1)*l.hidden])
			} else if t == l.time-1 {
				kernel.Add(from, dout)
			}
			l.back(r, t, from, rowOf(next, r), rowOf(dsums, r))
		}
		if !l.noBias {
			for r := range rows {
				kernel.Add(d.stateBias, rowOf(dsums, r))
			}
		}
		if t > 0 {
			kernel.GemmBy(l.team, blas.Trans, blas.NoTrans, 1, dsums, l.step(l.states, rows, l.hidden, t-1), 1, d.state)
			kernel.GemmBy(l.team, blas.NoTrans, blas.NoTrans, 1, dsums, g.state, 1, next)
		}
		dh, next = next, dh
	}
	dgates := plain(l.dgates, rows*l.time, wide)
	kernel.GemmBy(l.team, blas.Trans, blas.NoTrans, 1, dgates, plain(x.Data, rows*l.time, l.features), 0, d.input)
	if !l.noBias {
		kernel.ColumnSums(d.inputBias, dgates)
	}
	if dx.Data != nil {
		kernel.GemmBy(l.team, blas.NoTrans, blas.NoTrans, 1, dgates, g.input, 0, plain(dx.Data, rows*l.time, l.features))
	}
}

// back is one row of one time step, given dh: it overwrites the gradients of the
// arguments, and next by the part of dh_{t−1} that z passes.
func (l *gruPasses[T]) back(r, t int, dh, next, dsums []T) {
	gates, recall, before, _ := l.at(r, t)
	n := l.hidden
	at := 3 * (r*l.time + t) * n
	da := l.dgates[at : at+3*n]
	for i, d := range dh {
		reset, z, fresh, h := gates[i], gates[n+i], gates[2*n+i], T(0)
		if before != nil {
			h = before[i]
		}
		dn := T(T(d*(1-z)) * (1 - T(fresh*fresh)))
		da[2*n+i] = dn
		da[n+i] = T(T(d*(h-fresh)) * T(z*(1-z)))
		da[i] = T(T(dn*recall[i]) * T(reset*(1-reset)))
		dsums[2*n+i] = T(dn * reset)
		next[i] = T(d * z)
	}
	copy(dsums[:2*n], da[:2*n])
}
