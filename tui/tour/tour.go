// Package tour is the line that suggests three steps to try in a preset and ticks
// them off.
package tour

import (
	"strconv"
	"strings"

	"descent/presets/tour"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// Tour suggests the steps of one preset.
type Tour struct {
	preset string
	steps  []tour.Step
	done   []bool
	at     int // the step that is shown; len(steps) after the last
	did    map[string]bool
	hidden bool

	since, from int // the step that is shown, and the step of training at which it came
}

// New begins the tour of a preset; it is empty for one that has none.
func New(preset string) *Tour {
	steps := tour.Steps(preset)
	return &Tour{preset: preset, steps: steps, done: make([]bool, len(steps)), did: map[string]bool{}}
}

// Shown reports whether there is anything to show.
func (u *Tour) Shown() bool { return u != nil && len(u.steps) > 0 && !u.hidden }

// Hide hides the tour until Next.
func (u *Tour) Hide() { u.hidden = true }

// Next passes on to the next step, or shows the tour again if it is hidden. After the
// last step it returns the preset to open next, "" for none.
func (u *Tour) Next() (preset string) {
	switch {
	case u.hidden:
		u.hidden = false
	case u.at < len(u.steps):
		u.at++
	default:
		return tour.Next(u.preset)
	}
	return ""
}

// Did notes that something of that name was done: "undo", "view Data"; "" is nothing.
func (u *Tour) Did(name string, f *live.Frame) {
	if u != nil && name != "" {
		u.did[name] = true
		u.Look(f)
	}
}

// trained is done once training has gone on for patience steps with the step shown.
const (
	trained  = "trained"
	patience = 100
)

// Look ticks off what has been done by now, and passes on from there.
func (u *Tour) Look(f *live.Frame) {
	knob := func(path string) string {
		if d, ok := intent.FindKnob(f, path); ok {
			return d.Value.String()
		}
		return ""
	}
	did := func(name string) bool {
		if step, ok := strings.CutPrefix(name, "step "); ok {
			n, err := strconv.Atoi(step)
			return err == nil && f.Step >= n
		}
		return u.did[name] || name == "race" && f.Race != nil || name == "compare" && len(f.Others) > 0
	}
	if u.since != u.at || f.Step < u.from {
		u.since, u.from = u.at, f.Step
	}
	for i, s := range u.steps {
		if s.When.Did == trained {
			u.done[i] = u.done[i] || i == u.at && f.Step >= u.from+patience
			continue
		}
		// A knob may stand there from the start: its step counts once it is shown.
		u.done[i] = u.done[i] || (s.When.Did != "" || i <= u.at) && s.When.Holds(knob, did)
	}
	for u.at < len(u.steps) && u.done[u.at] {
		u.at++
	}
}

// Line renders the step to try, in w cells, or after the last the preset that n opens.
func (u *Tour) Line(t *draw.Theme, w int) string {
	var ticks strings.Builder
	for i := range u.steps {
		sign := t.Muted.Render("○")
		switch {
		case u.done[i]:
			sign = t.Good.Render("✓")
		case i == u.at:
			sign = t.Focus.Render("●")
		}
		ticks.WriteString(sign)
	}
	head := t.Muted.Render(" try ") + ticks.String() + "  "
	if u.at >= len(u.steps) {
		tail := ""
		if next := tour.Next(u.preset); next != "" {
			tail = t.Focus.Render("n") + t.Muted.Render(" opens "+next+", the next story ")
		}
		return draw.Between(head+t.Text.Render("all shown; O opens the gallery"), tail, w)
	}
	s := u.steps[u.at]
	keys := t.Focus.Render(strings.Join(Keys(t, s), " "))
	tail := t.Focus.Render("n") + t.Muted.Render(" next ")
	line := head + keys + "  " + t.Text.Render(s.Text)
	if draw.Width(line)+draw.Width(tail)+1 > w { // the keys are told in the text of the footer too
		line = head + keys + " " + t.Text.Render(s.Text)
	}
	return draw.Between(line, " "+tail, w)
}

// Keys returns the keys of a step as the screen shows them.
func Keys(t *draw.Theme, s tour.Step) []string {
	out := make([]string, len(s.Keys))
	for i, k := range s.Keys {
		out[i] = t.Keys(k)
	}
	return repeated(out)
}

// repeated writes a run of equal keys as one with its number.
func repeated(keys []string) []string {
	var out []string
	for i := 0; i < len(keys); {
		n := 1
		for i+n < len(keys) && keys[i+n] == keys[i] {
			n++
		}
		text := keys[i]
		if n > 2 {
			text = strconv.Itoa(n) + "×" + text
			out = append(out, text)
		} else {
			for range n {
				out = append(out, text)
			}
		}
		i += n
	}
	return out
}

// Done reports whether a step has been done.
func (u *Tour) Done(i int) bool { return u.done[i] }
