package pane

import "descent/tui/intent"

// Guide explains the pictures.
func (p *Plane) Guide() intent.Guide {
	return intent.Guide{
		Summary: "a test surface from above with the trajectory of the optimizer, or what a network of one or two inputs makes of them, with the data",
		Shows: []intent.Reading{
			{Sign: "surface", Means: "bands of height whose edges are contour lines, 14 of them, from the lowest to the highest point in view; they are finer near the bottom: level = log(1 + 10⁴ s) / log(1 + 10⁴), s the height from 0 to 1."},
			{Sign: "line, •", Means: "the trajectory; a dot for each step where steps can be told apart."},
			{Sign: "○ ● ✕ ▲", Means: "start, present point, minima, and where a decision was made."},
			{Sign: "x … y …", Means: "what is in view, in the coordinates of the surface. It grows with the trajectory; f shows the trajectory alone, enlarged."},
			{Sign: "two inputs", Means: "each point of the plane in the colour and the sign of the class that the network predicts there: the edge between two is the decision boundary. The more certain it is, the stronger the colour. For numbers: bands of the first output."},
			{Sign: "one input", Means: "the network's output over its input as a line, with the training rows."},
			{Sign: "● ▲ ■ …", Means: "training rows by class; of many rows as many as there is room for."},
		},
		SeeAlso: []string{"surface.name", "optimizer.name", "schedule.name", "workbench"},
	}
}
