package pytorch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"descent/core/nn"
)

// simple are the layers without settings.
var simple = map[string]string{
	"identity": "nn.Identity()", "relu": "nn.ReLU()", "gelu": "nn.GELU()", "silu": "nn.SiLU()", "softplus": "nn.Softplus()",
	"hard-swish": "nn.Hardswish()", "tanh": "nn.Tanh()", "sigmoid": "nn.Sigmoid()", "flatten": "nn.Flatten()",
}

// network writes a model: which classes of its own it needs, and the layers.
type network struct {
	needs []string
	// masks are the dropouts of which the masks are in the file.
	masks map[string]bool
}

func (n *network) need(class string) {
	if !slices.Contains(n.needs, class) {
		n.needs = append(n.needs, class)
	}
}

// layers writes a stack, a line a layer.
func (n *network) layers(s *source, stack []nn.Described) error {
	for _, d := range stack {
		if d.Kind == "residual" {
			n.need("Residual")
			s.line("Residual(")
			s.indent++
			if err := n.layers(s, d.Body); err != nil {
				return err
			}
			s.indent--
			s.line("),")
			continue
		}
		text, err := n.layer(d)
		if err != nil {
			return err
		}
		s.line("%s,", text)
	}
	return nil
}

// layer is the call that makes one.
func (n *network) layer(d nn.Described) (string, error) {
	if text, ok := simple[d.Kind]; ok {
		return text, nil
	}
	var args []argument
	add := func(name, value, byDefault string) {
		if value != byDefault {
			args = append(args, argument{name, value})
		}
	}
	num := func(key string) float64 { return d.Numbers(key)[0] }
	eps := func() { add("eps", number(num("eps")), "1e-05") }
	unbiased := func() {
		if num("bias") == 0 {
			add("bias", "False", "")
		}
	}
	dim := "2d"
	if len(d.In) == 2 {
		dim = "1d"
	}
	pair := func(key string) string {
		v := d.Numbers(key)
		if dim == "1d" || v[0] == v[1] {
			return number(v[0])
		}
		return fmt.Sprintf("(%s, %s)", number(v[0]), number(v[1]))
	}
	switch d.Kind {
	case "dense":
		unbiased()
		return call("nn.Linear", fmt.Sprintf("%d, %d", d.In[len(d.In)-1], d.Out[len(d.Out)-1]), args), nil
	case "conv2d", "conv1d":
		dim = strings.TrimPrefix(d.Kind, "conv")
		add("stride", pair("stride"), "1")
		add("padding", pair("padding"), "0")
		add("dilation", pair("dilation"), "1")
		add("groups", number(num("groups")), "1")
		unbiased()
		return call("nn.Conv"+dim, fmt.Sprintf("%d, %d, %s", d.In[0], d.Out[0], pair("kernel")), args), nil
	case "max-pool", "avg-pool":
		if d.Has("stride") {
			add("stride", pair("stride"), pair("size"))
		}
		add("padding", pair("padding"), "0")
		if num("ceil") != 0 {
			add("ceil_mode", "True", "")
		}
		name := "nn.MaxPool"
		if d.Kind == "avg-pool" {
			name = "nn.AvgPool"
			if num("count_include_pad") == 0 {
				add("count_include_pad", "False", "")
			}
		}
		return call(name+dim, pair("size"), args), nil
	case "adaptive-max-pool", "global-max-pool", "adaptive-avg-pool", "global-avg-pool":
		name, size := "nn.AdaptiveAvgPool", "1"
		if strings.Contains(d.Kind, "max") {
			name = "nn.AdaptiveMaxPool"
		}
		if strings.HasPrefix(d.Kind, "adaptive") {
			size = pair("size")
		}
		text := call(name+dim, size, nil)
		if len(d.Out) == 1 {
			return "nn.Sequential(" + text + ", nn.Flatten())", nil
		}
		return text, nil
	case "batch-norm":
		eps()
		add("momentum", number(num("momentum")), "0.1")
		name := "nn.BatchNorm1d"
		if len(d.In) == 3 {
			name = "nn.BatchNorm2d"
		}
		return call(name, strconv.Itoa(d.In[0]), args), nil
	case "layer-norm":
		eps()
		shape := strconv.Itoa(d.In[0])
		if len(d.In) > 1 {
			shape = strings.ReplaceAll(fmt.Sprint(d.In), " ", ", ")
		}
		return call("nn.LayerNorm", shape, args), nil
	case "group-norm":
		eps()
		return call("nn.GroupNorm", fmt.Sprintf("%s, %d", number(num("groups")), d.In[0]), args), nil
	case "dropout":
		if n.masks[d.Name] {
			n.need("Dropout")
			return fmt.Sprintf("Dropout(%s, kept[%q])", number(num("p")), d.Name), nil
		}
		return call("nn.Dropout", number(num("p")), nil), nil
	case "elu":
		add("alpha", number(num("alpha")), "1")
		return call("nn.ELU", "", args), nil
	case "leaky_relu":
		return call("nn.LeakyReLU", number(num("slope")), nil), nil
	case "embedding":
		return call("nn.Embedding", number(num("num"))+", "+number(num("dim")), nil), nil
	case "transpose":
		n.need("Transpose")
		return "Transpose()", nil
	case "gru":
		n.need("GRU")
		unbiased()
		add("batch_first", "True", "")
		last := "True"
		if num("return_sequences") != 0 {
			last = "False"
		}
		add("last", last, "True")
		return call("GRU", fmt.Sprintf("%d, %s", d.In[len(d.In)-1], number(num("hidden"))), args), nil
	}
	return "", fmt.Errorf("the layer %s (%s) has no counterpart in PyTorch that is known here", d.Name, d.Kind)
}

// classes are the layers that PyTorch lacks, and what masks and quantizers need.
var classes = map[string]string{
	"Residual": `
class Residual(nn.Sequential):
    """x + F(x), F the layers in it."""

    def forward(self, x):
        return x + super().forward(x)
`,
	"Transpose": `
class Transpose(nn.Module):
    """Rows of [length, features] become [features, length]."""

    def forward(self, x):
        return x.transpose(1, 2)
`,
	"GRU": `
class GRU(nn.GRU):
    """The hidden state after the last place of a sequence, or after each."""

    def __init__(self, *args, last=True, **options):
        super().__init__(*args, **options)
        self.last = last

    def forward(self, x):
        states, _ = super().forward(x)
        return states[:, -1] if self.last else states
`,
	"Dropout": `
class Dropout(nn.Module):
    """Dropout by masks that were drawn before: what is kept of each row of each batch."""

    rows = slice(None)  # of the masks, those of the present batch

    def __init__(self, p, kept):
        super().__init__()
        self.scale, self.kept = 1 / (1 - p) if p < 1 else 0.0, kept

    def forward(self, x):
        return x * (self.kept[Dropout.rows] * self.scale).reshape(x.shape) if self.training else x
`,
	"Learned": `
def learned(w, step, bits):
    """Integer multiples of a scale that trains too (Esser et al. 2020, equations 1 to 5)."""
    top = 2 ** (bits - 1) - 1
    s = step.abs()
    slow = (w.numel() / len(s) * top) ** -0.5  # of the gradient of the scale
    s = (s * slow + (s - s * slow).detach()).reshape(-1, *[1] * (w.dim() - 1))
    v = torch.clamp(w / s, -top, top)
    return s * (v + (torch.round(v) - v).detach())
`,
	"Effective": `
class Effective(nn.Module):
    """What a pass runs under in place of a weight W: quantize(mask * (W + alpha / r * B A))."""

    def __init__(self):
        super().__init__()
        self.mask, self.bits, self.alpha = None, 0, 0.0
        self.register_parameter("step", None)
        self.register_parameter("lora_a", None)
        self.register_parameter("lora_b", None)

    def forward(self, w):
        if self.lora_a is not None:
            w = w + self.alpha / len(self.lora_a) * (self.lora_b @ self.lora_a).reshape(w.shape)
        if self.mask is not None:
            w = w * self.mask
        if self.bits and self.step is not None:
            return learned(w, self.step, self.bits)
        if self.bits:  # straight through: the gradient is that of w
            w = w + (quantize(w, self.bits, self.mask) - w).detach()
        return w
`,
}
