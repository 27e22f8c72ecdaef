package tui

import (
	"slices"
	"strings"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// footing is the last line: the keys that are available now, and what a click on each
// does.
type footing struct {
	line  string
	spans []span
}

// span is the part of the line that belongs to an action.
type span struct {
	at, width int
	hint      int // cells of the key or the keys at its beginning
	intent.Perform
	other *intent.Action // of the second key; nil if there is one alone
}

// relevant are the global actions in the order of the footer; those that it does not
// name follow in the order of their table.
var relevant = []string{
	"play", "rate-down", "optimizer", "undo", "prune", "quantize", "step", "go-to", "race", "look-ahead", "branch", "compare", "back", "go-to-best", "slower", "zoom",
}

// urgent are those that come before the actions of the focused pane.
func urgent(f *live.Frame) (out []string) {
	switch {
	case f.Remedy != nil:
		return []string{"recover"}
	case f.Racing:
		return []string{"play", "race"}
	case f.Step == 0 && !f.Playing:
		return []string{"play"}
	}
	return nil
}

// footer lays out the last line in w cells: what matters now, then what the focused
// pane does, then the global actions, as many as fit; help and palette always.
func footer(t *draw.Theme, f *live.Frame, global []intent.Action, pane intent.Pane, w int) footing {
	gap, anything := 3, "anything"
	if w < 100 {
		gap, anything = 2, "all"
	}
	var out footing
	var line strings.Builder
	at := 1
	line.WriteByte(' ')
	write := func(a intent.Action, word string, of intent.Pane, table []intent.Action) {
		hint := t.Keys(a.Hint())
		s := span{at: at, width: draw.Width(hint) + 1 + draw.Width(word), hint: draw.Width(hint), Perform: intent.Perform{Pane: of, Action: a}, other: counterpart(a, table)}
		line.WriteString(t.Focus.Render(hint) + " " + t.Muted.Render(word) + strings.Repeat(" ", gap))
		out.spans = append(out.spans, s)
		at += s.width + gap
	}
	byName := func(name string) (intent.Action, bool) {
		i := slices.IndexFunc(global, func(a intent.Action) bool { return a.Name == name })
		if i < 0 {
			return intent.Action{}, false
		}
		return global[i], true
	}
	room := w - 1
	last := []string{"palette", "help"}
	words := map[string]string{"palette": anything, "help": "help"}
	for _, name := range last {
		if a, ok := byName(name); ok {
			room -= draw.Width(t.Keys(a.Hint())) + 1 + draw.Width(words[name]) + gap
		}
	}
	said := map[string]bool{}
	add := func(a intent.Action, of intent.Pane, table []intent.Action) {
		if taker, ok := pane.(intent.Taker); ok && of == nil {
			if own, ok := taker.Take(f, a.Keys[0]); ok {
				a, of, table = own, pane, nil
			}
		}
		key := a.Hint()
		if a.Label == "" || words[a.Name] != "" || a.Why(f) != "" || said[key] {
			return
		}
		word := a.Word(f)
		if width := draw.Width(t.Keys(key)) + 1 + draw.Width(word); at+width <= room {
			said[key] = true
			write(a, word, of, table)
		}
	}
	for _, name := range urgent(f) {
		if a, ok := byName(name); ok {
			add(a, nil, global)
		}
	}
	own := pane.Actions()
	for _, a := range own {
		if at < room/2 { // the rest of a pane with many comes after what matters anywhere
			add(a, pane, own)
		}
	}
	for _, name := range relevant {
		if a, ok := byName(name); ok {
			add(a, nil, global)
		}
	}
	for _, a := range slices.Concat(own, global) {
		of, table := pane, own
		if _, everywhere := byName(a.Name); everywhere {
			of, table = nil, global
		}
		add(a, of, table)
	}
	left := strings.TrimRight(line.String(), " ")
	line.Reset()
	at = w - 1 - (w - 1 - room) + gap // where the last ones begin
	from := len(out.spans)
	for _, name := range last {
		if a, ok := byName(name); ok {
			write(a, words[name], nil, nil)
		}
	}
	right := strings.TrimRight(line.String(), " ") + " "
	shift := w - draw.Width(right) - at
	if from < len(out.spans) {
		shift = w - draw.Width(right) - out.spans[from].at
	}
	for i := from; i < len(out.spans); i++ {
		out.spans[i].at += shift
	}
	out.line = draw.Between(left, right, w)
	return out
}

// counterpart is the action of the other key that a hint shows, nil if it shows one.
func counterpart(a intent.Action, table []intent.Action) *intent.Action {
	if a.Pair == "" {
		return nil
	}
	for _, b := range table {
		if b.Key() != a.Key() && strings.Contains(a.Pair, b.Key()) {
			return &b
		}
	}
	return nil
}

// click returns what a click on a column asks for, nil beside the keys. Of two keys
// the half that is clicked counts.
func (l footing) click(x int) any {
	for _, s := range l.spans {
		if x < s.at || x >= s.at+s.width {
			continue
		}
		if s.other != nil && x-s.at < s.hint {
			first := strings.HasPrefix(s.Action.Pair, s.Action.Key())
			if left := x-s.at < (s.hint+1)/2; left != first {
				s.Action = *s.other
			}
		}
		return s.Perform
	}
	return nil
}
