package loss

import "descent/core/knob"

// Balancer is a loss that can weigh classes by how rare they are.
type Balancer interface {
	// Balance takes the number of training rows of each output, those where it is
	// expected to be 1, and of all rows.
	Balance(of []float64, rows float64)
}

var balances = []knob.Option{
	{Name: "none", Help: "each row counts the same", Doc: knob.Doc{
		Formula: "w_c = 1",
		Source:  knob.None,
		PyTorch: "class_weight=None in scikit-learn",
		When:    "Where probabilities are to be those of the data, and for classes that are about as frequent.",
		Range:   knob.None,
	}},
	{Name: "balanced", Help: "each class counts the same, however many rows it has", Doc: knob.Doc{
		Formula: "cross-entropy: w_c = n / (k n_c) for k classes, n_c training rows of class c\n" +
			"bce: the positive rows of an output weigh n_negative / n_positive",
		Source:  "G. King, L. Zeng, “Logistic Regression in Rare Events Data”, Political Analysis 9(2), 2001",
		PyTorch: "sklearn.utils.class_weight.compute_class_weight(\"balanced\")",
		When:    "For unbalanced classes, when the rare ones matter: judge by balanced accuracy or F1. The probabilities then are those of balanced classes.",
		Range:   knob.None,
	}},
}

// balance is whether classes are weighed, and by what.
type balance struct {
	Name string
	by   []float64 // nil for nothing
}

func (b *balance) knob() knob.Knob {
	return knob.OneOf("loss.class_weight", &b.Name, balances, "weights of classes by their frequency among the training rows").Explained(knob.Doc{
		Formula: "L = Σᵢ w_yᵢ Lᵢ / Σᵢ w_yᵢ",
		Source:  "G. King, L. Zeng, “Logistic Regression in Rare Events Data”, Political Analysis 9(2), 2001",
		PyTorch: "torch.nn.CrossEntropyLoss(weight); class_weight in scikit-learn",
		When:    "balanced for rare classes that matter. Weights of your own go into loss.weights (cross-entropy) and loss.pos_weight (bce), by which these are multiplied.",
		Range:   knob.None,
	})
}

// of is the weight of an output.
func (b *balance) of(output int) float64 {
	if b.by == nil {
		return 1
	}
	return b.by[output]
}

// classes weighs k classes by n / (k n_c); those without a row weigh 1 and do not count.
func (b *balance) classes(of []float64, rows float64, leave func(class int) bool) {
	if b.by = nil; b.Name != "balanced" {
		return
	}
	present := 0.0
	for c, n := range of {
		if leave(c) {
			rows -= n
		} else if n > 0 {
			present++
		}
	}
	b.by = make([]float64, len(of))
	for c, n := range of {
		b.by[c] = 1
		if n > 0 && !leave(c) {
			b.by[c] = rows / float64(present*n)
		}
	}
}
