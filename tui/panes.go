package tui

import (
	"slices"

	"descent/tui/draw"
	"descent/tui/intent"
)

// panes are the panes in their order of focus, each with its place on the screen:
// a new one is a row here.
var panes = []paneRow{
	{mainSlot, func(t *draw.Theme) intent.Pane { return newLoss(t) }},
	{sideSlot, func(t *draw.Theme) intent.Pane { return newKnobs(t) }},
	{tableSlot, func(t *draw.Theme) intent.Pane { return newNetwork(t) }},
	{viewSlot, func(t *draw.Theme) intent.Pane { return newPlane(t) }},
	{viewSlot, func(t *draw.Theme) intent.Pane { return newData(t) }},
	{viewSlot, func(t *draw.Theme) intent.Pane { return newCompression(t) }},
	{timeSlot, func(t *draw.Theme) intent.Pane { return newTimeline(t) }},
}

type paneRow struct {
	slot slot
	make func(t *draw.Theme) intent.Pane
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
