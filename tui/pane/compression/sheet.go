package compression

import "descent/tui/draw"

// sheet is the state that the views share.
type sheet struct {
	t     *draw.Theme
	right bool // by accuracy, not by loss
	asked int  // how often the sensitivities were requested again
}
