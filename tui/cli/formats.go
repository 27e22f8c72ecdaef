package cli

import (
	"slices"

	"descent/session/export/format"
	"descent/session/export/formats"
	"descent/tui/cast"
)

// exports are the formats that sessions and networks go to: those that need no screen,
// and those that do.
func exports() []format.Format { return append(slices.Clip(formats.All()), cast.Format()) }
