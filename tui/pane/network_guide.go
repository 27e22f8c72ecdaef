package pane

import (
	"descent/core/knob"
	"descent/tui/intent"
)

// Guide explains the table of layers.
func (n *Network) Guide() intent.Guide {
	return intent.Guide{
		Summary: "one row per layer: shape, parameters, norms of weights and gradients, size of the update, sparsity, bits, histogram of the weights; small networks are drawn too",
		Shows: []intent.Reading{
			{Sign: "layer, shape", Means: "number and kind of the layer, inputs→outputs; for images channels×height×width."},
			{Sign: "params", Means: "number of parameters, biases included. Of an activation: dead or saturated units, where there are any."},
			{Sign: "‖w‖", Means: "Euclidean norm of the stored parameters."},
			{Sign: "‖g‖", Means: "Euclidean norm of the gradient of the last step. If it falls by orders of magnitude from the last layer to the first, gradients vanish; if it grows, they explode."},
			{Sign: "Δw/w", Means: "update-to-weight ratio of the last step, see below."},
			{Sign: "pruned", Means: "sparsity of the kernel: the fraction of its weights that is set to zero."},
			{Sign: "bits", Means: "bits of a quantized weight; float where it is not quantized."},
			{Sign: "weights", Means: "histogram of the effective kernel in 16 bins from −max|w| to max|w|, without zeros."},
			{Sign: "drawing", Means: "S draws a small network of dense layers: a column for each layer with what it makes of one row of those that probes judge by, the inputs on the left. ● is above 0, ◆ below, ○ near 0, × a dead unit; the brighter the larger beside the largest of its layer. Lines are the effective weights, solid above 0 and dotted below, the brighter the larger; pruned ones are gone, and of very many only the strongest are drawn. ( and ) choose the row."},
			{Sign: "total", Means: "all parameters, their size, and the multiply-adds per row. If the network is pruned or quantized: the stored size, its fraction of float32, and the cost in accuracy or loss."},
		},
		Measures: []knob.Option{
			{Name: "update-to-weight ratio", Help: "size of a layer's update relative to its parameters", Doc: knob.Doc{
				Formula: "‖θₜ − θₜ₋₁‖₂ / ‖θₜ‖₂, layer by layer",
				Source:  "A. Karpathy, Stanford CS231n, lecture notes “Neural Networks Part 3”, ratio of weights to updates",
				PyTorch: "(after - before).norm() / after.norm(), for each parameter",
				When:    "To judge the learning rate layer by layer: a layer whose ratio is far below the others hardly learns.",
				Range:   "about 1e-3 while the loss falls; above 1e-2 the rate is likely too large, below 1e-5 too small",
			}},
			{Name: "dead units", Help: "units whose output is zero for every row, or channels that are zero everywhere", Doc: knob.Doc{
				Formula: "#{j : hⱼ(xᵢ) = 0 for all i}, over the first 256 validation rows",
				Source:  "X. Glorot, A. Bordes, Y. Bengio, “Deep Sparse Rectifier Neural Networks”, AISTATS 2011, section 3",
				PyTorch: "(h == 0).all(dim=0).sum()",
				When:    "No gradient flows through a dead ReLU, so it does not recover. Many of them after divergence indicate that the learning rate was too large; leaky_relu, elu or a smaller rate avoid them.",
				Range:   "0; up to a tenth of a wide layer is harmless",
			}},
			{Name: "saturated units", Help: "units of tanh or sigmoid whose output is at an end of its range", Doc: knob.Doc{
				Formula: "#{j : hⱼ(xᵢ) within 1 % of the half range from −1 or 1 (0 or 1) for at least 95 % of i}",
				Source:  "X. Glorot, Y. Bengio, “Understanding the difficulty of training deep feedforward neural networks”, AISTATS 2010, section 3",
				PyTorch: knob.None,
				When:    "The derivative of a saturated unit is almost zero and blocks the gradient. Smaller initial weights, a smaller rate or normalization layers avoid it.",
				Range:   "0",
			}},
		},
		SeeAlso: []string{"model.activation", "model.init", "optimizer.lr", "prune.sparsity", "quant.bits", "workbench"},
	}
}
