// Package curves writes the metrics of a session as a table.
package curves

import (
	"bytes"
	"context"
	"encoding/csv"
	"strconv"

	"descent/core"
	"descent/session/disk"
	"descent/session/export/format"
)

// Write writes a row for each step of the branch that a session ended on, a column for
// each metric; cells of steps that were not evaluated are empty.
func Write(ctx context.Context, d disk.Disk, s format.Subject, path string) (files, notes []string, err error) {
	var names []string
	at := map[string]int{}
	var rows [][]string
	var steps []int
	err = format.Steps(ctx, s, func(r core.Report) error {
		var row []string
		r.Each(func(name string, v float64) {
			i, known := at[name]
			if !known {
				i = len(names)
				at[name], names = i, append(names, name)
			}
			for len(row) <= i {
				row = append(row, "")
			}
			row[i] = strconv.FormatFloat(v, 'g', -1, 64)
		})
		rows, steps = append(rows, row), append(steps, r.Step)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write(append([]string{"step"}, names...)) // a buffer does not fail
	line := make([]string, 1+len(names))
	for i, row := range rows {
		clear(line)
		line[0] = strconv.Itoa(steps[i])
		copy(line[1:], row)
		_ = w.Write(line)
	}
	w.Flush()
	if other := len(s.Session.Branches()) - 1; other > 0 {
		notes = append(notes, "the table is of the branch that the session ended on; of "+strconv.Itoa(other)+" more there is none")
	}
	return []string{path}, notes, disk.WriteAll(d, disk.Output{Path: path, Content: out.Bytes()})
}
