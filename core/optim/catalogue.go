package optim

import "descent/core/knob"

// Row is an optimizer in the catalogue.
type Row struct {
	Name, Help string
	Doc        knob.Doc
	LR         float64            // default of optimizer.lr
	SurfaceLR  float64            // a learning rate that suits the test surfaces, where it is not LR
	FullBatch  bool               // every step takes all rows
	OwnLength  bool               // the length of a step is not proportional to the learning rate
	Transforms func() []Transform // of the algorithm, in order, at their defaults

	// Method makes an optimizer that is no chain. Its knobs begin with those of
	// clipping and end with that of the average.
	Method func(clip *Clip, mask *UpdateMask, average *Average) Method
}

// Catalogue is every optimizer, in display order: the simplest first.
var Catalogue = []Row{
	{
		Name: "gd", Help: "full-batch gradient descent: all training rows at every step", Doc: gdDoc, LR: 0.01, FullBatch: true,
		Transforms: plain,
	},
	{
		Name: "sgd", Help: sgdHelp, Doc: sgdDoc, LR: 0.01,
		Transforms: plain,
	},
	{
		Name: "momentum", Help: momentumHelp, Doc: momentumDoc, LR: 0.01,
		Transforms: func() []Transform { return chain(&momentum{Mu: 0.9}) },
	},
	{
		Name: "nesterov", Help: "SGD with Nesterov momentum (accelerated gradient)", Doc: nesterovDoc, LR: 0.01,
		Transforms: func() []Transform { return chain(&nesterov{Mu: 0.9}) },
	},
	{
		Name: "adagrad", Help: "adaptive rate per parameter from the sum of all squared gradients", Doc: adagradDoc, LR: 0.01, SurfaceLR: 0.5,
		Transforms: func() []Transform { return chain(&adagrad{Eps: 1e-10}) },
	},
	{
		Name: "adadelta", Help: "adaptive rate per parameter without a global rate to tune", Doc: adadeltaDoc, LR: 1,
		Transforms: func() []Transform { return chain(&adadelta{Rho: 0.9, Eps: 1e-6}) },
	},
	{
		Name: "rmsprop", Help: "adaptive rate per parameter from a moving average of squared gradients", Doc: rmspropDoc, LR: 0.01,
		Transforms: func() []Transform { return chain(&rmsprop{Alpha: 0.99, Eps: 1e-8}) },
	},
	{
		Name: "adam", Help: adamHelp, Doc: adamDoc, LR: 0.001,
		Transforms: func() []Transform { return chain(&adam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}) },
	},
	{
		Name: "adamw", Help: "Adam with decoupled weight decay", Doc: adamwDoc, LR: 0.001,
		Transforms: func() []Transform { return chainDecoupled(0.01, &adam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}) },
	},
	{
		Name: "adamax", Help: "Adam with the infinity norm of the gradient for the second moment", Doc: adamaxDoc, LR: 0.002,
		Transforms: func() []Transform { return chain(&adamax{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}) },
	},
	{
		Name: "nadam", Help: "Adam with Nesterov momentum", Doc: nadamDoc, LR: 0.002,
		Transforms: func() []Transform { return chain(&nadam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.004}) },
	},
	{
		Name: "radam", Help: "rectified Adam: momentum until the second moment has little variance", Doc: radamDoc, LR: 0.001, SurfaceLR: 0.01,
		Transforms: func() []Transform { return chain(&radam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}) },
	},
	{
		Name: "rprop", Help: "resilient propagation: step sizes from the signs of full-batch gradients", Doc: rpropDoc, LR: 0.01, FullBatch: true,
		Transforms: func() []Transform { return []Transform{&rprop{Minus: 0.5, Plus: 1.2, Least: 1e-6, Most: 50}} },
	},
	{
		Name: "asgd", Help: "averaged SGD: decaying rate; the average of the weights is evaluated", Doc: asgdDoc, LR: 0.01,
		Transforms: func() []Transform {
			return []Transform{l2{decay: &decay{}, only: true}, &asgd{Lambda: 1e-4, Alpha: 0.75, T0: 1e6}}
		},
	},
	{
		Name: "lion", Help: "sign of the momentum: every parameter moves by the learning rate", Doc: lionDoc, LR: 0.0001, SurfaceLR: 0.002,
		Transforms: func() []Transform { return chainDecoupled(0, &lion{Beta1: 0.9, Beta2: 0.99}) },
	},
	{
		Name: "lamb", Help: "layer-wise adaptive Adam for large batches", Doc: lambDoc, LR: 0.001, SurfaceLR: 0.01,
		Transforms: func() []Transform {
			d := &decay{Decoupled: true}
			return []Transform{l2{decay: d}, &lamb{Beta1: 0.9, Beta2: 0.999, Eps: 1e-6, decay: d}, rate{}}
		},
	},
	{
		Name: "adafactor", Help: "Adam with a factored second moment: little memory", Doc: adafactorDoc, LR: 0.01,
		Transforms: func() []Transform { return chainDecoupled(0, &adafactor{Decay: 0.8, Clip: 1, Least: 1e-3}) },
	},
	{
		Name: "muon", Help: "orthogonalized momentum for weight matrices, Adam for the rest", Doc: muonDoc, LR: 0.02, SurfaceLR: 0.5,
		Transforms: func() []Transform {
			return chainDecoupled(0, &muon{Mu: 0.95, AdamShare: 0.015, Beta1: 0.9, Beta2: 0.95, Eps: 1e-8})
		},
	},
	{
		Name: "schedule-free", Help: "AdamW with averaging of the weights in place of a learning rate schedule", Doc: scheduleFreeDoc, LR: 0.0025,
		Transforms: func() []Transform {
			d := &decay{Decoupled: true}
			return []Transform{l2{decay: d}, &scheduleFree{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, decay: d}}
		},
	},
	{
		Name: "lbfgs", Help: "limited-memory BFGS: quasi-Newton method on the full batch", Doc: lbfgsDoc, LR: 1, FullBatch: true, OwnLength: true,
		Method: newLBFGS,
	},
	{
		Name: "sophia", Help: "momentum divided by a diagonal Hessian estimate, clipped per parameter", Doc: sophiaDoc, LR: 1e-3, SurfaceLR: 0.02,
		Method: newSophia,
	},
	{
		Name: "sam", Help: "sharpness-aware minimization: flat minima, two gradients per step", Doc: samDoc, LR: 0.01,
		Method: newSAM,
	},
}

// RateOnSurfaces is a learning rate at which the optimizer converges on the test
// surfaces and on ill-conditioned quadratics.
func (r Row) RateOnSurfaces() float64 {
	if r.SurfaceLR > 0 {
		return r.SurfaceLR
	}
	return r.LR
}

// Find returns the row of that name, and whether there is one.
func Find(name string) (Row, bool) {
	for _, r := range Catalogue {
		if r.Name == name {
			return r, true
		}
	}
	return Row{}, false
}

// New returns the optimizer at its defaults: gradient clipping before it, the
// update mask and the average of the weights after it.
func (r Row) New(clip *Clip, mask *UpdateMask, average *Average) Method {
	if r.Method != nil {
		return r.Method(clip, mask, average)
	}
	return NewChain(append(append([]Transform{clip}, r.Transforms()...), mask, average)...)
}

// chainDecoupled is chain with weight decay that is decoupled by default.
func chainDecoupled(weight float64, method Transform) []Transform {
	d := &decay{Weight: weight, Decoupled: true}
	return []Transform{l2{decay: d}, method, decoupled{decay: d}, rate{}}
}

// chain is an L2 penalty, the algorithm, decoupled weight decay and the learning
// rate. Only one of the two kinds of decay is active.
func chain(method Transform) []Transform {
	d := &decay{}
	return []Transform{l2{decay: d}, method, decoupled{decay: d}, rate{}}
}
