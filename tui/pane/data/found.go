package data

import (
	"descent/core/probe"
	"descent/session/live"
	"descent/tui/draw"
)

// found renders self-describing findings: a probe whose finding is a table or a
// series, or converts to one, needs no view of its own.
func (e *sheet) found(_ *live.Frame, found any, w, h int) []string {
	if of, ok := found.(interface{ Table() probe.Table }); ok {
		found = of.Table()
	}
	switch v := found.(type) {
	case probe.Table:
		columns := make([]draw.Column, len(v.Columns))
		rows := 0
		for i, c := range v.Columns {
			columns[i] = draw.Column(c)
			rows = max(rows, len(c.Words), len(c.Numbers))
		}
		e.page = min(e.page, max(rows-1, 0))
		return e.t.Table(v.Title, columns, w, h, e.page)
	case probe.Series:
		names, values := make([]string, len(v.Curves)), make([][]float64, len(v.Curves))
		for i, c := range v.Curves {
			names[i], values[i] = c.Name, c.Values
		}
		return e.t.Series(v.Title, v.Along, v.X, names, values, w, h)
	}
	return nil
}
