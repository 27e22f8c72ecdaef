package compression

import "descent/tui/draw"

// desk is what all views draw on.
type desk struct {
	t     *draw.Theme
	right bool // by accuracy, not by loss
	asked int  // how often the layers were asked for anew
}
