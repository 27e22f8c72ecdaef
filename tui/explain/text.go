package explain

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"descent/core/knob"
)

// Text is the page as plain text, no line wider than width where its words allow.
func (p Page) Text(width int) string {
	w := &writer{width: max(width, 40)}
	w.line(p.Title())
	w.line("")
	w.paragraph(0, p.Summary)
	if len(p.Story) > 0 {
		w.line("")
		w.paragraph(0, strings.Join(p.Story, " "))
	}
	w.line("")
	w.field("Formula", p.Formula)
	w.field("Source", p.Source)
	w.field("PyTorch", p.PyTorch)
	w.field("When", p.When)
	w.field("Range", p.Range)
	w.field("Holds", p.Holds)
	w.field("Takes", p.Takes)
	w.field("Default", p.Default)
	if p.Live != nil {
		w.field("Changes", map[bool]string{true: "while training, too", false: "only before training"}[*p.Live])
	}
	w.list("Choices", p.Choices)
	w.list(map[bool]string{true: "Arguments", false: "Knobs"}[p.Kind == Layer], p.Knobs)
	w.list("Belongs to", p.Owners)
	w.list(map[bool]string{true: "Keys", false: "Sets"}[p.Kind == Pane], p.Keys)
	w.field("In presets", strings.Join(p.Presets, ", "))
	w.field("See also", strings.Join(p.SeeAlso, ", "))
	return strings.TrimRight(w.out.String(), "\n") + "\n"
}

// writer writes fields in two columns.
type writer struct {
	out   strings.Builder
	width int
}

// labels is how wide the column of labels is.
const labels = 12

// line writes a line; of blank ones no two in a row.
func (w *writer) line(text string) {
	if text = strings.TrimRight(text, " "); text == "" && strings.HasSuffix(w.out.String(), "\n\n") {
		return
	}
	w.out.WriteString(text)
	w.out.WriteByte('\n')
}

// paragraph writes text between a margin and the width.
func (w *writer) paragraph(margin int, text string) {
	for _, line := range wrap(text, w.width-margin) {
		w.line(strings.Repeat(" ", margin) + line)
	}
}

// field writes a label and its text beside it; nothing where there is none.
func (w *writer) field(label, text string) {
	if text == "" || text == knob.None {
		return
	}
	for i, part := range strings.Split(text, "\n") {
		for j, line := range wrap(part, w.width-labels) {
			if i > 0 || j > 0 {
				label = ""
			}
			w.line(pad(label, labels) + line)
		}
	}
}

// list writes a heading and the entries below it, in columns.
func (w *writer) list(label string, entries []Entry) {
	if len(entries) == 0 {
		return
	}
	w.line("")
	w.line(label)
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
		head := "  " + pad(e.Name, name)
		if value > 0 {
			head += "  " + pad(e.Value, value)
		}
		if e.Summary == "" {
			w.line(head)
			continue
		}
		margin := 2 + name + 2
		if value > 0 {
			margin += value + 2
		}
		if cells(head)+2 > margin || w.width-margin < 24 { // what does not fit beside it stands below
			w.line(head)
			w.paragraph(6, e.Summary)
			continue
		}
		for i, line := range wrap(e.Summary, w.width-margin) {
			if i > 0 {
				head = ""
			}
			w.line(pad(head, margin) + line)
		}
	}
	w.line("")
}

// pad is text filled up to so many cells.
func pad(text string, to int) string {
	return text + strings.Repeat(" ", max(to-cells(text), 0))
}

// cells is how wide a text is: marks on letters take no room.
func cells(text string) int {
	n := utf8.RuneCountInString(text)
	for _, r := range text {
		if unicode.In(r, unicode.Mn, unicode.Me) {
			n--
		}
	}
	return n
}

// wrap breaks text between words; a word that is too long stays whole.
func wrap(text string, width int) (out []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case cells(line)+1+cells(word) <= width:
			line += " " + word
		default:
			out = append(out, line)
			line = word
		}
	}
	return append(out, line)
}
