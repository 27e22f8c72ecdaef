package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// muon orthogonalizes the momentum of every kernel by Newton–Schulz iterations, and
// passes all other parameters to Adam.
type muon struct {
	Mu, AdamShare     float64
	Beta1, Beta2, Eps float64

	layout               knob.Layout
	buffer, mean, square []float64
	x, a, b, next        []float64 // scratch for one kernel
}

const muonPost = "K. Jordan et al., “Muon: An optimizer for hidden layers in neural networks”, 2024, kellerjordan.github.io/posts/muon"

var muonDoc = knob.Doc{
	Formula: "Bₜ = μ Bₜ₋₁ + Gₜ\n" +
		"Oₜ = NS(Gₜ + μ Bₜ) ≈ U Vᵀ, where Gₜ + μ Bₜ = U Σ Vᵀ (singular value decomposition)\n" +
		"θₜ = θₜ₋₁ − η √max(1, rows / cols) Oₜ\n" +
		"NS(G): X = G / (‖G‖_F + 1e-7), then five times X ← a X + (b A + c A²) X with A = X Xᵀ (of Gᵀ where rows > cols)\n" +
		"(a, b, c) = (3.4445, −4.7750, 2.0315)\n" +
		"Biases, norms and embeddings: Adam at the rate adam_share · η; kernels of convolutions count as [out, in · height · width]",
	Source:  muonPost,
	PyTorch: "torch.optim.Muon(lr=1e-3, weight_decay=0.1, momentum=0.95, nesterov=True), for matrices only",
	When: "Hidden layers of transformers and other networks of large matrices: all directions of a matrix learn at the same" +
		" rate. The matrix products cost time, which shows on wide layers and small batches.",
	Range: "η from 1e-3 to 5e-2; 2e-2 to begin with",
}

func (m *muon) Knobs() []knob.Knob {
	return append([]knob.Knob{
		momentumKnob(&m.Mu, knob.Doc{
			Formula: "Bₜ = μ Bₜ₋₁ + Gₜ, of which Gₜ + μ Bₜ is orthogonalized",
			Source:  muonPost,
			PyTorch: "torch.optim.Muon(momentum, nesterov=True)",
			When:    "The size of the update does not depend on it. Lower it in short runs.",
			Range:   "0.85 to 0.95; 0.95 to begin with",
		}),
		knob.Float("optimizer.adam_share", &m.AdamShare, 0, 10, knob.Log, "Adam's learning rate for biases, norms and embeddings, relative to Muon's").WithScale(knob.Log, 1e-4).Explained(knob.Doc{
			Formula: "η_Adam = adam_share · η",
			Source:  knob.None,
			PyTorch: knob.None,
			When: "In PyTorch biases, norms and embeddings get an AdamW of their own; here one η and this ratio serve both." +
				" At the defaults Adam's rate is 0.02 · 0.015 = 3e-4.",
			Range: "0.005 to 0.1; 0.015 to begin with",
		}),
	}, momentKnobs(&m.Beta1, &m.Beta2, &m.Eps)...)
}

func (m *muon) Init(layout knob.Layout) {
	n := layout.Size()
	m.layout = layout
	m.buffer, m.mean, m.square = make([]float64, n), make([]float64, n), make([]float64, n)
	size, side := 0, 0
	for _, seg := range layout {
		if rows, cols := matrix(seg); rows > 0 {
			size, side = max(size, rows*cols), max(side, min(rows, cols))
		}
	}
	m.x, m.next = make([]float64, size), make([]float64, size)
	m.a, m.b = make([]float64, side*side), make([]float64, side*side)
}

// matrix returns the shape of a kernel as outputs × inputs, 0 for any other tensor.
func matrix(seg knob.Segment) (rows, cols int) {
	if seg.Role != knob.Kernel || len(seg.Shape) < 2 {
		return 0, 0
	}
	return seg.Shape[0], seg.Size() / seg.Shape[0]
}

func (m *muon) State() []knob.Buffer {
	return []knob.Buffer{
		{Name: "muon/momentum", Data: m.buffer}, {Name: "muon/mean", Data: m.mean}, {Name: "muon/square mean", Data: m.square},
	}
}

func (m *muon) Apply(update, _ []float64, at At) {
	for _, s := range at.spans(len(update), len(m.layout)) {
		adam := adamFactors(m.Beta1, m.Beta2, m.Eps, s.Age)
		for _, seg := range m.layout[s.First:s.Last] {
			m.tensor(seg, seg.Of(update), adam, at.Ask)
		}
	}
}

func (m *muon) tensor(seg knob.Segment, u []float64, adam kernel.AdamFactors, ask func() bool) {
	rows, cols := matrix(seg)
	if rows == 0 {
		kernel.Adam(u, seg.Of(m.mean), seg.Of(m.square), adam)
		kernel.Scale(u, m.AdamShare)
		return
	}
	for i, b := range seg.Of(m.buffer) {
		b = float64(m.Mu*b) + u[i]
		seg.Of(m.buffer)[i] = b
		u[i] += float64(m.Mu * b)
	}
	m.orthogonalize(u, rows, cols, ask)
	kernel.Scale(u, math.Sqrt(max(1, float64(rows)/float64(cols))))
}

// newtonSchulz is the number of iterations.
const newtonSchulz = 5

func (m *muon) work() (n int) {
	for _, seg := range m.layout {
		rows, cols := matrix(seg)
		r, c := min(rows, cols), max(rows, cols)
		n += newtonSchulz * r * r * (2*c + r)
	}
	return n
}

// between is the number of multiply-adds between two calls of ask.
const between = 1 << 27

// product is c ← α a op(b) + β c, a few rows at a time; false if it was interrupted.
func product(op blas.Transpose, alpha float64, a, b blas64.General, beta float64, c blas64.General, ask func() bool) bool {
	rows := max(1, between/max(1, a.Cols*c.Cols))
	for from := 0; from < a.Rows; from += rows {
		if ask != nil && ask() {
			return false
		}
		n := min(rows, a.Rows-from)
		part := func(m blas64.General) blas64.General {
			m.Rows, m.Data = n, m.Data[from*m.Stride:(from+n)*m.Stride]
			return m
		}
		blas64.Gemm(blas.NoTrans, op, alpha, part(a), b, beta, part(c))
	}
	return true
}

// orthogonalize replaces g, rows×cols, by NS(g), on its transpose where that is wider.
func (m *muon) orthogonalize(g []float64, rows, cols int, ask func() bool) {
	r, c := rows, cols
	if tall := rows > cols; tall {
		r, c = cols, rows
		for i := range rows {
			for j := range cols {
				m.x[j*rows+i] = g[i*cols+j]
			}
		}
		defer func() {
			for i := range rows {
				for j := range cols {
					g[i*cols+j] = m.x[j*rows+i]
				}
			}
		}()
	} else {
		copy(m.x, g)
		defer func() { copy(g, m.x[:r*c]) }()
	}
	general := func(rows, cols int, data []float64) blas64.General {
		return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: data[:rows*cols]}
	}
	x, a, b, next := general(r, c, m.x), general(r, r, m.a), general(r, r, m.b), general(r, c, m.next)
	kernel.Scale(x.Data, 1/(norm(x.Data)+1e-7))
	for range newtonSchulz {
		if !product(blas.Trans, 1, x, x, 0, a, ask) {
			return
		}
		copy(b.Data, a.Data)
		if !product(blas.NoTrans, 2.0315, a, a, -4.7750, b, ask) {
			return
		}
		copy(next.Data, x.Data)
		if !product(blas.NoTrans, 1, b, x, 3.4445, next, ask) {
			return
		}
		copy(x.Data, next.Data)
	}
}

func (m *muon) worked(w *Worked) {
	seg := m.layout[w.Tensor(m.layout)]
	rows, cols := matrix(seg)
	if rows == 0 {
		w.Title = "Adam, for what is no matrix"
		workMoments(w, "muon", m.Beta1, m.Beta2, m.Eps)
		w.Set("adam_share", m.AdamShare)
		w.Line("m̂ₜ", "mₜ / (1 − β₁ᵗ)")
		w.Line("v̂ₜ", "vₜ / (1 − β₂ᵗ)")
		w.Line("uₜ", "adam_share m̂ₜ / (√v̂ₜ + ε)")
		w.Hand("uₜ")
		return
	}
	w.Title = "Muon"
	w.Note = "o is this weight of NS(G + μ B): the orthogonalization mixes all weights of the matrix, so there is no rule for one alone"
	w.Set("μ", m.Mu)
	w.Set("rows", float64(rows))
	w.Set("cols", float64(cols))
	w.Before("bₜ₋₁", "muon/momentum")
	w.Line("bₜ", "μ bₜ₋₁ + gₜ")
	w.Line("nₜ", "gₜ + μ bₜ")
	w.Given("oₜ", w.Out[w.I]/math.Sqrt(max(1, float64(rows)/float64(cols))))
	w.Line("uₜ", "√max(1, rows / cols) oₜ")
	w.Hand("uₜ")
}
