package explain

import (
	"slices"
	"strings"

	"descent/core/knob"
)

// Text is the page as plain text, no line wider than width where its words allow.
func (p Page) Text(width int) string {
	var out strings.Builder
	for _, l := range p.Lines(width) {
		out.WriteString(l.String() + "\n")
	}
	return out.String()
}

// Lines are those of the page, the first its title, none wider than width where
// its words allow.
func (p Page) Lines(width int) []Line {
	w := &writer{width: max(width, 40)}
	w.line(Span{Text: p.Title(), Role: Title})
	w.line()
	w.paragraph(0, Body, p.Summary)
	if len(p.Story) > 0 {
		w.line()
		w.paragraph(0, Body, strings.Join(p.Story, " "))
	}
	w.line()
	w.field("Formula", Formula, p.Formula)
	w.field("Source", Body, p.Source)
	w.field("PyTorch", Body, p.PyTorch)
	w.field("When", Body, p.When)
	w.field("Range", Body, p.Range)
	w.field("Holds", Body, p.Holding())
	w.field("Takes", Body, p.Takes)
	w.field("Default", Body, p.Default)
	if p.Live != nil {
		w.field("Changes", Body, map[bool]string{true: "while training, too", false: "only before training"}[*p.Live])
	}
	w.list("Shows", p.Shows, nil)
	w.measures(p.Measures)
	w.list("Choices", p.Choices, func(e Entry) string { return p.Name + "=" + e.Name })
	switch p.Kind {
	case Layer, Activation:
		w.list("Arguments", p.Knobs, nil)
	case Optimizer, Schedule, Loss: // which have them with defaults of their own
		w.list("Knobs", p.Knobs, func(e Entry) string { return e.Name + "@" + p.Name })
	default:
		w.list("Knobs", p.Knobs, ofKind(Knob))
	}
	table, _, _ := strings.Cut(p.Name, ".")
	w.list("Belongs to", p.Owners, func(e Entry) string { return table + ".name=" + e.Name })
	if p.Kind == Preset {
		w.list("Sets", p.Keys, ofKind(Knob))
	} else {
		w.list("Keys", p.Keys, nil)
	}
	w.links("In presets", p.Presets, func(name string) string { return string(Preset) + " " + name })
	w.links("See also", p.SeeAlso, func(name string) string { return name })
	for len(w.out) > 0 && len(w.out[len(w.out)-1]) == 0 {
		w.out = w.out[:len(w.out)-1]
	}
	return w.out
}

// ofKind leads from an entry to the page of its name.
func ofKind(k Kind) func(Entry) string {
	return func(e Entry) string { return string(k) + " " + e.Name }
}

// writer writes fields in two columns.
type writer struct {
	out   []Line
	width int
}

// labels is how wide the column of labels is.
const labels = 12

// line writes a line; of blank ones no two in a row.
func (w *writer) line(spans ...Span) {
	line := Line(spans).trimmed()
	if len(line) == 0 && len(w.out) > 0 && len(w.out[len(w.out)-1]) == 0 {
		return
	}
	w.out = append(w.out, line)
}

// paragraph writes text between a margin and the width.
func (w *writer) paragraph(margin int, role Role, text string) {
	for _, line := range wrap(text, w.width-margin) {
		w.line(blank(margin), Span{Text: line, Role: role})
	}
}

// blank is a span of so many blanks.
func blank(n int) Span { return Span{Text: strings.Repeat(" ", n)} }

// field writes a label and its text beside it; nothing where there is none.
func (w *writer) field(label string, role Role, text string) {
	if text == "" || text == knob.None {
		return
	}
	for i, part := range strings.Split(text, "\n") {
		for j, line := range wrap(part, w.width-labels) {
			if i > 0 || j > 0 {
				label = ""
			}
			w.line(Span{Text: pad(label, labels), Role: Label}, Span{Text: line, Role: role})
		}
	}
}

// links writes a label and beside it names, each leading to a page.
func (w *writer) links(label string, names []string, to func(name string) string) {
	if len(names) == 0 {
		return
	}
	line, used := Line{{Text: pad(label, labels), Role: Label}}, 0
	for i, name := range names {
		after := ","
		if i == len(names)-1 {
			after = ""
		}
		switch wide := cells(name + after); {
		case used == 0:
			used = wide
		case used+1+wide <= w.width-labels:
			line = append(line, blank(1))
			used += 1 + wide
		default:
			w.line(line...)
			line, used = Line{blank(labels)}, wide
		}
		line = append(line, Span{Text: name, To: to(name)}, Span{Text: after})
	}
	w.line(line...)
}

// list writes a heading and the entries below it, in columns. to is where the
// name of an entry leads; nil for nowhere.
func (w *writer) list(label string, entries []Entry, to func(Entry) string) {
	if len(entries) == 0 {
		return
	}
	w.line()
	w.line(Span{Text: label, Role: Title})
	name, value := 0, 0
	for _, e := range entries {
		name, value = max(name, cells(e.Name)), max(value, cells(e.Value))
	}
	name, value = min(name, 32), min(value, 16)
	plain := !slices.ContainsFunc(entries, func(e Entry) bool { return e.Summary != "" })
	for _, e := range entries {
		if plain { // the values have the room
			e.Value, e.Summary, value = "", e.Value, 0
		}
		w.entry(e, name, value, to)
	}
	w.line()
}

// entry writes one entry in columns of so many cells.
func (w *writer) entry(e Entry, name, value int, to func(Entry) string) {
	link := Span{Text: e.Name, Role: Name}
	if to != nil {
		link.To = to(e)
	}
	head, used := Line{blank(2), link, blank(max(name-cells(e.Name), 0))}, 2+max(name, cells(e.Name))
	margin := 2 + name + 2
	if value > 0 {
		head = append(head, blank(2), Span{Text: pad(e.Value, value), Role: Value})
		used += 2 + max(value, cells(e.Value))
		margin += value + 2
	}
	if e.Summary == "" {
		w.line(head...)
		return
	}
	if used+2 > margin || w.width-margin < 24 { // what does not fit beside it stands below
		w.line(head...)
		w.paragraph(6, Body, e.Summary)
		return
	}
	head = append(head, blank(margin-used))
	for i, line := range wrap(e.Summary, w.width-margin) {
		if i > 0 {
			head = Line{blank(margin)}
		}
		w.line(append(head, Span{Text: line})...)
	}
}

// measures writes what is measured, each with its formula and source.
func (w *writer) measures(all []Measured) {
	if len(all) == 0 {
		return
	}
	w.line()
	w.line(Span{Text: "Measures", Role: Title})
	for _, m := range all {
		w.line(blank(2), Span{Text: m.Name, Role: Name, To: string(Measure) + " " + m.Name})
		w.paragraph(6, Body, m.Summary)
		if m.Formula != knob.None {
			for part := range strings.SplitSeq(m.Formula, "\n") {
				w.paragraph(6, Formula, part)
			}
		}
		if m.Source != knob.None {
			w.paragraph(6, Label, m.Source)
		}
	}
	w.line()
}
