package dialog

import (
	"strings"

	"descent/tui/draw"
	"descent/tui/textfield"

	tea "github.com/charmbracelet/bubbletea"
)

// prompt stands before the text of a field.
const prompt = " › "

// Prompt is a text field. Its initial text is replaced by the first character
// typed, and kept by editing keys.
type Prompt struct {
	t       *draw.Theme
	title   string
	help    string
	field   *textfield.Field
	fresh   bool // nothing has been typed yet
	problem string
	check   func(text string) error
	intent  func(text string) tea.Msg
	result  func(text string) string // what a text that passes the check comes to; nil for nothing to add
}

func newPrompt(t *draw.Theme, title, help, text string, check func(string) error, then func(string) tea.Msg) *Prompt {
	return &Prompt{t: t, title: title, help: help, field: textfield.New(prompt, text), fresh: true, check: check, intent: then}
}

// showing shows below the field what a text comes to.
func (p *Prompt) showing(result func(text string) string) *Prompt {
	p.result = result
	return p
}

func (p *Prompt) Key(k tea.KeyMsg) (tea.Msg, bool) {
	p.problem = ""
	switch k.String() {
	case "esc":
		return nil, true
	case "enter":
		if err := p.check(p.field.Text()); err != nil {
			p.problem = err.Error()
			return nil, false
		}
		return p.intent(p.field.Text()), true
	}
	if p.fresh && (k.Type == tea.KeyRunes || k.Type == tea.KeySpace) {
		p.field.Set("")
	}
	p.fresh = false
	p.field.Key(k)
	return nil, false
}

func (p *Prompt) View(w, _ int) string {
	inner := min(w-4, 76)
	if p.field.Wear(p.t.Text); p.fresh {
		p.field.Wear(p.t.Muted)
	}
	foot := p.t.Muted
	text := p.help + "   enter confirm   esc close"
	result := ""
	if err := p.check(p.field.Text()); p.problem != "" {
		foot, text = p.t.Bad, p.problem
	} else if err != nil {
		text = err.Error() + "   esc close"
	} else if p.result != nil {
		result = "   " + p.t.Title.Render(draw.Crop(p.result(p.field.Text()), max(inner-4, 1), "…"))
	}
	lines := []string{"", p.field.View(inner - 6), result}
	for l := range strings.SplitSeq(draw.Wrap(text, inner-2), "\n") {
		lines = append(lines, " "+foot.Render(l))
	}
	return p.t.Box(p.title, nil, "", strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}
