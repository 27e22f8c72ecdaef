package pane

import "descent/tui/intent"

// Guide explains the pictures.
func (p *Plane) Guide() intent.Guide {
	return intent.Guide{
		Summary: "a test surface from above with the trajectory of the optimizer, or the output of a network of one or two inputs, with the data",
		Shows: []intent.Reading{
			{Sign: "surface", Means: "14 bands of height whose edges are contour lines, from the lowest to the highest visible point; they are finer near the minimum: level = log(1 + 10⁴ s) / log(1 + 10⁴), s the height from 0 to 1."},
			{Sign: "line, •", Means: "the trajectory; a dot for each step if steps are distinguishable."},
			{Sign: "○ ● ✕ ▲", Means: "start, current point, minima, and decisions."},
			{Sign: "x … y …", Means: "the visible range, in the coordinates of the surface. It grows with the trajectory; f zooms to the trajectory."},
			{Sign: "two inputs", Means: "each point of the plane in the colour and the sign of the predicted class: the edge between two is the decision boundary. The more certain the prediction, the stronger the colour. Regression: bands of the first output."},
			{Sign: "one input", Means: "the output of the network over its input as a line, with the training rows."},
			{Sign: "● ▲ ■ …", Means: "training rows by class, as many as fit."},
		},
		SeeAlso: []string{"surface.name", "optimizer.name", "schedule.name", "workbench"},
	}
}
