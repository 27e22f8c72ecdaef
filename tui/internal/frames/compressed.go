package frames

import (
	"math"

	"descent/core"
	"descent/core/knob"
	"descent/core/probe"
	"descent/core/recipe"
	"descent/core/whatif"
	"descent/session"
	"descent/session/journal"
	"descent/session/live"
)

// compressed fills in what the compression shows.
func compressed(f *live.Frame) {
	f.Size = core.Size{Params: 6570, Kept: 2045, Bytes: 8988, Dense: 26280, Work: 1939, DenseWork: 6464}
	for i, c := range []struct {
		bytes, bits int
		kept, loss  float64
	}{{26280, 0, 1, 0.0656}, {2214, 4, 0.31, 0.1326}, {3301, 4, 0.5, 0.1511}, {5211, 8, 0.6, 0.0912}, {8988, 0, 0.31, 0.0896}} {
		f.Visits = append(f.Visits, session.Visit{
			Branch: journal.BranchID(i / 4), Bytes: c.bytes, Dense: 26280, Kept: c.kept, Bits: c.bits,
			Step: 1000 * (i + 1), Loss: c.loss * 1.2, Accuracy: 0.97, BestStep: 900 * (i + 1), BestLoss: c.loss, BestCorrect: 0.986 - c.loss/10, HasAccuracy: true,
		})
	}
	f.Branch = 1
	layers := probe.Sensitivities{
		Base: probe.Evaluation{Loss: 0.0656, Accuracy: 0.986}, HasAccuracy: true, Done: 30, Of: 30,
		Sparsities: []float64{0.5, 0.7, 0.8, 0.9, 0.95}, Bits: []int{8, 6, 4, 3, 2},
	}
	for i, name := range []string{"4", "0", "2"} {
		b := probe.LayerSensitivity{Layer: name, Kind: "dense"}
		for k := range 5 {
			rise := math.Pow(float64(k), 3-float64(i)) / 30
			b.Cut = append(b.Cut, probe.Evaluation{Loss: 0.0656 + rise, Accuracy: 0.986 - rise/10})
			b.Rounded = append(b.Rounded, probe.Evaluation{Loss: 0.0656 + rise*rise/2, Accuracy: 0.986 - rise*rise/20})
		}
		layers.Layers = append(layers.Layers, b)
	}
	f.Findings = map[live.Probe]live.Finding{
		probe.Sensitivity{}:     {Step: 12000, Value: layers},
		probe.CompressionLoss{}: {Step: 12450, Value: probe.Comparison{Now: probe.Evaluation{Loss: 0.1184, Accuracy: 0.972}, Dense: probe.Evaluation{Loss: 0.0656, Accuracy: 0.986}, HasAccuracy: true}},
		FitTo(true):             {Step: 12480, Value: Fitting(true)},
		FitTo(false):            {Step: 12480, Value: Fitting(false), Partial: true},
	}
}

// FitTo is a search that is finished or not.
func FitTo(finished bool) whatif.FitTo {
	if finished {
		return whatif.FitTo{Bytes: 5256, Steps: 100}
	}
	return whatif.FitTo{Bytes: 4000, Steps: 100}
}

// Fitting is what it has found.
func Fitting(finished bool) whatif.Fitting {
	f := whatif.Fitting{HasAccuracy: true, Least: 2052, Done: 650, Of: 1414, Finished: finished}
	f.Dense = whatif.Proposal{Bytes: 26280, File: 26980, AtOnce: probe.Evaluation{Loss: 0.0656, Accuracy: 0.986}, Evaluation: probe.Evaluation{Loss: 0.0656, Accuracy: 0.986}}
	for i := range 11 {
		f.Proposals = append(f.Proposals, whatif.Proposal{
			Sparsity: float64(i*7) / 100, Bits: 8 * (i % 2), Granularity: []string{"tensor", "channel"}[i/2%2], Bytes: 5200 - 131*i, File: 6300 - 131*i,
			AtOnce: probe.Evaluation{Loss: 0.1, Accuracy: 0.9 - float64(i)/100}, Evaluation: probe.Evaluation{Loss: 0.07 + float64(i)/50, Accuracy: 0.99 - float64(i)/200},
			Changes: []recipe.Change{{Path: "quant.bits", Value: knob.Num(8)}},
		})
	}
	return f
}
