package core

import (
	"math"
	"strconv"
)

// Report is what one step measured.
type Report struct {
	Step int     // from 1
	Loss float64 // of the step's batch, before its update, under the effective weights
	LR   float64 // the rate the update used

	Looks int // gradients taken so far: what a step costs, whatever the optimizer

	// Measured after the update, on evaluated steps only.
	Evaluated   bool
	HasVal      bool // there are validation rows
	HasAccuracy bool // the targets are classes
	ValLoss     float64
	Accuracy    float64 // on all training rows
	ValAccuracy float64

	HasOld      bool // there is a task that was learnt before: its held-out rows
	OldLoss     float64
	OldAccuracy float64
}

// AppendJSON appends the report as one JSON object. Numbers read back exactly;
// NaN and infinities are strings.
func (r Report) AppendJSON(b []byte) []byte {
	b = append(b, `{"step":`...)
	b = strconv.AppendInt(b, int64(r.Step), 10)
	field := func(name string, v float64) {
		b = append(b, `,"`...)
		b = append(b, name...)
		b = append(b, `":`...)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			b = strconv.AppendQuote(b, strconv.FormatFloat(v, 'g', -1, 64))
			return
		}
		b = strconv.AppendFloat(b, v, 'g', -1, 64)
	}
	field("loss", r.Loss)
	field("lr", r.LR)
	if r.Evaluated {
		if r.HasVal {
			field("val_loss", r.ValLoss)
		}
		if r.HasAccuracy {
			field("accuracy", r.Accuracy)
			if r.HasVal {
				field("val_accuracy", r.ValAccuracy)
			}
		}
		if r.HasOld {
			field("old_loss", r.OldLoss)
			if r.HasAccuracy {
				field("old_accuracy", r.OldAccuracy)
			}
		}
	}
	return append(b, '}')
}
