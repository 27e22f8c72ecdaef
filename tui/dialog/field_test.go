package dialog

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"descent/session"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	tea "github.com/charmbracelet/bubbletea"
)

// Any key with any of its companions, in a field of any text.
func TestNoKeyBreaksAField(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, text := range []string{"", "0.1", "one two  three", "世界 e\u0301 🙂", strings.Repeat("x ", 3000), check.Hostile} {
		p := newPrompt(frames.Plain(), "title", "help", text, func(string) error { return nil }, func(string) tea.Msg { return nil })
		for range 400 {
			k := tea.KeyMsg{Type: tea.KeyType(r.Intn(160) - 90), Alt: r.Intn(3) == 0}
			if k.Type == tea.KeyRunes {
				k.Runes = []rune([]string{"a", "d", "f", "b", " ", "世", "\t\n", "x y z"}[r.Intn(8)])
				k.Paste = r.Intn(4) == 0
			}
			p.Key(k)
			box := p.View(60, 20)
			check.Exact(t, fmt.Sprintf("after %s", k), frames.Plain().Release(box), 58, strings.Count(box, "\n")+1)
		}
	}
}

// typing opens a field anew and types into it.
func typing(p *Prompt, text string) (*Prompt, tea.Msg) {
	for _, r := range text {
		p.Key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
	}
	view := *p
	asked, _ := p.Key(tea.KeyMsg{Type: tea.KeyEnter})
	return &view, asked
}

func TestAFieldShowsWhatComesOfIt(t *testing.T) {
	still := *frames.Still(t)
	f := &still
	f.Branch, f.Branches = 0, []session.BranchSummary{{Label: "main", Head: 2 * f.Step}}
	lr, _ := intent.FindKnob(f, "optimizer.lr")
	cut, _ := intent.FindKnob(f, "prune.sparsity")
	th := frames.Plain()
	for _, c := range []struct {
		open  *Prompt
		text  string
		shows string
		asks  tea.Msg
	}{
		{ValuePrompt(th, lr, "0.001"), "×2", "0.001 → 0.002", intent.Set{Path: "optimizer.lr", Text: "0.002"}},
		{ValuePrompt(th, lr, "0.001"), "0,5", "0.001 → 0.5", intent.Set{Path: "optimizer.lr", Text: "0.5"}},
		{ValuePrompt(th, lr, "0.001"), "+10%", "0.001 → 0.0011", intent.Set{Path: "optimizer.lr", Text: "0.0011"}},
		{ValuePrompt(th, lr, "0.001"), "fast", "optimizer.lr takes a number from", nil},
		{ValuePrompt(th, lr, "0.001"), "", "0.001 now", intent.Set{Path: "optimizer.lr", Text: lr.Value.String()}},
		{ValuePrompt(th, cut, "0.7"), "50%", "0.7 → 0.5", intent.Set{Path: "prune.sparsity", Text: "0.5"}},
		{ValuePrompt(th, cut, "0.7"), "2", "from 0 to 1", nil},
		{StepPrompt(th, f), "50%", "now; +100", intent.Go{Step: f.Step}},
		{StepPrompt(th, f), "+100", "→ step", intent.Go{Step: f.Step + 100}},
		{StepPrompt(th, f), "-100", "→ step", intent.Go{Step: f.Step - 100}},
		{StepPrompt(th, f), "end", "→ step", intent.Go{Step: 2 * f.Step}},
		{StepPrompt(th, f), "200%", "type a step from 0 to", nil},
		{BudgetPrompt(th, f), "8kB", "file of at most 8,000 B", intent.FitTo{Bytes: 8000, File: true}},
		{BudgetPrompt(th, f), "0,5 MB", "file of at most 500.0 kB", intent.FitTo{Bytes: 500000, File: true}},
		{BudgetPrompt(th, f), "1/4", "weights of at most", intent.FitTo{Bytes: f.Size.Dense / 4}},
		{BudgetPrompt(th, f), "×0.25", "weights of at most", intent.FitTo{Bytes: f.Size.Dense / 4}},
		{BudgetPrompt(th, f), "tiny", "is no size", nil},
	} {
		shown, asked := typing(c.open, c.text)
		if view := shown.View(160, 40); !strings.Contains(view, c.shows) {
			t.Errorf("%q does not show %q:\n%s", c.text, c.shows, view)
		}
		if asked != c.asks {
			t.Errorf("%q asks for %v, want %v", c.text, asked, c.asks)
		}
	}
}
