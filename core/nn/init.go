package nn

import (
	"math"
	"math/rand/v2"

	"descent/core/kernel"
	"descent/core/knob"
)

// An initialisation fills a kernel and its bias; fan is the number of inputs
// of one output.
type initialisation struct {
	name, help string
	kernel     func(w []float64, seg knob.Segment, rng *rand.Rand)
	bias       func(w []float64, fan float64, rng *rand.Rand)
	doc        knob.Doc
}

var inits = []initialisation{
	{
		"torch", "PyTorch's default: weights and biases uniform in ±1/√fan_in",
		func(w []float64, seg knob.Segment, rng *rand.Rand) {
			torchBias(w, torchFan(seg), rng)
		},
		torchBias,
		knob.Doc{
			Formula: "W, b ~ U(−1/√fan_in, 1/√fan_in); of a gru U(−1/√hidden, 1/√hidden)",
			Source:  "Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller, “Efficient BackProp”, Neural Networks: Tricks of the Trade, 1998, section 4.6 (there with three times the variance)",
			PyTorch: "torch.nn.Linear.reset_parameters, torch.nn.Conv2d.reset_parameters, torch.nn.GRU.reset_parameters: torch.nn.init.kaiming_uniform_(a=√5)",
			When:    "To compare with a network of PyTorch. Smaller than he: in deep stacks of relu the signal shrinks from layer to layer.",
			Range:   knob.None,
		},
	},
	{
		"he", "He (Kaiming) normal: standard deviation √(2/fan_in), biases 0; for ReLU",
		func(w []float64, seg knob.Segment, rng *rand.Rand) {
			in, _ := fans(seg)
			normal(w, math.Sqrt(2/in), rng)
		},
		noBias,
		knob.Doc{
			Formula: "W ~ N(0, 2/fan_in), b = 0",
			Source:  "K. He, X. Zhang, S. Ren, J. Sun, “Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet Classification”, ICCV 2015, equation 10",
			PyTorch: "torch.nn.init.kaiming_normal_(nonlinearity=\"relu\")",
			When:    "With relu and its relatives (leaky_relu, gelu, silu): keeps the variance of activations from layer to layer.",
			Range:   knob.None,
		},
	},
	{
		"lecun", "LeCun normal: standard deviation 1/√fan_in, biases 0; for linear units",
		func(w []float64, seg knob.Segment, rng *rand.Rand) {
			in, _ := fans(seg)
			normal(w, 1/math.Sqrt(in), rng)
		},
		noBias,
		knob.Doc{
			Formula: "W ~ N(0, 1/fan_in), b = 0",
			Source:  "Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller, “Efficient BackProp”, Neural Networks: Tricks of the Trade, 1998, section 4.6",
			PyTorch: "torch.nn.init.kaiming_normal_(nonlinearity=\"linear\")",
			When:    "Where the slope of the activation is about 1: identity, tanh, elu.",
			Range:   knob.None,
		},
	},
	{
		"xavier", "Xavier (Glorot) uniform: bound √(6/(fan_in + fan_out)); for tanh",
		func(w []float64, seg knob.Segment, rng *rand.Rand) {
			in, out := fans(seg)
			uniform(w, math.Sqrt(6/(in+out)), rng)
		},
		noBias,
		knob.Doc{
			Formula: "W ~ U(−a, a), a = √(6/(fan_in + fan_out)), b = 0",
			Source:  "X. Glorot, Y. Bengio, “Understanding the difficulty of training deep feedforward neural networks”, AISTATS 2010, equation 16",
			PyTorch: "torch.nn.init.xavier_uniform_",
			When:    "With tanh and sigmoid: a compromise between keeping the variance of activations and that of gradients from layer to layer.",
			Range:   knob.None,
		},
	},
	{
		"orthogonal", "orthogonal: orthonormal rows (or columns), biases 0; for deep networks",
		orthogonal, noBias,
		knob.Doc{
			Formula: "W Wᵀ = I (rows ≤ columns) or Wᵀ W = I, by Gram-Schmidt of normal vectors; b = 0",
			Source:  "A. M. Saxe, J. L. McClelland, S. Ganguli, “Exact solutions to the nonlinear dynamics of learning in deep linear neural networks”, ICLR 2014",
			PyTorch: "torch.nn.init.orthogonal_",
			When:    "For very deep networks, linear or tanh: each layer keeps the norm of its input. With relu each layer still halves the mean square.",
			Range:   knob.None,
		},
	},
	{
		"zero", "zeros: all weights 0; hidden layers do not learn",
		func(w []float64, _ knob.Segment, _ *rand.Rand) { clear(w) },
		noBias,
		knob.Doc{
			Formula: "W = 0, b = 0",
			Source:  "I. Goodfellow, Y. Bengio, A. Courville, “Deep Learning”, MIT Press, 2016, section 8.4 (breaking symmetry)",
			PyTorch: "torch.nn.init.zeros_",
			When:    "For linear models, and to see why deep networks need random weights.",
			Range:   knob.None,
		},
	},
	{
		"constant", "constant: all weights model.init_value; units of a layer stay equal",
		nil, noBias,
		knob.Doc{
			Formula: "W = c, b = 0",
			Source:  "I. Goodfellow, Y. Bengio, A. Courville, “Deep Learning”, MIT Press, 2016, section 8.4 (breaking symmetry)",
			PyTorch: "torch.nn.init.constant_",
			When:    "To see that units with equal weights get equal gradients: the layer learns no more than one unit would.",
			Range:   "c from 0.01 to 1",
		},
	},
}

// torchBias is uniform in ±1/√fan, which kaiming_uniform_ with a = √5 is too.
func torchBias(w []float64, fan float64, rng *rand.Rand) { uniform(w, 1/math.Sqrt(fan), rng) }

func noBias(w []float64, _ float64, _ *rand.Rand) { clear(w) }

func uniform(w []float64, bound float64, rng *rand.Rand) {
	for i := range w {
		w[i] = (float64(2*rng.Float64()) - 1) * bound
	}
}

func normal(w []float64, deviation float64, rng *rand.Rand) {
	for i := range w {
		w[i] = kernel.Normal(rng) * deviation
	}
}

// Inits are the names a recipe may use, with their help.
func Inits() []knob.Option {
	out := make([]knob.Option, len(inits))
	for i, in := range inits {
		out[i] = knob.Option{Name: in.name, Help: in.help, Doc: in.doc}
	}
	return out
}
