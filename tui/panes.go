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

// panes lists the panes in their order of focus, each with its slot. A new pane is
// a row here.
var panes = []paneRow{
	{mainSlot, func(t *draw.Theme) intent.Pane { return loss.New(t) }},
	{sideSlot, func(t *draw.Theme) intent.Pane { return knobs.New(t) }},
	{tableSlot, func(t *draw.Theme) intent.Pane { return pane.NewNetwork(t) }},
	{viewSlot, func(t *draw.Theme) intent.Pane { return pane.NewPlane(t) }},
	{viewSlot, func(t *draw.Theme) intent.Pane { return data.New(t) }},
	{viewSlot, func(t *draw.Theme) intent.Pane { return compression.New(t) }},
	{timeSlot, func(t *draw.Theme) intent.Pane { return pane.NewTimeline(t) }},
}

type paneRow struct {
	slot slot
	make func(t *draw.Theme) intent.Pane
}

// newPanes makes the panes.
func newPanes(t *draw.Theme) []intent.Pane {
	out := make([]intent.Pane, len(panes))
	for i, p := range panes {
		out[i] = p.make(t)
	}
	return out
}

// first returns the first pane of a slot.
func first(s slot) int {
	return slices.IndexFunc(panes, func(p paneRow) bool { return p.slot == s })
}
