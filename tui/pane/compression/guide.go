package compression

import (
	"descent/core/knob"
	"descent/session/live"
	"descent/tui/intent"
)

// Subject is the view that is looked at, on the page of the pane.
func (c *Pane) Subject(*live.Frame) intent.Subject { return intent.Subject{At: measured[c.view]} }

// measured are the measures behind the views.
var measured = []string{sizesView: "Pareto front of sizes", layersView: "layer sensitivity", wholeView: "int8 agreement"}

// Guide explains the views.
func (c *Pane) Guide() intent.Guide {
	return intent.Guide{
		Summary: "what pruning and quantization cost: size against loss for every setting that was tried, sensitivity of each layer, int8 inference beside float",
		Shows: []intent.Reading{
			{Sign: "sizes tried", Means: "every size that was evaluated in this session. Across: bytes of what is stored, on a logarithmic axis. Up: the best validation loss (or accuracy, L) at that size."},
			{Sign: "● ◆ ○", Means: "the network now, the Pareto front, and sizes that another beats."},
			{Sign: "kept, bits", Means: "below: fraction of the parameters that is not pruned, bits of a weight (mixed where layers differ), and the size as a share of float32."},
			{Sign: "sensitivity", Means: "a row for each layer, the most sensitive first: what the loss rises by, or how many points of accuracy are lost (L), when that layer alone is pruned to 50 … 95 % or rounded to 8 … 2 bits. · costs nothing. Blocks show the same on a logarithmic scale. M measures again."},
			{Sign: "int8 inference", Means: "the network in integer arithmetic beside its simulation in float64: rows with the same answer, largest difference, accuracy, and rows per second on one core."},
		},
		Measures: []knob.Option{
			{Name: "Pareto front of sizes", Help: "sizes that no smaller one beats in loss, or in accuracy", Doc: knob.Doc{
				Formula: "{v : L(v) < L(u) for all u with bytes(u) ≤ bytes(v)}",
				Source:  "K. Miettinen, “Nonlinear Multiobjective Optimization”, 1999, section 2.2",
				PyTorch: knob.None,
				When:    "To choose a size: where the front is flat, compression is free; at its knee the loss begins to rise.",
				Range:   knob.None,
			}},
			{Name: "layer sensitivity", Help: "rise of the loss when one layer alone is pruned or quantized", Doc: knob.Doc{
				Formula: "L(θ with layer l pruned to s, or rounded to b bits; V) − L(θ; V)",
				Source:  "S. Han, J. Pool, J. Tran, W. J. Dally, “Learning both Weights and Connections for Efficient Neural Networks”, NIPS 2015, figure 6",
				PyTorch: knob.None,
				When:    "To choose sparsity or bits layer by layer: usually the first layer suffers most and large dense layers least. Nothing is trained after the change, so that it is an upper bound of what fine-tuning leaves.",
				Range:   "0 costs nothing; below 0 the change helps",
			}},
			{Name: "int8 agreement", Help: "fraction of rows to which integer arithmetic and its simulation give the same answer", Doc: knob.Doc{
				Formula: "1/n Σ [argmax f_int(xᵢ) = argmax f_sim(xᵢ)]; for numbers, rows whose outputs agree to 1e-9",
				Source:  "B. Jacob et al., “Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference”, CVPR 2018, section 2",
				PyTorch: "torch.ao.quantization.convert, against the fake-quantized model",
				When:    "Before a network is used in int8: quantization during training is simulated in floating point, and this checks that the integers say the same. It needs weights and activations of 2 to 8 bits.",
				Range:   "all rows, with differences of about 1e-15",
			}},
		},
		SeeAlso: []string{"prune.sparsity", "quant.bits", "quant.activations", "fit to a size", "workbench"},
	}
}
