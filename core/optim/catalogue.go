package optim

// Row is an optimizer: a sentence of links and the rate it starts at.
type Row struct {
	Name, Help string
	LR         float64       // the default of optimizer.lr
	FullBatch  bool          // it takes all rows at every step
	Links      func() []Link // in the order in which they act, with their defaults
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
		Name: "adagrad", Help: "a rate for each weight that only falls: for rare features", LR: 0.01,
		Links: func() []Link { return sentence(&adagrad{Eps: 1e-10}) },
	},
	{
		Name: "rmsprop", Help: "a rate for each weight by its recent gradients", LR: 0.01,
		Links: func() []Link { return sentence(&rmsprop{Alpha: 0.99, Eps: 1e-8}) },
	},
	{
		Name: "adam", Help: "momentum and a rate for each weight, without start-up bias", LR: 0.001,
		Links: func() []Link { return sentence(&adam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}) },
	},
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

// New is the optimizer as a method, between the clip and the gate it is given.
func (r Row) New(clip *Clip, gate *Gate) Method {
	return NewChain(append(append([]Link{clip}, r.Links()...), gate)...)
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
