package compression

import "descent/tui/draw"

// sheet is what all views draw on.
type sheet struct {
	t     *draw.Theme
	right bool // by accuracy, not by loss
	asked int  // how often the layers were asked for anew
}
