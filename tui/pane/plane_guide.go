package pane

import "descent/tui/intent"

// Guide explains the pictures.
func (p *Plane) Guide() intent.Guide {
	return intent.Guide{
		Summary: "the output of a network of one or two inputs, with the data",
		Shows: []intent.Reading{
			{Sign: "two inputs", Means: "each point of the plane in the colour and the sign of the predicted class: the edge between two is the decision boundary. The more certain the prediction, the stronger the colour. Regression: bands of the first output."},
			{Sign: "one input", Means: "the output of the network over its input as a line, with the training rows."},
			{Sign: "● ▲ ■ …", Means: "training rows by class, as many as fit."},
		},
		SeeAlso: []string{"model.layers", "Data", "Landscape", "workbench"},
	}
}
