package loss

import (
	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

var klDoc = knob.Doc{
	Formula: "L = (1/N) Σ Σⱼ qⱼ (log qⱼ − log softmax(x)ⱼ), over N rows",
	Source:  "S. Kullback, R. A. Leibler, “On Information and Sufficiency”, Annals of Mathematical Statistics 22(1), 1951",
	PyTorch: "torch.nn.KLDivLoss(reduction=\"batchmean\") of log_softmax(x)",
	When:    "Targets that are probabilities, such as votes of annotators or outputs of a teacher. With one class per row it equals cross-entropy. It is 0 where the two distributions are equal.",
	Range:   knob.None,
}

// kl is the Kullback–Leibler divergence of the softmax from the targets, with 0 log 0 = 0.
type kl struct {
	softmaxes softmaxes
	logs      []float64 // of the targets
}

func (*kl) Knobs() []knob.Knob { return nil }

func (k *kl) Eval(grad, out blas64.General, target Target) float64 {
	checkValues(out, target.Values)
	scale := 1 / float64(out.Rows)
	sum, exps := 0.0, k.softmaxes.read(grad, out)
	k.logs = sized(k.logs, out.Cols)
	for r := range out.Rows {
		x, q, g := row(out, r), row(target.Values, r), gradRow(grad, r)
		s := k.softmaxes.row(r)
		for j, v := range q {
			if k.logs[j] = v; v == 0 {
				k.logs[j] = 1 // of any plain number: 0 log 0 is 0
			}
		}
		kernel.LogAll(k.logs, k.logs)
		mass := 0.0
		for j, v := range q {
			mass += v
			if v != 0 {
				sum += float64(v * (k.logs[j] + s.negLog(x[j])))
			}
		}
		if g == nil {
			continue
		}
		for j, e := range row(exps, r) {
			g[j] = float64((float64(mass*(e/s.Total)) - q[j]) * scale)
		}
	}
	return sum * scale
}
