package export_test

import (
	"encoding/base64"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/tui/export"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	tea "github.com/charmbracelet/bubbletea"
)

func press(d *export.Dialog, keys ...string) (tea.Msg, bool) {
	var asked tea.Msg
	done := false
	for _, k := range keys {
		switch k {
		case "enter":
			asked, done = d.Key(tea.KeyMsg{Type: tea.KeyEnter})
		case "down":
			asked, done = d.Key(tea.KeyMsg{Type: tea.KeyDown})
		case "end":
			asked, done = d.Key(tea.KeyMsg{Type: tea.KeyEnd})
		case "esc":
			asked, done = d.Key(tea.KeyMsg{Type: tea.KeyEsc})
		case "clear":
			asked, done = d.Key(tea.KeyMsg{Type: tea.KeyCtrlU})
		default:
			asked, done = d.Key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)})
		}
	}
	return asked, done
}

func TestAFileIsNotOverwrittenUnasked(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.svg")
	d := export.New(frames.Plain(), frames.Still(t), "Loss", nil)
	if asked, done := press(d, "enter", "clear", path, "enter"); !done || asked != (intent.Export{What: intent.WholeScreen, Format: export.SVG, Path: path}) {
		t.Fatalf("a new file: %v, %v", asked, done)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d = export.New(frames.Plain(), frames.Still(t), "Loss", nil)
	if asked, done := press(d, "enter", "clear", path, "enter"); done || asked != nil {
		t.Fatalf("a file that exists: %v, %v", asked, done)
	}
	if view := d.View(80, 24); !strings.Contains(view, "there is such a file: enter overwrites it") {
		t.Errorf("it is not asked:\n%s", view)
	}
	if asked, done := press(d, "2", "enter"); !done || asked.(intent.Export).Path != path+"2" {
		t.Errorf("another name: %v, %v", asked, done)
	}
	d = export.New(frames.Plain(), frames.Still(t), "Loss", nil)
	if asked, done := press(d, "enter", "clear", path, "enter", "enter"); !done || asked == nil {
		t.Errorf("a second enter: %v, %v", asked, done)
	}
	d = export.New(frames.Plain(), frames.Still(t), "Loss", nil)
	if _, done := press(d, "enter", "clear", dir, "enter", "enter"); done {
		t.Error("a folder is taken for a file")
	}
	if _, done := press(d, "clear", "enter"); done {
		t.Error("no name is taken for a file")
	}
}

func TestTheNameOfTheFileIsSafe(t *testing.T) {
	f := *frames.Still(t)
	f.Recipe.Name = "../a b\x1b/..;x.toml"
	d := export.New(frames.Plain(), &f, "Loss", nil)
	asked, _ := press(d, "enter", "enter")
	if got := asked.(intent.Export).Path; strings.ContainsAny(got, "/\\;\x1b ") {
		t.Errorf("the file is %q", got)
	}
}

func TestTheDialogFillsItsBox(t *testing.T) {
	for _, size := range [][2]int{{50, 14}, {80, 24}, {200, 55}} {
		d := export.New(frames.Plain(), frames.Still(t), "Loss", nil)
		for range 12 {
			lines := strings.Split(d.View(size[0], size[1]), "\n")
			check.Exact(t, "export", d.View(size[0], size[1]), len([]rune(lines[0])), len(lines))
			if len(lines) > size[1] || len([]rune(lines[0])) > size[0] || !strings.Contains(d.View(size[0], size[1]), "▸") {
				t.Errorf("in %v:\n%s", size, d.View(size[0], size[1]))
			}
			press(d, "down")
		}
		if asked, done := press(d, "enter"); !done || asked != (intent.Export{What: intent.AllCurves, Format: export.CSV}) {
			t.Errorf("the last row: %v", asked)
		}
	}
}

func TestCurvesAreCSV(t *testing.T) {
	f := frames.Still(t)
	rows, err := csv.NewReader(strings.NewReader(export.Curves(f))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, r := range rows[1:] {
		counts[r[1]]++
	}
	if counts["loss"] != len(f.Curves.Train) || counts["val_loss"] != len(f.Curves.Val) || counts["loss"] == 0 {
		t.Errorf("there are %v", counts)
	}
	for _, odd := range frames.Odd(t) {
		if _, err := csv.NewReader(strings.NewReader(export.Curves(odd))).ReadAll(); err != nil {
			t.Error(err)
		}
	}
}

func TestTheClipboardIsGivenBase64(t *testing.T) {
	code, err := export.Clipboard([]byte("a\x1b]52;c;evil\a"))
	if err != nil || strings.Count(code, "\x1b") != 1 || strings.Count(code, "\a") != 1 {
		t.Fatalf("the code is %q (%v)", code, err)
	}
	text := strings.TrimSuffix(strings.TrimPrefix(code, "\x1b]52;c;"), "\a")
	if got, err := base64.StdEncoding.DecodeString(text); err != nil || string(got) != "a\x1b]52;c;evil\a" {
		t.Errorf("it holds %q (%v)", got, err)
	}
	if _, err := export.Clipboard(make([]byte, 80_000)); err == nil {
		t.Error("too much is sent")
	}
}

func TestEveryFormatHasContent(t *testing.T) {
	for format, want := range map[string]string{export.SVG: "<svg", export.PNG: "\x89PNG", export.Text: "loss\n", export.CSV: "branch,"} {
		if got, err := export.Content(format, "loss", frames.Plain(), frames.Still(t)); err != nil || !strings.HasPrefix(string(got), want) {
			t.Errorf("%s begins with %.20q (%v)", format, got, err)
		}
	}
}
