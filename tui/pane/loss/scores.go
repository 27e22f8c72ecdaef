package loss

import (
	"slices"
	"strings"

	"descent/core/metric"
	"descent/session/history"
	"descent/session/live"
	"descent/tui/draw/ruler"
)

// scoreNames are the metrics of which there are curves, but for the loss over the
// training rows, which is drawn beside that of the batches.
func scoreNames(f *live.Frame) (out []string) {
	for _, s := range f.Curves.Scores {
		name := strings.TrimPrefix(strings.TrimPrefix(s.Name, "val_"), "old_")
		if name != metric.TrainLoss && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// scored is a metric as a measure.
func scored(name string) *measure {
	row, _ := metric.Find(name)
	m := &measure{
		name: name, help: row.Help,
		curves: func(l *Pane, _ *live.Frame, c history.Curves) []line {
			out := []line{{"old", c.Score("old_" + name), l.t.OldLine, false}}
			if train := c.Score(name); len(train) > 0 { // without validation rows
				out = append(out, line{"train", train, l.t.TrainLine, false})
			}
			return append(out, line{"val", c.Score("val_" + name), l.t.ValLine, false})
		},
		other: func(c history.Curves) []history.Bucket {
			if val := c.Score("val_" + name); len(val) > 0 {
				return val
			}
			return c.Score(name)
		},
	}
	if row.Direction != metric.Lower {
		m.kind = ruler.Linear
	}
	return m
}

// drawn is the measure on the vertical axis.
func (l *Pane) drawn() *measure {
	if l.score != "" {
		return scored(l.score)
	}
	return &measures[l.measure]
}

// onLoss tells whether the loss itself is drawn.
func (l *Pane) onLoss() bool { return l.measure == 0 && l.score == "" }
