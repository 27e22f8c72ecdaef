package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// adafactor is Adam without momentum, whose second moment is the product of a row
// and a column of averages for each kernel. ε₁ is fixed; the learning rate is given,
// not derived from the step.
type adafactor struct {
	Decay, Clip, Least float64

	layout knob.Layout
	from   []int     // where the squares of each tensor begin
	square []float64 // rows then columns of a kernel in its own place; all of any other tensor
}

const adafactorEps = 1e-30 // ε₁

const adafactorPaper = "N. Shazeer, M. Stern, “Adafactor: Adaptive Learning Rates with Sublinear Memory Cost”, ICML 2018"

var adafactorDoc = knob.Doc{
	Formula: "β̂₂ₜ = 1 − t^(−decay_rate), ε₁ = 1e-30\n" +
		"Rₜ = β̂₂ₜ Rₜ₋₁ + (1 − β̂₂ₜ) · row means of (Gₜ² + ε₁)\n" +
		"Cₜ = β̂₂ₜ Cₜ₋₁ + (1 − β̂₂ₜ) · column means of (Gₜ² + ε₁)\n" +
		"V̂ₜ = Rₜ Cₜᵀ / mean(Rₜ); V̂ₜ is kept whole for biases and other tensors that are not matrices\n" +
		"Uₜ = Gₜ / √V̂ₜ\n" +
		"θₜ = θₜ₋₁ − η max(ε₂, RMS(θₜ₋₁)) Uₜ / max(1, RMS(Uₜ) / d)",
	Source:  adafactorPaper + ", algorithms 4 and 5 (there with sums in place of the means, which gives the same V̂ₜ)",
	PyTorch: "torch.optim.Adafactor(lr, beta2_decay=−decay_rate, eps=(ε₁, ε₂), d, weight_decay), which caps η at 1 / √t",
	When: "Large models whose Adam state would not fit: it keeps a row and a column of averages for each matrix, and no" +
		" momentum. η is relative to the size of the weights. For small networks adam learns faster.",
	Range: "η from 1e-3 to 0.1; 1e-2 to begin with",
}

func (a *adafactor) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.decay_rate", &a.Decay, 0.1, 1, knob.Linear, "exponent of the decay rate of the second moment, β̂₂ₜ = 1 − t^(−decay_rate)").WithStep(0.05).Explained(knob.Doc{
			Formula: "β̂₂ₜ = 1 − t^(−decay_rate)",
			Source:  adafactorPaper + ", section 7.2",
			PyTorch: "torch.optim.Adafactor(beta2_decay=−decay_rate)",
			When: "The average of squared gradients reaches further back as training goes on, so no bias correction is" +
				" needed. Lower it to follow changes late in training.",
			Range: "0.5 to 1; 0.8 to begin with",
		}),
		knob.Float("optimizer.clip_threshold", &a.Clip, 0.01, 100, knob.Log, "d: largest root mean square of the update of a tensor, before the rate").WithScale(knob.Log, 0.01).Explained(knob.Doc{
			Formula: "Ûₜ = Uₜ / max(1, RMS(Uₜ) / d)",
			Source:  adafactorPaper + ", section 6",
			PyTorch: "torch.optim.Adafactor(d)",
			When:    "It limits steps where the second moment is out of date. Lower it where training is unstable.",
			Range:   "1",
		}),
		knob.Float("optimizer.least_scale", &a.Least, 0, 1, knob.Log, "ε₂: smallest root mean square that a tensor is taken to have").Explained(knob.Doc{
			Formula: "αₜ = η max(ε₂, RMS(θₜ₋₁))",
			Source:  adafactorPaper + ", section 8",
			PyTorch: "torch.optim.Adafactor(eps=(ε₁, ε₂))",
			When:    "It lets tensors that start at 0, such as biases, move at all. Raise it where they learn too slowly.",
			Range:   "1e-4 to 1e-2; 1e-3 to begin with",
		}),
	}
}

func (a *adafactor) Init(layout knob.Layout) {
	a.layout, a.from = layout, a.from[:0]
	n := 0
	for _, seg := range layout {
		a.from = append(a.from, n)
		rows, cols := matrix(seg)
		n += max(seg.Size(), rows+cols) // a kernel may have fewer weights than rows and columns
	}
	a.square = make([]float64, n)
}

func (a *adafactor) State() []knob.Buffer {
	return []knob.Buffer{{Name: "adafactor/factored square mean", Data: a.square}}
}

func (a *adafactor) Apply(update, params []float64, at At) {
	for _, s := range at.spans(len(update), len(a.layout)) {
		keep := 1 - kernel.Exp(-a.Decay*kernel.Log(float64(s.Age)))
		for i := s.First; i < s.Last; i++ {
			a.tensor(a.layout[i], a.square[a.from[i]:], update, params, keep)
		}
	}
}

func (a *adafactor) tensor(seg knob.Segment, v, update, params []float64, keep float64) {
	u, p := seg.Of(update), seg.Of(params)
	if rows, cols := matrix(seg); rows > 0 {
		a.factored(u, v[:rows], v[rows:rows+cols], keep)
	} else {
		for i, g := range u {
			v[i] = float64(keep*v[i]) + float64((1-keep)*(float64(g*g)+adafactorEps))
			u[i] = g / math.Sqrt(v[i])
		}
	}
	size := math.Sqrt(float64(len(u)))
	kernel.Scale(u, max(a.Least, norm(p)/size)/max(1, norm(u)/size/a.Clip))
}

func (a *adafactor) factored(u, r, c []float64, keep float64) {
	rows, cols := len(r), len(c)
	total := 0.0
	for i := range r {
		sum := 0.0
		for _, g := range u[i*cols : (i+1)*cols] {
			sum += float64(g*g) + adafactorEps
		}
		r[i] = float64(keep*r[i]) + float64((1-keep)*(sum/float64(cols)))
		total += r[i]
	}
	for j := range c {
		sum := 0.0
		for i := range rows {
			g := u[i*cols+j]
			sum += float64(g*g) + adafactorEps
		}
		c[j] = float64(keep*c[j]) + float64((1-keep)*(sum/float64(rows)))
	}
	mean := total / float64(rows)
	for i := range r {
		for j := range c {
			u[i*cols+j] /= math.Sqrt(r[i] / mean * c[j])
		}
	}
}

func (a *adafactor) worked(w *Worked) {
	w.Title = "Adafactor"
	t := w.Tensor(a.layout)
	seg, v := a.layout[t], a.square[a.from[t]:]
	at, g := w.I-seg.Offset, seg.Of(w.In)
	rows, cols := matrix(seg)
	scaled := func(i int) float64 { return g[i] / math.Sqrt(v[i]) }
	if rows > 0 {
		mean := 0.0
		for _, r := range v[:rows] {
			mean += r / float64(rows)
		}
		scaled = func(i int) float64 { return g[i] / math.Sqrt(v[i/cols]/mean*v[rows+i%cols]) }
		w.Given("Rᵢ", v[at/cols])
		w.Given("Cⱼ", v[rows+at%cols])
		w.Given("R̄", mean)
		w.Line("v̂ₜ", "Rᵢ Cⱼ / R̄")
		w.Note = "Rᵢ and Cⱼ are averages of the squared gradients of the whole row and column, R̄ is the mean of all rows'"
	} else {
		w.Set("β̂₂", 1-kernel.Exp(-a.Decay*kernel.Log(float64(w.Age()))))
		w.Set("vₜ₋₁", w.Saved("adafactor/factored square mean")[a.from[t]+at])
		w.Set("ε₁", adafactorEps)
		w.Line("v̂ₜ", "β̂₂ vₜ₋₁ + (1 − β̂₂) (gₜ² + ε₁)")
	}
	w.Line("uₜ", "gₜ / √v̂ₜ")
	sum := 0.0
	for i := range g {
		sum += float64(scaled(i) * scaled(i))
	}
	size := math.Sqrt(float64(len(g)))
	w.Set("d", a.Clip)
	w.Set("ε₂", a.Least)
	w.Given("RMS(θ)", norm(seg.Of(w.Params))/size)
	w.Given("RMS(u)", math.Sqrt(sum)/size)
	w.Line("uₜ", "uₜ max(ε₂, RMS(θ)) / max(1, RMS(u) / d)")
	w.Hand("uₜ")
}
