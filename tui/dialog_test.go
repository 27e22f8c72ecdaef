package tui

import (
	"strings"
	"testing"

	"descent/tui/dialog"

	tea "github.com/charmbracelet/bubbletea"
)

func TestTypingReplacesWhatStoodInTheField(t *testing.T) {
	b := newRobot(t, "seed", 120, 36)
	b.train(13)
	b.press("g", "1", "2", "enter")
	if got := b.runner.Frame().Step; got != 12 {
		t.Errorf("g 1 2 leads to step %d", got)
	}
	b.press("g", "backspace", "1", "enter") // of "12" the 1 stays
	if got := b.runner.Frame().Step; got != 11 {
		t.Errorf("an edited 12 leads to step %d", got)
	}
	b.press("g", "end", "0")
	b.sees("type a step from 0 to 13   esc close")
	b.misses("enter confirm")
	b.press("backspace", "backspace", "3")
	b.sees("from 0 to 13   enter confirm")
	b.press("esc", "home", "down", "=") // at the rate
	b.press("0", ".", "5", "enter")
	if got := b.value("optimizer.lr"); got != "0.5" {
		t.Errorf("typed 0.5, got %s", got)
	}
}

func TestTheHelpGivesEveryKeyItsOwnMeaningWhole(t *testing.T) {
	b := newRobot(t, "digits", 80, 80)
	help := func(w int) string {
		return strings.ReplaceAll(strings.ReplaceAll(dialog.NewHelp(b.m.t, b.m.frame, b.m.global, b.m.Panes()).View(w+4, 1000), "┃", ""), "▸", " ")
	}
	text := help(76)
	for _, want := range []string{
		"\n -         halve the learning rate", "\n +         double the learning rate", "\n [         go back one step", "\n ]         go forward one step",
		"\n {         go back to the previous", "\n }         go forward to the next", "\n <         slower", "\n >         faster",
		"\n ↑         the knob above", "\n ↓         the knob below", "\n ←         decrease the knob", "\n →         increase the knob",
		"\n space     start or pause training", "\n =         type a value",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the help has no line %q", want)
		}
	}
	for _, w := range []int{46, 76, 96} {
		if got := help(w); strings.Contains(got, "…") {
			t.Errorf("wider than %d cells:\n%s", w, got)
		}
	}
	if story := strings.Join(strings.Fields(b.m.frame.Recipe.Story()), " "); !strings.Contains(strings.Join(strings.Fields(text), " "), story) {
		t.Errorf("the story is not whole:\n%s", text)
	}
}

func TestADialogLeavesNoSliversOfTheScreenBesideIt(t *testing.T) {
	b := newRobot(t, "digits", 80, 24)
	b.press(".", ".", "p")
	for _, key := range []string{"?", "o", "F", "A", "R", "g"} {
		b.press(key)
		b.settle()
		lines := strings.Split(b.m.View(), "\n")
		for i, line := range lines {
			inside := strings.TrimSpace(line)
			if first := []rune(line)[0]; first == ' ' && i > 0 && i < 22 && !strings.HasPrefix(inside, "main ") && !strings.HasPrefix(inside, "try ") && !strings.ContainsAny(string([]rune(inside)[0]), "╭│╰┏┃┗") {
				t.Errorf("%s leaves %q", key, line)
			}
			if strings.Contains(line, "╭┏") || strings.Contains(line, "││┏") {
				t.Errorf("%s stands in %q", key, line)
			}
		}
		b.press("esc")
	}
}

func TestAMenuSaysAllOfIt(t *testing.T) {
	b := newRobot(t, "digits", 80, 24)
	b.train(2)
	b.press("A")
	b.misses("…")
	for _, h := range []int{14, 24} { // the chosen one is in sight where not all are
		m := dialog.ActMenu(b.m.t, b.m.frame)
		view := m.View(50, h)
		for i := 0; i < 20 && !strings.Contains(view, "▸compact"); i++ {
			m.Key(tea.KeyMsg{Type: tea.KeyDown})
			view = m.View(50, h)
		}
		if lines := strings.Split(view, "\n"); len(lines) > h || !strings.Contains(view, "▸compact") {
			t.Errorf("%d lines:\n%s", len(lines), view)
		}
	}
}

func TestTheStoryOfTheHelpFlows(t *testing.T) {
	b := newRobot(t, "digits", 200, 55)
	if got := dialog.NewHelp(b.m.t, b.m.frame, b.m.global, b.m.Panes()).View(100, 1000); !strings.Contains(got, "a small ReLU network. Change the") {
		t.Errorf("a line ends where the preset's does: %q", got)
	}
}
