package loss

import (
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

const szegedyPaper = "C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna, “Rethinking the Inception Architecture for Computer Vision”, CVPR 2016, section 7"

var crossEntropyDoc = knob.Doc{
	Formula: "p = softmax(x), xⱼ the logits\n" +
		"L = −Σᵢ w_yᵢ log p_yᵢ / Σᵢ w_yᵢ, over the rows of the batch\n" +
		"∂L/∂xⱼ = (pⱼ − [j = y]) w_y / Σᵢ w_yᵢ for each row\n" +
		"targets that are probabilities: L = −(1/N) Σᵢ Σⱼ wⱼ yᵢⱼ log pᵢⱼ",
	Source:  "J. S. Bridle, “Probabilistic Interpretation of Feedforward Classification Network Outputs, with Relationships to Statistical Pattern Recognition”, Neurocomputing: Algorithms, Architectures and Applications, 1990",
	PyTorch: "torch.nn.CrossEntropyLoss(weight, ignore_index, label_smoothing)",
	When:    "The default for classification with one class per row: outputs are logits, without a softmax layer. At chance level it is log C for C classes. For several labels per row take bce.",
	Range:   knob.None,
}

// crossEntropy is softmax cross-entropy. With class weights each term of the sum counts
// with the weight of its class, and the mean is over the weights of the right classes,
// as in torch.nn.CrossEntropyLoss. Rows of the ignored class do not count.
type crossEntropy struct {
	Smoothing float64
	Weights   []float64
	balance
	ignored

	softmaxes softmaxes
}

func (c *crossEntropy) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("loss.label_smoothing", &c.Smoothing, 0, 1, knob.Linear, "ε: label smoothing, the fraction of each label that is spread evenly over all classes").WithZero("off").WithStep(0.05).Explained(knob.Doc{
			Formula: "qⱼ = (1 − ε) [j = y] + ε / C\n" +
				"L = −Σⱼ qⱼ log pⱼ",
			Source:  szegedyPaper,
			PyTorch: "torch.nn.CrossEntropyLoss(label_smoothing)",
			When:    "Against overconfident outputs and wrong labels: logits stay bounded and probabilities are better calibrated. Turn it off for a teacher of distillation.",
			Range:   "0.05 to 0.2; usually 0.1 or off",
		}),
		knob.Floats("loss.weights", &c.Weights, 1e6, "weight of each class, as [1, 2.5, 0.5]; only ratios matter, classes not listed weigh 1").WithZero("equal").Explained(knob.Doc{
			Formula: "L = −Σᵢ w_yᵢ log p_yᵢ / Σᵢ w_yᵢ",
			Source:  knob.None,
			PyTorch: "torch.nn.CrossEntropyLoss(weight)",
			When:    "For unbalanced classes: weights inverse to their frequency make each class count the same. The probabilities then are those of balanced classes, not of the data.",
			Range:   "inverse class frequencies, the largest at most 10 to 100 times the smallest",
		}),
		c.balance.knob(),
		c.ignored.knob(),
	}
}

// Balance weighs the classes by their rows, where that is asked for.
func (c *crossEntropy) Balance(of []float64, rows float64) { c.classes(of, rows, c.Ignores) }

func (c *crossEntropy) weight(class int) float64 {
	w := c.of(class)
	if class < len(c.Weights) {
		w *= c.Weights[class]
	}
	return w
}

// Weight returns the sum of the class weights of a batch, of distributions the number
// of rows.
func (c *crossEntropy) Weight(target Target) float64 {
	switch {
	case target.Classes == nil:
		return float64(target.Values.Rows)
	case len(c.Weights) == 0 && c.by == nil:
		return c.count(target.Classes)
	}
	sum := 0.0
	for _, class := range target.Classes {
		if !c.Ignores(class) {
			sum += c.weight(class)
		}
	}
	return sum
}

func (c *crossEntropy) Eval(grad, out blas64.General, target Target) float64 {
	if target.Classes == nil {
		return c.soft(grad, out, target.Values)
	}
	checkClasses(out, target)
	scale := 0.0
	if together := c.Weight(target); together > 0 { // else all rows have weight 0, and there is no gradient
		scale = 1 / together
	}
	exps := c.softmaxes.read(grad, out)
	if c.Smoothing == 0 && len(c.Weights) == 0 && c.by == nil && c.Index == none {
		return c.plain(grad, out, target.Classes, scale)
	}
	right, even := 1-c.Smoothing, c.Smoothing/float64(out.Cols)
	all := 0.0 // sum of the class weights
	for class := range out.Cols {
		all += c.weight(class)
	}
	sum := 0.0
	for r := range out.Rows {
		x, class, g := row(out, r), target.Classes[r], gradRow(grad, r)
		if c.Ignores(class) {
			clear(g)
			continue
		}
		s, w := c.softmaxes.row(r), c.weight(class)
		value := float64(float64(right*w) * s.negLog(x[class]))
		if c.Smoothing > 0 {
			spread := 0.0
			for j, v := range x {
				spread += float64(c.weight(j) * s.negLog(v))
			}
			value += float64(even * spread)
		}
		sum += value
		if g == nil {
			continue
		}
		e := row(exps, r)
		mass := float64(right*w) + float64(even*all) // Σⱼ qⱼ wⱼ
		if c.Smoothing == 0 {                        // the usual case: w (p − 1 at the class)
			share, own := mass/s.Total, e[class]
			for j, e := range e {
				g[j] = float64(float64(share*e) * scale)
			}
			g[class] = float64((float64(share*own) - w) * scale)
			continue
		}
		for j, e := range e {
			q := float64(even * c.weight(j))
			if j == class {
				q += float64(right * w)
			}
			g[j] = float64((float64(mass*(e/s.Total)) - q) * scale)
		}
	}
	return sum * scale
}

// plain is Eval where each row counts the same and no label is smoothed; a gradient
// holds the exponentials.
func (c *crossEntropy) plain(grad, out blas64.General, classes []int, scale float64) (sum float64) {
	s, n := &c.softmaxes, out.Cols
	for r, class := range classes {
		sum += s.row(r).negLog(out.Data[r*out.Stride+class])
		if grad.Data == nil {
			continue
		}
		g := grad.Data[r*grad.Stride:]
		share, own := 1/s.totals[r], g[class]
		for j := range n {
			g[j] = float64(float64(share*g[j]) * scale)
		}
		g[class] = float64((float64(share*own) - 1) * scale)
	}
	return sum * scale
}

// soft is the loss for targets that are probabilities of the classes.
func (c *crossEntropy) soft(grad, out, target blas64.General) float64 {
	checkValues(out, target)
	scale, even := 1/float64(out.Rows), c.Smoothing/float64(out.Cols)
	sum, exps := 0.0, c.softmaxes.read(grad, out)
	for r := range out.Rows {
		x, y, g := row(out, r), row(target, r), gradRow(grad, r)
		s := c.softmaxes.row(r)
		mass, value := 0.0, 0.0
		for j, v := range x {
			q := float64((float64((1-c.Smoothing)*y[j]) + even) * c.weight(j))
			mass += q
			if q != 0 {
				value += float64(q * s.negLog(v))
			}
		}
		sum += value
		if g == nil {
			continue
		}
		for j, e := range row(exps, r) {
			q := float64((float64((1-c.Smoothing)*y[j]) + even) * c.weight(j))
			g[j] = float64((float64(mass*(e/s.Total)) - q) * scale)
		}
	}
	return sum * scale
}
