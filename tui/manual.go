package tui

import (
	"descent/tui/explain"
	"descent/tui/intent"
)

// shows says what each pane shows, by its title.
var shows = map[string]string{
	"Loss":        "training loss of each step and validation loss, against steps, gradient evaluations or time, with the decisions below",
	"Knobs":       "every knob that can change while training, with its value, range and summary: optimizer, schedule, loss, training, pruning, quantization, distillation, augmentation, fine-tuning",
	"Network":     "a row for each layer: shape, parameters, norms of weights and gradients, ratio of update to weight, sparsity, bits, histogram of the weights",
	"Plane":       "the level lines of a test surface with the trajectory, or for one or two inputs the outputs of the network with the data",
	"Data":        "what the network makes of the data: the batch, predictions, residuals, confusion matrix, calibration, images with saliency, what is forgotten",
	"Compression": "what pruning and quantization cost: size against loss for every setting that was tried, sensitivity of each layer, int8 inference beside float",
	"Timeline":    "the branches of the session with their decisions, where it stands, and which branch is best",
}

// Manual are the pages of the workbench and of each of its panes.
func Manual() []explain.Page {
	out := []explain.Page{{
		Name: "workbench", Kind: explain.Pane, Keys: keysOf(globalActions()),
		Summary: "the screen as a whole: training runs while every knob can be changed, undone and compared; these keys work whichever pane has the focus",
	}}
	for _, p := range newPanes(nil) {
		out = append(out, explain.Page{Name: p.Title(), Kind: explain.Pane, Summary: shows[p.Title()], Keys: keysOf(p.Actions()), SeeAlso: []string{"workbench"}})
	}
	return out
}

// keysOf are actions with their keys, as the help shows them.
func keysOf(actions []intent.Action) []explain.Entry {
	var out []explain.Entry
	for _, a := range actions {
		out = append(out, explain.Entry{Name: a.Key(), Summary: a.Help})
	}
	return out
}
