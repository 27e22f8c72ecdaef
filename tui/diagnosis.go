package tui

import (
	"strings"

	"descent/core/recipe"
	"descent/session/diagnosis"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// diagnosisActions take the remedy of what is wrong with the run, and explain it.
func diagnosisActions() []intent.Action {
	return []intent.Action{
		{
			Name: "recover", Section: intent.Training, Keys: []string{"w"}, Label: "recover",
			Now: func(f *live.Frame) string {
				if f.Remedy == nil {
					return "remedy"
				}
				return "recover"
			},
			Help: "take the remedy of the diagnosis; after divergence: return to the last good step",
			Off: func(f *live.Frame) string {
				switch d := f.Diagnosis; {
				case f.Remedy != nil || d != nil && d.Remedy.Can():
					return ""
				case d != nil && d.Remedy.Advice != "":
					return "nothing in this run helps: " + d.Remedy.Advice
				}
				return "there is nothing to recover from: w takes the remedy once something is diagnosed"
			},
			Do: intent.Always(intent.Recover{}),
		},
		{
			Name: "why", Section: intent.Training, Keys: []string{"W"}, Label: "why", Help: "explain the diagnosis: how it is recognised, its causes and its remedy",
			Off: func(f *live.Frame) string {
				if f.Diagnosis == nil {
					return "nothing is diagnosed; descent list diagnoses shows what may be"
				}
				return ""
			},
			Do: func(f *live.Frame) tea.Msg {
				return intent.Read{Subject: intent.Subject{Pages: []string{"diagnosis " + f.Diagnosis.Rule}}}
			},
		},
	}
}

// remedied describes what taking a remedy has done.
func remedied(d *diagnosis.Diagnosis) string {
	if len(d.Remedy.Set) > 0 {
		return "" // the decision stands in the line then
	}
	return "this is step " + draw.Thousands(d.Remedy.Step) + "; G goes to the end again"
}

// remedyWords returns what w does about a diagnosis, in a few words, "" for nothing.
func remedyWords(r diagnosis.Remedy) string {
	var parts []string
	if r.Back {
		parts = append(parts, "back to step "+draw.Thousands(r.Step))
	}
	for _, c := range r.Set {
		parts = append(parts, recipe.Words(c.Path, c.Value))
	}
	return strings.Join(parts, ", ")
}

// diagnosed renders the line of a diagnosis in w cells: the cause, as much of it as
// there is room for, what w does about it, and the key that explains it.
func diagnosed(t *draw.Theme, d *diagnosis.Diagnosis, w int) string {
	line := func(cause, key, words string, why bool) string {
		out := " " + t.Bad.Render("◈ "+cause)
		if words != "" {
			out += "   "
			if key != "" {
				out += t.Focus.Render(key) + " "
			}
			out += t.Text.Render(words)
		}
		if why {
			out += "   " + t.Focus.Render("W") + t.Muted.Render(" why")
		}
		return out
	}
	words, key, short := remedyWords(d.Remedy), "w", "remedy"
	if !d.Remedy.Can() {
		words, key, short = d.Remedy.Advice, "", ""
	}
	return draw.FitLine(draw.FirstFitting(w,
		line(d.Cause, key, words, true), line(d.Cause, key, words, false),
		line(d.Brief, key, words, true), line(d.Brief, key, words, false),
		line(d.Brief, key, short, true), line(d.Brief, key, short, false), line(d.Brief, "", "", false)), w)
}
