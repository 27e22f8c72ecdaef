package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"descent/core/recipe"
	"descent/presets"
	"descent/session/live"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"
	"descent/tui/stage"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
)

// spoiled loads a preset whose every name is hostile.
func spoiled(t *testing.T, name string) recipe.Recipe {
	t.Helper()
	dir := t.TempDir()
	var csv strings.Builder
	fmt.Fprintf(&csv, "\"a%s\",\"b\nforged\",\"y%s\"\n", check.Hostile, check.Hostile)
	for i := range 24 {
		fmt.Fprintf(&csv, "%d,%d,\"%s%d\"\n", i%5, i%7, check.Hostile, i%2)
	}
	if err := os.WriteFile(filepath.Join(dir, "d.csv"), []byte(csv.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	text := "[data]\nfile = \"d.csv\"\nvalidation = 0.25\n[model]\nlayers = [2, 4, 2]\nactivation = \"relu\"\n[loss]\nname = \"cross-entropy\"\n"
	if name == "surface" {
		text = "[surface]\nname = \"bowl\"\n"
	}
	path := filepath.Join(dir, strings.ReplaceAll(check.Hostile, "/", "")+".toml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := presets.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	r.Title, r.Summary = check.Hostile, check.Hostile+"\nforged. "+check.Hostile
	return r
}

// Every name of a preset, in every pane and dialog, and what is typed and pasted.
func TestTheWorkbenchShowsNamesAndNeverObeysThem(t *testing.T) {
	for kind, profile := range map[string]termenv.Profile{"table": termenv.TrueColor, "surface": termenv.Ascii} {
		b := robotOn(t, spoiled(t, kind), 120, 36)
		th := frames.Colored(profile)
		b.m.t, b.m.Stage = th, stage.New(th)
		looked := func(what string) {
			t.Helper()
			check.Harmless(t, what, b.m.View())
			check.Exact(t, what, b.m.View(), b.m.w, b.m.h)
		}
		b.train(3)
		looked("the first steps")
		b.press("b")
		b.run(b.m.intend(intent.Name{Branch: b.m.frame.Branch, Label: check.Hostile}))
		b.train(2)
		b.settle()
		keys := slices.Concat(often("tab"), []string{"Z", "Z"}, often("v"), often("C"), []string{
			"c", "?", "esc", "A", "down", "down", "down", "esc",
			"R", "esc", "o", "esc", "g", "esc", "s", "enter", "esc", "n", "esc", "a", "esc", "F", "esc", "u", "tab", "n", "esc", "q",
		})
		t.Chdir(t.TempDir())
		for _, size := range [][2]int{{120, 36}, {50, 14}, {81, 25}, {200, 55}} {
			b.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			for _, k := range keys {
				b.press(k)
				looked(fmt.Sprintf("%s at %v", k, size))
				if b.m.dialog != nil {
					b.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(check.Hostile), Paste: true})
					looked("pasted after " + k)
				}
			}
		}
		b.send(tea.WindowSizeMsg{Width: 120, Height: 36})
		b.settle()
		looked("settled")
		f := *b.m.frame
		f.Stopped, f.LogError, f.Mismatch, f.Decision = check.Hostile, check.Hostile, check.Hostile, check.Hostile
		f.Findings = map[live.Probe]live.Finding{}
		for p := range b.m.frame.Findings {
			f.Findings[p] = live.Finding{Err: fmt.Errorf("%s", check.Hostile)}
		}
		b.m.frame, b.m.stale = &f, true
		looked("problems")
		b.m.notice, b.m.stale = notice{check.Hostile, failure}, true
		looked("a notice")
	}
}
