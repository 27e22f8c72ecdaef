// Package formats is the catalogue of what a session or a model can be exported to.
package formats

import (
	"context"
	"errors"

	"descent/core/nn"
	"descent/session/disk"
	"descent/session/export/chart"
	"descent/session/export/curves"
	"descent/session/export/format"
	"descent/session/export/onnx"
	"descent/session/export/pytorch"
	"descent/session/export/report"
	"descent/session/export/tensorboard"
)

// All are the formats, in the order in which they are offered.
func All() []format.Format { return all }

var all = []format.Format{
	{Name: "safetensors", Help: "the effective weights: pruned, quantized, adapters merged", Ending: ".safetensors", Write: weights},
	{Name: "pytorch", Help: "a script for PyTorch that trains the same, and a .pt with weights, data and batches", Ending: ".py", Session: true, Write: pytorch.Script},
	{Name: "pt", Help: "the effective weights as torch.save writes a state_dict", Ending: ".pt", Write: pytorch.Weights},
	{Name: "onnx", Help: "the network for ONNX runtimes, in float32", Ending: ".onnx", Write: onnx.Float32},
	{Name: "onnx-float64", Help: "the same in float64, as it was trained by default", Ending: ".onnx", Write: onnx.Float64},
	{Name: "onnx-int8", Help: "the same quantized to int8 (QDQ); wants quant.bits and quant.activations from 2 to 8", Ending: ".onnx", Session: true, Write: onnx.Int8},
	{Name: "report", Help: "a page for a browser, one file: curves, decisions, branches, sizes, mistakes, how to run it again", Ending: ".html", Session: true, Write: report.Write},
	{Name: "svg", Help: "a chart of the loss, as vectors", Ending: ".svg", Session: true, Write: chart.SVG},
	{Name: "png", Help: "a chart of the loss, as pixels", Ending: ".png", Session: true, Write: chart.PNG},
	{Name: "csv", Help: "the metrics of each step as a table", Ending: ".csv", Session: true, Write: curves.Write},
	{Name: "tensorboard", Help: "a folder of event files, a run for each branch", Session: true, Write: tensorboard.Write},
}

// Find is the format of a name.
func Find(name string) (format.Format, bool) {
	for _, f := range all {
		if f.Name == name {
			return f, true
		}
	}
	return format.Format{}, false
}

func weights(_ context.Context, d disk.Disk, s format.Subject, path string) (files, notes []string, err error) {
	if s.Model == nil {
		return nil, nil, errors.New("a test surface has no weights")
	}
	encode := nn.EncodeWeights
	if s.Model.InSingle() {
		encode = nn.EncodeSingle
	}
	return []string{path}, nil, disk.WriteAll(d, disk.Output{Path: path, Content: encode(s.Model.Layout, s.Model.Weights, s.Model.State...)})
}
