package data

import (
	"descent/core/data"
	"descent/tui/draw"
)

// sheet is the state that the views share.
type sheet struct {
	t       *draw.Theme
	page    int // of the images, or of the rows of a batch
	explain bool
}

// judgedBy names the rows that a view evaluates.
func judgedBy(d *data.Set) string {
	if d.Val.Rows() > 0 {
		return "validation"
	}
	return "training"
}

// picture reports whether rows are images, and their height and width.
func picture(d *data.Set) (ok bool, height, width int) {
	if d == nil || len(d.Shape) < 2 {
		return false, 0, 0
	}
	return true, d.Shape[0], d.Shape[1]
}
