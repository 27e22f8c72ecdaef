package optim

import (
	"math"

	"descent/core/knob"
)

// Stopping says when training stops by itself, and whether the best weights are taken
// at the end. Like a Plateau it is no function of the step: whoever trains calls
// Observe after each evaluation.
type Stopping struct {
	Patience      int // evaluations without improvement; 0 never stops
	Delta         float64
	Monitor, Keep string
}

// StoppingMemory is the state of a Stopping between evaluations.
type StoppingMemory struct {
	Begun     bool
	Step      int     // of the best evaluation
	Best      float64 // what was monitored there
	Reference float64 // the last value that was better by more than Delta
	Bad       int     // evaluations since then
}

// The choices of train.keep.
const (
	keepLast = "last"
	keepBest = "best"
)

// What is always measured at evaluations, and can be monitored.
const (
	MonitorValLoss     = "val_loss"
	MonitorValAccuracy = "val_accuracy"
	MonitorLoss        = "loss"
	MonitorAccuracy    = "accuracy"
)

// alsoMonitored can be monitored where train.metrics measures it.
var alsoMonitored = []struct {
	name, help string
	higher     bool // is better
}{
	{"train_loss", "loss on the training rows in evaluation mode", false},
	{"val_balanced_accuracy", "balanced accuracy on the validation rows", true},
	{"val_f1", "F₁ on the validation rows", true},
	{"val_f1_macro", "F₁ on the validation rows, mean over the classes", true},
	{"val_auc", "area under the ROC curve on the validation rows", true},
	{"val_average_precision", "average precision on the validation rows", true},
	{"val_mcc", "Matthews correlation on the validation rows", true},
	{"val_log_loss", "log loss on the validation rows", false},
	{"val_brier", "Brier score on the validation rows", false},
	{"val_mae", "mean absolute error on the validation rows", false},
	{"val_rmse", "root mean squared error on the validation rows", false},
	{"val_r2", "R² on the validation rows", true},
}

const prechelt = "L. Prechelt, “Early Stopping — But When?”, Neural Networks: Tricks of the Trade, 1998"

// NewStopping never stops, and keeps the last weights.
func NewStopping() Stopping { return Stopping{Monitor: MonitorValLoss, Keep: keepLast} }

// Monitors are the metrics that can be monitored.
func Monitors() []knob.Option {
	doc := func(formula, torch, when string) knob.Doc {
		return knob.Doc{Formula: formula, Source: prechelt, PyTorch: torch, When: when, Range: knob.None}
	}
	out := []knob.Option{
		{Name: MonitorValLoss, Help: "loss on the validation rows, which should fall", Doc: doc("min L(θₜ; V)", "the loss under model.eval() and torch.no_grad()", "The usual choice: it reacts to confidence too, before an answer turns wrong. Without validation rows the loss of the step counts.")},
		{Name: MonitorValAccuracy, Help: "accuracy on the validation rows, which should rise", Doc: doc("max accuracy(θₜ; V)", "(output.argmax(1) == target).float().mean(), under model.eval()", "Where answers count and not probabilities: the loss often rises while the accuracy still grows. It is coarse with few rows.")},
		{Name: MonitorLoss, Help: "loss on the batch of the step, which should fall", Doc: doc("min L(θₜ₋₁; Bₜ)", "loss.item()", "Without validation rows. It is noisy; raise the patience.")},
		{Name: MonitorAccuracy, Help: "accuracy on the training rows, which should rise", Doc: doc("max accuracy(θₜ; training rows)", "(output.argmax(1) == target).float().mean()", "To stop when the training rows are fitted.")},
	}
	for _, m := range alsoMonitored {
		extreme, should := "min ", "fall"
		if m.higher {
			extreme, should = "max ", "rise"
		}
		out = append(out, knob.Option{Name: m.name, Help: m.help + ", which should " + should, Doc: doc(
			extreme+m.name, knob.None, "Where this is what matters. It has to be among train.metrics; where it is not measured, nothing is monitored.")})
	}
	return out
}

// monitorKnob is a choice of what is monitored.
func monitorKnob(path string, v *string, what string) knob.Knob {
	return knob.OneOf(path, v, Monitors(), what).Explained(knob.Doc{
		Formula: "losses and errors should fall, accuracies and scores rise",
		Source:  prechelt,
		PyTorch: knob.None,
		When:    "val_loss unless accuracy is what matters. Others are measured where train.metrics lists them: train.metrics = [\"f1\"] for val_f1.",
		Range:   knob.None,
	})
}

// rises tells whether larger values of a metric are better.
func rises(monitor string) bool {
	for _, m := range alsoMonitored {
		if m.name == monitor {
			return m.higher
		}
	}
	return monitor == MonitorValAccuracy || monitor == MonitorAccuracy
}

// Rises tells whether larger values of train.monitor are better.
func (s *Stopping) Rises() bool { return rises(s.Monitor) }

// On tells whether evaluations have to be observed.
func (s *Stopping) On() bool { return s.Patience > 0 || s.KeepsBest() }

// KeepsBest tells whether the best weights are taken at the end.
func (s *Stopping) KeepsBest() bool { return s.Keep == keepBest }

// Knobs are its settings.
func (s *Stopping) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Int("train.stop", &s.Patience, 0, 1<<40, "early stopping: evaluations without improvement after which training stops").WithZero("off").WithScale(knob.Log, 1).Explained(knob.Doc{
			Formula: "stop after the evaluation that is the patience-th in a row without an improvement",
			Source:  prechelt,
			PyTorch: "none; EarlyStopping(patience) of Lightning and Keras",
			When:    "Against overfitting, and so that a run need not be given its length. `descent run` ends there, the workbench pauses and says why; train.steps remains the most. Races and searches train all racers and trials for as long. With train.keep = \"best\" the weights of the best evaluation are taken.",
			Range:   "5 to 20 evaluations",
		}),
		knob.Float("train.stop_delta", &s.Delta, 0, 1e6, knob.Log, "smallest change of the monitored metric that counts as an improvement").WithZero("any").WithScale(knob.Log, 1e-6).Explained(knob.Doc{
			Formula: "improved if value < reference − delta (value > reference + delta for accuracies), reference the last value that improved",
			Source:  prechelt,
			PyTorch: "none; min_delta of EarlyStopping in Lightning and Keras",
			When:    "Raise it so that very slow progress counts as none. An accuracy is a fraction: 0.001 is a tenth of a percentage point.",
			Range:   "0 to 1e-3",
		}),
		monitorKnob("train.monitor", &s.Monitor, "metric by which train.stop stops and train.keep chooses"),
		knob.OneOf("train.keep", &s.Keep, []knob.Option{
			{Name: keepLast, Help: "the weights of the last step", Doc: knob.Doc{
				Formula: "θ_T", Source: knob.None, PyTorch: "torch.save(model.state_dict(), f) after training",
				When: "With a schedule that ends near 0, whose last weights are usually the best.", Range: knob.None,
			}},
			{Name: keepBest, Help: "the weights of the evaluation at which the metric was best", Doc: knob.Doc{
				Formula: "θ_t*, t* the step of the best evaluation", Source: prechelt, PyTorch: "model.load_state_dict(best), kept whenever the metric improved",
				When: "With early stopping, and wherever the validation loss rises again. Chosen by validation rows, its result on them is optimistic: judge it by other rows.", Range: knob.None,
			}},
		}, "which weights a run ends with").Explained(knob.Doc{
			Formula: "θ ← θ_t*, t* = argmin (argmax for accuracies) of train.monitor over the evaluations",
			Source:  prechelt,
			PyTorch: "model.load_state_dict(best) at the end; restore_best_weights of EarlyStopping in Keras",
			When:    "It is taken where a run ends, at train.steps or by train.stop, as a decision in the log: replay repeats it, undo takes it back. Knobs and pruning masks stay; the optimizer starts anew.",
			Range:   knob.None,
		}),
	}
}

// Better tells whether a value is better than another by more than delta.
func (s *Stopping) Better(value, than, delta float64) bool {
	if rises(s.Monitor) {
		return value > than+delta
	}
	return value < than-delta
}

// Observe records the value of an evaluation after a step in m. improved tells that it
// is the best so far, stop that training is to stop; counting then starts anew. NaN
// never improves.
func (s *Stopping) Observe(m *StoppingMemory, step int, value float64) (improved, stop bool) {
	if !m.Begun && !math.IsNaN(value) {
		*m = StoppingMemory{Begun: true, Step: step, Best: value, Reference: value}
		return true, false
	}
	if improved = s.Better(value, m.Best, 0); improved {
		m.Step, m.Best = step, value
	}
	m.Bad++
	if s.Better(value, m.Reference, s.Delta) {
		m.Reference, m.Bad = value, 0
	}
	if stop = s.Patience > 0 && m.Bad >= s.Patience; stop {
		m.Bad = 0
	}
	return improved, stop
}
