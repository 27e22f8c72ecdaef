package tui

import (
	"descent/session/export"
	"descent/tui/config"
)

// Options configure the screen.
type Options struct {
	Encode export.Encoder // writes the recipe when it is saved
	Config *config.Config // nil for the defaults
}
