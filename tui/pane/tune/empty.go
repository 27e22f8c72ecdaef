package tune

import (
	"strings"

	"descent/core/knob"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// empty says what a search is and how one is started.
func (d *desk) empty(f *live.Frame, w, h int) []string {
	out := []string{""}
	say := func(style draw.Style, text string) {
		for line := range strings.SplitSeq(draw.Wrap(text, max(min(w-4, 84), 1)), "\n") {
			out = append(out, "  "+style.Render(line))
		}
	}
	say(d.t.Title, "No search yet: enter starts one.")
	out = append(out, "")
	say(d.t.Text, "A search trains this recipe many times, each time with other settings: every such trial is a recipe and a log of its own. What was learnt from earlier trials says where to look next, and those that do badly are stopped early.")
	out = append(out, "")
	if names := usual(f); len(names) > 0 {
		say(d.t.Text, "Here it would look for "+enumerated(names)+".")
		out = append(out, "")
	}
	say(d.t.Muted, "While it runs you narrow or widen the ranges, stop trials, try settings of your own, and adopt a trial as a branch, weights and all.")
	if len(out) > h {
		out = out[:max(h, 0)]
	}
	return out
}

// usual names the three knobs that matter most for the recipe.
func usual(f *live.Frame) []string {
	order := []string{"optimizer.lr", "optimizer.name", "train.batch", "optimizer.momentum", "optimizer.weight_decay"}
	var out []string
	for _, path := range order {
		if d, ok := intent.FindKnob(f, path); ok && len(out) < 3 && (d.Knob.Kind == knob.Choice || d.Inert == "") {
			out = append(out, path)
		}
	}
	return out
}

// enumerated is a list in words.
func enumerated(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}
