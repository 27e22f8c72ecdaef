package stage

import (
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/pane"
	"descent/tui/pane/branches"
	"descent/tui/pane/compression"
	"descent/tui/pane/data"
	"descent/tui/pane/knobs"
	"descent/tui/pane/landscape"
	"descent/tui/pane/loss"
	"descent/tui/pane/optimizer"
	"descent/tui/pane/record"
	"descent/tui/pane/stability"
	"descent/tui/pane/tune"
)

// id names a pane. The panes are shared by the views in which they stand.
type id int

const (
	lossPane id = iota
	knobsPane
	networkPane
	planePane
	dataPane
	compressionPane
	timelinePane
	optimizerPane
	stabilityPane
	branchesPane
	rankingPane
	landscapePane
	recordPane
	trialsPane
	studyPane
	spacePane
	paneCount
)

// makers makes each pane. A new pane is a name above, a row here and a place in the
// table of views. Those of a search are made together.
var makers = [paneCount]func(*draw.Theme) intent.Pane{
	lossPane:        func(t *draw.Theme) intent.Pane { return loss.New(t) },
	knobsPane:       func(t *draw.Theme) intent.Pane { return knobs.New(t) },
	networkPane:     func(t *draw.Theme) intent.Pane { return pane.NewNetwork(t) },
	planePane:       func(t *draw.Theme) intent.Pane { return pane.NewPlane(t) },
	dataPane:        func(t *draw.Theme) intent.Pane { return data.New(t) },
	compressionPane: func(t *draw.Theme) intent.Pane { return compression.New(t) },
	optimizerPane:   func(t *draw.Theme) intent.Pane { return optimizer.New(t) },
	timelinePane:    func(t *draw.Theme) intent.Pane { return pane.NewTimeline(t) },
	landscapePane:   func(t *draw.Theme) intent.Pane { return landscape.New(t) },
	stabilityPane:   func(t *draw.Theme) intent.Pane { return stability.New(t) },
	branchesPane:    func(t *draw.Theme) intent.Pane { return branches.NewTree(t) },
	rankingPane:     func(t *draw.Theme) intent.Pane { return branches.NewRanking(t) },
	recordPane:      func(t *draw.Theme) intent.Pane { return record.New(t) },
}

// Panes makes every pane.
func Panes(t *draw.Theme) []intent.Pane {
	out := make([]intent.Pane, paneCount)
	for i, make := range makers {
		if make != nil {
			out[i] = make(t)
		}
	}
	out[trialsPane], out[studyPane], out[spacePane] = tune.New(t)
	return out
}
