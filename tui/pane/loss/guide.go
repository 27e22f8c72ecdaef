package loss

import (
	"descent/core/knob"
	"descent/session/live"
	"descent/tui/intent"
)

// Subject returns the metric by which a model is judged.
func (l *Pane) Subject(f *live.Frame) intent.Subject {
	if f.Eval.Evaluated && f.Eval.HasVal {
		return intent.Subject{Pages: []string{"metric val_loss"}, At: "loss"}
	}
	return intent.Subject{Pages: []string{"metric loss"}}
}

// Guide explains the curves.
func (l *Pane) Guide() intent.Guide {
	return intent.Guide{
		Summary: "training and validation loss over the run, with the decisions below",
		Shows: []intent.Reading{
			{Sign: "vertical axis", Means: "the loss, in the unit of the loss function: nats for cross-entropy, the squared unit of the targets for mse. The axis is logarithmic, so that an exponential decay is a straight line; y makes it linear, or logarithmic on both sides of 0 (symlog), as it is by itself where a loss is negative."},
			{Sign: "horizontal axis", Means: "steps, each one update of the parameters. t changes it to epochs, to gradient evaluations, a fair comparison for optimizers that need several per step, or to milliseconds of training; x shows the last half, the last tenth or the last steps one by one."},
			{Sign: "● train", Means: "loss of each batch before its update, smoothed (m changes the smoothing): it is noisy, since each batch is a sample."},
			{Sign: "░ min–max", Means: "from the lowest to the highest training loss of each column, not smoothed: how much batches differ."},
			{Sign: "↑ 5", Means: "a spike above the axis, with its highest loss: it does not flatten the rest of the curve. H lets the axis reach to it."},
			{Sign: "┄ guessing", Means: "the loss of a model that knows nothing of the inputs: ln k for k classes with cross-entropy, ln 2 with binary cross-entropy, and with mse or mae the loss of the best constant. Below it something has been learnt."},
			{Sign: "┄ preset's best", Means: "par: the lowest validation loss that a built-in preset reaches in its own run, untouched: can you do better?"},
			{Sign: "┄ best branch", Means: "the lowest loss of all branches of the session."},
			{Sign: "○ val", Means: "validation loss, measured every train.eval_every steps. If it rises while the training loss falls, the network overfits."},
			{Sign: "◇ old", Means: "in fine-tuning: validation loss on the previous task. If it rises, the network forgets that task."},
			{Sign: "★", Means: "on the horizontal axis: the step with the lowest validation loss so far or, without validation rows, the lowest training loss. * goes there."},
			{Sign: "│ cursor", Means: "with the focus: ← → move it, and the legend reads the values at its step, with the decisions before it below; enter goes there, ↑ ↓ zoom around it, shift+← → move what is shown, end follows training, esc drops it. The mouse: a click puts it, a second goes there, the wheel zooms, a click on the legend hides a curve."},
			{Sign: "○ train_loss", Means: "with train_loss among train.metrics: the loss over all training rows, measured as that of validation is, so that the two compare."},
			{Sign: "series", Means: "Q draws another measure: accuracy, each metric of train.metrics (f1, auc, mae and others), learning rate, ‖g‖, ‖Δw‖/‖w‖, λmax or bytes. The norms are of all parameters, measured where the loss is evaluated, at most every 16th step."},
			{Sign: "▲1", Means: "a decision, below the step from which it takes effect; if there are too many, the latest keep their labels."},
			{Sign: "○ branch", Means: "with c or in a race: the training curves of the other branches, in their colours."},
		},
		Measures: []knob.Option{{
			Name: "smoothed loss", Help: "exponential moving average of the training loss, with bias correction",
			Doc: knob.Doc{
				Formula: "mₜ = β mₜ₋₁ + (1 − β) log ℓₜ\nshown: exp(mₜ / (1 − βᵗ))",
				Source:  "D. P. Kingma, J. Ba, “Adam: A Method for Stochastic Optimization”, ICLR 2015, section 3 (bias correction)",
				PyTorch: knob.None,
				When:    "To see the trend of a noisy curve. On a logarithmic axis the logarithms are averaged, on a linear one the losses themselves. The average lags: look for divergence in the peaks, and judge a model by val_loss.",
				Range:   "β is 0.9, 0.97, 0 (none) or 0.6",
			},
		}},
		SeeAlso: []string{"loss", "val_loss", "loss.name", "workbench"},
	}
}
