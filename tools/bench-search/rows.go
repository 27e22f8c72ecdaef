package main

import (
	"fmt"
	"io"

	"descent/core"
	"descent/core/data"
	"descent/presets"
)

// printRows prints the rows of a preset with classes, as CSV: the inputs as descent
// trains on them, the class, and train or validation.
func printRows(w io.Writer, preset string) error {
	r, err := presets.Load(preset)
	if err != nil {
		return err
	}
	t, err := core.New(r, presets.Files{})
	if err != nil {
		return err
	}
	set := t.Data()
	if set == nil || set.Train.Classes == nil {
		return fmt.Errorf("%s has no classes", preset)
	}
	for part, of := range []data.Part{set.Train, set.Val} {
		for i := range of.Rows() {
			for j := range of.X.Cols {
				fmt.Fprintf(w, "%v,", of.At(i, j))
			}
			fmt.Fprintf(w, "%d,%s\n", of.Classes[i], []string{"train", "validation"}[part])
		}
	}
	return nil
}
