package nn

import "descent/core/knob"

const goodfellow = "I. Goodfellow, Y. Bengio, A. Courville, “Deep Learning”, MIT Press, 2016"

// Knobs are the keys of the table, bound to the spec.
func (s *Spec) Knobs() []knob.Knob {
	knobs := []knob.Knob{
		knob.Ints("model.layers", &s.Layers, "widths of a fully connected network, input first: [64, 32, 10]").Explained(knob.Doc{
			Formula: "y = W_L a(… a(W₁ x + b₁) …) + b_L, a = model.activation",
			Source:  goodfellow + ", chapter 6 (deep feedforward networks)",
			PyTorch: "torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))",
			When:    "For tables and small images. The first width is the number of inputs, the last that of outputs: one for each class or target.",
			Range:   "1 to 3 hidden layers of 16 to 512 units",
		}),
		knob.Ints("model.hidden", &s.Hidden, "hidden widths of a fully connected network; the first and last width follow from data and loss").Explained(knob.Doc{
			Formula: "widths: inputs, n₁, …, n_k, outputs",
			Source:  goodfellow + ", chapter 6 (deep feedforward networks)",
			PyTorch: "sklearn.neural_network.MLPClassifier(hidden_layer_sizes=(32, 16))",
			When:    "For a table of your own: categories become several inputs, so that the number of inputs is known only when the table is read. Classes get an output each, two classes one output with the loss bce, numbers one output for each target column.",
			Range:   "[16] for 100 rows, [64, 32] for 10,000",
		}),
		knob.OneOf("model.activation", &s.Activation, Activations(), "activation function between the layers; none after the last").Explained(knob.Doc{
			Formula: "h = a(W x + b)",
			Source:  goodfellow + ", section 6.3",
			PyTorch: "torch.nn.ReLU and others in a torch.nn.Sequential",
			When:    "relu to start with, gelu or silu for deep networks, tanh for small smooth ones. identity makes the network a linear model.",
			Range:   "relu",
		}),
		knob.OneOf("model.init", &s.Init, Inits(), "initialization of weights and biases").Explained(knob.Doc{
			Formula: knob.None,
			Source:  goodfellow + ", section 8.4",
			PyTorch: "torch.nn.init",
			When:    "he with relu and its relatives, xavier with tanh and sigmoid, torch to compare with PyTorch.",
			Range:   "torch",
		}),
		knob.Float("model.init_value", &s.InitValue, -1e6, 1e6, knob.Linear, "value of all weights under the initialization constant").Explained(knob.Doc{
			Formula: "W = c",
			Source:  goodfellow + ", section 8.4",
			PyTorch: "torch.nn.init.constant_(tensor, val)",
			When:    "With model.init = constant only.",
			Range:   "0.01 to 1",
		}),
		knob.String("model.weights", &s.Weights, "file of weights to start from: safetensors, or .pt and .pth of PyTorch").Explained(knob.Doc{
			Formula: knob.None,
			Source:  "Hugging Face, safetensors, github.com/huggingface/safetensors",
			PyTorch: "model.load_state_dict(torch.load(f, weights_only=True)), safetensors.torch.load_file(path)",
			When:    "To go on from a network trained elsewhere, or saved here. Shapes have to be those of the model.",
			Range:   knob.None,
		}),
		knob.Words("model.stack", &s.Stack, "list of layers in place of model.layers: conv2d out=8 kernel=3, relu, flatten, dense 10").Explained(knob.Doc{
			Formula: "y = f_L(… f₂(f₁(x)) …)",
			Source:  goodfellow + ", chapters 6 and 9",
			PyTorch: "torch.nn.Sequential",
			When:    "For anything but a plain fully connected network: convolutions, normalization, dropout, residual blocks. In a preset also as [[model.layer]] tables.",
			Range:   knob.None,
		}),
		knob.Ints("model.input", &s.Input, "shape of an input row for the stack: [channels, height, width]; default: the data's width").Explained(knob.Doc{
			Formula: "x of C·H·W numbers, channels first",
			Source:  knob.None,
			PyTorch: "input of shape (N, C, H, W)",
			When:    "With a stack that begins with a convolution or pooling; a flat input needs none.",
			Range:   "[1, 28, 28], [3, 32, 32]",
		}),
	}
	for i := range knobs {
		knobs[i] = knobs[i].AsFixed()
	}
	return knobs
}
