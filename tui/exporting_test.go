package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestXExportsTheScreenAndTheCurves(t *testing.T) {
	t.Chdir(t.TempDir())
	b := newRobot(t, "moons", 120, 36)
	b.train(3)
	b.press("X")
	b.sees("Export", "screen as SVG", "copy the curves")
	b.press("down", "down", "enter", "enter")
	b.sees("written: moons-3.txt")
	content, err := os.ReadFile("moons-3.txt")
	if err != nil || !strings.Contains(string(content), "Knobs") || strings.Contains(string(content), "Export") {
		t.Errorf("the text of the screen is %s (%v)", content, err)
	}
	b.press("X", "down", "down", "down", "down", "down", "down", "enter", "enter")
	content, err = os.ReadFile("moons-3.csv")
	if err != nil || strings.Count(string(content), ",loss,") != 3 {
		t.Errorf("the curves are %s (%v)", content, err)
	}
	var out strings.Builder
	b.m.terminal = &out
	b.press("X", "end", "enter")
	if !strings.HasPrefix(out.String(), "\x1b]52;c;") {
		t.Errorf("the clipboard is given %q", out.String())
	}
	b.sees("sent to the clipboard")
	b.press("X", "enter")
	for range "moons-3.svg" {
		b.press("backspace")
	}
	for _, r := range filepath.Join("nowhere", "a.svg") {
		b.press(string(r))
	}
	b.press("enter")
	b.sees("nowhere/a.svg cannot be written")
}
