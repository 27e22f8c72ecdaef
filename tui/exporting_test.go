package tui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"descent/presets"
	"descent/session/export/format"
	"descent/session/export/formats"
	"descent/session/live"

	tea "github.com/charmbracelet/bubbletea"
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

// A program that ends runs no more commands: what was to be exported is written all
// the same, and a choice is remembered.
func TestAnEndAtTheMomentOfAnExport(t *testing.T) {
	t.Chdir(t.TempDir())
	b := newRobot(t, "moons", 120, 36)
	a := newApp(b.m.t, b.runner, Options{Encode: presets.Encode}, nil)
	a.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	for _, k := range []tea.KeyMsg{{Type: tea.KeyRunes, Runes: []rune("X")}, {Type: tea.KeyEnter}, {Type: tea.KeyEnter}} {
		a.Update(k)
	}
	a.runner()
	if content, err := os.ReadFile("moons-0.svg"); err != nil || !strings.HasSuffix(string(content), "</svg>\n") {
		t.Errorf("%d bytes are written (%v)", len(content), err)
	}
}

// The session and its network go to formats of other programs from the workbench too.
func TestXExportsToOtherPrograms(t *testing.T) {
	t.Chdir(t.TempDir())
	b := newRobot(t, "iris", 120, 36)
	b.m.exports = live.Exports{Formats: formats.All(), Files: presets.Files{}, Encode: presets.Encode}
	b.train(30)
	b.press("X")
	b.sees("to onnx", "to report")
	for range 10 { // behind the screen, the pane and the curves
		b.press("down")
	}
	b.press("enter", "enter")
	b.sees("written: iris-30.safetensors")
	b.press("X")
	for range 10 + slices.IndexFunc(formats.All(), func(f format.Format) bool { return f.Name == "report" }) {
		b.press("down")
	}
	b.press("enter", "enter")
	if log := b.m.frame.LogPath; log == "" {
		b.sees("this session is not saved")
	} else {
		b.sees("written: iris-30.html")
	}
}
