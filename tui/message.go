package tui

import (
	"fmt"

	"descent/session/live"
)

// loadedNote is the first thing to say of the data, and where the others stand.
func loadedNote(f *live.Frame) string {
	if f.Data == nil || len(f.Data.Notes) == 0 || f.Recipe.Data.File == "" { // of a built-in set it is the preset that speaks
		return ""
	}
	if more := len(f.Data.Notes) - 1; more > 0 {
		return fmt.Sprintf("note (and %d more in the summary of the data, v): %s", more, f.Data.Notes[0])
	}
	return "note: " + f.Data.Notes[0]
}
