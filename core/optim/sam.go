package optim

import (
	"descent/core/kernel"
	"descent/core/knob"
)

// sam perturbs the weights along the gradient and updates them by the gradient
// there, which it passes to a base optimizer.
type sam struct {
	*Chain // of the base optimizer, on the second gradient
	Rho    float64

	clip *Clip
	base *samBase

	eval          Eval // of the current step
	ascended      Eval // the loss at the weights, the gradient at the perturbed weights
	grad, shifted []float64
}

func newSAM(clip *Clip, mask *UpdateMask, average *Average) Method {
	base := &samBase{Name: "sgd", momentum: momentum{Mu: 0.9}, adam: adam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}}
	s := &sam{
		Chain: NewChain(clip, l2{decay: &decay{}, only: true}, base, rate{}, mask, average),
		Rho:   0.05, clip: clip, base: base,
	}
	s.ascended = s.ascend
	return s
}

const samPaper = "P. Foret, A. Kleiner, H. Mobahi, B. Neyshabur, “Sharpness-Aware Minimization for Efficiently Improving Generalization”, ICLR 2021"

var samDoc = knob.Doc{
	Formula: "gₜ = ∇L(θₜ₋₁)\n" +
		"ε̂ = ρ gₜ / ‖gₜ‖₂\n" +
		"θₜ = θₜ₋₁ − η u(∇L(θₜ₋₁ + ε̂)), u of the base optimizer",
	Source:  samPaper + ", algorithm 1",
	PyTorch: knob.None,
	When: "Where a network overfits and a step may cost twice as much: flat minima often generalise better, above all with" +
		" vision transformers and noisy labels. It does not lower the training loss.",
	Range: "η as for the base optimizer, 1e-2 to begin with; ρ from 0.01 to 0.5",
}

func (s *sam) Knobs() []knob.Knob {
	own := []knob.Knob{
		knob.OneOf("optimizer.base", &s.base.Name, samBases, "base optimizer: what turns the gradient at the perturbed weights into the update").Explained(knob.Doc{
			Formula: "θₜ = θₜ₋₁ − η u(∇L(θₜ₋₁ + ε̂)), u of the base optimizer",
			Source:  samPaper + ", algorithm 1 (there SGD)",
			PyTorch: knob.None,
			When:    "Take what you would take without SAM. A change of the base resets its state.",
			Range:   "momentum for image classifiers, adam for transformers; sgd to begin with",
		}),
		knob.Float("optimizer.rho", &s.Rho, 0, 1e3, knob.Log, "ρ: radius of the neighbourhood, L2 norm of the perturbation of the weights").WithScale(knob.Log, 1e-4).Explained(knob.Doc{
			Formula: "ε̂ = ρ ∇L(θₜ₋₁) / ‖∇L(θₜ₋₁)‖₂",
			Source:  samPaper + ", equation 2 (with p = 2)",
			PyTorch: knob.None,
			When: "Larger values favour flatter minima and slow down convergence; at 0 it is the base optimizer at twice" +
				" the cost.",
			Range: "0.01 to 0.5; 0.05 to begin with",
		}),
	}
	clip, chain := s.clip.Knobs(), s.Chain.Knobs()
	return append(append(clip, own...), chain[len(clip):]...)
}

func (s *sam) Init(layout knob.Layout) {
	s.grad, s.shifted = make([]float64, layout.Size()), make([]float64, layout.Size())
	s.Chain.Init(layout)
}

func (s *sam) Step(params []float64, eval Eval, at At) float64 {
	s.eval = eval
	return s.Chain.Step(params, s.ascended, at)
}

func (s *sam) ascend(params, grad []float64) float64 {
	loss := s.eval(params, s.grad)
	copy(s.shifted, s.grad)
	if long := norm(s.grad); long != 0 {
		kernel.Scale(s.shifted, s.Rho/long)
	}
	kernel.Add(s.shifted, params)
	s.eval(s.shifted, grad)
	return loss
}

// Trace returns the gradient at the weights, not that at the perturbed weights.
func (s *sam) Trace() (grad, update []float64) {
	_, update = s.Chain.Trace()
	return s.grad, update
}

var samBases = []knob.Option{
	{Name: "sgd", Help: sgdHelp, Doc: sgdDoc},
	{Name: "momentum", Help: momentumHelp, Doc: momentumDoc},
	{Name: "adam", Help: adamHelp, Doc: adamDoc},
}

// samBase is the chosen base optimizer. Another choice resets the state, as another
// optimizer does. The buffers of all choices are always allocated, so that going back
// and forth between two steps changes nothing.
type samBase struct {
	Name     string
	momentum momentum
	adam     adam
	which    []float64 // one number: the base that moves the weights, from 1; 0 before the first update
	before   byTensor  // updates of each tensor before that; unknown until its next update
	layout   knob.Layout
	spans    []Span // scratch of since
}

func (b *samBase) Knobs() []knob.Knob {
	return append(b.momentum.Knobs()[:1], momentKnobs(&b.adam.Beta1, &b.adam.Beta2, &b.adam.Eps)...)
}

func (b *samBase) Init(layout knob.Layout) {
	b.momentum.Init(layout)
	b.adam.Init(layout)
	b.layout = layout
	b.which, b.before = make([]float64, 1), newByTensor(layout)
}

func (b *samBase) State() []knob.Buffer {
	return append(append(b.momentum.State(), b.adam.State()...),
		knob.Buffer{Name: "sam/chosen base", Data: b.which}, b.before.buffer("sam/updates before"))
}

// Restore copies what State returned.
func (b *samBase) Restore(saved []knob.Buffer) {
	restore(b.State(), saved)
	b.before.restore("sam/updates before", saved)
}

func (b *samBase) Apply(update, params []float64, at At) {
	which := 0.0
	for i, o := range samBases {
		if o.Name == b.Name {
			which = float64(i + 1)
		}
	}
	if b.which[0] != which {
		if b.which[0] != 0 {
			for _, s := range b.State() {
				clear(s.Data)
			}
			for t := range b.before {
				b.before[t] = unknown
			}
		}
		b.which[0] = which
	}
	at.Spans = b.since(at.spans(len(update), len(b.layout)))
	switch b.Name {
	case "momentum":
		b.momentum.Apply(update, params, at)
	case "adam":
		b.adam.Apply(update, params, at)
	}
}

// unknown stands for the updates of a tensor before the present base, until its
// first update by that.
const unknown = -1

// since returns the spans with their age under the present base.
func (b *samBase) since(spans []Span) []Span {
	b.spans = b.spans[:0]
	for _, s := range spans {
		for t := s.First; t < s.Last; t++ {
			if b.before[t] == unknown || s.Age == 1 {
				b.before[t] = float64(s.Age - 1)
			}
			b.spans = Extend(b.spans, b.layout[t], t, s.Age-int(b.before[t]))
		}
	}
	return b.spans
}

// inspect shows the perturbation before the chain.
func (s *sam) inspect(n *Inspection) {
	s.Chain.inspect(n)
	n.opening = func(w *Worked) {
		w.Title = "SAM"
		there := w.Get("gₜ")
		w.Note = "the gradient is taken again at θ + ε̂; the base optimizer gets that one"
		w.Set("gₜ", s.grad[w.I])
		w.Set("ρ", s.Rho)
		w.Given("‖g‖", norm(s.grad))
		if w.Get("‖g‖") != 0 {
			w.Line("ε̂ₜ", "ρ gₜ / ‖g‖")
		}
		w.Given("gₜ", there)
	}
}

func (b *samBase) worked(w *Worked) {
	at, before := w.At, w.before
	defer func() { w.At, w.before = at, before }()
	w.At.Spans = b.spans
	if was := w.Saved("sam/chosen base"); len(was) > 0 && was[0] != b.which[0] {
		w.before = nil // another base began
	}
	w.Set("t", float64(w.Age()))
	switch b.Name {
	case "momentum":
		b.momentum.worked(w)
	case "adam":
		b.adam.worked(w)
	}
}
