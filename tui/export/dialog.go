// Package export takes what is on the screen elsewhere: the dialog that asks what and
// where to, and the files.
package export

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"descent/session/export/format"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// The formats.
const (
	SVG  = "svg"
	PNG  = "png"
	Text = "txt"
	CSV  = "csv"
)

// row is an entry of the dialog.
type row struct {
	what, format string
	clipboard    bool
	label, help  string
	ending       string // of a file in a format of other programs
}

// Dialog asks what to export, then for the file, and whether to overwrite it.
type Dialog struct {
	t    *draw.Theme
	name string // of a file, without its ending
	rows []row
	at   int

	asking bool   // the path is being typed
	path   string // as typed
	exists bool   // there is such a file
	error  string
}

// toFormat is what goes to a format of other programs.
const toFormat = "format"

// New offers the screen, the pane with the focus and the curves of a frame, and the
// session and its network in formats of other programs.
func New(t *draw.Theme, f *live.Frame, pane string, formats []format.Format) *Dialog {
	d := &Dialog{t: t, name: fmt.Sprintf("%s-%d", fileName(f.Recipe.Name), f.Step)}
	whole, one := "the whole screen", "the pane with the focus, "+pane
	d.rows = []row{
		{intent.WholeScreen, SVG, false, "screen as SVG", whole + ", as vectors", ""},
		{intent.WholeScreen, PNG, false, "screen as PNG", whole + ", as pixels", ""},
		{intent.WholeScreen, Text, false, "screen as text", whole + ", without colours", ""},
		{intent.OnePane, SVG, false, pane + " as SVG", one + ", in the size of the screen", ""},
		{intent.OnePane, PNG, false, pane + " as PNG", one + ", in the size of the screen", ""},
		{intent.OnePane, Text, false, pane + " as text", one + ", without colours", ""},
		{intent.AllCurves, CSV, false, "curves as CSV", "loss and accuracy over the steps, with those of compared branches", ""},
		{intent.WholeScreen, Text, true, "copy the screen", whole + " as text to the clipboard (OSC 52, if the terminal allows it)", ""},
		{intent.OnePane, Text, true, "copy " + pane, one + ", as text to the clipboard", ""},
		{intent.AllCurves, CSV, true, "copy the curves", "as CSV to the clipboard", ""},
	}
	for _, o := range formats {
		if f.Data == nil && !o.Session {
			continue // a test surface has no network
		}
		d.rows = append(d.rows, row{what: toFormat, format: o.Name, label: "to " + o.Name, help: o.Help, ending: o.Ending})
	}
	return d
}

// fileName is a name without what has a meaning in a path.
func fileName(name string) string {
	name = strings.TrimSuffix(filepath.Base(draw.Line(name)), ".toml")
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.", r) {
			return r
		}
		return '-'
	}, name)
}

// Key moves, chooses and types.
func (d *Dialog) Key(k tea.KeyMsg) (tea.Msg, bool) {
	if d.asking {
		return d.typed(k)
	}
	switch k.String() {
	case "esc", "X":
		return nil, true
	case "up", "shift+tab":
		d.at = max(d.at-1, 0)
	case "down", "tab":
		d.at = min(d.at+1, len(d.rows)-1)
	case "home", "pgup":
		d.at = 0
	case "end", "pgdown":
		d.at = len(d.rows) - 1
	case "enter":
		return d.choose()
	}
	return nil, false
}

// Click chooses the row of a line of the box.
func (d *Dialog) Click(_, y int) (tea.Msg, bool) {
	if i := y - 1; !d.asking && i >= 0 && i < len(d.rows) {
		d.at = i
		return d.choose()
	}
	return nil, false
}

func (d *Dialog) choose() (tea.Msg, bool) {
	r := d.rows[d.at]
	if r.clipboard {
		return intent.Export{What: r.what, Format: r.format}, true
	}
	d.asking, d.exists, d.error = true, false, ""
	d.path = d.name
	if r.what == intent.OnePane {
		d.path += "-" + strings.ToLower(fileName(strings.TrimSuffix(r.label, " as "+strings.ToUpper(r.format))))
		d.path = strings.TrimSuffix(d.path, "-as-text")
	}
	if r.what == toFormat {
		d.path += r.ending
		if r.ending == "" {
			d.path += "-" + r.format
		}
		return nil, false
	}
	d.path += "." + r.format
	return nil, false
}

// pathLimit is the longest path, in letters.
const pathLimit = 4096

// typed edits the path.
func (d *Dialog) typed(k tea.KeyMsg) (tea.Msg, bool) {
	sure := d.exists
	d.exists, d.error = false, ""
	letters := []rune(d.path)
	switch k.String() {
	case "esc":
		d.asking = false
		return nil, false
	case "enter":
		r := d.rows[d.at]
		path := home(strings.TrimSpace(d.path))
		info, err := os.Stat(path)
		switch {
		case path == "":
			d.error = "type a file name"
		case err == nil && info.IsDir():
			d.error = "this is a folder; type a file name"
		case err == nil && !sure:
			d.exists = true
		case r.what == toFormat:
			return intent.ExportTo{Format: r.format, Path: path}, true
		default:
			return intent.Export{What: r.what, Format: r.format, Path: path}, true
		}
		return nil, false
	case "backspace":
		letters = letters[:max(len(letters)-1, 0)]
	case "ctrl+u":
		letters = nil
	case "ctrl+w":
		letters = letters[:strings.LastIndexAny(strings.TrimRight(string(letters), "/ "), "/ ")+1]
	default:
		if !k.Alt && (k.Type == tea.KeyRunes || k.Type == tea.KeySpace) {
			for _, r := range k.Runes {
				if !draw.Unprintable(r) && len(letters) < pathLimit {
					letters = append(letters, r)
				}
			}
		}
	}
	d.path = string(letters)
	return nil, false
}

// home is a path in which ~ is the user's home.
func home(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	dir, err := os.UserHomeDir()
	if !ok || err != nil {
		return path
	}
	return filepath.Join(dir, rest)
}

// View renders the list, or the field for the path.
func (d *Dialog) View(w, h int) string {
	inner := min(w-4, 96)
	if d.asking {
		return d.field(inner)
	}
	wide := 0
	for _, r := range d.rows {
		wide = max(wide, draw.Width(r.label))
	}
	room := max(min(len(d.rows), h-4), 1)
	top := min(max(d.at-room+1, 0), len(d.rows)-room)
	var lines []string
	for i, r := range d.rows[top : top+room] {
		mark, style := " ", d.t.Text
		if top+i == d.at {
			mark, style = "▸", d.t.Selected
		}
		lines = append(lines, style.Render(mark+draw.FitLine(r.label, wide+2))+d.t.Muted.Render(r.help))
	}
	lines = append(lines, d.t.Muted.Render(d.t.Keys(" ↑↓ choose   enter export   esc close")))
	return d.t.Box("Export", nil, "", strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}

func (d *Dialog) field(inner int) string {
	text := []rune(draw.Line(d.path))
	if room := inner - 5; len(text) > room {
		text = text[max(len(text)-room, 0):]
	}
	style, foot := d.t.Muted, "enter writes the file   esc back"
	switch {
	case d.exists:
		style, foot = d.t.Bad, "there is such a file: enter overwrites it; type another name to keep it"
	case d.error != "":
		style, foot = d.t.Bad, d.error
	}
	lines := append([]string{"", " " + d.t.Focus.Render("›") + " " + d.t.Text.Render(string(text)) + d.t.Selected.Render("▏"), ""}, style.Lines(draw.Wrap(" "+foot, inner-1))...)
	return d.t.Box("Export "+d.rows[d.at].label, nil, "", strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}
