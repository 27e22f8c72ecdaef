package dialog

import (
	"descent/session/journal"
	"descent/tui/intent"
)

// Explained is a dialog in which `?` explains what is highlighted.
type Explained interface {
	Subject() intent.Subject
}

// Subject is the highlighted choice, with its knob behind it.
func (p *Picker) Subject() intent.Subject {
	path := p.dial.Knob.Path
	return intent.Subject{Pages: []string{"knob " + path, path + "=" + p.dial.Knob.Options[p.at].Name}}
}

// Subject is the knob that the highlighted item is about, with the menu behind it.
func (m *Menu) Subject() intent.Subject {
	switch i := m.items[m.at].intent.(type) {
	case intent.Race:
		return intent.Subject{Pages: []string{"dialog " + racePage, "knob " + i.Path}}
	case intent.Act:
		switch i.Act.Name {
		case journal.Merge:
			return intent.Subject{Pages: []string{"dialog " + actPage, "knob finetune.lora_rank"}}
		case journal.Teach:
			return intent.Subject{Pages: []string{"dialog " + actPage, "knob distill.alpha"}}
		}
	}
	return intent.Subject{Pages: []string{"dialog " + actPage}}
}

// Subject is the range test.
func (d *Finder) Subject() intent.Subject {
	return intent.Subject{Pages: []string{"dialog " + finderPage}}
}

// Subject is the search for what fits.
func (d *Fitter) Subject() intent.Subject {
	return intent.Subject{Pages: []string{"dialog " + fitterPage}}
}

// Subject is the look-ahead; its knob is a link away.
func (a *Ahead) Subject() intent.Subject {
	return intent.Subject{Pages: []string{"knob " + a.path, "dialog " + aheadPage}}
}
