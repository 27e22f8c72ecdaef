package palette

import "descent/tui/intent"

// PageName is the name of the palette's page.
const PageName = "command palette"

// Guide explains the palette.
func Guide() intent.Guide {
	return intent.Guide{
		Summary: "one list of everything: actions with their keys, knobs with their values, branches, presets, pages of the reference",
		Shows: []intent.Reading{
			{Sign: "› text", Means: "type a part of a name, the beginnings of its words, or its letters in their order. What is called so comes first, then names that begin with the text, then names and descriptions with words that begin so, then the rest. What was used recently comes first among equals."},
			{Sign: "lr 1e-3", Means: "a knob and a value, with a blank or = between them, set it at once; the first line says from what to what. Values are those of the field of a knob: ×2, /2, +10%, 50%, 3/4, 0,5."},
			{Sign: "right", Means: "the key of an action, the value of a knob, the last step of a branch, the kind of a page."},
			{Sign: "not now", Means: "below the list, of an action in grey: why it cannot be done at the moment."},
			{Sign: "enter", Means: "does the action, in the view of its pane if that is not visible; opens the list or the field of a knob; goes to the branch; opens the page."},
		},
		SeeAlso: []string{"workbench", "Knobs"},
	}
}
