package diagnosis

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/remedy"
)

var unscaledOption = knob.Option{Name: "unscaled", Help: "inputs or targets are large and not standardized", Doc: knob.Doc{
	Formula: "root mean square of a column > 100, without data.standardize (inputs) or data.standardize_target (targets)",
	Source:  "Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, “Efficient BackProp”, 1998, section 4.3",
	PyTorch: "sklearn.preprocessing.StandardScaler",
	When:    "The curvature grows with the square of the inputs, so a rate that suits one column is too high for another. The key that standardizes is fixed, so it takes another run. Remedy in this one: from the start with adam at 0.001, which scales each weight by its own gradients.",
	Range:   "mean 0, deviation 1",
}}

func unscaled(f *Facts) *Finding {
	if len(f.rows.scale) == 0 || len(f.Losses) >= 64 && !f.stuck(0.5) || f.Since > 0 && len(f.Losses) < 128 {
		return nil
	}
	r := Remedy{Advice: strings.ReplaceAll(remedy.Scaling(f.rows.scale), (&remedy.Remedy{Scale: f.rows.scale}).Unscaled()+": try", "another run with")}
	if !f.adaptive() {
		r.Back, r.Set = true, f.optimizer("adam", 1e-3)
	}
	var what []string
	for _, u := range f.rows.scale {
		what = append(what, u.What)
	}
	return &Finding{
		Cause:  (&remedy.Remedy{Scale: f.rows.scale}).Unscaled(),
		Brief:  "the " + strings.Join(what, " and ") + " are not standardized",
		Remedy: r, lasts: true,
	}
}

var imbalanceOption = knob.Option{Name: "imbalance", Help: "only the largest class is ever predicted: accuracy is its frequency", Doc: knob.Doc{
	Formula: "the largest class has over 60 % of the rows, and accuracy is within 1 % of its share at an evaluation after the first 50 steps",
	Source:  "N. Japkowicz, S. Stephen, “The class imbalance problem: A systematic study”, Intelligent Data Analysis 6(5), 2002; G. King, L. Zeng, “Logistic Regression in Rare Events Data”, Political Analysis 9(2), 2001",
	PyTorch: "torch.nn.CrossEntropyLoss(weight)",
	When:    "Accuracy equal to the frequency of the largest class means that the others are never predicted. Remedy: weigh each class by the inverse of its frequency (loss.weights).",
	Range:   "shares within a factor of 3",
}}

func imbalance(f *Facts) *Finding {
	if f.rows.majority <= 0.6 || !f.Last.Evaluated || !f.Last.HasAccuracy || f.Last.Step < f.Since+50 {
		return nil
	}
	now := f.heldAccuracy()
	if math.Abs(now-f.rows.held) > 0.01 || math.Abs(f.Last.Accuracy-f.rows.majority) > 0.01 {
		return nil
	}
	return &Finding{
		Cause:  fmt.Sprintf("class %s has %s of the rows, and accuracy is %s: the others are hardly ever predicted", f.rows.class, percent(f.rows.held), percent(now)),
		Brief:  fmt.Sprintf("accuracy is the share of class %s, %s", f.rows.class, percent(f.rows.held)),
		Remedy: Remedy{Set: f.balance()},
	}
}

// balance returns the change to weights that make all classes count alike; nil if the
// loss has none, or they are set.
func (f *Facts) balance() []recipe.Change {
	s, ok := f.knob("loss.weights")
	if !ok || len(s.Value.Items()) > 0 {
		return nil
	}
	var items []string
	for _, n := range f.rows.counts {
		w := 0.0 // a class without a row
		if n > 0 {
			most := f.rows.majority * float64(f.Data.Train.Rows())
			w = tidy(most / float64(n))
		}
		items = append(items, strconv.FormatFloat(w, 'g', -1, 64))
	}
	return []recipe.Change{{Path: "loss.weights", Value: knob.Items(items)}}
}
