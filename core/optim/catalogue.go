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
		Name: "gd", Help: "full-batch gradient descent: all training rows at every step", Doc: gdDoc, LR: 0.01, FullBatch: true,
		Links: plain,
	},
	{
		Name: "sgd", Help: sgdHelp, Doc: sgdDoc, LR: 0.01,
		Links: plain,
	},
	{
		Name: "momentum", Help: momentumHelp, Doc: momentumDoc, LR: 0.01,
		Links: func() []Link { return sentence(&momentum{Mu: 0.9}) },
	},
	{
		Name: "nesterov", Help: "SGD with Nesterov momentum (accelerated gradient)", Doc: nesterovDoc, LR: 0.01,
		Links: func() []Link { return sentence(&nesterov{Mu: 0.9}) },
	},
	{
		Name: "adagrad", Help: "adaptive rate per parameter from the sum of all squared gradients", Doc: adagradDoc, LR: 0.01, Hill: 0.5,
		Links: func() []Link { return sentence(&adagrad{Eps: 1e-10}) },
	},
	{
		Name: "adadelta", Help: "adaptive rate per parameter without a global rate to tune", Doc: adadeltaDoc, LR: 1,
		Links: func() []Link { return sentence(&adadelta{Rho: 0.9, Eps: 1e-6}) },
	},
	{
		Name: "rmsprop", Help: "adaptive rate per parameter from a moving average of squared gradients", Doc: rmspropDoc, LR: 0.01,
		Links: func() []Link { return sentence(&rmsprop{Alpha: 0.99, Eps: 1e-8}) },
	},
	{
		Name: "adam", Help: adamHelp, Doc: adamDoc, LR: 0.001,
		Links: func() []Link { return sentence(&adam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}) },
	},
	{
		Name: "adamw", Help: "Adam with decoupled weight decay", Doc: adamwDoc, LR: 0.001,
		Links: func() []Link { return decoupledSentence(0.01, &adam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}) },
	},
	{
		Name: "adamax", Help: "Adam with the infinity norm of the gradient for the second moment", Doc: adamaxDoc, LR: 0.002,
		Links: func() []Link { return sentence(&adamax{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}) },
	},
	{
		Name: "nadam", Help: "Adam with Nesterov momentum", Doc: nadamDoc, LR: 0.002,
		Links: func() []Link { return sentence(&nadam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.004}) },
	},
	{
		Name: "radam", Help: "rectified Adam: momentum until the second moment has little variance", Doc: radamDoc, LR: 0.001, Hill: 0.01,
		Links: func() []Link { return sentence(&radam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}) },
	},
	{
		Name: "rprop", Help: "resilient propagation: step sizes from the signs of full-batch gradients", Doc: rpropDoc, LR: 0.01, FullBatch: true,
		Links: func() []Link { return []Link{&rprop{Minus: 0.5, Plus: 1.2, Least: 1e-6, Most: 50}} },
	},
	{
		Name: "asgd", Help: "averaged SGD: decaying rate; the average of the weights is evaluated", Doc: asgdDoc, LR: 0.01,
		Links: func() []Link {
			return []Link{l2{decay: &decay{}, only: true}, &asgd{Lambda: 1e-4, Alpha: 0.75, T0: 1e6}}
		},
	},
	{
		Name: "lion", Help: "sign of the momentum: every parameter moves by the learning rate", Doc: lionDoc, LR: 0.0001, Hill: 0.002,
		Links: func() []Link { return decoupledSentence(0, &lion{Beta1: 0.9, Beta2: 0.99}) },
	},
	{
		Name: "lamb", Help: "layer-wise adaptive Adam for large batches", Doc: lambDoc, LR: 0.001, Hill: 0.01,
		Links: func() []Link {
			d := &decay{Decoupled: true}
			return []Link{l2{decay: d}, &lamb{Beta1: 0.9, Beta2: 0.999, Eps: 1e-6, decay: d}, rate{}}
		},
	},
	{
		Name: "adafactor", Help: "Adam with a factored second moment: little memory", Doc: adafactorDoc, LR: 0.01,
		Links: func() []Link { return decoupledSentence(0, &adafactor{Decay: 0.8, Clip: 1, Least: 1e-3}) },
	},
	{
		Name: "muon", Help: "orthogonalized momentum for weight matrices, Adam for the rest", Doc: muonDoc, LR: 0.02, Hill: 0.5,
		Links: func() []Link {
			return decoupledSentence(0, &muon{Mu: 0.95, Share: 0.015, Beta1: 0.9, Beta2: 0.95, Eps: 1e-8})
		},
	},
	{
		Name: "schedule-free", Help: "AdamW with averaging of the weights in place of a learning rate schedule", Doc: scheduleFreeDoc, LR: 0.0025,
		Links: func() []Link {
			d := &decay{Decoupled: true}
			return []Link{l2{decay: d}, &scheduleFree{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, decay: d}}
		},
	},
	{
		Name: "lbfgs", Help: "limited-memory BFGS: quasi-Newton method on the full batch", Doc: lbfgsDoc, LR: 1, FullBatch: true, OwnLength: true,
		Method: newLBFGS,
	},
	{
		Name: "sophia", Help: "momentum divided by a diagonal Hessian estimate, clipped per parameter", Doc: sophiaDoc, LR: 1e-3, Hill: 0.02,
		Method: newSophia,
	},
	{
		Name: "sam", Help: "sharpness-aware minimization: flat minima, two gradients per step", Doc: samDoc, LR: 0.01,
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
