package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"descent/core/knob"
)

// Action is what [keys] may give a key to.
type Action struct {
	Name  string   // such as "play"
	Scope string   // the pane in which its keys work, "" for everywhere
	Keys  []string // by default
	Help  string
}

// named are the keys with names, beside characters, as Bubble Tea calls them.
var named = func() []string {
	out := []string{"enter", "esc", "backspace", "delete", "insert", "tab", "shift+tab"}
	for _, key := range []string{"up", "down", "left", "right", "home", "end"} {
		out = append(out, key, "ctrl+"+key, "shift+"+key, "ctrl+shift+"+key)
	}
	for _, key := range []string{"pgup", "pgdown"} {
		out = append(out, key, "ctrl+"+key)
	}
	for i := 1; i <= 20; i++ {
		out = append(out, fmt.Sprintf("f%d", i))
	}
	for r := 'a'; r <= 'z'; r++ {
		out = append(out, "ctrl+"+string(r))
	}
	return append(out, "ctrl+@", `ctrl+\`, "ctrl+]", "ctrl+^", "ctrl+_")
}()

// others are other names of keys, and how Bubble Tea calls them.
var others = strings.NewReplacer("escape", "esc", "return", "enter", "pageup", "pgup", "pagedown", "pgdown", "page-up", "pgup", "page-down", "pgdown", "ctrl-", "ctrl+", "alt-", "alt+", "shift-", "shift+")

// reserved are keys that cannot be given to an action, and why.
var reserved = map[string]string{
	"ctrl+c": "ctrl+c always quits",
	"ctrl+z": "ctrl+z always suspends",
	"ctrl+i": "a terminal sends the same for ctrl+i as for tab",
	"ctrl+m": "a terminal sends the same for ctrl+m as for enter",
	"ctrl+j": "a terminal may send the same for ctrl+j as for enter",
}

// parseKey returns a key as Bubble Tea calls it.
func parseKey(text string) (string, error) {
	if utf8.RuneCountInString(text) == 1 {
		r, _ := utf8.DecodeRuneInString(text)
		if r != ' ' && !unicode.IsGraphic(r) {
			return "", fmt.Errorf("%q is no key", text)
		}
		return text, nil
	}
	if len(text) > 4 && strings.EqualFold(text[:3], "alt") && (text[3] == '+' || text[3] == '-') {
		inner, err := parseKey(text[4:])
		if err != nil || strings.HasPrefix(inner, "alt+") {
			return "", fmt.Errorf("there is no key %q", text)
		}
		return "alt+" + inner, nil
	}
	key := others.Replace(strings.ToLower(text))
	if key == "space" {
		return " ", nil
	}
	if why := reserved[key]; why != "" {
		return "", fmt.Errorf("%s; choose another key", why)
	}
	if slices.Contains(named, key) {
		return key, nil
	}
	if near := knob.Nearest(key, append(slices.Clone(named), "space")); near != "" {
		return "", fmt.Errorf("there is no key %q; did you mean %q?", text, near)
	}
	return "", fmt.Errorf("there is no key %q; a key is a character, or space, enter, esc, tab, up, f1, ctrl+x, alt+x and the like", text)
}

// writeKey is a key as the file has it.
func writeKey(key string) string {
	return strings.ReplaceAll(key, " ", "space")
}
