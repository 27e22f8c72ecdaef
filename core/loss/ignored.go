package loss

import "descent/core/knob"

// Ignorer is a loss that leaves out the rows of a class: they have no gradient, and
// count neither in the mean nor among answers.
type Ignorer interface {
	Ignores(class int) bool
}

// ignored is the class whose rows are left out.
type ignored struct{ Index int }

// none is the index that leaves out nothing.
const none = -1

func (g *ignored) knob() knob.Knob {
	return knob.Int("loss.ignore_index", &g.Index, none, 1<<20, "index of a class whose rows are left out, in training and in validation; -1 for none").Explained(knob.Doc{
		Formula: "L = −Σᵢ w_yᵢ log p_yᵢ / Σᵢ w_yᵢ, over the rows with yᵢ ≠ ignore_index",
		Source:  knob.None,
		PyTorch: "torch.nn.CrossEntropyLoss(ignore_index), there −100 for none",
		When: "For rows without a usable label: padding, \"unknown\", a void class of segmentation. Classes count from 0 in the order of the outputs." +
			" Loss, gradient and accuracy are those of the other rows; a teacher is still learnt from on all of them.",
		Range: "the index of one class",
	})
}

// Ignores reports whether the rows of a class are left out.
func (g *ignored) Ignores(class int) bool { return class == g.Index }

// count is the number of rows that count.
func (g *ignored) count(classes []int) float64 {
	n := len(classes)
	if g.Index != none {
		for _, class := range classes {
			if class == g.Index {
				n--
			}
		}
	}
	return float64(n)
}
