package tour

import (
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Deed names what an intent does, as the steps of the tour name it; "" for what they
// do not name.
func Deed(asked tea.Msg) string {
	switch i := asked.(type) {
	case intent.Undo:
		return "undo"
	case intent.View:
		return "view " + i.Title
	case intent.Find:
		return "find"
	case intent.LookAhead:
		return "ahead"
	case intent.RaceMenu:
		return "race menu"
	case intent.Reset:
		return "reset"
	case intent.Act:
		return "act"
	case intent.ActMenu:
		return "act menu"
	case intent.AskBudget:
		return "fit"
	case intent.Save:
		return "save"
	case intent.Play:
		if i.On {
			return "play"
		}
	}
	return ""
}
