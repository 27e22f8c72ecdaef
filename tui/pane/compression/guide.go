package compression

import (
	"descent/core/knob"
	"descent/session/live"
	"descent/tui/intent"
)

// Subject returns the current view, on the page of the pane.
func (c *Pane) Subject(*live.Frame) intent.Subject { return intent.Subject{At: measured[c.view]} }

// measured maps views to their measures.
var measured = []string{sizesView: "Pareto front of sizes", layersView: "layer sensitivity", integerView: "int8 agreement"}

// Guide explains the views.
func (c *Pane) Guide() intent.Guide {
	return intent.Guide{
		Summary: "the cost of pruning and quantization: size against loss for every setting that was tried, sensitivity of each layer, int8 inference compared with float",
		Shows: []intent.Reading{
			{Sign: "sizes tried", Means: "every size that was evaluated in this session. Horizontal: stored bytes, on a logarithmic axis. Vertical: the best validation loss (or accuracy, L) at that size."},
			{Sign: "● ◆ ○", Means: "the current network, the Pareto front, and dominated sizes."},
			{Sign: "kept, bits", Means: "below: fraction of the parameters that is not pruned, bits per weight (mixed if layers differ), and the size as a fraction of float32."},
			{Sign: "sensitivity", Means: "one row per layer, the most sensitive first: rise of the loss, or drop of the accuracy in percentage points (L), when only that layer is pruned to 50 … 95 % or quantized to 8 … 2 bits. · is no cost. Blocks show the same on a logarithmic scale. M measures again."},
			{Sign: "int8 inference", Means: "the network in integer arithmetic compared with its simulation in float64: rows with the same prediction, largest difference of the outputs, accuracy, and rows per second on one core."},
		},
		Measures: []knob.Option{
			{Name: "Pareto front of sizes", Help: "sizes that no smaller or equal size beats in loss, or in accuracy", Doc: knob.Doc{
				Formula: "{v : L(v) < L(u) for all u with bytes(u) ≤ bytes(v)}",
				Source:  "K. Miettinen, “Nonlinear Multiobjective Optimization”, 1999, section 2.2",
				PyTorch: knob.None,
				When:    "To choose a size: where the front is flat, compression costs nothing; at its knee the loss begins to rise.",
				Range:   knob.None,
			}},
			{Name: "layer sensitivity", Help: "rise of the loss when only one layer is pruned or quantized", Doc: knob.Doc{
				Formula: "L(θ with layer l pruned to s, or rounded to b bits; V) − L(θ; V)",
				Source:  "S. Han, J. Pool, J. Tran, W. J. Dally, “Learning both Weights and Connections for Efficient Neural Networks”, NIPS 2015, figure 6",
				PyTorch: knob.None,
				When:    "To choose sparsity or bits layer by layer: usually the first layer is the most sensitive and large dense layers the least. The network is not trained after the change, so fine-tuning usually reduces the cost.",
				Range:   "0 is no cost; below 0 the change helps",
			}},
			{Name: "int8 agreement", Help: "fraction of rows for which integer arithmetic and its simulation give the same prediction", Doc: knob.Doc{
				Formula: "1/n Σ [argmax f_int(xᵢ) = argmax f_sim(xᵢ)]; for regression, rows whose outputs agree to 1e-9",
				Source:  "B. Jacob et al., “Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference”, CVPR 2018, section 2",
				PyTorch: "torch.ao.quantization.convert, against the fake-quantized model",
				When:    "Before a network is deployed in int8: quantization during training is simulated in floating point, and this checks that integer arithmetic gives the same results. It needs weights and activations of 2 to 8 bits.",
				Range:   "all rows, with differences of about 1e-15",
			}},
		},
		SeeAlso: []string{"prune.sparsity", "quant.bits", "quant.activations", "fit to a size", "workbench"},
	}
}
