package headless

import (
	"context"
	"io"

	"descent/core"
	"descent/session/bench"
	"descent/session/disk"
)

// Options are what a run without a screen writes and says.
type Options struct {
	At         []Scheduled
	Metrics    string    // path of JSON Lines, - for Out, "" for none
	Out        io.Writer // stands for the path - of metrics and weights
	Log        string    // path, "" for none
	WeightsOut string    // path, "" for none
	SplitOut   string    // path of a table that says of each row to which part it belongs, - for Out, "" for none
	CompactOut string    // path, "" for none
	Force      bool      // outputs may overwrite files that descent did not write
	Inputs     []string  // paths read beside those that the recipe names: never overwritten
	Compact    func(*core.CompactNetwork)
	Begin      func(*core.Trainer) // looks at what is to be trained; may be nil
	Progress   func(done, total int, last core.Report)
	Then       func(context.Context, *core.Trainer) error // looks at what was trained; may be nil
	Integer    func(bench.IntegerReport)                  // hears at the end how the network runs with integers; nil for not
	Warn       func(error)                                // hears at once that the log is not being written; may be nil

	on    disk.Disk                    // nil for the machine's
	watch func(step int, loss float64) // sees each loss; may be nil
}

func (o *Options) disk() disk.Disk {
	if o.on == nil {
		return disk.Machine{}
	}
	return o.on
}
