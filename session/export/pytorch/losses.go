package pytorch

import "fmt"

// criterion is a loss function: an expression, what it needs to be defined, and
// whether it takes the class of a row in place of numbers.
type criterion struct {
	expression string
	define     string
	classes    bool
}

// lossOf is the loss of a moment, for so many outputs.
func lossOf(v values, outputs int) (criterion, error) {
	n := func(path string) string { return number(v.num(path)) }
	var args []argument
	weights := func(path string) string {
		w := v.list(path)
		if len(w) == 0 {
			return ""
		}
		for len(w) < outputs {
			w = append(w, 1)
		}
		return "torch.tensor(" + numbers(w[:outputs]) + ", dtype=torch.float64)"
	}
	switch name := v.word("loss.name"); name {
	case "mse":
		return criterion{expression: "nn.MSELoss()"}, nil
	case "mae":
		return criterion{expression: "nn.L1Loss()"}, nil
	case "huber":
		return criterion{expression: "nn.HuberLoss(delta=" + n("loss.delta") + ")"}, nil
	case "smooth-l1":
		return criterion{expression: "nn.SmoothL1Loss(beta=" + n("loss.beta") + ")"}, nil
	case "log-cosh":
		return criterion{expression: "log_cosh", define: `
def log_cosh(x, y):
    """log(cosh(x - y)), without overflow."""
    d = (x - y).abs()
    return (d + torch.log1p(torch.exp(-2 * d)) - math.log(2)).mean()
`}, nil
	case "quantile":
		return criterion{expression: "lambda x, y: torch.max(" + n("loss.tau") + " * (y - x), (" + n("loss.tau") + " - 1) * (y - x)).mean()"}, nil
	case "cross-entropy":
		if w := weights("loss.weights"); w != "" {
			args = append(args, argument{"weight", w})
		}
		if v.num("loss.label_smoothing") > 0 {
			args = append(args, argument{"label_smoothing", n("loss.label_smoothing")})
		}
		if v.num("loss.ignore_index") >= 0 {
			args = append(args, argument{"ignore_index", n("loss.ignore_index")})
		}
		return criterion{expression: call("nn.CrossEntropyLoss", "", args), classes: true}, nil
	case "focal":
		if v.num("loss.ignore_index") >= 0 {
			return criterion{}, fmt.Errorf("loss.ignore_index of the focal loss is not written for PyTorch")
		}
		alpha := weights("loss.alpha")
		if alpha == "" {
			alpha = fmt.Sprintf("torch.ones(%d)", outputs)
		}
		return criterion{
			expression: "Focal(" + n("loss.gamma") + ", " + alpha + ")", classes: true,
			define: `
class Focal(nn.Module):
    """-alpha_y (1 - p)^gamma log p, p the probability of the class (Lin et al. 2017, equation 4)."""

    def __init__(self, gamma, alpha):
        super().__init__()
        self.gamma, self.alpha = gamma, alpha

    def forward(self, x, y):
        log_p = nn.functional.log_softmax(x, 1)[torch.arange(len(y)), y]
        return -(self.alpha[y] * (1 - log_p.exp()) ** self.gamma * log_p).mean()
`,
		}, nil
	case "hinge":
		return criterion{expression: "nn.MultiMarginLoss(margin=" + n("loss.margin") + ")", classes: true}, nil
	case "kl":
		return criterion{expression: `lambda x, y: nn.functional.kl_div(nn.functional.log_softmax(x, 1), y, reduction="batchmean")`}, nil
	case "bce":
		if w := v.list("loss.pos_weight"); len(w) > 0 {
			args = append(args, argument{"pos_weight", "torch.tensor(" + numbers(w) + ", dtype=torch.float64)"})
		} else if p := v.num("loss.pos_weight"); p != 0 && p != 1 {
			args = append(args, argument{"pos_weight", "torch.tensor([" + number(p) + "], dtype=torch.float64)"})
		}
		return criterion{expression: call("nn.BCEWithLogitsLoss", "", args)}, nil
	default:
		return criterion{}, fmt.Errorf("the loss %s has no counterpart in PyTorch that is known here", name)
	}
}
