package compress

import "descent/core/knob"

var granularities = []knob.Option{
	{Name: "tensor", Help: "per tensor: one scale for the whole weight tensor of a layer", Doc: knob.Doc{
		Formula: "one Δ (and zero point z) for W",
		Source:  jacob + ", section 2.1",
		PyTorch: "torch.per_tensor_symmetric, torch.per_tensor_affine",
		When:    "The smallest and simplest; good at 8 bits where the weights of all channels are of similar size.",
		Range:   knob.None,
	}},
	{Name: "channel", Help: "per channel: one scale for each output channel", Doc: knob.Doc{
		Formula: "Δ_o (and z_o) for each row W[o]",
		Source:  "R. Krishnamoorthi, “Quantizing deep convolutional networks for efficient inference: A whitepaper”, arXiv 1806.08342, 2018",
		PyTorch: "torch.per_channel_symmetric, torch.per_channel_affine; torch.ao.quantization.PerChannelMinMaxObserver(ch_axis=0)",
		When:    "More accurate at 4 bits and fewer, above all for convolutions and after batch normalization, whose channels differ in size. Costs 32 bits a channel (64 with affine).",
		Range:   knob.None,
	}},
}

var awareness = []knob.Option{
	{Name: whenAware, Help: "quantization-aware training (QAT): training sees the rounded weights", Doc: knob.Doc{
		Formula: "ŵ = Q(w) in the forward pass; ∂L/∂w = ∂L/∂ŵ where w is not clipped, else 0",
		Source:  "Y. Bengio, N. Léonard, A. Courville, “Estimating or Propagating Gradients Through Stochastic Neurons for Conditional Computation”, arXiv 1308.3432, 2013; " + jacob + ", section 3",
		PyTorch: "torch.ao.quantization.prepare_qat, torch.ao.quantization.FakeQuantize",
		When:    "At 4 bits and fewer, where post-training quantization costs too much accuracy. Start from a trained network, at a small learning rate.",
		Range:   knob.None,
	}},
	{Name: whenAfter, Help: "post-training quantization (PTQ): only evaluation sees rounded weights", Doc: knob.Doc{
		Formula: "train w; evaluate and save ŵ = Q(w)",
		Source:  nagel + ", section 3",
		PyTorch: "torch.ao.quantization.prepare, torch.ao.quantization.convert",
		When:    "At 8 bits, usually without loss, and to measure what quantization-aware training gains.",
		Range:   knob.None,
	}},
}

var scaleSources = []knob.Option{
	{Name: "range", Help: "the scale follows from the range that the observer measures", Doc: knob.Doc{
		Formula: "symmetric: Δ = max|w| / (2^(b−1) − 1); affine: Δ = (max − min) / (2^b − 1), over the observed range",
		Source:  "R. Krishnamoorthi, “Quantizing deep convolutional networks for efficient inference: A whitepaper”, arXiv 1806.08342, 2018, section 2",
		PyTorch: "torch.ao.quantization.FakeQuantize",
		When:    "The usual choice at 8 bits: nothing more to train.",
		Range:   knob.None,
	}},
	{Name: stepLearned, Help: "LSQ: the scale is a parameter that trains with the weights", Doc: knob.Doc{
		Formula: "ŵ = s · round(clamp(w/s, −Q, Q)), Q = 2^(b−1) − 1\n" +
			"∂ŵ/∂s = round(w/s) − w/s for |w/s| < Q, ±Q beyond; the gradient of s is scaled by 1/√(n Q)\n" +
			"s₀ = 2 mean|w| / √Q",
		Source:  esser + ", section 2 (there −Q − 1 below 0)",
		PyTorch: "torch._fake_quantize_learnable_per_tensor_affine",
		When:    "In quantization-aware training at 2 to 4 bits: the loss itself decides between clipping and resolution. Needs the symmetric scheme and at least 2 bits.",
		Range:   knob.None,
	}},
}

// Knobs are the [quant] table, bound to q.
func (q *Quant) Knobs() []knob.Knob {
	options := make([]knob.Option, len(schemes))
	for i, s := range schemes {
		options[i] = knob.Option{Name: s.name, Help: s.help, Doc: s.doc}
	}
	return []knob.Knob{
		knob.Int("quant.bits", &q.Bits, 0, mostBits, "bit width of the weights; it only switches on schemes with a width of their own").WithZero("off").Explained(knob.Doc{
			Formula: "2^b levels; symmetric uses 2^b − 1 of them",
			Source:  jacob + ", section 2.1",
			PyTorch: "torch.ao.quantization.FakeQuantize(quant_min, quant_max)",
			When:    "To make a network smaller: 8 bits are a quarter of float32. Lower it a bit at a time and watch where the accuracy breaks down.",
			Range:   "8; 4 with granularity channel; 2 to 4 with quantization-aware training",
		}),
		knob.OneOf("quant.scheme", &q.Scheme, options, "quantization scheme: the values to which weights are rounded").Explained(knob.Doc{
			Formula: "ŵ = Δ (q − z), q an integer of b bits",
			Source:  jacob + ", equation 1",
			PyTorch: "qscheme of the observer in torch.ao.quantization.QConfig(weight)",
			When:    "symmetric for weights. Integer inference needs symmetric or affine; floats of few bits (bf16, fp8) need no scale.",
			Range:   "symmetric",
		}),
		knob.OneOf("quant.granularity", &q.Granularity, granularities, "granularity: per tensor or per channel").Explained(knob.Doc{
			Formula: "ŵ[o, i] = Δ q[o, i] per tensor, Δ_o q[o, i] per channel",
			Source:  "R. Krishnamoorthi, “Quantizing deep convolutional networks for efficient inference: A whitepaper”, arXiv 1806.08342, 2018",
			PyTorch: "torch.per_tensor_symmetric, torch.per_channel_symmetric",
			When:    "Per channel when accuracy falls at few bits: each channel has a scale of its own, for 32 bits more. Per tensor suffices at 8 bits.",
			Range:   "tensor at 8 bits, channel at 4 and fewer",
		}),
		knob.OneOf("quant.observer", &q.Observer, observers, "observer: how the range of weights and activations is found").Explained(knob.Doc{
			Formula: "[low, high], which the 2^b levels span",
			Source:  nagel + ", section 3.1",
			PyTorch: "torch.ao.quantization.observer",
			When:    "min-max at 8 bits; mse or percentile at few bits or with outliers; moving average for activations that change as the network trains.",
			Range:   "min-max",
		}),
		knob.Float("quant.percentile", &q.Percentile, 0.5, 1, knob.Complement, "percentile observer: fraction of the magnitudes within the range").Explained(knob.Doc{
			Formula: "±Q_p(|x|), or [Q_{1−p}(x), Q_p(x)] for affine",
			Source:  "H. Wu, P. Judd, X. Zhang, M. Isaev, P. Micikevicius, “Integer Quantization for Deep Learning Inference: Principles and Empirical Evaluation”, arXiv 2004.09602, 2020",
			PyTorch: knob.None,
			When:    "With quant.observer = percentile. Lower values clip more and make the scale finer for the rest.",
			Range:   "0.99 to 0.9999",
		}),
		knob.Words("quant.layers", &q.Layers, "bit width of single layers instead of quant.bits: [\"0:8\", \"4:2\"]; 0 keeps a layer in float").WithZero("none").Explained(knob.Doc{
			Formula: "layer l has b_l bits",
			Source:  "K. Wang, Z. Liu, Y. Lin, J. Lin, S. Han, “HAQ: Hardware-Aware Automated Quantization with Mixed Precision”, CVPR 2019",
			PyTorch: "torch.ao.quantization.QConfigMapping.set_module_name(module_name, qconfig)",
			When:    "Mixed precision: more bits for sensitive layers, usually the first and the last, fewer for the large ones between.",
			Range:   "8 for the first and last layer, 2 to 4 between",
		}),
		knob.OneOf("quant.when", &q.When, awareness, "quantization-aware training or post-training quantization").Explained(knob.Doc{
			Formula: "aware: ∂L/∂w = ∂L/∂ŵ (straight-through estimator)",
			Source:  nagel + ", sections 3 and 4",
			PyTorch: "torch.ao.quantization.prepare_qat, or torch.ao.quantization.prepare",
			When:    "after at 8 bits; aware at fewer, or where post-training quantization costs accuracy.",
			Range:   knob.None,
		}),
		knob.OneOf("quant.step", &q.Step, scaleSources, "scale (step size): measured from the range, or learned (LSQ)").Explained(knob.Doc{
			Formula: "ŵ = s · round(clamp(w/s, −Q, Q))",
			Source:  esser + ", section 2",
			PyTorch: "torch.ao.quantization.FakeQuantize, or torch._fake_quantize_learnable_per_tensor_affine",
			When:    "learned in quantization-aware training at 2 to 4 bits.",
			Range:   "range",
		}),
		knob.Int("quant.activations", &q.Activations, 0, mostBits, "bit width of the inputs of dense and convolutional layers (activation quantization)").WithZero("off").Explained(knob.Doc{
			Formula: "Q(x) = Δ (clamp(round(x/Δ) + z, 0, 2^b − 1) − z), per tensor; symmetric where quant.scheme is",
			Source:  jacob + ", section 3.1",
			PyTorch: "torch.ao.quantization.QConfig(activation)",
			When:    "For int8 inference, which multiplies integers by integers: it needs 2 to 8 bits here and in quant.bits. Ranges are calibrated on training rows first.",
			Range:   "8",
		}),
	}
}
