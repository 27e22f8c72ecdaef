package pytorch

import "fmt"

// criterion is a loss function: an expression, what it needs to be defined, and
// whether it takes the class of a row in place of numbers.
type criterion struct {
	expression string
	define     string
	classes    bool
}

// lossOf is the loss of a moment. counts are the training rows of each output, those
// where it is expected to be 1, of so many.
func lossOf(v values, counts []float64, rows float64) (criterion, error) {
	n := func(path string) string { return number(v.num(path)) }
	var args []argument
	outputs := len(counts)
	weights := func(path string, balanced func(c int) float64) string {
		w := v.list(path)
		balances := v.word("loss.class_weight") == "balanced" && balanced != nil
		if len(w) == 0 && !balances {
			return ""
		}
		if len(w) == 1 && path == "loss.pos_weight" {
			for len(w) < outputs {
				w = append(w, w[0])
			}
		}
		for len(w) < outputs {
			w = append(w, 1)
		}
		w = w[:outputs]
		for c := range w {
			if balances {
				w[c] *= balanced(c)
			}
		}
		return "torch.tensor(" + decimals(w) + ")"
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
		left, present, ignored := rows, 0.0, int(v.num("loss.ignore_index"))
		for c, n := range counts {
			if c == ignored {
				left -= n
			} else if n > 0 {
				present++
			}
		}
		if w := weights("loss.weights", func(c int) float64 {
			if c == ignored || counts[c] == 0 {
				return 1
			}
			return left / (present * counts[c])
		}); w != "" {
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
		alpha := weights("loss.alpha", nil)
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
		if w := weights("loss.pos_weight", func(c int) float64 {
			if counts[c] == 0 || counts[c] >= rows {
				return 1
			}
			return (rows - counts[c]) / counts[c]
		}); w != "" {
			args = append(args, argument{"pos_weight", w})
		}
		return criterion{expression: call("nn.BCEWithLogitsLoss", "", args)}, nil
	default:
		return criterion{}, fmt.Errorf("the loss %s has no counterpart in PyTorch that is known here", name)
	}
}

// distilled is what mixes a teacher into the loss.
const distilled = `
def distilled(value, x, teacher):
    """The loss mixed with that of the teacher's softened outputs (Hinton, Vinyals, Dean 2015)."""
    p = nn.functional.softmax(teacher / temperature, 1)
    kl = nn.functional.kl_div(nn.functional.log_softmax(x / temperature, 1), p, reduction="batchmean")
    return alpha * temperature**2 * kl + (1 - alpha) * value
`
