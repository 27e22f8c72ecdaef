package data

import (
	"descent/core/data"
	"descent/tui/draw"
)

// sheet is what all views draw on.
type sheet struct {
	t       *draw.Theme
	page    int // of the images, or of the rows of a batch
	explain bool
}

// judgedBy says which rows a view is about.
func judgedBy(d *data.Set) string {
	if d.Val.Rows() > 0 {
		return "validation"
	}
	return "training"
}

// picture says whether rows are images, and their height and width.
func picture(d *data.Set) (ok bool, height, width int) {
	if d == nil || len(d.Shape) < 2 {
		return false, 0, 0
	}
	return true, d.Shape[0], d.Shape[1]
}
