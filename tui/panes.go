package tui

import (
	"slices"

	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/pane"
	"descent/tui/pane/compression"
	"descent/tui/pane/data"
	"descent/tui/pane/knobs"
	"descent/tui/pane/loss"
)

// panes are the panes in their order of focus, each with its place on the screen:
// a new one is a row here.
var panes = []paneRow{
	{
		mainSlot, func(t *draw.Theme) intent.Pane { return loss.New(t) },
		"training loss of each step and validation loss, against steps, gradient evaluations or time, with the decisions below",
	},
	{
		sideSlot, func(t *draw.Theme) intent.Pane { return knobs.New(t) },
		"every knob that can change while training, with its value, range and summary: optimizer, schedule, loss, training, pruning, quantization, distillation, augmentation, fine-tuning",
	},
	{
		tableSlot, func(t *draw.Theme) intent.Pane { return pane.NewNetwork(t) },
		"a row for each layer: shape, parameters, norms of weights and gradients, ratio of update to weight, sparsity, bits, histogram of the weights",
	},
	{
		viewSlot, func(t *draw.Theme) intent.Pane { return pane.NewPlane(t) },
		"the level lines of a test surface with the trajectory, or for one or two inputs the outputs of the network with the data",
	},
	{
		viewSlot, func(t *draw.Theme) intent.Pane { return data.New(t) },
		"what the network makes of the data: the batch, predictions, residuals, confusion matrix, calibration, images with saliency, what is forgotten",
	},
	{
		viewSlot, func(t *draw.Theme) intent.Pane { return compression.New(t) },
		"what pruning and quantization cost: size against loss for every setting that was tried, sensitivity of each layer, int8 inference beside float",
	},
	{
		timeSlot, func(t *draw.Theme) intent.Pane { return pane.NewTimeline(t) },
		"the branches of the session with their decisions, where it stands, and which branch is best",
	},
}

type paneRow struct {
	slot  slot
	make  func(t *draw.Theme) intent.Pane
	shows string // for the manual
}

// newPanes are the panes themselves.
func newPanes(t *draw.Theme) []intent.Pane {
	out := make([]intent.Pane, len(panes))
	for i, p := range panes {
		out[i] = p.make(t)
	}
	return out
}

// first is the first pane of a slot.
func first(s slot) int {
	return slices.IndexFunc(panes, func(p paneRow) bool { return p.slot == s })
}
