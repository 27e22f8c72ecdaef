package gallery

import (
	"fmt"
	"strings"

	"descent/tui/draw"
	"descent/tui/textfield"

	tea "github.com/charmbracelet/bubbletea"
)

// titleOf says what a file in the working directory is.
func titleOf(file string) string {
	if strings.HasSuffix(file, ".toml") {
		return "a preset in this folder"
	}
	return "a table in this folder"
}

// prompt is where a path is typed.
type prompt struct {
	field    *textfield.Field
	complete func(typed string) []string // nil for none
}

// key handles a key: open is the path to open, done that the prompt is over, and said what
// there is to say.
func (p *prompt) key(k tea.KeyMsg) (open string, done bool, said string) {
	switch k.String() {
	case "enter":
		return strings.TrimSpace(p.field.Text()), true, ""
	case "esc":
		return "", true, ""
	case "tab":
		if p.complete != nil {
			var text string
			text, said = completed(p.field.Text(), p.complete(p.field.Text()))
			p.field = textfield.New("", text) // with the cursor at its end
		}
	default:
		p.field.Key(k)
	}
	return "", false, said
}

// completed is what was typed with as much behind it as all paths that it may become have
// in common, and what there is to say of them.
func completed(typed string, paths []string) (text, said string) {
	switch len(paths) {
	case 0:
		return typed, "nothing begins with that"
	case 1:
		return paths[0], ""
	}
	text = paths[0]
	for _, p := range paths[1:] {
		for !strings.HasPrefix(p, text) {
			r := []rune(text)
			text = string(r[:len(r)-1])
		}
	}
	if len(text) < len(typed) {
		text = typed
	}
	if text != typed {
		return text, ""
	}
	names := make([]string, 0, 8)
	for _, p := range paths[:min(len(paths), cap(names))] {
		names = append(names, draw.Line(p[strings.LastIndexByte(strings.TrimSuffix(p, "/"), '/')+1:]))
	}
	said = strings.Join(names, "  ")
	if more := len(paths) - len(names); more > 0 {
		said += fmt.Sprintf("  and %d more", more)
	}
	return text, said
}
