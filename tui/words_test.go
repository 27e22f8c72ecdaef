package tui

import (
	"strings"
	"testing"

	"descent/tui/internal/frames"

	"github.com/muesli/termenv"
)

// foot is the line of the keys.
func (b *robot) foot() string {
	lines := strings.Split(b.m.View(), "\n")
	return lines[len(lines)-1]
}

func (b *robot) footSays(words ...string) {
	b.Helper()
	b.m.stale = true
	for _, w := range words {
		if !strings.Contains(b.foot(), w) {
			b.Errorf("the footer does not say %q: %q", w, b.foot())
		}
	}
}

// What a key is called is what it does now.
func TestTheFooterSaysWhatEachKeyDoesNow(t *testing.T) {
	b := newRobot(t, "digits", 400, 50)
	for _, c := range []struct{ key, before, after string }{
		{"space", "space play", "space pause"},
		{"space", "space pause", "space play"},
		{"p", "p prune", "p unprune"},
		{"i", "i quantize", "i float"},
		{"Z", "Z zoom", "Z all panes"},
		{"Z", "Z all panes", "Z zoom"},
	} {
		b.footSays(c.before)
		b.press(c.key)
		b.footSays(c.after)
	}
	b.press("space", ".", ".", "b", ".", ".")
	b.footSays("c compare")
	b.press("c")
	b.footSays("c this one alone")
	b.press("c", "R", "enter", "space")
	b.footSays("R end race")
	b.press("R", "esc")
	b.footSays("R result")
	b.press("c")
	b.footSays("R race")
	b.focus("Knobs")
	for _, c := range []struct{ path, word string }{
		{"optimizer.name", "enter choices"}, {"optimizer.lr", "enter type"},
	} {
		b.toKnob(c.path)
		b.footSays(c.word)
	}
	b.toKnob("distill")
	b.footSays("←→ fold")
	before, after := "enter open", "enter fold"
	if strings.Contains(b.foot(), after) { // there is room for the group
		before, after = after, before
	}
	b.footSays(before)
	b.press("enter")
	b.footSays(after)
	b.focus("Loss")
	b.footSays("y linear")
	b.press("y")
	b.footSays("y symlog")
	b.press("y")
	b.footSays("y log")
}

// toKnob goes down to a line of the knobs.
func (b *robot) toKnob(path string) {
	b.Helper()
	b.press("home")
	for range 80 {
		if strings.Contains(b.selectedLine(), path) || b.m.Selected(b.m.frame).Knob.Path == path && !strings.Contains(b.selectedLine(), " more ") {
			return
		}
		b.press("down")
	}
	b.Fatalf("there is no line %s", path)
}

// selectedLine is the line of the screen with the sign of the selection.
func (b *robot) selectedLine() string {
	for _, line := range strings.Split(b.m.View(), "\n") {
		if _, rest, ok := strings.Cut(line, "▸"); ok {
			return rest
		}
	}
	return ""
}

// Typing a number on the line of a group sets its main knob, and trains nothing.
func TestTypingOnTheLineOfAGroupGoesToItsMainKnob(t *testing.T) {
	for _, c := range []struct{ line, path, typed, want string }{
		{"prune", "prune.sparsity", "=0.9", "0.9"},
		{"prune", "prune.sparsity", "=.5", "0.5"},
		{"quantize", "quant.bits", "=8", "8"},
		{"augment", "augment.noise", "=.25", "0.25"},
		{"fine-tune", "finetune.lora_rank", "=4", "4"},
		{" more ", "optimizer.lr", "=0.02", "0.02"},
	} {
		b := newRobot(t, "digits", 120, 50)
		b.toKnob(c.line)
		for _, r := range c.typed {
			b.press(string(r))
		}
		b.press("enter")
		if got := b.value(c.path); got != c.want || b.m.frame.Step != 0 {
			t.Errorf("%s on the line %q: %s is %s at step %d", c.typed, c.line, c.path, got, b.m.frame.Step)
		}
	}
	b := newRobot(t, "digits", 120, 50)
	b.toKnob("distill")
	b.press("=")
	b.sees("distill.alpha")
}

// A key that does nothing says so, in grey and without a cross; what failed has one.
func TestOnlyErrorsAreRed(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.m.t = frames.Colored(termenv.ANSI256)
	note := func(want string) {
		t.Helper()
		b.sees(want)
		b.misses("✗", b.m.t.Bad.Render("x")[:4])
	}
	for key, want := range map[string]string{
		"u": "there is no decision to undo",
		"}": "the last trained step of the branch",
		"f": "only a surface has a trajectory",
		"k": "k has no action here; ? lists the keys",
		"é": "é has no action here",
		"E": "E works in the Timeline pane: press tab",
		"(": "( works in the Network pane: press tab",
		"w": "there is nothing to recover from",
	} {
		b.press(key)
		note(want)
	}
	t.Chdir(t.TempDir())
	b.press("s", "enter", "s", "enter")
	b.sees("✗", "exists already")
}
