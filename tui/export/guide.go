package export

import "descent/tui/intent"

// PageName is the name of the dialog's page.
const PageName = "export"

// Guide is the content of its page.
func Guide() intent.Guide {
	return intent.Guide{
		Summary: "takes the screen, the focused pane or the curves to a file or to the clipboard",
		Shows: []intent.Reading{
			{Sign: "SVG", Means: "vectors, in the colours of the theme: text stays text, lines, blocks and dots are shapes, so that it looks the same in every viewer."},
			{Sign: "PNG", Means: "20×40 pixels for each cell."},
			{Sign: "text", Means: "without colours; lines end at their last letter."},
			{Sign: "CSV", Means: "a row for each stretch of a series: branch, series, first and last step, how many values, their mean, minimum and maximum. The last steps are stretches of one."},
			{Sign: "copy", Means: "to the clipboard of the terminal by OSC 52, at most 75 kB; tmux passes it on with `set -g set-clipboard on`."},
			{Sign: "›", Means: "the path of the file, which is not overwritten before enter is pressed again."},
		},
		SeeAlso: []string{"workbench", "Loss"},
	}
}
