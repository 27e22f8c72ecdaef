package landscape

import (
	"descent/core/knob"
	"descent/session/live"
	"descent/tui/intent"
)

// Subject returns the measure behind the picture of a network.
func (p *Pane) Subject(f *live.Frame) intent.Subject {
	if onSurface(f) {
		return intent.Subject{}
	}
	return intent.Subject{At: "loss landscape"}
}

// Guide explains the pictures.
func (p *Pane) Guide() intent.Guide {
	return intent.Guide{
		Summary: "the loss from above: a test surface with the trajectories on it, or the loss of a network around its weights in two directions",
		Shows: []intent.Reading{
			{Sign: "heights", Means: "14 bands whose edges are contour lines, from the lowest to the highest visible point; finer near the bottom, level = log(1 + 10⁴ s) / log(1 + 10⁴), s the height from 0 to 1, or in proportion (^)."},
			{Sign: "line, •", Means: "the trajectory; a dot for each step if steps are distinguishable. Of a network: the weights at its snapshots, projected into the plane."},
			{Sign: "○ ● ✕ ▲", Means: "start, current point, minima, and decisions."},
			{Sign: "△ □ ◇ × + *", Means: "the ends of the trajectories of other branches, in their colours: of the racers in a race, of all branches while comparing (c)."},
			{Sign: "x … y …", Means: "the visible range, in the coordinates of the surface; of a network in norms of its filters, or as distance in the space of the weights. A surface's grows with the trajectory; f zooms to the trajectory."},
			{Sign: "┼", Means: "the cursor with its place and the height there."},
			{Sign: "random directions", Means: "two random directions, each filter scaled to the norm of that of the weights; biases and the parameters of norms stay. The loss is that of training over the first training rows, without dropout, augmentation and rounding."},
			{Sign: "directions of the path", Means: "the two principal directions of the weights on the way here, with the shares of their variance. They need three different snapshots: one is taken every 256 steps, before every decision, and four times a second while this view is shown."},
			{Sign: "percentage", Means: "of the points that are evaluated so far: coarse ones first. In a small room only a section along the first direction is drawn."},
		},
		Measures: []knob.Option{
			{Name: "loss landscape", Help: "training loss on a plane through the weights", Doc: knob.Doc{
				Formula: "L(θ + x a + y b); random: a, b ~ N(0, 1), each filter aᵢ ← aᵢ ‖θᵢ‖ / ‖aᵢ‖; path: the first two principal components of the θₜ − θ",
				Source:  "H. Li, Z. Xu, G. Taylor, C. Studer, T. Goldstein, “Visualizing the Loss Landscape of Neural Nets”, NeurIPS 2018, sections 4 and 7",
				PyTorch: knob.None,
				When:    "To compare minima: a wide basin is flat at the scale of the weights. Two directions of thousands show little of the rest; directions of the path show what training went through.",
				Range:   "radius 1 moves every filter by its own norm",
			}},
		},
		SeeAlso: []string{"surface.name", "optimizer.name", "schedule.name", "Stability", "workbench"},
	}
}
