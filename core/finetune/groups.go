package finetune

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
)

// Groups are parameter groups: tensors whose learning rate or weight decay is
// another than that of the optimizer.
type Groups struct {
	DecayBiases bool     // biases and normalization parameters decay too
	Rules       []string // "PATTERN lr=VALUE weight_decay=VALUE"
}

// NewGroups has all parameters in one group.
func NewGroups() Groups { return Groups{DecayBiases: true} }

// On tells whether there is more than one group.
func (g *Groups) On() bool { return !g.DecayBiases || len(g.Rules) > 0 }

// Knobs are its settings.
func (g *Groups) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Bool("optimizer.decay_biases", &g.DecayBiases, "apply weight decay to biases and normalization parameters too").Explained(knob.Doc{
			Formula: "off: λ = 0 for every tensor of fewer than two dimensions",
			Source:  "T. He et al., “Bag of Tricks for Image Classification with Convolutional Neural Networks”, CVPR 2019, section 3.1",
			PyTorch: "two parameter groups: {\"params\": [p for p in model.parameters() if p.ndim < 2], \"weight_decay\": 0} and the rest",
			When:    "Off is usual for transformers and for convolutional networks with normalization: decay of gains and biases does not regularise, it only limits what the layers can represent. optimizer.groups can give single tensors their own decay.",
			Range:   "on, as torch.optim does by default; off with a decoupled decay of 0.01 or more",
		}),
		knob.Words("optimizer.groups", &g.Rules, "parameter groups by tensor name: [\"*.bias lr=2x weight_decay=0\", \"0.* lr=0.001\"]").WithZero("one").Explained(knob.Doc{
			Formula: "ηₜ, λ of each tensor; PATTERN lr=VALUE weight_decay=VALUE, where * is any text and 0.1x is a tenth of optimizer.lr or optimizer.weight_decay, 0.1 the value itself",
			Source:  "J. Howard, S. Ruder, “Universal Language Model Fine-tuning for Text Classification”, ACL 2018, section 3.2 (discriminative rates)",
			PyTorch: "torch.optim.SGD([{\"params\": …, \"lr\": …, \"weight_decay\": …}, …]); the schedule then applies to the rate of each group",
			When: "To train some layers faster or slower than others, or to let some decay less. Where several patterns match a tensor, the last one that states a setting counts." +
				" `descent explain` and the view of layers name the tensors: 0.weight, 0.bias, 1.weight. Factors follow changes of optimizer.lr and decisions of the schedule plateau, values do not.",
			Range: "factors of 0.1 to 10",
		}),
	}
}

// Own is a setting of a group: a value, or a factor of the optimizer's.
type Own struct {
	Value    float64
	Relative bool
}

// Of is the setting of the group where the optimizer's is base.
func (o Own) Of(base float64) float64 {
	if o.Relative {
		return float64(o.Value * base)
	}
	return o.Value
}

// same is the setting of a tensor without a group.
var same = Own{1, true}

// rule is one item of optimizer.groups.
type rule struct {
	pattern   string
	lr, decay Own
	has       [2]bool // lr, decay
}

// largest bounds a setting.
const largest = 1e6

func parseRule(text string) (r rule, err error) {
	fields := strings.Fields(text)
	form := fmt.Errorf("optimizer.groups: %q is not of the form \"PATTERN lr=VALUE weight_decay=VALUE\", as \"*.bias lr=0.1x weight_decay=0\"", text)
	if len(fields) < 2 {
		return r, form
	}
	r.pattern = fields[0]
	if _, err := path.Match(r.pattern, ""); err != nil {
		return r, fmt.Errorf("optimizer.groups: %q is not a pattern of names; * is any text, ? one character, [0-9] one of several", r.pattern)
	}
	for _, f := range fields[1:] {
		key, value, ok := strings.Cut(f, "=")
		if !ok {
			return r, form
		}
		number, relative := strings.CutSuffix(value, "x")
		v, err := strconv.ParseFloat(number, 64)
		if err != nil || !(v >= 0 && v <= largest) {
			return r, fmt.Errorf("optimizer.groups: %q: %s has to be a number from 0 to 1e6, or a factor such as 0.1x", text, key)
		}
		switch key {
		case "lr":
			r.lr, r.has[0] = Own{v, relative}, true
		case "weight_decay":
			r.decay, r.has[1] = Own{v, relative}, true
		default:
			return r, fmt.Errorf("optimizer.groups: %q: a group has lr and weight_decay, not %q", text, key)
		}
	}
	return r, nil
}

// Check says which rule cannot be read, or matches no tensor.
func (g *Groups) Check(layout knob.Layout) error {
	for _, text := range g.Rules {
		r, err := parseRule(text)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(layout, r.matches) {
			return fmt.Errorf("optimizer.groups: no tensor is called %q; there are %s", r.pattern, names(layout))
		}
	}
	return nil
}

func (r rule) matches(seg knob.Segment) bool {
	ok, err := path.Match(r.pattern, seg.Name)
	return ok && err == nil
}

// names lists the first tensors of a layout.
func names(layout knob.Layout) string {
	const most = 8
	var out []string
	for _, seg := range layout[:min(most, len(layout))] {
		out = append(out, seg.Name)
	}
	if len(layout) > most {
		out = append(out, "...")
	}
	return strings.Join(out, ", ")
}

// Of is what each tensor of a layout has of its own: the learning rates, nil where
// all have that of the optimizer, and the weight decay likewise. Rules that cannot be
// read are left out; see Check.
func (g *Groups) Of(layout knob.Layout) (rates, decays []Own) {
	if !g.On() {
		return nil, nil
	}
	var rules []rule
	rated, decayed := false, !g.DecayBiases
	for _, text := range g.Rules {
		if r, err := parseRule(text); err == nil {
			rules = append(rules, r)
			rated, decayed = rated || r.has[0], decayed || r.has[1]
		}
	}
	for _, seg := range layout {
		rate, decay := same, same
		if !g.DecayBiases && len(seg.Shape) < 2 {
			decay = Own{}
		}
		for _, r := range rules {
			if !r.matches(seg) {
				continue
			}
			if r.has[0] {
				rate = r.lr
			}
			if r.has[1] {
				decay = r.decay
			}
		}
		if rated {
			rates = append(rates, rate)
		}
		if decayed {
			decays = append(decays, decay)
		}
	}
	return rates, decays
}
