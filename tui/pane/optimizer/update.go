package optimizer

import (
	"fmt"
	"math"
	"strings"

	"descent/core/microscope"
	"descent/core/optim"
	"descent/session/live"
	"descent/tui/draw"
)

func updateNote(v microscope.View) string { return "the rule of " + v.Optimizer + " for one weight" }

// update draws the rule of the optimizer with the numbers of the chosen weight.
func (s *sheet) update(_ *live.Frame, v microscope.View, w, h int) []string {
	c := v.Chosen
	t := v.Tensors[c.Tensor]
	name := "weight " + element(t, c.Index)
	if v.Surface {
		name = element(t, c.Index)
	}
	age := fmt.Sprintf("t = %s", draw.Thousands(c.Age))
	if c.Age == 0 {
		age = "frozen"
	}
	head := s.t.Selected.Render(name) + s.t.Muted.Render("   gₜ ") + s.t.Text.Render(figure(c.Grad)) + s.t.Muted.Render("   "+age)
	if text := s.effective(v); draw.Width(head)+draw.Width(text)+2 <= w {
		head = draw.Between(head, text, w)
	}
	out := []string{draw.FitLine(head, w)}
	for _, set := range []form{{rules: true, titles: true, airy: true}, {rules: true, titles: true}, {rules: true}, {titles: true}, {}} {
		lines := s.stages(c.Stages, set, w)
		if len(out)+len(lines) <= h || set == (form{}) {
			return append(out, s.crop(lines, h-1)...)
		}
	}
	return out
}

// effective says how far the weight moves beside its gradient.
func (s *sheet) effective(v microscope.View) string {
	c := v.Chosen
	rate := math.Abs(c.Update) / math.Abs(c.Grad)
	if math.IsNaN(rate) {
		return ""
	}
	return s.t.Muted.Render("effective rate |Δθ|/|g| ") + s.t.Text.Render(figure(rate))
}

// crop keeps the first lines, and says how many are hidden.
func (s *sheet) crop(lines []string, h int) []string {
	if len(lines) <= h || h < 1 {
		return lines
	}
	return append(lines[:h-1:h-1], s.t.Muted.Render(draw.Beyond(0, len(lines)-h+1)))
}

// form is how the lines are set: with the rule in symbols beside or above the numbers,
// with the names of the stages and blank lines between them.
type form struct{ rules, titles, airy bool }

func (s *sheet) stages(all []optim.Stage, form form, w int) []string {
	var out []string
	symbols := 0
	for _, st := range all {
		for _, l := range st.Lines {
			symbols = max(symbols, draw.Width(l.Symbol))
		}
	}
	for i, st := range all {
		if form.airy && i > 0 {
			out = append(out, "")
		}
		if form.titles || st.Note != "" {
			out = append(out, s.t.Title.Render(st.Title))
		}
		for _, l := range st.Lines {
			out = append(out, s.line(l, form, symbols, w)...)
		}
		if st.Note != "" {
			out = append(out, s.indented(draw.Wrap(st.Note, max(w-2, 1)))...)
		}
	}
	return out
}

func (s *sheet) indented(text string) []string {
	lines := s.t.Muted.Lines(text)
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	return lines
}

// line is a line of the rule: "mₜ = β₁ mₜ₋₁ + (1 − β₁) gₜ" and below it, or beside it
// where there is room, "= 0.9×0.0123 + (1 − 0.9)×(−0.004) = 0.0107".
func (s *sheet) line(l optim.Line, form form, symbols, w int) []string {
	equals := " = "
	if l.Anew {
		equals = " ← "
	}
	if l.Rule == l.Symbol { // a product that is looked at
		form.rules = false
	}
	head := "  " + draw.FitLine(l.Symbol, symbols)
	value := s.t.Title.Render(figure(l.Value))
	given := numbers(l.Parts)
	switch {
	case l.Rule == "" || len(l.Parts) == 1 && l.Parts[0].Text == "":
		text := ""
		if l.Rule != "" && form.rules && l.Rule != l.Symbol {
			text = l.Rule + " = "
		}
		return []string{s.t.Text.Render(head+equals) + s.t.Muted.Render(text) + value}
	case !form.rules:
		return s.long(s.t.Text.Render(head+equals), given, value, symbols, w)
	}
	if column := 2 + symbols + 3 + ruleWidth; w >= column+40 && draw.Width(l.Rule) < ruleWidth {
		rule := s.t.Muted.Render(draw.FitLine(l.Rule, ruleWidth))
		if draw.Width(given)+draw.Width(value)+6 <= w-column {
			return []string{s.t.Text.Render(head+equals) + rule + s.t.Text.Render(" = "+given) + s.t.Muted.Render(" = ") + value}
		}
	}
	out := []string{s.t.Text.Render(head+equals) + s.t.Muted.Render(l.Rule)}
	return append(out, s.long(strings.Repeat(" ", 2+symbols)+s.t.Text.Render(" = "), given, value, symbols, w)...)
}

// ruleWidth is the width of a column of rules with the numbers beside it.
const ruleWidth = 36

// long sets numbers and value, in further lines where they are too long for one.
func (s *sheet) long(head, given, value string, symbols, w int) []string {
	room := max(w-symbols-5, 8)
	if draw.Width(given)+3+draw.Width(value) <= room {
		return []string{head + s.t.Text.Render(given) + s.t.Muted.Render(" = ") + value}
	}
	pad := strings.Repeat(" ", symbols+5)
	var out []string
	for i, part := range strings.Split(draw.Wrap(given, room), "\n") {
		if i > 0 {
			head = pad
		}
		out = append(out, head+s.t.Text.Render(part))
	}
	return append(out, strings.Repeat(" ", symbols+2)+s.t.Muted.Render(" = ")+value)
}

// numbers is a rule with its numbers: those below 0 in parentheses, but where the
// rule has some around them already.
func numbers(parts []optim.Part) string {
	var out strings.Builder
	for i, p := range parts {
		text := p.Text
		if text == "" {
			text = figure(p.Number)
			before, after := " ", " "
			if i > 0 {
				before = parts[i-1].Text
			}
			if i+1 < len(parts) {
				after = parts[i+1].Text
			}
			power := strings.HasPrefix(after, "^")
			opened := i == 0 || strings.HasSuffix(before, "(") || strings.HasSuffix(before, ", ") || strings.HasSuffix(before, "|")
			if strings.HasPrefix(text, "−") && (power || !opened) {
				text = "(" + text + ")"
			}
		}
		out.WriteString(text)
	}
	return out.String()
}
