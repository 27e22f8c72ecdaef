package dialog

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
)

// choices is a list of names with a selection. Typed text filters it; the arrows
// move among the matches and stop at the ends.
type choices struct {
	names []string
	typed string
	at    int   // index into names; unchanged while nothing matches
	page  int   // number of rows of a page, as last shown
	lines []int // what stands in each line of the box, as last shown: indices into names, −1 for nothing
}

// clicked selects the name in a line of the box; ok is false if none stands there.
func (c *choices) clicked(y int) (ok bool) {
	if y < 0 || y >= len(c.lines) || c.lines[y] < 0 {
		return false
	}
	c.at = c.lines[y]
	return true
}

// matching returns the indices of the names that contain the words typed.
func (c *choices) matching() []int {
	var out []int
	wanted := strings.Fields(c.typed)
	for i, name := range c.names {
		name = strings.ToLower(name)
		if !slices.ContainsFunc(wanted, func(word string) bool { return !strings.Contains(name, word) }) {
			out = append(out, i)
		}
	}
	return out
}

// chosen returns the selected name; ok is false if nothing matches.
func (c *choices) chosen() (i int, ok bool) { return c.at, len(c.matching()) > 0 }

// key moves or filters, and reports whether it handled the key.
func (c *choices) key(k tea.KeyMsg) bool {
	switch k.String() {
	case "up", "shift+tab":
		c.move(-1)
	case "down", "tab":
		c.move(1)
	case "pgup":
		c.move(-max(c.page, 1))
	case "pgdown":
		c.move(max(c.page, 1))
	case "home":
		c.move(-len(c.names))
	case "end":
		c.move(len(c.names))
	case "backspace":
		if r := []rune(c.typed); len(r) > 0 {
			c.filter(string(r[:len(r)-1]))
		}
	case "ctrl+u":
		c.filter("")
	default:
		return c.types(k)
	}
	return true
}

// types accepts letters, digits and the punctuation of names.
func (c *choices) types(k tea.KeyMsg) bool {
	if k.Alt || k.Type != tea.KeyRunes && k.Type != tea.KeySpace {
		return false
	}
	text := ""
	for _, r := range k.Runes {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.", r) || r == ' ' && c.typed != "" {
			text += string(unicode.ToLower(r))
		}
	}
	if text == "" {
		return false
	}
	if len(c.typed)+len(text) <= filterLimit {
		c.filter(c.typed + text)
	}
	return true
}

const filterLimit = 40 // bytes

// filter keeps the selection if it matches, unless only another one starts with the
// typed text: typing a name and enter selects that name.
func (c *choices) filter(typed string) {
	c.typed = typed
	best, rank := c.at, 0
	for _, i := range c.matching() {
		name := strings.ToLower(c.names[i])
		r := 1
		switch {
		case typed == "":
			return
		case name == typed:
			r = 4
		case strings.HasPrefix(name, typed):
			r = 3
		case i == c.at:
			r = 2
		}
		if r > rank || r == rank && i == c.at {
			best, rank = i, r
		}
	}
	c.at = best
}

// move moves the selection among the matching names.
func (c *choices) move(by int) {
	all := c.matching()
	for at, i := range all {
		if i == c.at {
			c.at = all[min(max(at+by, 0), len(all)-1)]
			return
		}
	}
}

// status shows the typed text and the number of matches, "" if nothing is typed.
func (c *choices) status() string {
	switch n := len(c.matching()); {
	case c.typed == "":
		return ""
	case n == 0:
		return fmt.Sprintf("no match for “%s”   backspace", c.typed)
	default:
		return fmt.Sprintf("“%s” %d of %d", c.typed, n, len(c.names))
	}
}
