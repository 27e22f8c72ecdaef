package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// radam is Adam that leaves out the second moment while its variance is high.
// As in PyTorch, ε is added to √v, not to √v̂.
type radam struct {
	Beta1, Beta2, Eps float64
	mean, square      []float64
}

const radamPaper = "L. Liu, H. Jiang, P. He, W. Chen, X. Liu, J. Gao, J. Han, “On the Variance of the Adaptive Learning Rate and Beyond”, ICLR 2020"

var radamDoc = knob.Doc{
	Formula: "mₜ = β₁ mₜ₋₁ + (1 − β₁) gₜ, m̂ₜ = mₜ / (1 − β₁ᵗ)\n" +
		"vₜ = β₂ vₜ₋₁ + (1 − β₂) gₜ²\n" +
		"ρ∞ = 2 / (1 − β₂) − 1\n" +
		"ρₜ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)\n" +
		"rₜ = √((ρₜ − 4)(ρₜ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρₜ))\n" +
		"θₜ = θₜ₋₁ − η m̂ₜ rₜ √(1 − β₂ᵗ) / (√vₜ + ε) if ρₜ > 5\n" +
		"θₜ = θₜ₋₁ − η m̂ₜ otherwise",
	Source:  radamPaper + ", algorithm 2 (there for ρₜ > 4, without ε)",
	PyTorch: "torch.optim.RAdam(lr, betas=(β₁, β₂), eps, weight_decay, decoupled_weight_decay)",
	When: "In place of Adam with a warm-up: the first steps are plain momentum, until the second moment rests on enough" +
		" gradients. Adam with a tuned warm-up does as well.",
	Range: "η from 1e-4 to 1e-2; 1e-3 to begin with",
}

func (r *radam) Knobs() []knob.Knob {
	eps := adamEpsDoc
	eps.Formula = "ε in η m̂ₜ rₜ √(1 − β₂ᵗ) / (√vₜ + ε)"
	eps.Source = radamPaper + ", algorithm 2 (there without ε)"
	return []knob.Knob{beta1Knob(&r.Beta1), beta2Knob(&r.Beta2), epsKnob(&r.Eps, eps)}
}

func (r *radam) Init(layout knob.Layout) {
	r.mean, r.square = make([]float64, layout.Size()), make([]float64, layout.Size())
}

func (r *radam) State() []knob.Buffer {
	return []knob.Buffer{{Name: "radam/mean", Data: r.mean}, {Name: "radam/square mean", Data: r.square}}
}

func (r *radam) Apply(update, _ []float64, at At) {
	for _, s := range at.spans(len(update), 0) {
		r.apply(s.Of(update), s.Of(r.mean), s.Of(r.square), s.Age)
	}
}

// factors are 1 − β₁ᵗ, the rectification, 0 for none, and √(1 − β₂ᵗ).
func (r *radam) factors(age int) (unbias, rectified, root float64) {
	t := float64(age)
	power := kernel.Power(r.Beta2, age)
	longest := 2/(1-r.Beta2) - 1
	length := longest - 2*t*power/(1-power)
	if length > 5 {
		rectified = math.Sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
	}
	return 1 - kernel.Power(r.Beta1, age), rectified, math.Sqrt(1 - power)
}

func (r *radam) apply(update, means, squares []float64, age int) {
	unbias, rectified, root := r.factors(age)
	for i, g := range update {
		means[i] = float64(r.Beta1*means[i]) + float64((1-r.Beta1)*g)
		squares[i] = float64(r.Beta2*squares[i]) + float64((1-r.Beta2)*float64(g*g))
		update[i] = means[i] / unbias
		if rectified != 0 {
			update[i] *= rectified * (root / (math.Sqrt(squares[i]) + r.Eps))
		}
	}
}

func (r *radam) pass(of *run[float64], s Span) (finite bool) {
	unbias, rectified, root := r.factors(s.Age)
	return of.part(s).RAdam(s.Of(r.mean), s.Of(r.square), r.Beta1, r.Beta2, unbias, rectified, root, r.Eps)
}

func (r *radam) worked(w *Worked) {
	w.Title = "RAdam"
	workMoments(w, "radam", r.Beta1, r.Beta2, r.Eps)
	w.Line("m̂ₜ", "mₜ / (1 − β₁ᵗ)")
	w.Line("ρ∞", "2 / (1 − β₂) − 1")
	w.Line("ρₜ", "ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)")
	if w.Get("ρₜ") > 5 {
		w.Line("rₜ", "√((ρₜ − 4) (ρₜ − 2) ρ∞ / ((ρ∞ − 4) (ρ∞ − 2) ρₜ))")
		w.Line("uₜ", "m̂ₜ rₜ √(1 − β₂ᵗ) / (√vₜ + ε)")
	} else {
		w.Note = "ρₜ ≤ 5: the second moment is still too uncertain to divide by"
		w.Line("uₜ", "m̂ₜ")
	}
	w.Hand("uₜ")
}
