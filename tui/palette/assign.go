package palette

import (
	"slices"
	"strings"

	"descent/core/knob"
	"descent/session/live"
	"descent/tui/intent"
)

// Assignments are the entries that set a knob at once, where the text names one and a
// value behind a blank or "=": "lr 1e-3", "lr=×2", "optimizer adam". A value that
// does not fit says why.
func Assignments(f *live.Frame, text string) []Entry {
	name, value, firm := strings.Cut(text, "=")
	if !firm {
		at := strings.LastIndexAny(strings.TrimRight(text, " "), " ")
		if at < 0 {
			return nil
		}
		name, value = text[:at], text[at+1:]
	}
	name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
	var out []Entry
	for _, d := range f.Panel {
		if name != "" && value != "" && slices.Contains(knobNames(d.Knob.Path), name) {
			out = append(out, assigned(d, value, firm)...)
		}
	}
	return out
}

// assigned sets one knob. firm means that the text is an assignment, whatever the
// value.
func assigned(d live.KnobState, text string, firm bool) []Entry {
	switch d.Knob.Kind {
	case knob.Choice:
		var out []Entry
		for _, o := range d.Knob.Options {
			if strings.HasPrefix(o.Name, strings.ToLower(text)) {
				e := setting(d, o.Name, o.Name)
				e.Off = d.Refused[o.Name]
				e.About.Pages = append(e.About.Pages, d.Knob.Path+"="+o.Name)
				e.Help = o.Help
				out = append(out, e)
			}
		}
		slices.SortStableFunc(out, func(a, b Entry) int { return len(a.Name) - len(b.Name) })
		if out != nil || !firm {
			return out
		}
	case knob.Number, knob.Integer:
		if !firm && !intent.Typable(text) && text != d.Knob.Zero {
			return nil
		}
	default:
		if !firm {
			return nil
		}
	}
	v, err := intent.Typed(d.Knob, d.Value, text)
	if err != nil {
		e := setting(d, text, text)
		e.Off = err.Error()
		return []Entry{e}
	}
	e := setting(d, v.String(), d.Knob.Format(v))
	if v.Equal(d.Value) {
		e.Off = d.Knob.Path + " is " + d.Knob.Format(v) + " already"
	}
	return []Entry{e}
}

// setting is the entry that sets a knob to a value, shown as it is said.
func setting(d live.KnobState, value, said string) Entry {
	path := d.Knob.Path
	return Entry{
		Kind: Knob, Name: path + "=" + value, Title: path + "  " + d.Knob.Format(d.Value) + " → " + said, Note: "set", Help: d.Knob.Help,
		Off: d.Inert, Do: intent.Set{Path: path, Text: value}, About: intent.Subject{Pages: []string{"knob " + path}},
	}
}
