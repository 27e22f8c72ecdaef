package optim

import "descent/core/knob"

// Row is an optimizer: a sentence of links and the rate it starts at.
type Row struct {
	Name, Help string
	Doc        knob.Doc
	LR         float64       // the default of optimizer.lr
	Hill       float64       // a rate that is good on surfaces, where it is not LR
	FullBatch  bool          // it takes all rows at every step
	OwnLength  bool          // how long a step is does not follow from the rate: no rate matches it
	Links      func() []Link // in the order in which they act, with their defaults

	// Method makes an optimizer that is no chain; its knobs begin with the
	// clip's and end with the average's.
	Method func(clip *Clip, gate *Gate, average *Average) Method
}

// Catalogue is every optimizer there is, in display order: the simplest first.
// "clip" before and the mask's gate after come from the trainer.
var Catalogue = []Row{
	{
		Name: "gd", Help: "gradient descent on all rows at once", LR: 0.01, FullBatch: true,
		Links: plain,
	},
	{
		Name: "sgd", Help: "gradient descent on a batch at a time", LR: 0.01,
		Links: plain,
	},
	{
		Name: "momentum", Help: "sgd with a heavy ball: updates build up along a slope", LR: 0.01,
		Links: func() []Link { return sentence(&momentum{Mu: 0.9}) },
	},
	{
		Name: "nesterov", Help: "momentum that looks ahead before it turns", LR: 0.01,
		Links: func() []Link { return sentence(&nesterov{Mu: 0.9}) },
	},
	{
		Name: "adagrad", Help: "a rate for each weight that only falls: for rare features", LR: 0.01, Hill: 0.5,
		Links: func() []Link { return sentence(&adagrad{Eps: 1e-10}) },
	},
	{
		Name: "adadelta", Help: "steps in the units of the weights: hardly needs a rate", LR: 1,
		Links: func() []Link { return sentence(&adadelta{Rho: 0.9, Eps: 1e-6}) },
	},
	{
		Name: "rmsprop", Help: "a rate for each weight by its recent gradients", LR: 0.01,
		Links: func() []Link { return sentence(&rmsprop{Alpha: 0.99, Eps: 1e-8}) },
	},
	{
		Name: "adam", Help: "momentum and a rate for each weight, without start-up bias", LR: 0.001,
		Links: func() []Link { return sentence(&adam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}) },
	},
	{
		Name: "adamw", Help: "adam with weight decay apart from the gradient", LR: 0.001,
		Links: func() []Link { return decoupledSentence(0.01, &adam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}) },
	},
	{
		Name: "adamax", Help: "adam by the largest gradient instead of the mean square", LR: 0.002,
		Links: func() []Link { return sentence(&adamax{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}) },
	},
	{
		Name: "nadam", Help: "adam with Nesterov's look-ahead", LR: 0.002,
		Links: func() []Link { return sentence(&nadam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.004}) },
	},
	{
		Name: "radam", Help: "adam that waits until its mean of squares means something", LR: 0.001, Hill: 0.01,
		Links: func() []Link { return sentence(&radam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}) },
	},
	{
		Name: "rprop", Help: "a step for each weight, by signs alone; the rate is the first step", LR: 0.01, FullBatch: true,
		Links: func() []Link { return []Link{&rprop{Minus: 0.5, Plus: 1.2, Least: 1e-6, Most: 50}} },
	},
	{
		Name: "asgd", Help: "sgd with a falling rate, whose average is shown", LR: 0.01,
		Links: func() []Link {
			return []Link{l2{decay: &decay{}, only: true}, &asgd{Lambda: 1e-4, Alpha: 0.75, T0: 1e6}}
		},
	},
	{
		Name: "lion", Help: "the sign of a momentum: every weight moves by the rate", LR: 0.0001, Hill: 0.002,
		Links: func() []Link { return decoupledSentence(0, &lion{Beta1: 0.9, Beta2: 0.99}) },
	},
	{
		Name: "lamb", Help: "adam rescaled to the length of each tensor: for large batches", LR: 0.001, Hill: 0.01,
		Links: func() []Link {
			d := &decay{Decoupled: true}
			return []Link{l2{decay: d}, &lamb{Beta1: 0.9, Beta2: 0.999, Eps: 1e-6, decay: d}, rate{}}
		},
	},
	{
		Name: "adafactor", Help: "adam that remembers rows and columns only: little memory", LR: 0.01,
		Links: func() []Link { return decoupledSentence(0, &adafactor{Decay: 0.8, Clip: 1, Least: 1e-3}) },
	},
	{
		Name: "muon", Help: "momentum made orthogonal for matrices, adam for the rest", LR: 0.02, Hill: 0.5,
		Links: func() []Link {
			return decoupledSentence(0, &muon{Mu: 0.95, Share: 0.015, Beta1: 0.9, Beta2: 0.95, Eps: 1e-8})
		},
	},
	{
		Name: "schedule-free", Help: "adamw whose average needs no schedule", LR: 0.0025,
		Links: func() []Link {
			d := &decay{Decoupled: true}
			return []Link{l2{decay: d}, &scheduleFree{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, decay: d}}
		},
	},
	{
		Name: "lbfgs", Help: "reads the curvature from past gradients: many looks at all rows in a step", LR: 1, FullBatch: true, OwnLength: true,
		Method: newLBFGS,
	},
	{
		Name: "sophia", Help: "momentum divided by the curvature of each weight, no step beyond the rate", LR: 1e-3, Hill: 0.02,
		Method: newSophia,
	},
	{
		Name: "sam", Help: "looks up the slope first, to end on flat ground: two looks in a step", LR: 0.01,
		Method: newSAM,
	},
}

// Downhill is a rate at which the optimizer goes down a bowl, and a ravine a
// hundred times steeper across than along.
func (r Row) Downhill() float64 {
	if r.Hill > 0 {
		return r.Hill
	}
	return r.LR
}

// Find is the catalogue row of that name.
func Find(name string) (Row, bool) {
	for _, r := range Catalogue {
		if r.Name == name {
			return r, true
		}
	}
	return Row{}, false
}

// New is the optimizer as a method: behind the clip, before the gate and the
// average that it is given.
func (r Row) New(clip *Clip, gate *Gate, average *Average) Method {
	if r.Method != nil {
		return r.Method(clip, gate, average)
	}
	return NewChain(append(append([]Link{clip}, r.Links()...), gate, average)...)
}

// decoupledSentence is a sentence whose weight decay is decoupled by default.
func decoupledSentence(weight float64, method Link) []Link {
	d := &decay{Weight: weight, Decoupled: true}
	return []Link{l2{decay: d}, method, decoupled{decay: d}, rate{}}
}

// sentence is L2, the method, decoupled decay, the rate.
func sentence(method Link) []Link {
	d := &decay{}
	return []Link{l2{decay: d}, method, decoupled{decay: d}, rate{}}
}

func plain() []Link {
	d := &decay{}
	return []Link{l2{decay: d}, decoupled{decay: d}, rate{}}
}
