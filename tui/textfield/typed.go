package textfield

import "descent/tui/draw"

// Typed is a short text, such as a filter, after a key that was pressed while it is typed;
// most bounds its bytes. done tells that it has been typed; ok is false for a key that
// means nothing there.
func Typed(text, key string, most int) (next string, done, ok bool) {
	switch r := []rune(text); {
	case key == "enter":
		return text, true, true
	case key == "backspace":
		return string(r[:max(len(r)-1, 0)]), false, true
	case key == "ctrl+u":
		return "", false, true
	case len([]rune(key)) != 1:
		return text, false, false
	case len(text) < most:
		text += draw.Line(key)
	}
	return text, false, true
}
