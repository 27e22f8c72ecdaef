package frames

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"descent/core"
	"descent/core/probe"
	"descent/session"
	"descent/session/history"
	"descent/session/live"
)

// OddCompressed are frames of the compression that are hard to draw.
func OddCompressed(t *testing.T) []*live.Frame {
	bare := Still(t)
	bare.Visits, bare.Findings = nil, nil
	lone := Still(t)
	lone.Visits = lone.Visits[:1]
	wild := Still(t)
	for i := range 256 {
		wild.Visits = append(wild.Visits, session.Visit{Bytes: i * i * i, Dense: 1, BestLoss: math.Pow(10, float64(i-128)), HasAccuracy: i%2 == 0, BestStep: 1e9})
	}
	wild.Visits = append(wild.Visits, session.Visit{BestLoss: -3}, session.Visit{Bytes: 1 << 40, BestLoss: math.MaxFloat64})
	many := probe.Sensitivities{Sparsities: []float64{0.5, 0.9}, Bits: []int{2}, HasAccuracy: true}
	for i := range 90 {
		many.Layers = append(many.Layers, probe.LayerSensitivity{
			Layer: fmt.Sprintf("%d.%d.%d", i, i, i), Kind: "conv2d",
			Cut: []probe.Evaluation{{Loss: math.NaN()}, {Loss: 1e300}}, Rounded: []probe.Evaluation{{Loss: math.Inf(1)}},
		})
	}
	wild.Findings[probe.Sensitivity{}] = live.Finding{Value: many, Partial: true}
	wild.Findings[probe.CompressionLoss{}] = live.Finding{Value: probe.Comparison{Now: probe.Evaluation{Loss: math.NaN()}}}
	wild.Size = core.Size{Params: 1 << 28, Kept: 1, Bytes: 1 << 25, Dense: 1 << 30, Work: 1, DenseWork: 1 << 40}
	failed := Still(t)
	for p := range failed.Findings {
		failed.Findings[p] = live.Finding{Err: fmt.Errorf("this cannot be shown: %s", strings.Repeat("no ", 40))}
	}
	return []*live.Frame{Still(t), bare, lone, wild, failed}
}

// odd frames: nothing trained, diverged, extreme numbers.
func Odd(t testing.TB) []*live.Frame {
	fresh := Still(t)
	fresh.Step, fresh.Curves, fresh.Marks, fresh.Decision, fresh.CanUndo, fresh.Playing = 0, history.Curves{}, nil, "", false, false
	wild := Still(t)
	wild.Last.Loss, wild.Stopped = math.NaN(), "step 13 is not finite"
	wild.Curves = history.Curves{Train: []history.Bucket{
		{First: 1, Last: 1, Count: 1, Min: 1e300, Max: 1e300, Sum: 1e300},
		{First: 2, Last: 2},
		{First: 3, Last: 12480, Count: 1, Min: -1, Max: 0, Sum: -1},
	}}
	wild.LogError = "no space left on device"
	first := Still(t)
	first.Step, first.Marks = 1, nil
	first.Curves = history.Curves{Train: []history.Bucket{{First: 1, Last: 1, Count: 1, Min: 2.3, Max: 2.3, Sum: 2.3}}}
	return []*live.Frame{Still(t), fresh, wild, first}
}
