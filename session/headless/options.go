package headless

import (
	"context"
	"io"

	"descent/core"
	"descent/session/bench"
	"descent/session/diagnosis"
	"descent/session/disk"
)

// Options are the outputs and callbacks of a headless run.
type Options struct {
	At          []Scheduled
	Metrics     string    // path of JSON Lines, - for Out, "" for none
	Out         io.Writer // destination for the path - of metrics and weights
	Log         string    // path, "" for none
	TensorBoard string    // a folder for a file of events, "" for none
	WeightsOut  string    // path, "" for none
	ModelOut    string    // path, "" for none
	Best        bool      // the model is that of the best evaluation, not of the last step
	SplitOut    string    // path of a table of the part to which each row belongs, - for Out, "" for none
	CompactOut  string    // path, "" for none
	Force       bool      // outputs may overwrite files that descent did not write
	Inputs      []string  // paths of inputs in addition to those in the recipe: never overwritten
	Compact     func(*core.CompactNetwork)
	Begin       func(*core.Trainer) // called with the trainer before training; may be nil
	Progress    func(done, total int, last core.Report)
	Then        func(context.Context, *core.Trainer) error // called with the trainer after training; may be nil
	Integer     func(bench.IntegerReport)                  // called at the end with the report on integer inference; may be nil
	Test        func(rows int, loss, accuracy float64)     // called at the end with the measures of the test rows, if there are any; accuracy is NaN where no answer is right or wrong; may be nil
	Diagnosis   func(diagnosis.Diagnosis)                  // called at the end with what is wrong with the run, if anything is; may be nil
	Stopped     func(why string)                           // called where the run stops before its last step; may be nil
	Kept        func(step int, r core.Report)              // called with the step whose weights the run ends with, if it is another than the last, and an evaluation of them; may be nil
	Warn        func(error)                                // called as soon as the log cannot be written; may be nil

	on    disk.Disk                    // nil for the machine's
	watch func(step int, loss float64) // called with each loss; may be nil
}

func (o *Options) disk() disk.Disk {
	if o.on == nil {
		return disk.Machine{}
	}
	return o.on
}
